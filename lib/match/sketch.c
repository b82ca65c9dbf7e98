#include "match/sketch.h"

#include "base/utf8.h"
#include "clean/text.h"

enum { PART_BITS = 15, PART_MASK = (1 << PART_BITS) - 1, SYLLABLE_BITS = 7, SYLLABLE_MASK = (1 << SYLLABLE_BITS) - 1 };
static const uint32_t LETTERS = (UINT32_C(1) << 26) - 1, SKETCH = UINT32_C(1) << 31, CHINESE = UINT32_C(1) << 30, BRANCH = UINT32_C(1) << 29;

enum { DOMAIN_SHIFT = 24, DIGIT_BITS = 3, CODE_SHORTEST = 4 };

static uint32_t letter_set(struct slice s)
{
	uint32_t set = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z')
			set |= UINT32_C(1) << (s.ptr[i] - 'a');
	return set;
}

/* The set with several letters to a bit. */
static uint32_t fold_letters(uint32_t set)
{
	return (set | set >> PART_BITS) & PART_MASK;
}

/* Of a person: the letters of the family name, those of the given names, both in pinyin, and whether it is Chinese. */
static uint32_t sketch_of_person(const struct identity *identity)
{
	struct slice family = identity->family, given = identity->given;

	if (identity->han) {
		family = slice_first(identity->sound, identity->family_sound);
		given = slice_skip(identity->sound, identity->family_sound);
	}
	return SKETCH | (identity->han ? CHINESE : 0) | fold_letters(letter_set(given)) << PART_BITS | fold_letters(letter_set(family));
}

/* 1 … 127; 0 for an empty one */
static uint32_t hash_of_syllable(struct slice s)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < s.len; i++)
		hash = hash * 31 + (unsigned char)s.ptr[i];
	return s.len ? hash % 127 + 1 : 0;
}

/* Of a Chinese company the first two syllables of the brand, and its letters; of another one the letters of the brand. */
static uint32_t sketch_of_company(const struct identity *identity, struct arena *scratch)
{
	uint32_t sketch = SKETCH | (identity->branch ? BRANCH : 0);
	struct slice rest;

	if (!identity->han)
		return sketch | letter_set(identity->brand);
	rest = text_pinyin(identity->brand, scratch);
	sketch |= CHINESE | fold_letters(letter_set(rest));
	sketch |= hash_of_syllable(slice_cut(&rest, ' ')) << PART_BITS;
	sketch |= hash_of_syllable(slice_cut(&rest, ' ')) << (PART_BITS + SYLLABLE_BITS);
	return sketch;
}

static uint32_t sketch_of_mail(struct slice s)
{
	size_t at = slice_find_byte(s, '@');
	uint32_t sketch = 0, domain = 0;

	for (size_t i = 0; i + 1 < at; i++)
		sketch |= UINT32_C(1) << (((uint32_t)(unsigned char)s.ptr[i] * 31 + (unsigned char)s.ptr[i + 1]) * 2654435761u >> 16) % DOMAIN_SHIFT;
	for (size_t i = at; i < s.len; i++)
		domain = (domain ^ (unsigned char)s.ptr[i]) * 16777619;
	return sketch | (domain >> 8 | 1) << DOMAIN_SHIFT;
}

/* How often each digit comes, as one bit for each time up to three, letters counting for one digit each; 0 for lists and short codes. */
static uint32_t sketch_of_code(struct slice s)
{
	uint32_t sketch = 0;

	if (s.len < CODE_SHORTEST)
		return 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned shift = (unsigned)((unsigned char)s.ptr[i] + 2) % 10 * DIGIT_BITS;

		if (s.ptr[i] == ';' || (unsigned char)s.ptr[i] >= 0x80)
			return 0;
		sketch |= (sketch >> shift & 3) << (shift + 1) | UINT32_C(1) << shift;
	}
	return sketch;
}

/* Latin letters; 0 for texts with other ones, which may be the same in pinyin, and for given names that have short forms. */
static uint32_t sketch_of_text(const struct field *field, uint32_t v)
{
	return field->keys.places[v].named || utf8_ascii_length(field_text(field, v)) < field_text(field, v).len ? 0 : letter_set(field_text(field, v));
}

static uint32_t sketch_of_value(const struct field *field, uint32_t v, struct arena *scratch)
{
	struct identity identity;

	switch (field->profile.kind) {
	case FIELD_PERSON:
		identity = field_identity(field, v);
		return sketch_of_person(&identity);
	case FIELD_COMPANY:
		identity = field_identity(field, v);
		return sketch_of_company(&identity, scratch);
	case FIELD_EMAIL:
		return sketch_of_mail(field_text(field, v));
	case FIELD_CODE:
		return sketch_of_code(field_text(field, v));
	case FIELD_DATE:
		return field->digits[v];
	case FIELD_TEXT:
		return sketch_of_text(field, v);
	default:
		return 0;
	}
}

