/*
 * One output file for each value of a column (an owner, a region), all in one folder and all put in place at the end. No file stays open, and
 * what waits to be written is bounded, so any number of values will do (up to FOLDER_FILES_MOST).
 */
#ifndef CRM_RULE_FOLDER_H
#define CRM_RULE_FOLDER_H

#include "base/arena.h"
#include "base/diag.h"

enum { FOLDER_FILES_MOST = 20000 };

struct folder;

/* `ending` such as ".csv"; each file begins with `header`. The folder is made if it is not there. */
int folder_open(struct folder **folder, const char *path, const char *ending, struct slice header, struct diag *diag) MUST_CHECK;
/* Adds text to the file of a value. Files are named after their values, without what is not safe in a name; an empty value: _empty. */
int folder_add(struct folder *folder, struct slice value, struct slice text, struct diag *diag) MUST_CHECK;
/* Puts all files in place and frees; on failure the old ones stay where the new ones could not be put. *count: how many. */
int folder_commit(struct folder *folder, size_t *count, struct diag *diag) MUST_CHECK;
void folder_abort(struct folder *folder);

/* The name of a file for a value, without ending: letters, digits, - _ . and spaces as _; at most 100 bytes. */
struct slice folder_name(struct slice value, struct arena *arena);

#endif
