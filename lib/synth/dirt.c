#include "synth/dirt.h"

#include "base/utf8.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char neighbour_key(char c, struct rng *rng)
{
	static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };
	char low = (char)(c | 0x20);

	for (int r = 0; r < 3; r++) {
		const char *found = strchr(rows[r], low);

		if (!found)
			continue;
		if (found == rows[r] || (found[1] && rng_chance(rng, .5)))
			found++;
		else
			found--;
		return (char)(c == low ? *found : *found - 0x20);
	}
	return c;
}

struct slice dirt_typo(struct slice s, struct pen *pen, struct rng *rng)
{
	const char *start = pen->at;
	size_t letters = 0, target, i = 0;

	for (size_t k = 1; k < s.len; k++) /* first letters are rarely wrong */
		letters += is_letter(s.ptr[k]);
	if (letters < 3)
		return s;
	target = rng_below(rng, letters);
	for (i = 1; i < s.len && (!is_letter(s.ptr[i]) || target-- > 0);)
		i++;
	pen_add(pen, slice_first(s, i));
	switch (rng_below(rng, 4)) {
	case 0: /* lost */
		break;
	case 1: /* doubled */
		pen_byte(pen, s.ptr[i]);
		pen_byte(pen, s.ptr[i]);
		break;
	case 2:
		pen_byte(pen, neighbour_key(s.ptr[i], rng));
		break;
	default: /* swapped with the next, or lost where there is none */
		if (i + 1 < s.len && is_letter(s.ptr[i + 1])) {
			pen_byte(pen, s.ptr[i + 1]);
			pen_byte(pen, s.ptr[i]);
			i++;
		}
	}
	pen_add(pen, slice_skip(s, i + 1));
	return pen_since(pen, start);
}

static struct slice nth_character(struct slice s, size_t n)
{
	for (;;) {
		struct slice before = s;

		utf8_next(&s);
		if (n-- == 0)
			return slice_first(before, before.len - s.len);
	}
}

struct slice dirt_confuse(const struct words *words, enum confusion kind, struct slice s, struct pen *pen,
			  struct rng *rng)
{
	const char *start = pen->at;
	size_t count = utf8_count(s), first = count ? rng_below(rng, count) : 0;

	for (size_t i = 0; i < count; i++) {
		struct slice old = nth_character(s, (first + i) % count), group = words_confused(words, kind, old), now;

		if (group.len <= old.len)
			continue;
		do
			now = nth_character(group, rng_below(rng, utf8_count(group)));
		while (slice_equal(now, old));
		pen_add(pen, slice_first(s, (size_t)(old.ptr - s.ptr)));
		pen_add(pen, now);
		pen_add(pen, slice_skip(s, (size_t)(old.ptr - s.ptr) + old.len));
		return pen_since(pen, start);
	}
	return s;
}

struct slice dirt_traditional(const struct words *words, struct slice s, struct pen *pen)
{
	const char *start = pen->at;

	while (s.len) {
		struct slice before = s, form;

		utf8_next(&s);
		before = slice_first(before, before.len - s.len);
		form = words_confused(words, CONFUSE_TRADITIONAL, before);
		pen_add(pen, form.len ? form : before);
	}
	return pen_since(pen, start);
}

struct slice dirt_full_width(struct slice s, struct pen *pen)
{
	const char *start = pen->at;

	for (size_t i = 0; i < s.len; i++) {
		char wide[UTF8_LONGEST];

		if (s.ptr[i] > ' ' && s.ptr[i] <= '~')
			pen_add(pen, (struct slice){ wide, utf8_put(wide, 0xFEE0u + (unsigned char)s.ptr[i]) });
		else if (s.ptr[i] == ' ')
			pen_add(pen, SLICE("\u3000"));
		else
			pen_byte(pen, s.ptr[i]);
	}
	return pen_since(pen, start);
}

struct slice dirt_letter_case(struct slice s, bool upper, struct pen *pen)
{
	const char *start = pen->at;

	for (size_t i = 0; i < s.len; i++)
		pen_byte(pen, !is_letter(s.ptr[i]) ? s.ptr[i] : (char)(upper ? s.ptr[i] & ~0x20 : s.ptr[i] | 0x20));
	return pen_since(pen, start);
}