bool sketch_is_used(enum field_kind kind)
{
	return kind == FIELD_PERSON || kind == FIELD_COMPANY || kind == FIELD_EMAIL || kind == FIELD_CODE || kind == FIELD_DATE || kind == FIELD_TEXT;
}

void sketch_values(struct field *field)
{
	struct arena scratch;

	field->sketches = vast_get(field->vast, field->count, sizeof *field->sketches);
	arena_init(&scratch);
	for (uint32_t v = 1; v < field->count; v++) {
		field->sketches[v] = sketch_of_value(field, v, &scratch);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
}

/* Not the builtin, which is a function call where no newer processor is asked for. */
static inline unsigned bits_set(uint32_t x)
{
	x -= x >> 1 & 0x55555555;
	x = (x & 0x33333333) + (x >> 2 & 0x33333333);
	return ((x + (x >> 4)) & 0x0f0f0f0f) * 0x01010101u >> 24;
}

/* Whether less than half of the smaller set is in the other. */
static bool few_shared(uint32_t x, uint32_t y)
{
	unsigned in_x = bits_set(x), in_y = bits_set(y);

	return 2 * bits_set(x & y) < (in_x < in_y ? in_x : in_y);
}

/* Two edits change four counts at most; what ends in the other one has all its digits. */
static bool codes_apart(uint32_t x, uint32_t y)
{
	return bits_set(x ^ y) > 4 && x & ~y && y & ~x;
}

/* Whether one could be the other with a slip or, where it is long, two: each changes two letters at most. */
static bool parts_alike(uint32_t x, uint32_t y)
{
	return bits_set(x ^ y) <= (bits_set(x | y) > 6 ? 4 : 2);
}

/* Names are alike in nothing unless the family name is, or one is the other with its parts exchanged, or in pinyin. */
static bool persons_unlike(uint32_t x, uint32_t y)
{
	uint32_t family_x = x & PART_MASK, family_y = y & PART_MASK, given_x = x >> PART_BITS & PART_MASK, given_y = y >> PART_BITS & PART_MASK;
	uint32_t all = (family_x | given_x) ^ (family_y | given_y);

	if (x & y & CHINESE)
		return family_x != family_y && given_x != given_y && all;
	if ((x | y) & CHINESE)
		return family_x != family_y && family_x != given_y && family_y != given_x && bits_set(all) > 2;
	return !parts_alike(family_x, family_y) && !(parts_alike(family_x, given_y) && parts_alike(given_x, family_y));
}

/* Brands of one language are alike if they begin alike, with one character more in front or another one there, too. */
static bool companies_unlike(uint32_t x, uint32_t y)
{
	uint32_t first_x = x >> PART_BITS & SYLLABLE_MASK, second_x = x >> (PART_BITS + SYLLABLE_BITS) & SYLLABLE_MASK;
	uint32_t first_y = y >> PART_BITS & SYLLABLE_MASK, second_y = y >> (PART_BITS + SYLLABLE_BITS) & SYLLABLE_MASK;

	if ((x ^ y) & BRANCH)
		return true;
	if (x & y & CHINESE)
		return first_x != first_y && (second_x != second_y || !second_x) && first_x != second_y && second_x != first_y;
	if ((x | y) & CHINESE)
		return few_shared(x & CHINESE ? x & PART_MASK : fold_letters(x & LETTERS), y & CHINESE ? y & PART_MASK : fold_letters(y & LETTERS));
	return few_shared(x & LETTERS, y & LETTERS);
}

bool sketch_unlike(enum field_kind kind, uint32_t x, uint32_t y, enum level *level)
{
	uint32_t mail = (UINT32_C(1) << DOMAIN_SHIFT) - 1;

	*level = LEVEL_DIFFERENT;
	if (!x || !y)
		return false;
	switch (kind) {
	case FIELD_EMAIL:
		*level = x >> DOMAIN_SHIFT == y >> DOMAIN_SHIFT ? LEVEL_WEAK : LEVEL_DIFFERENT;
		return few_shared(x & mail, y & mail);
	case FIELD_CODE:
		return codes_apart(x, y);
	case FIELD_PERSON:
		return persons_unlike(x, y);
	case FIELD_COMPANY:
		return companies_unlike(x, y);
	default:
		return false;
	}
}

bool sketch_texts_apart(uint32_t x, uint32_t y)
{
	return x && y && few_shared(x, y);
}
