#include "match/match.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "match/alone.h"
#include "match/assign.h"
#include "match/copies.h"
#include "match/labels.h"
#include "match/model_file.h"

enum { CHUNK = 16384, GLANCE = 512, AHEAD = 8, PATTERNS_MOST = 300000, ALL_PAIRS_MOST = 3000000, ENTRY_SHARE = 48, TILES_MOST = 64 };

static const double LINK_LEAST = -3;   /* bits: a worse pair brings nobody together */
static const double REPEATED_MOST = 0.2;

/* A district stands in the address, too, and crm-merge takes it from there: the same evidence is not counted twice. */
static void drop_districts(struct match *match, size_t columns)
{
	bool address = false;

	for (size_t c = 0; c < columns; c++)
		address |= match->profiles[c].role == ROLE_ADDRESS && match->profiles[c].kind != FIELD_NONE;
	for (size_t c = 0; c < columns && address; c++)
		if (match->profiles[c].role == ROLE_REGION)
			match->profiles[c].kind = FIELD_NONE;
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
	size_t columns[FIELD_MOST];

	match->profiles = memory_zero(input->columns + 1, sizeof *match->profiles);
	profile_columns(input, match->profiles);
	drop_districts(match, input->columns);
	choose_columns(match, input->columns, columns);
	match->fields.all = memory_zero(match->fields.count + 1, sizeof *match->fields.all);
	for (unsigned i = 0; i < match->fields.count; i++)
		field_init(&match->fields.all[i], columns[i], &match->profiles[columns[i]]);
	if (fields_build(&match->fields, input, threads, diag) < 0)
		return -1;
	compare_find_partners(&match->fields);
	for (unsigned i = 0; i < match->fields.count; i++)
		field_settle(&match->fields.all[i]);
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

/* The candidates of pairs[0 .. count) that a glance leaves; returns how many. */
static size_t glance(const struct match *match, const uint64_t *pairs, size_t count, struct candidate *candidates)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		if (i + AHEAD < count)
			fields_prefetch(&match->fields, pair_second(pairs[i + AHEAD]));
		left += model_glance(&match->model, &match->fields, pair_first(pairs[i]), pair_second(pairs[i]), LINK_LEAST, &candidates[left]);
	}
	return left;
}

static void score_candidates(struct scoring *scoring, size_t chunk, size_t *capacity, const struct candidate *candidates, size_t count)
{
	const struct match *match = scoring->match;

	for (size_t i = 0; i < count + 2 * AHEAD; i++) {
		if (i < count)
			model_prefetch(&match->model, &match->fields, &candidates[i], false);
		if (i >= AHEAD && i - AHEAD < count)
			model_prefetch(&match->model, &match->fields, &candidates[i - AHEAD], true);
		if (i < 2 * AHEAD)
			continue;
		const struct candidate *candidate = &candidates[i - 2 * AHEAD];
		double bits = model_score_candidate(&match->model, &match->fields, candidate, LINK_LEAST);

		if (bits < LINK_LEAST)
			continue;
		scoring->links[chunk] = memory_grow(scoring->links[chunk], capacity, scoring->counts[chunk] + 1, sizeof **scoring->links);
		scoring->links[chunk][scoring->counts[chunk]++] = (struct link){ candidate->a, candidate->b, (float)bits };
	}
}

static int score_chunk(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct scoring *scoring = context;
	const struct pairs *pairs = &scoring->match->pairs;
	struct candidate candidates[GLANCE];
	size_t capacity = 0, end = (index + 1) * CHUNK < pairs->count ? (index + 1) * CHUNK : pairs->count;

	(void)worker;
	(void)diag;
	for (size_t i = index * CHUNK; i < end; i += GLANCE) {
		size_t count = end - i < GLANCE ? end - i : GLANCE;

		if (scoring->match->fields.count)
			vast_breathe(scoring->match->fields.all[0].vast);
		count = glance(scoring->match, pairs->all + i, count, candidates);
		score_candidates(scoring, index, &capacity, candidates, count);
	}
	return 0;
}

