/*
 * How often levels come about by chance: random pairs for the levels below exact agreement, the frequencies of values for exact agreement, which
 * is too rare in many fields to be met at random.
 */
#include "match/background.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"

enum { BACKGROUND_PAIRS = 240000, AGREEING_PAIRS = 6000 };

static uint64_t next_random(uint64_t *state)
{
	*state += UINT64_C(0x9E3779B97F4A7C15);
	return hash_mix(*state, 3);
}

static double pairs_of(double n)
{
	return n * (n - 1) / 2;
}

/* Pairs that agree exactly on a field, by its frequencies. */
static double exact_pairs(const struct field *field)
{
	double pairs = 0;

	for (uint32_t v = 1; v < field->count; v++)
		pairs += pairs_of(field->value_rows[v]);
	return pairs;
}

/* Random pairs that have the same value in the field: a random row, and another one of its value. */
static void sample_agreeing(const struct fields *fields, unsigned i, size_t rows, uint64_t *state, const uint32_t *sources, bool link_only,
			    struct background *background)
{
	const struct field *field = &fields->all[i];
	uint32_t *begin = memory_zero((size_t)field->count + 2, sizeof *begin), *members = memory_get(rows + 1, sizeof *members);
	size_t count = 0;

	for (size_t row = 0; row < rows; row++)
		begin[fields_row(fields, row)[i] + 2]++;
	for (uint32_t v = 0; v <= field->count; v++)
		begin[v + 1] += begin[v];
	vast_breathe(field->vast);
	for (size_t row = 0; row < rows; row++)
		members[begin[fields_row(fields, row)[i] + 1]++] = (uint32_t)row;
	background->agreeing[i] = memory_get(AGREEING_PAIRS, sizeof *background->agreeing[i]);
	for (size_t t = 0; t < AGREEING_PAIRS && t < rows * rows; t++) {
		uint32_t a = members[next_random(state) % rows], v = fields_row(fields, a)[i];

		if (v == VALUE_MISSING || field->value_rows[v] < 2)
			continue;
		uint32_t b = members[begin[v] + next_random(state) % field->value_rows[v]];

		if (a != b && !(link_only && sources[a] == sources[b]))
			background->agreeing[i][count++] = compare_rows(fields, a, b);
	}
	background->agreeing_count[i] = count;
	free(begin);
	free(members);
}

void background_release(struct background *background)
{
	for (unsigned i = 0; i < FIELD_MOST; i++)
		free(background->agreeing[i]);
	*background = (struct background){ 0 };
}

/* Random pairs looked at in parts, each with a seed of its own, so that the threads do not matter. */
enum { PARTS = 24 };

struct sampling {
	const struct fields *fields;
	size_t rows;
	const uint32_t *sources;
	bool link_only;
	struct background *background;
	uint32_t count[PARTS][FIELD_MOST][LEVELS];
	uint32_t sampled[PARTS], tried[PARTS];
	bool whole;                /* every pair is looked at, once */
};

static void count_pair(struct sampling *sampling, size_t part, size_t a, size_t b)
{
	uint64_t pattern;

	sampling->tried[part]++;
	if (a == b || (sampling->link_only && sampling->sources[a] == sampling->sources[b]))
		return;
	pattern = compare_rows(sampling->fields, a, b);
	for (unsigned i = 0; i < sampling->fields->count; i++)
		sampling->count[part][i][pattern_level(pattern, i)]++;
	sampling->sampled[part]++;
}

/* Parts 0 … PARTS - 1 are random pairs, those after them pairs that agree on a field. */
static int sample_part(void *context, size_t part, unsigned worker, struct diag *diag)
{
	struct sampling *sampling = context;
	uint64_t state = 20240305 + 7919 * part;

	(void)worker;
	(void)diag;
	if (part >= PARTS) {
		sample_agreeing(sampling->fields, (unsigned)(part - PARTS), sampling->rows, &state, sampling->sources, sampling->link_only,
				sampling->background);
		return 0;
	}
	/* Of few rows all pairs, those of the part's rows with the rows after them. */
	for (size_t a = part; sampling->whole && a < sampling->rows; a += PARTS)
		for (size_t b = a + 1; b < sampling->rows; b++)
			count_pair(sampling, part, a, b);
	for (unsigned t = 0; !sampling->whole && t < BACKGROUND_PAIRS / PARTS; t++) {
		size_t a = next_random(&state) % sampling->rows;

		count_pair(sampling, part, a, next_random(&state) % sampling->rows);
	}
	return 0;
}

static void set_shares(struct background *background, const struct field *field, unsigned i, const double count[LEVELS], bool link_only)
{
	double both = background->sampled - count[LEVEL_MISSING] + 1e-9, rest = both - count[LEVEL_EXACT] + 1e-9;
	double exact = link_only ? count[LEVEL_EXACT] / both : exact_pairs(field) / (pairs_of((double)field->filled) + 1e-9);

	for (unsigned l = LEVEL_DIFFERENT; l < LEVEL_EXACT; l++)
		background->share[i][l] = count[l] / rest * (1 - exact);
	background->share[i][LEVEL_EXACT] = exact;
}

void background_measure(const struct fields *fields, size_t rows, const uint32_t *sources, bool link_only, unsigned threads,
			struct background *background)
{
	struct sampling *sampling = memory_zero(1, sizeof *sampling);
	double tried = 0;
	struct diag diag;

	*background = (struct background){ .total = pairs_of((double)rows) };
	*sampling = (struct sampling){ .fields = fields, .rows = rows, .sources = sources, .link_only = link_only, .background = background,
				       .whole = background->total <= BACKGROUND_PAIRS };
	diag_init(&diag);
	if (rows > 1)
		(void)!pool_each(sample_part, sampling, PARTS + fields->count, threads, &diag);
	diag_release(&diag);
	for (unsigned p = 0; p < PARTS; p++) {
		background->sampled += sampling->sampled[p];
		tried += sampling->tried[p];
	}
	for (unsigned i = 0; i < fields->count; i++) {
		double count[LEVELS] = { 0 };

		for (unsigned p = 0; p < PARTS; p++)
			for (unsigned l = 0; l < LEVELS; l++)
				count[l] += sampling->count[p][i][l];
		set_shares(background, &fields->all[i], i, count, link_only);
	}
	if (link_only && rows > 1)
		background->total *= background->sampled / tried;
	free(sampling);
}
