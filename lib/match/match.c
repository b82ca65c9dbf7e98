#include "match/match.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static const double LINK_LEAST = -3;   /* bits: a worse pair brings nobody together */
static const double REPEATED_MOST = 0.2;

static void build_fields(struct match *match, const struct match_input *input)
{
	match->profiles = memory_zero(input->columns + 1, sizeof *match->profiles);
	profile_columns(input, match->profiles);
	match->fields.all = memory_zero(FIELD_MOST, sizeof *match->fields.all);
	for (size_t c = 0; c < input->columns && match->fields.count < FIELD_MOST; c++) {
		struct field *field = &match->fields.all[match->fields.count];

		if (match->profiles[c].kind == FIELD_NONE)
			continue;
		field_build(field, input, c, &match->profiles[c]);
		if (field->filled * 50 < input->rows && field->count < 3)
			field_release(field);
		else
			match->fields.count++;
	}
	compare_find_partners(&match->fields);
}

static void count_patterns(const struct match *match, struct patterns *patterns)
{
	for (size_t i = 0; i < match->pairs.count; i++)
		patterns_add(patterns, compare_rows(&match->fields, pair_first(match->pairs.all[i]), pair_second(match->pairs.all[i])), 1);
}

static void score_pairs(struct match *match)
{
	size_t capacity = 0;

	for (size_t i = 0; i < match->pairs.count; i++) {
		uint32_t a = pair_first(match->pairs.all[i]), b = pair_second(match->pairs.all[i]);
		double bits = model_score(&match->model, &match->fields, a, b);

		if (bits < LINK_LEAST)
			continue;
		match->links = memory_grow(match->links, &capacity, match->link_count + 1, sizeof *match->links);
		match->links[match->link_count++] = (struct link){ a, b, (float)bits };
	}
}

static double score_rows(const void *context, uint32_t a, uint32_t b)
{
	const struct match *match = context;

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

int match_run(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag)
{
	double p = options->threshold > 0 ? options->threshold : 0.5;
	struct patterns patterns;
	struct keys_options keys = { input->sources, options->link_only, 60, 3000000 };
	struct cluster_options clusters = { .threshold = log2(p / (1 - p)), .score = score_rows, .context = match };

	*match = (struct match){ .sources = input->sources };
	build_fields(match, input);
	keys_find_pairs(&match->fields, input->rows, &keys, &match->pairs);
	background_measure(&match->fields, input->rows, input->sources, options->link_only, &match->background);
	patterns_init(&patterns);
	count_patterns(match, &patterns);
	model_fit(&match->model, &match->fields, &patterns, &match->background, input->rows);
	patterns_release(&patterns);
	score_pairs(match);
	match->cluster = memory_get(input->rows + 1, sizeof *match->cluster);
	cluster_rows(input->rows, match->links, match->link_count, &clusters, match->cluster);
	if (options->link_only) {
		match->clean = find_clean_sources(match, input->rows);
		cluster_rows(input->rows, match->links, match->link_count, &clusters, match->cluster);
	}
	(void)diag;
	return 0;
}

void match_release(struct match *match)
{
	for (unsigned i = 0; i < match->fields.count; i++)
		field_release(&match->fields.all[i]);
	free(match->fields.all);
	pairs_release(&match->pairs);
	free(match->links);
	free(match->cluster);
	free(match->profiles);
	free(match->clean);
	background_release(&match->background);
}
