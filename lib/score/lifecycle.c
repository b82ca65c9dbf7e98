#include "score/lifecycle.h"

#include <math.h>

#include "score/optimize.h"
#include "score/special.h"

enum { PRIOR_CUSTOMERS = 20, LEAST_REPEATS = 3, PRIOR_PURCHASES = 2 };

static const double assumed_gap = 90, shortest_rhythm = 7, limit = 12;

/* Customers, each of whom counts `weight`. */
struct crowd {
	const struct btyd_case *cases;
	size_t count;
	double weight;
};

struct problem {
	struct crowd own, prior;
};

/* The log-likelihood of the gaps and its derivatives by shape and scale, without what does not depend on them. */
struct slope {
	double sum, by_shape, by_scale;
};

static void add_crowd(struct slope *s, const struct crowd *crowd, double shape, double scale)
{
	double of_shape = special_lgamma(shape), by_shape = special_digamma(shape), log_scale = log(scale);

	for (size_t i = 0; i < crowd->count; i++) {
		const struct btyd_case *c = &crowd->cases[i];
		double n = crowd->weight * c->count, total = scale + c->t;

		if (c->x == 0)
			continue;
		s->sum += n * (shape * log_scale + special_lgamma(shape + c->x) - of_shape - (shape + c->x) * log(total));
		s->by_shape += n * (log_scale + special_digamma(shape + c->x) - by_shape - log(total));
		s->by_scale += n * (shape / scale - (shape + c->x) / total);
	}
}

static double negative(void *context, const double *logs, double *gradient)
{
	const struct problem *p = context;
	double shape = exp(logs[0]), scale = exp(logs[1]);
	struct slope s = { 0 };

	add_crowd(&s, &p->own, shape, scale);
	add_crowd(&s, &p->prior, shape, scale);
	gradient[0] = -shape * s.by_shape;
	gradient[1] = -scale * s.by_scale;
	return -s.sum;
}

void rhythm_fit(struct rhythm *rhythm, const struct btyd_case *cases, size_t count)
{
	struct problem problem = { .own = { cases, count, 1 } };
	struct optimum optimum = { .x = { 0, 0 } };
	double gaps = 0, days = 0;

	for (size_t i = 0; i < count; i++) {
		gaps += (double)cases[i].x * cases[i].count;
		days += (double)cases[i].t * cases[i].count;
	}
	*rhythm = (struct rhythm){ .shape = 1, .scale = assumed_gap };
	if (gaps == 0)
		return;
	optimum.x[1] = log(days / gaps);
	optimize(negative, &problem, 2, limit, &optimum);
	*rhythm = (struct rhythm){ .shape = exp(optimum.x[0]), .scale = exp(optimum.x[1]), .fitted = true };
}

double rhythm_typical_gap(const struct rhythm *rhythm, uint32_t x, uint32_t t)
{
	return (rhythm->scale + t) / (rhythm->shape + x);
}

void rhythm_fit_group(struct rhythm *rhythm, const struct rhythm *all, const struct btyd_case *cases, size_t count,
		      const struct btyd_case *prior, size_t prior_count)
{
	struct problem problem = { .own = { cases, count, 1 }, .prior = { prior, prior_count, 0 } };
	struct optimum optimum = { .x = { log(all->shape), log(all->scale) } };
	double customers = 0;

	*rhythm = *all;
	for (size_t i = 0; i < prior_count; i++)
		customers += prior[i].x ? prior[i].count : 0;
	if (!all->fitted || customers == 0)
		return;
	problem.prior.weight = fmin(1, PRIOR_CUSTOMERS / customers);
	optimize(negative, &problem, 2, limit, &optimum);
	*rhythm = (struct rhythm){ .shape = exp(optimum.x[0]), .scale = exp(optimum.x[1]), .fitted = true };
}

static double after(uint32_t days, double ratio, double typical_gap)
{
	return days ? days : ratio * fmax(typical_gap, shortest_rhythm);
}

double lifecycle_lost_after(const struct lifecycle_limits *limits, double typical_gap)
{
	return after(limits->lost_days, limits->lost_ratio, typical_gap);
}

/* Who was in `state` or a worse one yesterday is past a limit that lies a little lower. */
static bool is_past(const struct lifecycle_limits *limits, const struct lifecycle_case *c, enum lifecycle state, double days)
{
	bool was = c->before >= state && c->before < LIFECYCLES;

	return c->days_since_last > (was ? days * (1 - limits->margin) : days);
}

/* Of who buys as he used to. */
static enum lifecycle by_trend(const struct lifecycle_limits *limits, const struct lifecycle_case *c)
{
	double more = 1 + limits->growth, less = 1 / more, stay = 1 - limits->margin;

	if (limits->new_days ? c->T <= limits->new_days : c->x == 0)
		return LIFECYCLE_NEW;
	if (c->held && c->before >= LIFECYCLE_ACTIVE && c->before <= LIFECYCLE_STABLE)
		return c->before;
	if (c->growth >= (c->before == LIFECYCLE_GROWING ? more * stay : more))
		return LIFECYCLE_GROWING;
	return c->growth >= (c->before == LIFECYCLE_STABLE ? less * stay : less) ? LIFECYCLE_STABLE : LIFECYCLE_ACTIVE;
}

enum lifecycle lifecycle_of(const struct lifecycle_limits *limits, const struct lifecycle_case *c)
{
	if (is_past(limits, c, LIFECYCLE_LOST, lifecycle_lost_after(limits, c->typical_gap)))
		return LIFECYCLE_LOST;
	if (is_past(limits, c, LIFECYCLE_DORMANT, after(limits->dormant_days, limits->dormant_ratio, c->typical_gap)))
		return LIFECYCLE_DORMANT;
	if (c->warned ||
	    is_past(limits, c, LIFECYCLE_AT_RISK, after(limits->at_risk_days, limits->at_risk_ratio, c->typical_gap)))
		return LIFECYCLE_AT_RISK;
	return by_trend(limits, c);
}

double lifecycle_growth(const int32_t *days, const int64_t *amounts, size_t count, int32_t day, uint32_t trend_days)
{
	double window, recent = 0, before = 0, sum = 0, prior;

	if (count <= LEAST_REPEATS)
		return NAN;
	window = fmin(trend_days, ((double)day - days[0]) / 2);
	for (size_t i = 1; i < count; i++) {
		double age = (double)day - days[i], amount = amounts ? (double)amounts[i] : 1;

		sum += amount;
		recent += age < window ? amount : 0;
		before += age >= window && age < 2 * window ? amount : 0;
	}
	if (2 * window >= (double)day - days[0]) /* his first purchase lies on the border of the windows, as today does */
		before += (amounts ? (double)amounts[0] : 1) / 2;
	prior = PRIOR_PURCHASES * sum / (double)(count - 1);
	return prior > 0 ? (fmax(recent, 0) + prior) / (fmax(before, 0) + prior) : NAN;
}
