#include "clean/email.h"

#include "base/utf8.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Narrow, lower case, without white space at the ends. */
static struct slice narrow_lower(struct slice s, struct arena *arena)
{
	char *to = arena_bytes(arena, s.len * 3);
	size_t length = 0;

	while (s.len) {
		uint32_t c = utf8_next(&s);

		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		if (c == 0x3000 || c == 0xA0)
			c = ' ';
		length += utf8_put(to + length, c < 0x80 ? (uint32_t)lower((char)c) : c);
	}
	return slice_trim((struct slice){ to, length });
}

static bool is_local(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 ||
	       memchr("!#$%&'*+/=?^_`{|}~.-", c, 20) != NULL;
}

static bool is_domain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80 || c == '-' || c == '.' || c == '*';
}

static bool domain_is_sound(struct slice domain)
{
	size_t dot = slice_find_byte(domain, '.');

	return dot > 0 && dot + 1 < domain.len && domain.ptr[domain.len - 1] != '.' && domain.len <= 255 &&
	       slice_find(domain, SLICE("..")) == domain.len;
}

struct email email_parse(struct slice s, struct arena *arena)
{
	struct slice text = narrow_lower(s, arena);
	struct email email = { .text = { NULL, 0 } };

	for (size_t at = slice_find_byte(text, '@'); at < text.len;) {
		size_t begin = at, end = at + 1;

		while (begin > 0 && is_local(text.ptr[begin - 1]))
			begin--;
		while (end < text.len && is_domain(text.ptr[end]))
			end++;
		if (end > at + 1 && text.ptr[end - 1] == '.')
			end--;
		email.domain = (struct slice){ text.ptr + at + 1, end - at - 1 };
		if (begin < at && at - begin <= 64 && domain_is_sound(email.domain)) {
			email.text = (struct slice){ text.ptr + begin, end - begin };
			email.masked = slice_find_byte(email.text, '*') < email.text.len;
			return email;
		}
		at = end + slice_find_byte(slice_skip(text, end), '@');
	}
	email.domain = (struct slice){ NULL, 0 };
	return email;
}
