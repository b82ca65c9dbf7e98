#include "base/utf8.h"

#include <endian.h>

enum { WORD = 8 };

/* Eight bytes, the first in the lowest bits. */
static uint64_t word_at(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return le64toh(word);
}

static const uint64_t high_bits = UINT64_C(0x8080808080808080);

size_t utf8_ascii_length(struct slice s)
{
	size_t i = 0;

	for (; i + WORD <= s.len; i += WORD) {
		uint64_t found = word_at(s.ptr + i) & high_bits;

		if (found)
			return i + (size_t)__builtin_ctzll(found) / 8;
	}
	while (i < s.len && !((unsigned char)s.ptr[i] & 0x80))
		i++;
	return i;
}

size_t utf8_visible_length(struct slice s)
{
	size_t i = 0;

	for (; i + WORD <= s.len; i += WORD) {
		/* Only a byte that is found itself borrows from or carries into the next, so that the first found is right. */
		uint64_t word = word_at(s.ptr + i);
		uint64_t found = ((word - UINT64_C(0x2121212121212121)) | word | (word + UINT64_C(0x0101010101010101))) & high_bits;

		if (found)
			return i + (size_t)__builtin_ctzll(found) / 8;
	}
	while (i < s.len && s.ptr[i] > ' ' && s.ptr[i] <= '~')
		i++;
	return i;
}

static bool is_tail(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* Bytes of the valid character that starts at p, or 0 (Unicode 15, table 3-7). */
static size_t sequence_length(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xC2 && p[0] <= 0xDF)
		return left >= 2 && is_tail(p[1]) ? 2 : 0;
	if (p[0] >= 0xE0 && p[0] <= 0xEF) {
		if (left < 3 || !is_tail(p[1]) || !is_tail(p[2]))
			return 0;
		if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F))
			return 0;
		return 3;
	}
	if (p[0] >= 0xF0 && p[0] <= 0xF4) {
		if (left < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3]))
			return 0;
		if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
			return 0;
		return 4;
	}
	return 0;
}

/* Bytes of valid characters of three bytes at the start, but for those of which some are not valid (E0, ED): Han, mostly. */
static size_t plain_threes(const unsigned char *p, size_t left)
{
	size_t i = 0;

	while (i + 3 <= left && p[i] >= 0xE1 && p[i] <= 0xEC && is_tail(p[i + 1]) && is_tail(p[i + 2]))
		i += 3;
	return i;
}

size_t utf8_valid_length(struct slice s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t n;

		if (!((unsigned char)s.ptr[i] & 0x80)) {
			i += utf8_ascii_length(slice_skip(s, i));
			continue;
		}
		n = plain_threes((const unsigned char *)s.ptr + i, s.len - i);
		if (n == 0)
			n = sequence_length((const unsigned char *)s.ptr + i, s.len - i);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

uint32_t utf8_next(struct slice *rest)
{
	const unsigned char *p = (const unsigned char *)rest->ptr;
	size_t n = sequence_length(p, rest->len);

	*rest = slice_skip(*rest, n ? n : 1);
	switch (n) {
	case 1: return p[0];
	case 2: return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3Fu);
	case 3: return (uint32_t)(p[0] & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
	case 4: return (uint32_t)(p[0] & 0x07) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
	default: return 0xFFFD;
	}
}

size_t utf8_put(char *out, uint32_t c)
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t utf8_count(struct slice s)
{
	size_t n = 0;

	while (s.len) {
		utf8_next(&s);
		n++;
	}
	return n;
}
