#include "match/alone.h"

#include <string.h>

#include "base/hash.h"

enum { PAIRS = 400000, SOUND_MOST = 256 };

static const double CHANCE = 0.02;   /* of two values that are more than a little alike */

/* The level of x against a person with the family name of y and the given name of z; LEVEL_MISSING where these are of two scripts. */
static enum level level_of_mixture(const struct field *field, uint32_t x, uint32_t y, uint32_t z)
{
	struct identity a = field_identity(field, x), b = field_identity(field, y), c = field_identity(field, z);
	struct slice family = slice_first(b.sound, b.family_sound), given = slice_skip(c.sound, c.family_sound);
	char sound[2 * SOUND_MOST];

	if (b.han != c.han || family.len > SOUND_MOST || given.len > SOUND_MOST)
		return LEVEL_MISSING;
	b.given = c.given;
	if (b.han) {
		memcpy(sound, family.ptr, family.len);
		memcpy(sound + family.len, given.ptr, given.len);
		b.sound = (struct slice){ sound, family.len + given.len };
	}
	if (slice_equal(a.family, b.family) && slice_equal(a.given, b.given))
		return LEVEL_EXACT;
	return person_level(&a, &b, &field->known);
}

static uint32_t random_value(const struct fields *fields, size_t rows, uint64_t *state)
{
	*state += UINT64_C(0x9E3779B97F4A7C15);
	return fields_row(fields, hash_mix(*state, 3) % rows)[0];
}

static void mix_persons(const struct fields *fields, size_t rows, struct background *background)
{
	double count[LEVELS] = { 0 }, known = 0;
	uint64_t state = 19690101;

	for (unsigned t = 0; t < PAIRS; t++) {
		uint32_t x = random_value(fields, rows, &state), y = random_value(fields, rows, &state), z = random_value(fields, rows, &state);
		enum level level = x && y && z && y != z ? level_of_mixture(&fields->all[0], x, y, z) : LEVEL_MISSING;

		count[level]++;
		known += level != LEVEL_MISSING;
	}
	for (unsigned l = LEVEL_DIFFERENT; l < LEVELS && known > 0; l++)
		background->share[0][l] = count[l] / known;
}

/* From which level on two values of the kind are more than a little alike. */
static enum level alike(enum field_kind kind)
{
	switch (kind) {
	case FIELD_TEXT:
	case FIELD_LONG:
	case FIELD_COMPANY: return LEVEL_SIMILAR;
	case FIELD_EMAIL: return LEVEL_NEAR;
	case FIELD_CODE: return LEVEL_EXACT;
	default: return LEVELS;
	}
}

void alone_measure(const struct fields *fields, size_t rows, struct background *background)
{
	enum field_kind kind = fields->all[0].profile.kind;

	background->alone = true;
	if (kind == FIELD_PERSON)
		mix_persons(fields, rows, background);
	for (unsigned l = alike(kind); l < LEVELS; l++)
		background->share[0][l] *= CHANCE;
}
