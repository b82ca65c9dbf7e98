/*
 * One output file for each value of a column (an owner, a region), all in one folder and all put in place at the end. No file stays open, and
 * what waits to be written is bounded, so any number of values will do (up to FOLDER_FILES_MOST).
 *
 * The folder keeps a list of the files that were written into it (FOLDER_LIST, a name a line). Those of the last run that this run does not
 * write again (an owner who has no customers any more) are removed; no other file ever is. One run at a time may write into a folder, and
 * it clears away what a run that was killed has left.
 */
#ifndef CRM_RULE_FOLDER_H
#define CRM_RULE_FOLDER_H

#include "base/arena.h"
#include "base/diag.h"

enum { FOLDER_FILES_MOST = 20000 };
#define FOLDER_LIST ".crm-tag-files"

struct folder;

/* `ending` such as ".csv"; each file begins with `header`. The folder is made if it is not there. */
int folder_open(struct folder **folder, const char *path, const char *ending, struct slice header, struct diag *diag) MUST_CHECK;
/* Adds text to the file of a value. Files are named after their values, without what is not safe in a name; an empty value: _empty. */
int folder_add(struct folder *folder, struct slice value, struct slice text, struct diag *diag) MUST_CHECK;
/*
 * Puts all files in place, removes those of the last run that are not among them, and frees. Nothing is touched before all is on the disk. *count
 * and *removed: how many.
 */
int folder_commit(struct folder *folder, size_t *count, size_t *removed, struct diag *diag) MUST_CHECK;
void folder_abort(struct folder *folder);

/* The name of a file for a value, without ending: letters, digits, - _ . and spaces as _; at most 100 bytes. */
struct slice folder_name(struct slice value, struct arena *arena);

#endif
