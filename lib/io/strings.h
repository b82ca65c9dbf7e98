/*
 * A numbered list of texts, such as the shared strings of a workbook: filled once, then asked for by number. Past
 * `memory` bytes the texts move to a file without a name in tmpdir, of which the blocks last used are kept; so a sheet of a
 * million rows, all of whose cells differ, takes some tens of megabytes. One thread.
 */
#ifndef CRM_IO_STRINGS_H
#define CRM_IO_STRINGS_H

#include "base/diag.h"

struct strings;

/* tmpdir NULL: TMPDIR or /tmp; copied. */
struct strings *strings_new(size_t memory, const char *tmpdir);
void strings_free(struct strings *strings);
/* The text gets the next number, from 0. */
int strings_add(struct strings *strings, struct slice text, struct diag *diag) MUST_CHECK;
size_t strings_count(const struct strings *strings);
uint64_t strings_bytes(const struct strings *strings);
/* `number` is under strings_count. The text is good until the next call. */
int strings_get(struct strings *strings, size_t number, struct slice *text, struct diag *diag) MUST_CHECK;

#endif
