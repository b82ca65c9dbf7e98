/*
 * A slice is a piece of text somewhere in memory: a pointer and a length, passed by value, owned by
 * somebody else and never terminated by NUL. An absent piece of text has ptr NULL and len 0.
 */
#ifndef CRM_BASE_SLICE_H
#define CRM_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"

struct slice {
	const char *ptr;
	size_t len;
};

#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

/* For printf("%.*s", SLICE_ARG(s)); what is longer than INT_MAX is cut. */
#define SLICE_ARG(s) ((s).len > 0x7fffffff ? 0x7fffffff : (int)(s).len), ((s).ptr ? (s).ptr : "")

static inline struct slice slice_of(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* What is left of s after its first n bytes; empty when s is shorter. */
static inline struct slice slice_skip(struct slice s, size_t n)
{
	if (n > s.len)
		n = s.len;
	return (struct slice){ s.ptr ? s.ptr + n : NULL, s.len - n };
}

/* The first n bytes of s, or all of it. */
static inline struct slice slice_first(struct slice s, size_t n)
{
	return (struct slice){ s.ptr, n < s.len ? n : s.len };
}

static inline bool slice_starts_with(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len && slice_equal(slice_first(s, prefix.len), prefix);
}

static inline bool slice_ends_with(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len && slice_equal(slice_skip(s, s.len - suffix.len), suffix);
}

/* Byte order, as memcmp; a prefix comes first. */
int slice_compare(struct slice a, struct slice b);
/* Equal but for the case of ASCII letters. */
bool slice_equal_nocase(struct slice a, struct slice b);
static inline bool slice_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without ASCII white space (space, tab, CR, LF, VT, FF) at either end. */
static inline struct slice slice_trim(struct slice s)
{
	while (s.len && slice_is_space(s.ptr[0]))
		s = slice_skip(s, 1);
	while (s.len && slice_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

/* Offset of the first c, or s.len. */
size_t slice_find_byte(struct slice s, char c);
/* Offset of the first occurrence of needle, or s.len (0 for an empty needle). */
size_t slice_find(struct slice s, struct slice needle);
/* Cuts the part before the first `separator` off *rest and returns it; *rest becomes what follows it. */
struct slice slice_cut(struct slice *rest, char separator);

/*
 * Strict numbers: the whole slice must be the number, in the C locale, without spaces; false on
 * anything else and on overflow. slice_to_double takes no hexadecimal, infinity or NaN.
 */
bool slice_to_i64(struct slice s, int64_t *value) MUST_CHECK;
bool slice_to_u64(struct slice s, uint64_t *value) MUST_CHECK;
bool slice_to_double(struct slice s, double *value) MUST_CHECK;

#endif