/* The tile of a row where there are so many. */
static size_t tile_of(uint32_t row, size_t rows, size_t tiles)
{
	return row * tiles / rows;
}

/* Brings the pairs whose first rows are in one tile into the order of the tiles of their second rows. */
static void order_tile(uint64_t *pairs, size_t count, size_t rows, size_t tiles)
{
	uint64_t *ordered = memory_get(count, sizeof *ordered);
	size_t next[TILES_MOST + 1] = { 0 };

	for (size_t i = 0; i < count; i++)
		next[tile_of(pair_second(pairs[i]), rows, tiles) + 1]++;
	for (size_t t = 0; t < tiles; t++)
		next[t + 1] += next[t];
	for (size_t i = 0; i < count; i++)
		ordered[next[tile_of(pair_second(pairs[i]), rows, tiles)]++] = pairs[i];
	memcpy(pairs, ordered, count * sizeof *pairs);
	free(ordered);
}

/*
 * Rows and values that are in files are not touched here and there: pairs are scored in such an order that all rows of some time are in two tiles,
 * for which there is memory.
 */
static size_t tile_pairs(struct match *match, struct vast *vast)
{
	size_t tiles = 1, rows = match->rows;

	if (!vast || vast_filed(vast) == 0)
		return tiles;
	tiles += 8 * ((vast_held(vast) + vast_filed(vast)) / (vast_bound(vast) + 1));
	tiles = tiles < TILES_MOST ? tiles : TILES_MOST;
	for (size_t begin = 0, end; begin < match->pairs.count; begin = end) {
		size_t tile = tile_of(pair_first(match->pairs.all[begin]), rows, tiles);

		for (end = begin + 1; end < match->pairs.count && tile_of(pair_first(match->pairs.all[end]), rows, tiles) == tile;)
			end++;
		order_tile(match->pairs.all + begin, end - begin, rows, tiles);
	}
	return tiles;
}

