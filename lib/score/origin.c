#include "score/origin.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "score/warning.h"

enum { LEAST_REPEATERS = 20, LEAST_IN_GROUP = 10, PRESENT_MOST = 30000, PAST_MOST = 10000, PRIOR_CASES = 50 };

static const double days_in_week = 7, linger = 2, worth_a_look = .1;
static const double assumed_shape_most = 5, assumed_a = .8, assumed_b = 2;

/* A customer who had bought. */
struct buyer {
	uint32_t group;
	struct btyd_case c;
};

static bool find_case(const struct journal *journal, uint32_t customer, int32_t day, struct btyd_case *c)
{
	int32_t first = journal->firsts[customer], last, next;
	uint32_t count = journal_purchases(journal, customer, day, &last, &next);

	if (count == 0)
		return false;
	*c = (struct btyd_case){ count - 1, (uint32_t)(last - first), (uint32_t)(day - first), 1 };
	return true;
}

/* Cases of those who had bought, about `most` of them, evenly taken; the caller frees them. */
static struct btyd_case *cases_of(const struct journal *journal, int32_t day, size_t most, size_t *count)
{
	size_t every = journal_buyers(journal, day) / most + 1, seen = 0, n = 0;
	struct btyd_case *cases = memory_get(journal->customers / every + 1, sizeof *cases);

	for (size_t i = 0; i < journal->customers; i++) {
		if (!journal_has_bought(journal, (uint32_t)i, day) || seen++ % every)
			continue;
		n += find_case(journal, (uint32_t)i, day, &cases[n]);
	}
	*count = btyd_condense(cases, n);
	return cases;
}

static bool fit_model(struct btyd *model, const struct btyd_case *cases, size_t count)
{
	uint64_t repeaters = 0;

	for (size_t i = 0; i < count; i++)
		repeaters += cases[i].x ? cases[i].count : 0;
	return repeaters >= LEAST_REPEATERS && btyd_fit_roughly(model, BTYD_MBG, cases, count);
}

static void assume_model(struct origin *origin)
{
	double shape = origin->rhythm.shape, scale = origin->rhythm.scale;

	origin->model = (struct btyd){ .model = BTYD_MBG, .r = fmin(shape, assumed_shape_most), .a = assumed_a, .b = assumed_b };
	origin->model.alpha = scale / days_in_week * origin->model.r / shape;
}

/* At most about `most` of the cases, evenly taken. */
static size_t thin(struct btyd_case *cases, size_t count, size_t most)
{
	size_t every = count / most + 1, kept = 0;

	for (size_t i = 0; i < count; i += every)
		cases[kept++] = cases[i];
	return kept;
}

static int compare_buyers(const void *a, const void *b)
{
	const struct buyer *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->c.t != y->c.t)
		return x->c.t < y->c.t ? -1 : 1;
	return (x->c.x > y->c.x) - (x->c.x < y->c.x);
}

/* One rhythm for each group; `all`: cases of all, by x. Groups of few who bought again, of which there may be many, have that of all. */
static void fit_groups(struct origin *origin, const struct journal *journal, struct btyd_case *all, size_t all_count)
{
	const struct groups *groups = &origin->options->groups;
	struct buyer *buyers = memory_get(journal->customers, sizeof *buyers);
	struct btyd_case *cases = memory_get(journal->customers, sizeof *cases);
	size_t n = 0, once = 0, prior_count;

	while (once < all_count && all[once].x == 0)
		once++;
	prior_count = thin(all + once, all_count - once, PRIOR_CASES);
	origin->rhythms = memory_get(groups->count, sizeof *origin->rhythms);
	for (size_t i = 0; i < groups->count; i++)
		origin->rhythms[i] = origin->rhythm;
	for (size_t i = 0; i < journal->customers; i++) {
		buyers[n].group = groups->of[i];
		n += find_case(journal, (uint32_t)i, origin->day, &buyers[n].c) && buyers[n].c.x;
	}
	qsort(buyers, n, sizeof *buyers, compare_buyers);
	for (size_t i = 0, count; i < n; i += count) {
		for (count = 0; i + count < n && buyers[i + count].group == buyers[i].group; count++)
			cases[count] = buyers[i + count].c;
		if (count >= LEAST_IN_GROUP)
			rhythm_fit_group(&origin->rhythms[buyers[i].group], &origin->rhythm, cases, count, all + once, prior_count);
	}
	free(cases);
	free(buyers);
}

static const struct rhythm *rhythm_of(const struct origin *origin, uint32_t customer)
{
	return origin->rhythms ? &origin->rhythms[origin->options->groups.of[customer]] : &origin->rhythm;
}

static double find_limit(const struct origin *origin, const struct journal *journal);

/*
 * The rhythm by which a gap is long. That of the typical gap is fitted to gaps that have ended, which are the shorter ones; the
 * purchase model also knows those that have not.
 */
