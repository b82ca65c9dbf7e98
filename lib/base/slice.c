#include "base/slice.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

size_t slice_find_byte(struct slice s, char c)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return at ? (size_t)(at - s.ptr) : s.len;
}

size_t slice_find(struct slice s, struct slice needle)
{
	const char *at;

	if (needle.len == 0)
		return 0;
	at = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
	return at ? (size_t)(at - s.ptr) : s.len;
}

struct slice slice_cut(struct slice *rest, char separator)
{
	size_t at = slice_find_byte(*rest, separator);
	struct slice head = slice_first(*rest, at);

	*rest = slice_skip(*rest, at + 1);
	return head;
}

bool slice_to_u64(struct slice s, uint64_t *value)
{
	uint64_t sum = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(s.ptr[i] - '0'), &sum))
			return false;
	}
	*value = sum;
	return true;
}

bool slice_to_i64(struct slice s, int64_t *value)
{
	bool negative = s.len && s.ptr[0] == '-';
	uint64_t magnitude;

	if (!slice_to_u64(slice_skip(s, negative), &magnitude))
		return false;
	if (magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

bool slice_to_double(struct slice s, double *value)
{
	char copy[512], *end;
	double parsed;

	if (s.len == 0 || s.len >= sizeof copy)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789+-.eE", s.ptr[i]) || s.ptr[i] == '\0')
			return false;
	memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	errno = 0;
	parsed = strtod(copy, &end);
	if (end != copy + s.len || !isfinite(parsed))
		return false;
	*value = parsed;
	return true;
}
