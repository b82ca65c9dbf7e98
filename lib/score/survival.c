#include "score/survival.h"

#include <math.h>
#include <stdlib.h>

#include "score/special.h"

static const double z = 1.959963984540054, half = .5, rounding = 1e-12;

static int compare_cases(const void *a, const void *b)
{
	const struct survival_case *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->group > y->group) - (x->group < y->group);
}

/* One group while its curve is drawn, and what the test has of it. */
struct course {
	uint64_t at_risk, left, censored;   /* the last two: at this time */
	double survival, variance;
	double excess;                      /* who left, less who was expected to */
};

struct walk {
	struct survival *survival;
	struct course courses[SURVIVAL_GROUPS_MOST];
	double covariance[SURVIVAL_GROUPS_MOST][SURVIVAL_GROUPS_MOST];
};

/* What this time says of whether the groups differ: all who leave are drawn from all who are there. */
static void add_to_test(struct walk *walk)
{
	size_t groups = walk->survival->group_count;
	double left = 0, at_risk = 0, spread;

	for (size_t g = 0; g < groups; g++) {
		left += (double)walk->courses[g].left;
		at_risk += (double)walk->courses[g].at_risk;
	}
	if (left == 0)
		return;
	spread = at_risk > 1 ? left * (at_risk - left) / (at_risk - 1) : 0;
	for (size_t g = 0; g < groups; g++) {
		double share = (double)walk->courses[g].at_risk / at_risk;

		walk->courses[g].excess += (double)walk->courses[g].left - left * share;
		for (size_t h = 0; h < groups; h++)
			walk->covariance[g][h] += spread * share * ((g == h) - (double)walk->courses[h].at_risk / at_risk);
	}
}

static void add_limits(struct survival_point *point, double variance)
{
	double width = z * sqrt(variance) / log(point->survival);

	point->lower = point->upper = point->survival < 1 ? NAN : 1;
	if (point->survival < 1 && point->survival > 0) {
		point->lower = pow(point->survival, exp(-width));
		point->upper = pow(point->survival, exp(width));
	}
}

static void add_point(struct survival_group *group, struct course *course, double time)
{
	struct survival_point *point = &group->points[group->count];
	double left = (double)course->left, at_risk = (double)course->at_risk;

	if (course->left + course->censored == 0)
		return;
	course->survival *= 1 - left / at_risk;
	course->variance += left / (at_risk * (at_risk - left));
	*point = (struct survival_point){
		.time = time, .at_risk = course->at_risk, .left = course->left, .censored = course->censored,
		.survival = course->survival,
	};
	add_limits(point, course->variance);
	group->count++;
	group->left += course->left;
	course->at_risk -= course->left + course->censored;
	course->left = course->censored = 0;
}

static void find_medians(struct survival_group *group)
{
	group->median = group->median_lower = group->median_upper = NAN;
	for (size_t i = group->count; i-- > 0;) {
		const struct survival_point *point = &group->points[i];

		if (point->survival <= half + rounding)
			group->median = point->time;
		if (point->lower <= half)
			group->median_lower = point->time;
		if (point->upper <= half)
			group->median_upper = point->time;
	}
}

/*
 * excess' · covariance^-1 · excess. The covariance is that of counts with a fixed sum, so one group is left over; one who
 * was never there when somebody left is, too. Symmetric elimination finds both as pivots of nothing.
 */
static void finish_test(struct walk *walk)
{
	struct survival *s = walk->survival;
	double excess[SURVIVAL_GROUPS_MOST], first[SURVIVAL_GROUPS_MOST];

	for (size_t g = 0; g < s->group_count; g++) {
		excess[g] = walk->courses[g].excess;
		first[g] = walk->covariance[g][g];
	}
	for (size_t g = 0; g < s->group_count; g++) {
		double pivot = walk->covariance[g][g];

		if (!(pivot > 1e-9 * first[g]))
			continue;
		s->degrees++;
		s->chi_square += excess[g] * excess[g] / pivot;
		for (size_t h = g + 1; h < s->group_count; h++) {
			double factor = walk->covariance[h][g] / pivot;

			excess[h] -= factor * excess[g];
			for (size_t k = g + 1; k < s->group_count; k++)
				walk->covariance[h][k] -= factor * walk->covariance[g][k];
		}
	}
	s->p_value = s->degrees ? special_gamma_q(s->degrees / 2., s->chi_square / 2) : NAN;
}

static void begin_walk(struct walk *walk, const struct survival_case *cases, size_t count)
{
	struct survival *s = walk->survival;

	for (size_t i = 0; i < count; i++)
		s->groups[cases[i].group].customers++;
	for (size_t g = 0; g < s->group_count; g++) {
		walk->courses[g] = (struct course){ .at_risk = s->groups[g].customers, .survival = 1 };
		s->groups[g].points = arena_get(&s->arena, s->groups[g].customers, sizeof *s->groups[g].points);
	}
}

void survival_fit(struct survival *survival, struct survival_case *cases, size_t count, const struct slice *names, size_t groups)
{
	struct walk walk = { .survival = survival };

	*survival = (struct survival){ .group_count = groups };
	arena_init(&survival->arena);
	survival->groups = arena_zero(&survival->arena, groups, sizeof *survival->groups);
	for (size_t g = 0; g < groups; g++)
		survival->groups[g].name = names[g];
	begin_walk(&walk, cases, count);
	if (count)
		qsort(cases, count, sizeof *cases, compare_cases);
	for (size_t i = 0; i < count;) {
		double time = cases[i].time;

		for (; i < count && cases[i].time == time; i++) {
			struct course *course = &walk.courses[cases[i].group];

			cases[i].left ? course->left++ : course->censored++;
		}
		add_to_test(&walk);
		for (size_t g = 0; g < groups; g++)
			add_point(&survival->groups[g], &walk.courses[g], time);
	}
	for (size_t g = 0; g < groups; g++)
		find_medians(&survival->groups[g]);
	finish_test(&walk);
}

void survival_release(struct survival *survival)
{
	arena_release(&survival->arena);
}
