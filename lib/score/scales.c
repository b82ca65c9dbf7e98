#include "score/scales.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "base/pool.h"
#include "clean/money.h"
#include "clean/text.h"
#include "score/scales_private.h"

enum { NAMES_SHOWN = 5, CHUNK = 1 << 15 };

const char *const figure_names[FIGURES] = { "recency", "frequency", "monetary" };

int64_t figure_one(enum figure figure)
{
	return figure == MONETARY ? MONEY_ONE : 1;
}

/* FIGURE=A,B,… of one option. */
static int read_breaks(struct scales *scales, const char *text, struct diag *diag)
{
	struct slice rest = slice_of(text), name = slice_cut(&rest, '=');
	int64_t at[CUTS_BINS_MOST] = { 0 };
	unsigned count = 0, figure = 0;
	bool good = true;

	while (figure < FIGURES && !slice_equal(name, slice_of(figure_names[figure])))
		figure++;
	while (rest.len && good && count < scales->bins) {
		struct money money;

		good = money_parse(slice_cut(&rest, ','), 1, &money) == MONEY_OK;
		at[count] = money.value / (MONEY_ONE / figure_one((enum figure)figure));
		good = good && (count == 0 || at[count] > at[count - 1]);
		count++;
	}
	if (figure == FIGURES || !good || rest.len || count != scales->bins - 1)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--breaks %s: not recency, frequency or monetary = %u rising numbers "
				 "(one less than --bins)", text, scales->bins - 1);
	cuts_set(&scales->all.cuts[figure], at, count, figure_one((enum figure)figure));
	scales->fixed[figure] = true;
	return 0;
}

static int read_high(struct scales *scales, const char *text, struct diag *diag)
{
	scales->median = text && strcmp(text, "median") == 0;
	if (!text || scales->median || strcmp(text, "mean") == 0)
		return 0;
	if (slice_to_double(slice_of(text), &scales->high_from) && scales->high_from > 1 && scales->high_from <= scales->bins)
		return 0;
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--high %s: not mean, median or a score over 1 and up to %u", text,
			 scales->bins);
}

static int check_options(const struct scales *scales, const struct scale_options *options, struct diag *diag)
{
	bool by_rank = scales->scoring == SCORING_QUANTILE || scales->scoring == SCORING_NTILE;

	if (scales->scoring == SCORING_MEAN && scales->bins != 2)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--score mean has two scores, under and over the mean: leave --bins out");
	if (options->ties && !by_rank)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--ties goes with --score quantile or ntile");
	if (options->by && scales->scoring == SCORING_FIXED)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--by does nothing with --score fixed: the limits are the same for all");
	if (options->least && !scales->by)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--by-least goes with --by COLUMN");
	return 0;
}

static int take_options(struct scales *scales, const struct scale_options *options, struct diag *diag)
{
	scales->scoring = options->scoring ? options->scoring : SCORING_QUANTILE;
	scales->bins = options->bins ? options->bins : scales->scoring == SCORING_MEAN ? 2 : 5;
	if (check_options(scales, options, diag))
		return -1;
	scales->least = options->least ? options->least : scales->bins;
	scales->parted = options->ties ? options->ties == TIES_NTILE : scales->scoring == SCORING_NTILE;
	if (scales->parted)
		scales->scoring = SCORING_NTILE;
	for (size_t i = 0; i < options->break_count; i++)
		if (read_breaks(scales, options->breaks[i], diag))
			return -1;
	for (int figure = 0; figure < FIGURES && scales->scoring == SCORING_FIXED; figure++)
		if (!scales->fixed[figure])
			return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--score fixed needs limits of %s: add --breaks %s=A,B,…",
					 figure_names[figure], figure_names[figure]);
	return read_high(scales, options->high, diag);
}

int scales_init(struct scales *scales, const struct scale_options *options, const struct cJSON *model, const char *model_file,
		struct arena *arena, struct diag *diag)
{
	*scales = (struct scales){ .by = options->by, .all = { .own = true } };
	map_init(&scales->names);
	if (!model)
		return take_options(scales, options, diag);
	if (options->scoring || options->ties || options->bins || options->break_count || options->high || options->least)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL,
				 "--model has cuts: --score, --ties, --bins, --breaks, --high and --by-least do not go with it");
	return scales_take(scales, model, model_file, arena, diag);
}

void scales_release(struct scales *scales)
{
	map_release(&scales->names);
	free(scales->groups);
}

struct scale *scales_add(struct scales *scales, struct slice name)
{
	uint32_t number = map_add(&scales->names, name);

	if (number == scales->count) {
		scales->groups = memory_grow(scales->groups, &scales->capacity, scales->count + 1, sizeof *scales->groups);
		scales->groups[scales->count++] = (struct scale){ .group = scales->names.keys[number] };
	}
	return &scales->groups[number];
}

/* The groups of the buyers, and how many each has. */
static int find_groups(struct scales *scales, struct rfm_customer *customers, size_t count, struct roster *roster,
		       struct diag *diag)
{
	struct arena scratch;
	int failed = 0;