static struct rhythm gaps_of(const struct origin *origin, uint32_t customer)
{
	struct rhythm rhythm = *rhythm_of(origin, customer);

	if (origin->modelled && !origin->rhythms)
		rhythm = (struct rhythm){ .shape = origin->model.r, .scale = origin->model.alpha * days_in_week, .fitted = true };
	return rhythm;
}

void origin_fit(struct origin *origin, int32_t day, const struct origin_options *options, const struct journal *journal, bool past)
{
	size_t count;
	struct btyd_case *cases = cases_of(journal, day, past ? PAST_MOST : PRESENT_MOST, &count);

	*origin = (struct origin){ .day = day, .options = options, .complaint_rate = journal_complaint_rate(journal, day), .past = past };
	season_fit(&origin->season, journal, day);
	rhythm_fit(&origin->rhythm, cases, count);
	origin->modelled = fit_model(&origin->model, cases, count);
	if (!origin->modelled)
		assume_model(origin);
	if (options->groups.of)
		fit_groups(origin, journal, cases, count);
	free(cases);
	origin->limit = find_limit(origin, journal);
}

void origin_release(struct origin *origin)
{
	free(origin->rhythms);
	season_release(&origin->season);
}

void origin_signals(const struct origin *origin, uint32_t customer, const struct view *view, struct signal signals[REASONS])
{
	const struct origin_options *options = origin->options;
	struct rhythm gaps = gaps_of(origin, customer);
	struct signal_scene scene = {
		.window = options->horizon, .has_amounts = options->has_amounts, .complaint_rate = origin->complaint_rate,
		.season = &origin->season, .rhythm = rhythm_of(origin, customer), .gaps = &gaps, .options = &options->signals,
		.facts = origin->past || !options->facts ? NULL : &options->facts[customer],
	};

	signals_find(&scene, view, signals);
}

void origin_date_overdue(const struct origin *origin, uint32_t customer, const struct view *view, struct signal *overdue)
{
	struct rhythm gaps = gaps_of(origin, customer);
	double p = overdue->p <= origin->limit ? origin->limit : worth_a_look;

	if (overdue->kind == SIGNAL_TEST && overdue->p <= p)
		overdue->since = view->days[view->count - 1] + (int32_t)warning_gap_limit(gaps.shape, gaps.scale, view->days, view->count, p);
}

/* The limit of alarms, from the p-values of all customers, or, of a past day, of some. */
static double find_limit(const struct origin *origin, const struct journal *journal)
{
	const struct alarms *alarms = &origin->options->alarms;
	size_t every = origin->past ? journal->customers / PAST_MOST + 1 : 1, count = 0;
	size_t most = (journal->customers / every + 1) * REASONS;
	double *p_values, limit;
	struct page page = { 0 };

	if (alarms->how == ALARMS_RATE)
		return alarms->value;
	p_values = memory_get(most, sizeof *p_values);
	for (size_t i = 0; i < journal->customers; i += every) {
		struct view view = journal_view(journal, (uint32_t)i, origin->day, &page);
		struct signal signals[REASONS];

		origin_signals(origin, (uint32_t)i, &view, signals);
		for (size_t k = 0; k < REASONS; k++)
			if (signals[k].kind == SIGNAL_TEST)
				p_values[count++] = signals[k].p;
	}
	limit = alarms_limit(alarms, p_values, count, 1. / (double)every);
	free(p_values);
	page_release(&page);
	return limit;
}

void origin_stand(const struct origin *origin, uint32_t customer, const struct view *view, struct standing *standing)
{
	const struct origin_options *options = origin->options;
	struct signal signals[REASONS];

	*standing = (struct standing){ .growth = NAN };
	origin_signals(origin, customer, view, signals);
	for (size_t i = 0; i < REASONS; i++) {
		if (signals[i].kind == SIGNAL_NONE)
			continue;
		standing->reasons |= (unsigned)signal_is_alarm(&signals[i], origin->limit) << i;
		standing->lingering |= (unsigned)signal_is_alarm(&signals[i], origin->limit * linger) << i;
	}
	if (view->count == 0)
		return;
	standing->bought = true;
	standing->x = (uint32_t)view->count - 1;
	standing->t = (uint32_t)(view->days[view->count - 1] - view->days[0]);
	standing->T = (uint32_t)(origin->day - view->days[0]);
	standing->typical_gap = rhythm_typical_gap(rhythm_of(origin, customer), standing->x, standing->t);
	standing->growth = lifecycle_growth(view->days, options->has_amounts ? view->amounts : NULL, view->count, view->day,
					    options->trend_days);
}

double origin_p_none(const struct origin *origin, const struct standing *standing)
{
	return btyd_p_none(&origin->model, standing->x, standing->t, standing->T, origin->options->horizon);
}
