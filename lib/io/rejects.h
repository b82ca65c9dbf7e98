/*
 * Where rows go that cannot be used: the file of --rejects (CSV: source, line, column, code, reason, record), or,
 * without one, the end of the run with STATUS_INPUT. Counted by code for --stats.
 */
#ifndef CRM_IO_REJECTS_H
#define CRM_IO_REJECTS_H

#include "io/batch.h"

struct rejects;

enum { REJECT_CODES_MOST = 64 };  /* distinct codes that are counted */

/* path NULL: the first reject is an error. strict: so it is with a file, too, after writing it there. */
int rejects_open(struct rejects **rejects, const char *path, bool strict, struct diag *diag) MUST_CHECK;
/* Takes the rejects of a batch, in order, one thread at a time. The message of the error names `tool`'s advice: use --rejects FILE. */
int rejects_take(struct rejects *rejects, const struct batch *batch, struct diag *diag) MUST_CHECK;
int rejects_add(struct rejects *rejects, const struct reject *reject, struct diag *diag) MUST_CHECK;
/* Lists a row that the user has chosen to leave out: in the file, where there is one. It is no fault, strict or not. */
int rejects_note(struct rejects *rejects, const struct reject *reject, struct diag *diag) MUST_CHECK;
/* Puts the file in place and frees. */
int rejects_close(struct rejects *rejects, struct diag *diag) MUST_CHECK;
void rejects_abort(struct rejects *rejects);

uint64_t rejects_count(const struct rejects *rejects);
/* The distinct codes with their counts, by code: names[i], counts[i]; returns how many (at most `room`). */
size_t rejects_by_code(const struct rejects *rejects, const char **names, uint64_t *counts, size_t room);

#endif
