#include "match/sketch.h"

enum { DOMAIN_SHIFT = 24, DIGIT_BITS = 3, CODE_SHORTEST = 7 };

static uint32_t letter_set(struct slice s)
{
	uint32_t set = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			set |= UINT32_C(1) << (s.ptr[i] - 'a');
	return set;
}

static uint32_t sketch_of_name(const struct field *field, uint32_t v)
{
	const struct identity *identity = &field->identities[v];

	if (identity->han)
		return letter_set(identity->sound);
	return letter_set(field->profile.kind == FIELD_COMPANY ? identity->brand : field->texts[v]);
}

static uint32_t sketch_of_mail(struct slice s)
{
	size_t at = slice_find_byte(s, '@');
	uint32_t sketch = 0, domain = 0;

	for (size_t i = 0; i + 1 < at; i++)
		sketch |= UINT32_C(1) << (((unsigned char)s.ptr[i] * 31 + (unsigned char)s.ptr[i + 1]) * 2654435761u >> 16) % DOMAIN_SHIFT;
	for (size_t i = at; i < s.len; i++)
		domain = (domain ^ (unsigned char)s.ptr[i]) * 16777619;
	return sketch | (domain >> 8 | 1) << DOMAIN_SHIFT;
}

/* How often each digit comes, up to seven times; 0 for lists, short codes, and those with other letters. */
static uint32_t sketch_of_code(struct slice s)
{
	uint32_t sketch = UINT32_C(1) << 31;

	if (s.len < CODE_SHORTEST)
		return 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned shift = (unsigned)(s.ptr[i] - '0') * DIGIT_BITS;

		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return 0;
		if ((sketch >> shift & 7) < 7)
			sketch += UINT32_C(1) << shift;
	}
	return sketch;
}

void sketch_values(struct field *field)
{
	enum field_kind kind = field->profile.kind;

	if (kind != FIELD_PERSON && kind != FIELD_COMPANY && kind != FIELD_EMAIL && kind != FIELD_CODE)
		return;
	field->sketches = arena_zero(&field->arena, field->count, sizeof *field->sketches);
	for (uint32_t v = 1; v < field->count; v++)
		field->sketches[v] = kind == FIELD_EMAIL ? sketch_of_mail(field->texts[v])
				     : kind == FIELD_CODE ? sketch_of_code(field->texts[v]) : sketch_of_name(field, v);
}

/* Whether less than half of the smaller set is in the other. */
static bool few_shared(uint32_t x, uint32_t y)
{
	int in_x = __builtin_popcount(x), in_y = __builtin_popcount(y);

	return 2 * __builtin_popcount(x & y) < (in_x < in_y ? in_x : in_y);
}

static unsigned digits_apart(uint32_t x, uint32_t y)
{
	unsigned apart = 0;

	for (unsigned d = 0; d < 10; d++, x >>= DIGIT_BITS, y >>= DIGIT_BITS)
		apart += (x & 7) > (y & 7) ? (x & 7) - (y & 7) : (y & 7) - (x & 7);
	return apart;
}

bool sketch_unlike(const struct field *field, uint32_t a, uint32_t b, enum level *level)
{
	uint32_t x = field->sketches[a], y = field->sketches[b], mail = (UINT32_C(1) << DOMAIN_SHIFT) - 1;

	*level = LEVEL_DIFFERENT;
	if (!x || !y)
		return false;
	switch (field->profile.kind) {
	case FIELD_EMAIL:
		*level = x >> DOMAIN_SHIFT == y >> DOMAIN_SHIFT ? LEVEL_WEAK : LEVEL_DIFFERENT;
		return few_shared(x & mail, y & mail);
	case FIELD_CODE:
		/* Two edits change four counts at most; a number that ends in the other one lacks two digits at least. */
		return digits_apart(x, y) > 4;
	default:
		return few_shared(x, y);
	}
}