	arena_init(&scratch);
	for (size_t i = 0; i < count && !failed; i++) {
		struct rfm_customer *c = &customers[i];
		struct slice name;

		if (!c->frequency)
			continue;
		name = text_clean(roster_group(roster, (uint32_t)i), &scratch);
		if (!text_is_empty(name)) {
			struct scale *group = scales_add(scales, name);

			group->buyers++;
			c->group = (uint16_t)(group - scales->groups + 1);
		}
		arena_reset(&scratch);
		if (scales->count > GROUPS_MOST)
			failed = diag_fail(diag, STATUS_USAGE, NULL, NULL, "--by %s: over %d different values: no column to score by",
					   scales->by, GROUPS_MOST);
	}
	arena_release(&scratch);
	return failed;
}

/* Some buyers, and room for the figures and scores of each. */
struct members {
	const struct scales *scales;
	struct scale *scale;           /* that they are scored by */
	struct rfm_customer *customers;
	const uint32_t *numbers;
	size_t count;
	int32_t as_of;
	bool figures_known[FIGURES];
	int64_t *figures[FIGURES];
	uint8_t *ranks[FIGURES];       /* scores, where they are by rank */
};

static int64_t figure_of(const struct members *m, size_t i, enum figure figure)
{
	const struct rfm_customer *c = &m->customers[m->numbers[i]];

	if (figure == RECENCY)
		return (int64_t)m->as_of - c->last;
	return figure == FREQUENCY ? c->frequency : c->monetary;
}

static void gather(const struct members *m, enum figure figure, int sign)
{
	for (size_t i = 0; i < m->count; i++)
		m->figures[figure][i] = sign * figure_of(m, i, figure);
}

static void find_cuts(const struct scales *scales, struct scale *scale, const struct members *m, enum figure figure)
{
	struct cuts *cuts = &scale->cuts[figure];
	bool down = figure == RECENCY;

	gather(m, figure, 1);
	if (scales->fixed[figure])
		*cuts = scales->all.cuts[figure];
	else if (scales->scoring == SCORING_MEAN)
		cuts_mean(cuts, m->figures[figure], m->count, figure_one(figure), down);
	else if (scales->scoring == SCORING_NTILE)
		cuts_rank(cuts, m->figures[figure], m->count, scales->bins, figure_one(figure), down);
	else
		cuts_find(cuts, m->figures[figure], m->count, scales->bins, figure_one(figure));
}

static bool goes_by_rank(const struct scales *scales, enum figure figure)
{
	return scales->parted && !scales->fixed[figure] && !scales->taken;
}

/* The cuts of a figure, or the scores themselves where it goes by rank. */
static int find_figure(void *context, size_t figure, unsigned worker, struct diag *diag)
{
	const struct members *m = context;

	(void)worker;
	(void)diag;
	if (!m->figures_known[figure]) {
		m->scale->cuts[figure] = (struct cuts){ 0 };
		return 0;
	}
	if (!m->scales->taken)
		find_cuts(m->scales, m->scale, m, (enum figure)figure);
	if (goes_by_rank(m->scales, (enum figure)figure)) {
		gather(m, (enum figure)figure, figure == RECENCY ? -1 : 1);
		cuts_ntile(m->figures[figure], m->count, m->scales->bins, m->ranks[figure]);
	}
	return 0;
}

static unsigned score_of(const struct members *m, size_t i, enum figure figure)
{
	unsigned score;

	if (goes_by_rank(m->scales, figure))
		return m->ranks[figure][i];
	score = cuts_score(&m->scale->cuts[figure], figure_of(m, i, figure));
	return figure == RECENCY ? m->scales->bins + 1 - score : score;
}

static int score_chunk(void *context, size_t index, unsigned worker, struct diag *diag)
{
	const struct members *m = context;
	size_t end = (index + 1) * CHUNK < m->count ? (index + 1) * CHUNK : m->count;

	(void)worker;
	(void)diag;
	for (size_t i = index * CHUNK; i < end; i++)
		for (int figure = RECENCY; figure < FIGURES; figure++)
			if (m->figures_known[figure])
				m->customers[m->numbers[i]].scores[figure] = (uint8_t)score_of(m, i, (enum figure)figure);
	return 0;
}

/* From which score on one is high: at or over the mean, or the (lower) median, of the scores; or as the user says. */
static double high_from(const struct members *m, enum figure figure)
{
	const struct scales *scales = m->scales;
	uint64_t counts[CUTS_BINS_MOST + 1] = { 0 }, sum = 0, below = 0;
	unsigned median = 0;

	if (scales->high_from > 0)
		return scales->high_from;
	for (size_t i = 0; i < m->count; i++) {
		unsigned score = m->customers[m->numbers[i]].scores[figure];

		counts[score]++;
		sum += score;
	}
	while (median < scales->bins && 2 * below < m->count)
		below += counts[++median];
	return scales->median ? median : m->count ? (double)sum / (double)m->count : 0;
}

