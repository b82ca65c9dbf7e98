#include "score/spend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "score/optimize.h"
#include "score/special.h"

static const double limit = 20;

/* What depends on x alone. */
struct by_x {
	double base, digamma_pxq, digamma_px;
};

struct problem {
	const struct spend_case *cases;
	size_t count;
	uint32_t x_most;
	struct by_x *by_x;
};

/* Minus the log-likelihood, and its gradient by the logarithms of p, q and v. */
static double negative(void *context, const double *logs, double *gradient)
{
	struct problem *problem = context;
	double p = exp(logs[0]), q = exp(logs[1]), v = exp(logs[2]);
	double digamma_q = special_digamma(q), sum = 0, by_p = 0, by_q = 0, by_v = 0;

	for (uint32_t x = 1; x <= problem->x_most; x++)
		problem->by_x[x] = (struct by_x){ special_lgamma(p * x + q) - special_lgamma(p * x) - special_lgamma(q) +
							  q * log(v) + p * x * log(x),
						  special_digamma(p * x + q), special_digamma(p * x) };
	for (size_t i = 0; i < problem->count; i++) {
		const struct spend_case *c = &problem->cases[i];
		const struct by_x *row = &problem->by_x[c->x];
		double x = c->x, total = v + x * c->z, log_total = log(total), log_z = log(c->z);

		sum += row->base + (p * x - 1) * log_z - (p * x + q) * log_total;
		by_p += x * (row->digamma_pxq - row->digamma_px + log_z + log(x) - log_total);
		by_q += row->digamma_pxq - digamma_q + logs[2] - log_total;
		by_v += q / v - (p * x + q) / total;
	}
	gradient[0] = -p * by_p;
	gradient[1] = -q * by_q;
	gradient[2] = -v * by_v;
	return -sum;
}

bool spend_fit(struct spend *spend, const struct spend_case *cases, size_t count)
{
	struct problem problem = { .cases = cases, .count = count };
	struct optimum optimum = { .x = { log(3), log(3) } };
	double covariance[OPTIMIZE_MOST][OPTIMIZE_MOST], mean = 0;

	*spend = (struct spend){ 0 };
	for (size_t i = 0; i < count; i++) {
		problem.x_most = cases[i].x > problem.x_most ? cases[i].x : problem.x_most;
		mean += cases[i].z / (double)count;
	}
	spend->population = mean;
	if (count < 2)
		return false;
	problem.by_x = memory_zero((size_t)problem.x_most + 1, sizeof *problem.by_x);
	optimum.x[2] = log(mean);
	optimize(negative, &problem, 3, limit, &optimum);
	spend->definite = optimize_covariance(negative, &problem, 3, optimum.x, covariance);
	for (int i = 0; i < 3; i++)
		memcpy(spend->covariance[i], covariance[i], sizeof spend->covariance[i]);
	free(problem.by_x);
	spend->p = exp(optimum.x[0]);
	spend->q = exp(optimum.x[1]);
	spend->v = exp(optimum.x[2]);
	spend->log_likelihood = -optimum.value;
	spend->converged = optimum.converged;
	if (spend->q > 1)
		spend->population = spend->p * spend->v / (spend->q - 1);
	return isfinite(optimum.value);
}

double spend_expected(const struct spend *spend, uint32_t x, double z)
{
	double weight = spend->p * x + spend->q - 1;

	if (x == 0 || spend->p == 0 || !(weight > 0))
		return x ? z : spend->population;
	return spend->p * (spend->v + x * z) / weight;
}

double spend_expected_error(const struct spend *spend, uint32_t x, double z)
{
	static const double step = 1e-4;
	double slopes[3], variance = 0;

	if (!spend->definite)
		return NAN;
	for (int i = 0; i < 3; i++) {
		double logs[2];

		for (int side = 0; side < 2; side++) {
			struct spend moved = *spend;
			double *const parameters[] = { &moved.p, &moved.q, &moved.v };

			*parameters[i] *= exp(side ? step : -step);
			moved.population = moved.q > 1 ? moved.p * moved.v / (moved.q - 1) : spend->population;
			logs[side] = log(spend_expected(&moved, x, z));
		}
		slopes[i] = (logs[1] - logs[0]) / (2 * step);
	}
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			variance += slopes[i] * spend->covariance[i][j] * slopes[j];
	return sqrt(fmax(variance, 0));
}
