#include "score/origin.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"

enum { LEAST_REPEATERS = 20, LEAST_IN_GROUP = 10, PRESENT_MOST = 30000, PAST_MOST = 10000, PRIOR_CASES = 50 };

static const double days_in_week = 7, overdue_ratio = 2;
static const double assumed_shape_most = 5, assumed_a = .8, assumed_b = 2;

/* A customer who had bought. */
struct buyer {
	uint32_t group;
	struct btyd_case c;
};

static bool find_case(const struct journal *journal, uint32_t customer, int32_t day, struct btyd_case *c)
{
	struct view view = journal_view(journal, customer, day);

	if (view.count == 0)
		return false;
	*c = (struct btyd_case){ (uint32_t)view.count - 1, (uint32_t)(view.days[view.count - 1] - view.days[0]),
				 (uint32_t)(day - view.days[0]), 1 };
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
	return repeaters >= LEAST_REPEATERS && btyd_fit(model, BTYD_MBG, cases, count);
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

void origin_fit(struct origin *origin, int32_t day, const struct origin_options *options, const struct journal *journal, bool past)
{
	size_t count;
	struct btyd_case *cases = cases_of(journal, day, past ? PAST_MOST : PRESENT_MOST, &count);

	*origin = (struct origin){ .day = day, .options = options, .complaint_rate = journal_complaint_rate(journal, day) };
	rhythm_fit(&origin->rhythm, cases, count);
	origin->modelled = fit_model(&origin->model, cases, count);
	if (!origin->modelled)
		assume_model(origin);
	if (options->groups.of)
		fit_groups(origin, journal, cases, count);
	free(cases);
}

void origin_release(struct origin *origin)
{
	free(origin->rhythms);
}

/* What the warnings count of what happened to him. */
struct counts {
	uint32_t complaints_recent, complaints_earlier, others_recent, others_earlier;
	int32_t first, contact_left;
};

static struct counts count_happenings(const struct view *view, uint32_t window)
{
	struct counts c = { .first = CIVIL_NONE, .contact_left = CIVIL_NONE };

	for (size_t i = 0; i < view->happening_count; i++) {
		const struct happening *happening = &view->happenings[i];
		int32_t age = view->day - happening->day;

		if (happening->kind == HAPPENING_CONTACT_LEFT) {
			c.contact_left = happening->day;
			continue;
		}
		c.first = c.first == CIVIL_NONE ? happening->day : c.first;
		if (happening->kind == HAPPENING_COMPLAINT)
			age < COMPLAINT_DAYS ? c.complaints_recent++ : c.complaints_earlier++;
		else
			age < (int32_t)window ? c.others_recent++ : c.others_earlier++;
	}
	return c;
}

static unsigned happening_reasons(const struct origin *origin, const struct view *view)
{
	struct counts c = count_happenings(view, origin->options->horizon);
	int32_t since = c.first;
	unsigned reasons = 0;

	if (c.contact_left != CIVIL_NONE && view->day - c.contact_left < CONTACT_DAYS)
		reasons |= 1u << REASON_CONTACT_LEFT;
	if (c.first == CIVIL_NONE)
		return reasons;
	since = view->count && view->days[0] < since ? view->days[0] : since;
	if (warning_is_complaints_up(&(struct complaints){ c.complaints_recent, c.complaints_earlier,
							   fmax(0, (double)view->day - since + 1 - COMPLAINT_DAYS) },
				     origin->complaint_rate))
		reasons |= 1u << REASON_COMPLAINTS_UP;
	if (warning_is_drop(c.others_recent, (uint64_t)c.others_recent + c.others_earlier, origin->options->horizon,
			    (double)view->day - c.first + 1))
		reasons |= 1u << REASON_SERVICE_DOWN;
	return reasons;
}

static unsigned purchase_reasons(const struct origin *origin, const struct view *view, const struct standing *standing)
{
	uint32_t recent = 0;
	unsigned reasons = 0;

	while (recent < view->count && view->days[view->count - 1 - recent] > (int64_t)view->day - origin->options->horizon)
		recent++;
	if (warning_is_drop(recent, view->count, origin->options->horizon, standing->T + 1.))
		reasons |= 1u << REASON_FREQUENCY_DROP;
	if (origin->options->has_amounts && warning_is_amount_drop(view->amounts, view->count))
		reasons |= 1u << REASON_AMOUNT_DROP;
	if (standing->T - standing->t > overdue_ratio * standing->typical_gap)
		reasons |= 1u << REASON_OVERDUE;
	return reasons;
}

void origin_stand(const struct origin *origin, const struct journal *journal, uint32_t customer, struct standing *standing)
{
	const struct origin_options *options = origin->options;
	struct view view = journal_view(journal, customer, origin->day);
	const struct rhythm *rhythm = origin->rhythms ? &origin->rhythms[options->groups.of[customer]] : &origin->rhythm;

	*standing = (struct standing){ .reasons = happening_reasons(origin, &view), .growth = NAN };
	if (view.count == 0)
		return;
	standing->bought = true;
	standing->x = (uint32_t)view.count - 1;
	standing->t = (uint32_t)(view.days[view.count - 1] - view.days[0]);
	standing->T = (uint32_t)(origin->day - view.days[0]);
	standing->typical_gap = rhythm_typical_gap(rhythm, standing->x, standing->t);
	standing->growth = lifecycle_growth(view.days, options->has_amounts ? view.amounts : NULL, view.count, view.day,
					    options->trend_days);
	standing->reasons |= purchase_reasons(origin, &view, standing);
}

double origin_p_none(const struct origin *origin, const struct standing *standing)
{
	return btyd_p_none(&origin->model, standing->x, standing->t, standing->T, origin->options->horizon);
}