static int compare_places(const void *left, const void *right)
{
	const struct link *x = left, *y = right;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static int score_pairs(struct match *match, struct vast *vast, unsigned threads, struct diag *diag)
{
	size_t tiles = tile_pairs(match, vast);
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
	if (tiles > 1)
		qsort(match->links, match->link_count, sizeof *match->links, compare_places);
	vast_drop(match->pairs.all);
	match->pairs.all = NULL;
	return result;
}

/* Two valid numbers that are not the same, of a company or of a person, are two customers for sure. */
static bool numbers_conflict(const struct fields *fields, uint32_t a, uint32_t b)
{
	const uint32_t *x = fields_row(fields, a), *y = fields_row(fields, b);

	for (unsigned i = 0; i < fields->count; i++) {
		const struct field *field = &fields->all[i];

		if (field->checked && x[i] != y[i] && field->keys.places[x[i]].valid && field->keys.places[y[i]].valid)
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

/* Of all pairs those that have a fresh row: the others are not looked for, and no match among them is found. */
static double fresh_share(const struct match_input *input)
{
	double rows = (double)input->rows, fresh = 0;

	for (size_t i = 0; i < input->rows; i++)
		fresh += input->fresh[i];
	return rows > 1 ? 1 - (rows - fresh) * fmax(rows - fresh - 1, 0) / (rows * (rows - 1)) : 1;
}

/* Learns the model from the candidates, or reads it. */
static int fit_model(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	struct patterns patterns;
	int result;

	if (options->model)
		return model_load(&match->model, &match->fields, input->headers, options->model, diag);
	background_measure(&match->fields, input->rows, input->sources, options->link_only, options->threads, &match->background);
	if (match->fields.count == 1)
		alone_measure(&match->fields, input->rows, &match->background);
	if (input->fresh)
		match->background.total *= fresh_share(input);
	patterns_init(&patterns);
	result = count_patterns(match, &patterns, options->threads, diag);
	if (result == 0)
		model_fit(&match->model, &match->fields, &patterns, &match->background, input->rows);
	patterns_release(&patterns);
	return result;
}

/* Decisions say where the line is; a frozen model stays as it is. */
static void learn_decisions(struct match *match, const struct match_options *options)
{
	size_t count = options->labels_same + options->different_count;
	struct label *labels = memory_get(count + 1, sizeof *labels);

	for (size_t i = 0; i < count; i++) {
		bool same = i < options->labels_same;
		const struct link *pair = same ? &options->same[i] : &options->different[i - options->labels_same];

		labels[i] = (struct label){ model_score(&match->model, &match->fields, pair->a, pair->b), same };
	}
	match->shift = labels_shift(labels, count);
	model_shift(&match->model, match->shift);
	free(labels);
}

static int fit_and_score(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	int result = fit_model(match, input, options, diag);

	if (result == 0 && !options->model)
		learn_decisions(match, options);
	if (result == 0 && options->save_model)
		result = model_save(&match->model, &match->fields, input->headers, options->save_model, diag);
	return result == 0 ? score_pairs(match, input->vast, options->threads, diag) : result;
}

/* Rows in a block: many where there are few rows, few where there are many. */
static size_t block_most(size_t rows)
{
	return rows < 20000 ? 60 : rows < 100000 ? 40 : rows < 300000 ? 10 : 6;
}

/* As many strangers per row as one can afford to look at. */
static double chance_most(size_t rows)
{
	return rows < 100000 ? 4 : 0.25;
}

static int cluster_records(struct match *match, const struct match_options *options, struct diag *diag)
{
	double p = options->threshold > 0 ? options->threshold : 0.5;
	const struct cluster_options clusters = {
		.threshold = log2(p / (1 - p)), .score = score_rows, .context = match, .copies = match->copies, .threads = options->threads,
		.same = options->same, .same_count = options->same_count, .different = options->different, .different_count = options->different_count,
	};

	if (!options->one_to_one)
		return cluster_rows(match->rows, match->links, match->link_count, &clusters, match->cluster, diag);
	assign_rows(match->rows, match->sources, match->links, match->link_count, &clusters, match->cluster);
	return 0;
}

int match_run(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	const struct keys_options keys = {
		.sources = input->sources, .link_only = options->link_only, .fresh = input->fresh, .block_most = block_most(input->rows),
		.chance_most = chance_most(input->rows), .all_most = ALL_PAIRS_MOST, .threads = options->threads,
		.vast = input->vast, .entries_most = vast_bound(input->vast) / ENTRY_SHARE / (options->threads ? options->threads : 1),
	};
	int result;

	*match = (struct match){ .sources = input->sources, .rows = input->rows };
	result = build_fields(match, input, options->threads, diag);
	if (result == 0) {
		match->copies = memory_get(input->rows + 1, sizeof *match->copies);
		if (options->link_only)
			for (size_t i = 0; i < input->rows; i++)
				match->copies[i] = (uint32_t)i;
		else
			copies_find(input, &match->fields, match->copies);
		result = keys_find_pairs(&match->fields, input->rows, &keys, &match->pairs, diag);
		if (result == 0)
			result = vast_check(input->vast, diag);
		if (result == 0)
			result = fit_and_score(match, input, options, diag);
	}
	if (result == 0) {
		match->cluster = memory_get(input->rows + 1, sizeof *match->cluster);
		result = cluster_records(match, options, diag);
	}
	if (result == 0 && options->link_only && !options->one_to_one) {
		match->clean = find_clean_sources(match, input->rows);
		result = cluster_records(match, options, diag);
	}
	return result;
}

void match_forget(struct match *match)
{
	for (unsigned i = 0; match->fields.all && i < match->fields.count; i++)
		field_release(&match->fields.all[i]);
	fields_release(&match->fields);
}

void match_release(struct match *match)
{
	match_forget(match);
	free(match->fields.all);
	pairs_release(&match->pairs);
	free(match->links);
	free(match->cluster);
	free(match->copies);
	free(match->profiles);
	free(match->clean);
	background_release(&match->background);
}
