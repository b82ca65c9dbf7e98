/*
 * A diag is where one thread leaves its messages: the error that ends its work, and warnings on the way.
 * One per thread; the pool merges them in input order, so the first error in the input wins.
 * Nothing here prints: lib/cli does.
 */
#ifndef CRM_BASE_DIAG_H
#define CRM_BASE_DIAG_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

/* Where something is: each part may be absent (NULL or 0). Lines and columns count from 1. */
struct place {
	const char *file;
	uint64_t line;
	uint64_t column;
};

struct diag {
	enum status status;   /* STATUS_OK until the first error */
	char error[1024];     /* "file:line:column: code: text" as far as known */
	struct buf warnings;  /* lines of the same form, each ended by LF; at most 64 KiB are kept */
	bool several;         /* while true, errors after the first are kept, too: for what is read to its end to show all its faults */
	struct buf others;    /* these, each ended by NUL; at most 16 KiB are kept */
};

void diag_init(struct diag *diag);
void diag_release(struct diag *diag);
/* Keeps the first error only, but for `several`; returns -1, so that a caller may `return diag_fail(…)`. `code` is a stable word or NULL. */
int diag_fail(struct diag *diag, enum status status, const struct place *place, const char *code,
	      const char *format, ...) __attribute__((format(printf, 5, 6)));
void diag_warn(struct diag *diag, const struct place *place, const char *code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* STATUS_SYSTEM with strerror(error_number); `doing` is such as "cannot write". */
int diag_errno(struct diag *diag, const char *file, const char *doing, int error_number);
/* Appends the messages of `from` to `to` (the error only if `to` has none) and empties `from`. */
void diag_merge(struct diag *to, struct diag *from);

/*
 * A value made fit for a message: in single quotes, cut at 40 bytes on a character boundary, control characters
 * shown as \xNN, and the middle of any run of seven or more digits masked, so that no message shows a full phone or id.
 */
enum { DIAG_QUOTE_SIZE = 128 };
const char *diag_quote(struct slice value, char out[DIAG_QUOTE_SIZE]);

#endif
