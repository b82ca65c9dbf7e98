/* UTF-8, strictly: no surrogates, no overlong forms, nothing above U+10FFFF. */
#ifndef CRM_BASE_UTF8_H
#define CRM_BASE_UTF8_H

#include <stdint.h>

#include "base/slice.h"

enum { UTF8_LONGEST = 4 };

/* Offset of the first byte that does not belong to a valid character, or s.len. ASCII goes by in blocks. */
size_t utf8_valid_length(struct slice s);
static inline bool utf8_is_valid(struct slice s) { return utf8_valid_length(s) == s.len; }
/* Offset of the first byte over 0x7F, or s.len. */
size_t utf8_ascii_length(struct slice s);
/* How many bytes at the start are ASCII that is seen: no space, no control character. */
size_t utf8_visible_length(struct slice s);

/*
 * Takes the first character off *rest, which must not be empty. An invalid byte is taken alone and given back as
 * U+FFFD, so that a walk over any bytes ends.
 */
uint32_t utf8_next(struct slice *rest);
/* Writes the character at out (room for UTF8_LONGEST bytes) and returns its length; an invalid one becomes U+FFFD. */
size_t utf8_put(char *out, uint32_t character);
/* Characters in s. */
size_t utf8_count(struct slice s);

#endif
