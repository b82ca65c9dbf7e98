#include "match/match.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "match/copies.h"
#include "match/model_file.h"

enum { CHUNK = 16384, PATTERNS_MOST = 300000, ALL_PAIRS_MOST = 3000000 };

static const double LINK_LEAST = -3;   /* bits: a worse pair brings nobody together */
static const double REPEATED_MOST = 0.2;

struct building {
	struct match *match;
	const struct match_input *input;
	size_t columns[FIELD_MOST];
};

static int build_field(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct building *building = context;
	size_t column = building->columns[index];

	(void)worker;
	(void)diag;
	field_build(&building->match->fields.all[index], building->input, column, &building->match->profiles[column]);
	return 0;
}

/* The columns to compare, in order; of too many those whose meaning is known come first. */
static void choose_columns(struct match *match, size_t columns, size_t chosen[FIELD_MOST])
{
	size_t useful = 0, known = 0;

	for (size_t c = 0; c < columns; c++) {
		useful += match->profiles[c].kind != FIELD_NONE;
		known += match->profiles[c].kind != FIELD_NONE && match->profiles[c].role != ROLE_NONE;
	}
	for (size_t c = 0, unknown = known < FIELD_MOST ? FIELD_MOST - known : 0; c < columns && match->fields.count < FIELD_MOST; c++) {
		if (match->profiles[c].kind == FIELD_NONE)
			continue;
		if (match->profiles[c].role == ROLE_NONE && useful > FIELD_MOST) {
			if (unknown == 0)
				continue;
			unknown--;
		}
		chosen[match->fields.count++] = c;
	}
}

static int build_fields(struct match *match, const struct match_input *input, unsigned threads, struct diag *diag)
{
	struct building building = { .match = match, .input = input };

	match->profiles = memory_zero(input->columns + 1, sizeof *match->profiles);
	profile_columns(input, match->profiles);
	choose_columns(match, input->columns, building.columns);
	match->fields.all = memory_zero(match->fields.count + 1, sizeof *match->fields.all);
	if (pool_each(build_field, &building, match->fields.count, threads, diag) < 0)
		return -1;
	compare_prepare(&match->fields, input->rows);
	compare_find_partners(&match->fields);
	return 0;
}

/* Patterns of the candidates, or of every so-manieth where there are very many. */
struct counting {
	const struct match *match;
	size_t step;
	uint64_t *pattern;
	size_t count;
};

static int pattern_chunk(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct counting *counting = context;
	size_t end = (index + 1) * CHUNK;

	(void)worker;
	(void)diag;
	for (size_t i = index * CHUNK; i < end && i < counting->count; i++) {
		uint64_t pair = counting->match->pairs.all[i * counting->step];

		counting->pattern[i] = compare_rows(&counting->match->fields, pair_first(pair), pair_second(pair));
	}
	return 0;
}

static int count_patterns(const struct match *match, struct patterns *patterns, unsigned threads, struct diag *diag)
{
	struct counting counting = { .match = match, .step = 1 + match->pairs.count / PATTERNS_MOST };
	int result;

	if (match->pairs.complete)
		counting.step = 1;
	counting.count = match->pairs.count / counting.step;
	counting.pattern = memory_get(counting.count + 1, sizeof *counting.pattern);
	result = pool_each(pattern_chunk, &counting, counting.count / CHUNK + 1, threads, diag);
	for (size_t i = 0; i < counting.count && result == 0; i++)
		patterns_add(patterns, counting.pattern[i], (double)counting.step);
	free(counting.pattern);
	return result;
}

/* Pairs scored in chunks, each with its links. */
struct scoring {
	const struct match *match;
	struct link **links;   /* per chunk */
	size_t *counts;
};

static int score_chunk(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct scoring *scoring = context;
	const struct match *match = scoring->match;
	size_t capacity = 0, end = (index + 1) * CHUNK < match->pairs.count ? (index + 1) * CHUNK : match->pairs.count;

	(void)worker;
	(void)diag;
	for (size_t i = index * CHUNK; i < end; i++) {
		uint32_t a = pair_first(match->pairs.all[i]), b = pair_second(match->pairs.all[i]);
		double bits = model_score_above(&match->model, &match->fields, a, b, LINK_LEAST);

		if (bits < LINK_LEAST)
			continue;
		scoring->links[index] = memory_grow(scoring->links[index], &capacity, scoring->counts[index] + 1, sizeof **scoring->links);
		scoring->links[index][scoring->counts[index]++] = (struct link){ a, b, (float)bits };
	}
	return 0;
}

static int score_pairs(struct match *match, unsigned threads, struct diag *diag)
{
	size_t chunks = match->pairs.count / CHUNK + 1;
	struct scoring scoring = { match, memory_zero(chunks, sizeof *scoring.links), memory_zero(chunks, sizeof *scoring.counts) };
	int result = pool_each(score_chunk, &scoring, chunks, threads, diag);

	for (size_t c = 0; c < chunks; c++)
		match->link_count += scoring.counts[c];
	match->links = memory_get(match->link_count + 1, sizeof *match->links);
	match->link_count = 0;
	for (size_t c = 0; c < chunks; c++) {
		if (scoring.counts[c])
			memcpy(match->links + match->link_count, scoring.links[c], scoring.counts[c] * sizeof *match->links);
		match->link_count += scoring.counts[c];
		free(scoring.links[c]);
	}
	free(scoring.links);
	free(scoring.counts);
	return result;
}

