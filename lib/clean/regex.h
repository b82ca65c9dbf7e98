/*
 * Regular expressions: PCRE2, compiled once (JIT where the machine has it), UTF-8 always. A match that would take too long ends at
 * a limit and says so: it is never a silent no.
 */
#ifndef CRM_CLEAN_REGEX_H
#define CRM_CLEAN_REGEX_H

#include "base/slice.h"

enum {
	REGEX_LONGEST = 16 * 1024,      /* bytes of a pattern */
	REGEX_MATCH_LIMIT = 200000,     /* steps of one match: some milliseconds */
};

enum regex_flag { REGEX_NOCASE = 1, REGEX_MULTILINE = 2, REGEX_DOTALL = 4, REGEX_EXTENDED = 8 };

struct regex;

/* flags: enum regex_flag. NULL with what is wrong and the byte of the pattern it is at. */
struct regex *regex_new(struct slice pattern, unsigned flags, char message[256], size_t *offset);
void regex_free(struct regex *regex);

/* Storage of one thread for matching any regex. */
struct regex_scratch;
struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

enum regex_result {
	REGEX_NO, REGEX_YES,
	REGEX_LIMIT,     /* given up: the pattern is too hard for this text */
	REGEX_ENCODING,  /* the text is no UTF-8 */
};
enum regex_result regex_match(const struct regex *regex, struct regex_scratch *scratch, struct slice text);

#endif