static int find_high(void *context, size_t figure, unsigned worker, struct diag *diag)
{
	const struct members *m = context;

	(void)worker;
	(void)diag;
	if (m->figures_known[figure] && !m->scales->taken)
		m->scale->high[figure] = high_from(m, (enum figure)figure);
	return 0;
}

static int score_members(struct members *m, struct scale *scale, unsigned threads, struct diag *diag)
{
	m->scale = scale;
	return pool_each(find_figure, m, FIGURES, threads, diag) || pool_each(score_chunk, m, (m->count + CHUNK - 1) / CHUNK, threads, diag) ||
	       pool_each(find_high, m, FIGURES, threads, diag);
}

/* Buyers by group, those of none first; then those of the group g, from 0, begin at starts[g + 1]. */
static void sort_buyers(const struct scales *scales, const struct rfm_customer *customers, size_t count, uint32_t *sorted,
			size_t *starts)
{
	size_t end = 0;

	for (size_t i = 0; i < count; i++)
		starts[customers[i].group] += customers[i].frequency > 0;
	for (size_t g = 0; g <= scales->count; g++)
		starts[g] = end += starts[g];
	for (size_t i = count; i-- > 0;)
		if (customers[i].frequency)
			sorted[--starts[customers[i].group]] = (uint32_t)i;
}

/* Names the groups that go by the scale of all: those that the model does not have (`unknown`), or those that it has. */
static void warn_groups(const struct scales *scales, bool unknown, const char *code, const char *which, struct diag *diag)
{
	size_t count = 0;
	struct buf names;

	buf_init(&names, 600);
	for (size_t g = 0; g < scales->count; g++) {
		const struct scale *group = &scales->groups[g];

		if (group->own || !group->buyers || (g >= scales->known) != unknown)
			continue;
		if (count++ < NAMES_SHOWN)
			buf_format(&names, "%s%.*s (%llu)", count > 1 ? ", " : "", SLICE_ARG(slice_first(group->group, 40)),
				   (unsigned long long)group->buyers);
	}
	if (count)
		diag_warn(diag, NULL, code, "groups of %s %s, scored by the cuts of all: %.*s%s", scales->by, which,
			  SLICE_ARG(buf_slice(&names)), count > NAMES_SHOWN ? " …" : "");
	buf_release(&names);
}

/* All buyers by the scale of all, then those of each group that has its own. */
static int score_all(struct scales *scales, struct members *m, size_t customers, unsigned threads, struct diag *diag)
{
	size_t *starts = memory_zero(scales->count + 2, sizeof *starts);
	uint32_t *sorted = memory_get(scales->all.buyers, sizeof *sorted);
	int failed;

	m->numbers = sorted;
	for (size_t i = 0; i < customers; i++)
		if (m->customers[i].frequency)
			sorted[m->count++] = (uint32_t)i;
	failed = score_members(m, &scales->all, threads, diag);
	sort_buyers(scales, m->customers, customers, sorted, starts);
	for (size_t g = 0; g < scales->count && !failed; g++) {
		struct scale *group = &scales->groups[g];

		if (!scales->taken)
			group->own = group->buyers && group->buyers >= scales->least;
		m->numbers = sorted + starts[g + 1];
		m->count = group->buyers;
		if (group->own)
			failed = score_members(m, group, 1, diag);
	}
	free(sorted);
	free(starts);
	return failed;
}

int scales_make(struct scales *scales, struct rfm_customer *customers, size_t count, int32_t as_of, bool has_amount,
		struct roster *roster, unsigned threads, struct diag *diag)
{
	struct members m = { .scales = scales, .customers = customers, .as_of = as_of, .figures_known = { true, true, has_amount } };
	int failed;

	scales->known = scales->count;
	scales->all.buyers = 0;
	for (size_t g = 0; g < scales->count; g++)
		scales->groups[g].buyers = 0;
	for (size_t i = 0; i < count; i++)
		scales->all.buyers += customers[i].frequency > 0;
	if (scales->taken && has_amount && !scales->all.cuts[MONETARY].bins)
		return diag_fail(diag, STATUS_USAGE, NULL, "bad-model", "--model was made of orders without amounts: it has no cuts of monetary");
	if (scales->by && find_groups(scales, customers, count, roster, diag))
		return -1;
	for (int figure = RECENCY; figure < FIGURES; figure++) {
		m.figures[figure] = memory_get(scales->all.buyers, sizeof **m.figures);
		m.ranks[figure] = goes_by_rank(scales, (enum figure)figure) ? memory_get(scales->all.buyers, sizeof **m.ranks) : NULL;
	}
	failed = score_all(scales, &m, count, threads, diag);
	for (int figure = RECENCY; figure < FIGURES; figure++) {
		free(m.figures[figure]);
		free(m.ranks[figure]);
	}
	if (failed)
		return -1;
	if (scales->taken) {
		warn_groups(scales, true, "new-group", "that the model does not have", diag);
		warn_groups(scales, false, "small-group", "that were too small for the model", diag);
	} else {
		warn_groups(scales, true, "small-group", "with too few buyers (--by-least)", diag);
	}
	return 0;
}
