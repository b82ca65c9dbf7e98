#include "score/lifecycle.h"

#include <math.h>

#include "score/optimize.h"
#include "score/special.h"

static const double assumed_gap = 90, shortest_rhythm = 7, limit = 12;

struct problem {
	const struct btyd_case *cases;
	size_t count;
};

/* Minus the log-likelihood of the gaps, without what does not depend on shape and scale. */
static double negative(void *context, const double *logs, double *gradient)
{
	const struct problem *p = context;
	double shape = exp(logs[0]), scale = exp(logs[1]), sum = 0, by_shape = 0, by_scale = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct btyd_case *c = &p->cases[i];
		double n = c->count, total = scale + c->t;

		if (c->x == 0)
			continue;
		sum += n * (shape * log(scale) + special_lgamma(shape + c->x) - special_lgamma(shape) -
			    (shape + c->x) * log(total));
		by_shape += n * (log(scale) + special_digamma(shape + c->x) - special_digamma(shape) - log(total));
		by_scale += n * (shape / scale - (shape + c->x) / total);
	}
	gradient[0] = -shape * by_shape;
	gradient[1] = -scale * by_scale;
	return -sum;
}

void rhythm_fit(struct rhythm *rhythm, const struct btyd_case *cases, size_t count)
{
	struct problem problem = { cases, count };
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

enum lifecycle lifecycle_of(const struct lifecycle_limits *limits, uint32_t x, uint32_t days_since_last, double typical_gap)
{
	double rhythm = fmax(typical_gap, shortest_rhythm);
	double dormant = limits->dormant_days ? limits->dormant_days : limits->dormant_ratio * rhythm;
	double lost = limits->lost_days ? limits->lost_days : limits->lost_ratio * rhythm;

	if (days_since_last > lost)
		return LIFECYCLE_LOST;
	if (days_since_last > dormant)
		return LIFECYCLE_DORMANT;
	return x == 0 ? LIFECYCLE_NEW : LIFECYCLE_ACTIVE;
}
