#include "rule/mask.h"

#include "base/utf8.h"
#include "clean/ids.h"

/* Stars for the characters of s but the first `head` and the last `tail`; a value too short for that is hidden whole. */
static struct slice stars(struct slice s, size_t head, size_t tail, struct arena *arena)
{
	size_t count = utf8_count(s), length = 0;
	char *out = arena_bytes(arena, s.len + 1);

	if (count <= head + tail)
		head = tail = 0;
	for (size_t i = 0; i < count; i++) {
		struct slice here = s;

		utf8_next(&s);
		if (i < head || i >= count - tail) {
			memcpy(out + length, here.ptr, here.len - s.len);
			length += here.len - s.len;
		} else {
			out[length++] = '*';
		}
	}
	return (struct slice){ out, length };
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_sign(char c)
{
	return c == '+' || c == '-' || c == '(' || c == ')' || c == ' ' || c == '.';
}

/* Every run of digits (signs between them do not end it) keeps its first three and its last four. */
static struct slice mask_digits(struct slice s, struct arena *arena)
{
	char *out = arena_bytes(arena, s.len + 1);
	size_t begin = 0, end, digits, seen;

	memcpy(out, s.ptr, s.len);
	while (begin < s.len) {
		digits = seen = 0;
		for (end = begin; end < s.len && (is_digit(s.ptr[end]) || is_sign(s.ptr[end])); end++)
			digits += is_digit(s.ptr[end]);
		for (size_t i = begin; i < end; i++) {
			seen += is_digit(s.ptr[i]);
			if (is_digit(s.ptr[i]) && (digits < 8 || (seen > 3 && seen + 4 <= digits)))
				out[i] = '*';
		}
		begin = end + 1;
	}
	return (struct slice){ out, s.len };
}

static struct slice mask_email(struct slice s, struct arena *arena)
{
	size_t at = slice_find_byte(s, '@'), first = 0;
	struct slice rest = s;

	if (at == s.len || at == 0)
		return stars(s, 0, 0, arena);
	utf8_next(&rest);
	first = s.len - rest.len;
	return arena_format(arena, "%.*s***%.*s", SLICE_ARG(slice_first(s, first)), SLICE_ARG(slice_skip(s, at)));
}

struct slice mask_value(enum role role, struct slice value, struct arena *arena)
{
	if (value.len == 0)
		return value;
	switch (role) {
	case ROLE_PHONE: return mask_digits(value, arena);
	case ROLE_EMAIL: return mask_email(value, arena);
	case ROLE_ID_NUMBER:
	case ROLE_USCC: return ids_mask(value, arena);
	case ROLE_NAME:
	case ROLE_GIVEN_NAME:
	case ROLE_FAMILY_NAME: return utf8_count(value) > 1 ? stars(value, 1, 0, arena) : SLICE("*");
	default: return stars(value, 0, 0, arena);
	}
}