/* Two valid numbers that are not the same, of a company or of a person, are two customers for sure. */
static bool numbers_conflict(const struct fields *fields, uint32_t a, uint32_t b)
{
	const uint32_t *x = fields_row(fields, a), *y = fields_row(fields, b);

	for (unsigned i = 0; i < fields->count; i++) {
		const bool *valid = fields->all[i].valid;

		if (valid && x[i] != y[i] && valid[x[i]] && valid[y[i]])
			return true;
	}
	return false;
}

static double score_rows(const void *context, uint32_t a, uint32_t b)
{
	const struct match *match = context;

	if (numbers_conflict(&match->fields, a, b))
		return -INFINITY;
	if (match->clean && match->sources[a] == match->sources[b] && match->clean[match->sources[a]])
		return -INFINITY;
	return model_score(&match->model, &match->fields, a, b);
}

/*
 * Which sources hold each customer once: few of their linked records share a customer with another record of the source. (Linking with
 * a source that has repeats of its own must allow for several.)
 */
static bool *find_clean_sources(const struct match *match, size_t rows)
{
	uint32_t count = 0;

	for (size_t i = 0; i < rows; i++)
		count = match->sources[i] >= count ? match->sources[i] + 1 : count;
	bool *clean = memory_zero(count, sizeof *clean);
	uint32_t *seen = memory_get(rows, sizeof *seen), *size = memory_zero(rows, sizeof *size);

	for (size_t i = 0; i < rows; i++)
		size[match->cluster[i]]++;
	for (uint32_t s = 0; s < count; s++) {
		double linked = 0, repeated = 0;

		memset(seen, 0, rows * sizeof *seen);
		for (size_t i = 0; i < rows; i++)
			if (match->sources[i] == s && size[match->cluster[i]] > 1) {
				linked++;
				repeated += seen[match->cluster[i]]++ > 0;
			}
		clean[s] = repeated < REPEATED_MOST * linked;
	}
	free(seen);
	free(size);
	return clean;
}

/* Learns the model from the candidates, or reads it. */
static int fit_model(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	struct patterns patterns;
	int result;

	if (options->model)
		return model_load(&match->model, &match->fields, input->headers, options->model, diag);
	background_measure(&match->fields, input->rows, input->sources, options->link_only, options->threads, &match->background);
	patterns_init(&patterns);
	result = count_patterns(match, &patterns, options->threads, diag);
	if (result == 0)
		model_fit(&match->model, &match->fields, &patterns, &match->background, input->rows);
	patterns_release(&patterns);
	return result;
}

static int fit_and_score(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	int result = fit_model(match, input, options, diag);

	if (result == 0 && options->save_model)
		result = model_save(&match->model, &match->fields, input->headers, options->save_model, diag);
	return result == 0 ? score_pairs(match, options->threads, diag) : result;
}

/* Rows in a block: many where there are few rows, few where there are many. */
static size_t block_most(size_t rows)
{
	return rows < 20000 ? 60 : rows < 100000 ? 40 : rows < 300000 ? 10 : 6;
}

int match_run(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	double p = options->threshold > 0 ? options->threshold : 0.5;
	const struct keys_options keys = { input->sources, options->link_only, block_most(input->rows), ALL_PAIRS_MOST, options->threads };
	struct cluster_options clusters = { .threshold = log2(p / (1 - p)), .score = score_rows, .context = match };
	uint32_t *copies = memory_get(input->rows + 1, sizeof *copies);
	int result;

	*match = (struct match){ .sources = input->sources };
	result = build_fields(match, input, options->threads, diag);
	if (result == 0) {
		if (options->link_only)
			for (size_t i = 0; i < input->rows; i++)
				copies[i] = (uint32_t)i;
		else
			copies_find(input, &match->fields, copies);
		result = keys_find_pairs(&match->fields, input->rows, &keys, &match->pairs, diag);
		if (result == 0)
			result = fit_and_score(match, input, options, diag);
	}
	if (result == 0) {
		clusters.copies = copies;
		clusters.same = options->same;
		clusters.same_count = options->same_count;
		clusters.different = options->different;
		clusters.different_count = options->different_count;
		match->cluster = memory_get(input->rows + 1, sizeof *match->cluster);
		cluster_rows(input->rows, match->links, match->link_count, &clusters, match->cluster);
	}
	if (result == 0 && options->link_only) {
		match->clean = find_clean_sources(match, input->rows);
		cluster_rows(input->rows, match->links, match->link_count, &clusters, match->cluster);
	}
	free(copies);
	return result;
}

void match_release(struct match *match)
{
	for (unsigned i = 0; match->fields.all && i < match->fields.count; i++)
		field_release(&match->fields.all[i]);
	free(match->fields.all);
	free(match->fields.table);
	pairs_release(&match->pairs);
	free(match->links);
	free(match->cluster);
	free(match->profiles);
	free(match->clean);
	background_release(&match->background);
}
