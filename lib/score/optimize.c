#include "score/optimize.h"

#include <math.h>
#include <string.h>

enum { ITERATIONS_MOST = 200, EVALUATIONS_MOST = 400, HALVINGS_MOST = 40 };

static const double enough_decrease = 1e-4, smallest_gain = 1e-12, small_gradient = 1e-4, largest_step = 2, hessian_step = 1e-3;

struct search {
	optimize_function *function;
	void *context;
	int n;
	double limit;
	double inverse[OPTIMIZE_MOST][OPTIMIZE_MOST];  /* of the Hessian */
	double gradient[OPTIMIZE_MOST];
	struct optimum *best;
};

static double dot(const double *a, const double *b, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void reset_inverse(struct search *s)
{
	memset(s->inverse, 0, sizeof s->inverse);
	for (int i = 0; i < s->n; i++)
		s->inverse[i][i] = 1;
}

/* Downhill by the curvature seen so far, of bounded length. */
static void direction(struct search *s, double *step)
{
	double longest = 0;

	for (int i = 0; i < s->n; i++)
		step[i] = -dot(s->inverse[i], s->gradient, s->n);
	if (dot(step, s->gradient, s->n) >= 0) {
		reset_inverse(s);
		for (int i = 0; i < s->n; i++)
			step[i] = -s->gradient[i];
	}
	for (int i = 0; i < s->n; i++)
		longest = fmax(longest, fabs(step[i]));
	for (int i = 0; i < s->n && longest > largest_step; i++)
		step[i] *= largest_step / longest;
}

/* The BFGS update with the step and the change of the gradient along it. */
static void learn(struct search *s, const double *step, const double *change)
{
	double curvature = dot(step, change, s->n), product[OPTIMIZE_MOST], scale;

	if (!(curvature > 1e-12))
		return;
	for (int i = 0; i < s->n; i++)
		product[i] = dot(s->inverse[i], change, s->n);
	scale = 1 + dot(change, product, s->n) / curvature;
	for (int i = 0; i < s->n; i++)
		for (int j = 0; j < s->n; j++)
			s->inverse[i][j] += (scale * step[i] * step[j] - step[i] * product[j] - product[i] * step[j]) / curvature;
}

/* Goes along `step`, halving it until the value falls enough. False: it does not fall. */
static bool line_search(struct search *s, double *step)
{
	double slope = dot(step, s->gradient, s->n), share = 1;

	for (int halvings = 0; halvings < HALVINGS_MOST; halvings++, share /= 2) {
		double x[OPTIMIZE_MOST], gradient[OPTIMIZE_MOST], change[OPTIMIZE_MOST], value;

		for (int i = 0; i < s->n; i++)
			x[i] = fmin(fmax(s->best->x[i] + share * step[i], -s->limit), s->limit);
		value = s->function(s->context, x, gradient);
		s->best->evaluations++;
		if (!isfinite(value) || value > s->best->value + enough_decrease * share * slope)
			continue;
		for (int i = 0; i < s->n; i++) {
			step[i] = x[i] - s->best->x[i];
			change[i] = gradient[i] - s->gradient[i];
		}
		learn(s, step, change);
		memcpy(s->best->x, x, sizeof x);
		memcpy(s->gradient, gradient, sizeof gradient);
		s->best->value = value;
		return true;
	}
	return false;
}

static double largest(const double *gradient, int n)
{
	double norm = 0;

	for (int i = 0; i < n; i++)
		norm = fmax(norm, fabs(gradient[i]));
	return norm;
}

void optimize(optimize_function *function, void *context, int n, double limit, struct optimum *optimum)
{
	struct search s = { .function = function, .context = context, .n = n, .limit = limit, .best = optimum };
	double enough = optimum->enough > 0 ? optimum->enough : smallest_gain;
	bool fresh = true;

	optimum->value = function(context, optimum->x, s.gradient);
	optimum->evaluations = 1;
	reset_inverse(&s);
	for (int i = 0; i < ITERATIONS_MOST && optimum->evaluations < EVALUATIONS_MOST &&
			largest(s.gradient, n) > enough * (1 + fabs(optimum->value)); i++) {
		double step[OPTIMIZE_MOST] = { 0 }, before = optimum->value;

		direction(&s, step);
		if (line_search(&s, step)) {
			fresh = before - optimum->value > enough * (1 + fabs(before)) ? false : fresh;
			if (before - optimum->value > enough * (1 + fabs(before)))
				continue;
		}
		if (fresh)
			break; /* not even straight downhill */
		reset_inverse(&s);
		fresh = true;
	}
	optimum->gradient_norm = largest(s.gradient, n);
	optimum->converged = optimum->gradient_norm <= small_gradient * (1 + fabs(optimum->value));
}

static void measure_hessian(optimize_function *function, void *context, int n, const double *x, double hessian[OPTIMIZE_MOST][OPTIMIZE_MOST])
{
	for (int i = 0; i < n; i++) {
		double at[OPTIMIZE_MOST], above[OPTIMIZE_MOST], below[OPTIMIZE_MOST];

		memcpy(at, x, (size_t)n * sizeof *at);
		at[i] = x[i] + hessian_step;
		(void)function(context, at, above);
		at[i] = x[i] - hessian_step;
		(void)function(context, at, below);
		for (int j = 0; j < n; j++)
			hessian[i][j] = (above[j] - below[j]) / (2 * hessian_step);
	}
	for (int i = 0; i < n; i++)
		for (int j = 0; j < i; j++)
			hessian[i][j] = hessian[j][i] = (hessian[i][j] + hessian[j][i]) / 2;
}

/* The lower triangle of m becomes its Cholesky factor. False: m is not positive definite. */
static bool factorise(double m[OPTIMIZE_MOST][OPTIMIZE_MOST], int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++) {
			double sum = m[i][j] - dot(m[i], m[j], j);

			if (i == j && !(sum > 1e-9 * (1 + fabs(m[i][i]))))
				return false;
			m[i][j] = i == j ? sqrt(sum) : sum / m[j][j];
		}
	return true;
}

bool optimize_covariance(optimize_function *function, void *context, int n, const double *x, double covariance[OPTIMIZE_MOST][OPTIMIZE_MOST])
{
	double factor[OPTIMIZE_MOST][OPTIMIZE_MOST] = { { 0 } };

	memset(covariance, 0, OPTIMIZE_MOST * sizeof *covariance);
	measure_hessian(function, context, n, x, factor);
	if (!factorise(factor, n))
		return false;
	for (int column = 0; column < n; column++) {
		double solved[OPTIMIZE_MOST] = { 0 };

		for (int i = 0; i < n; i++)
			solved[i] = ((i == column) - dot(factor[i], solved, i)) / factor[i][i];
		for (int i = n - 1; i >= 0; i--) {
			double sum = solved[i];

			for (int j = i + 1; j < n; j++)
				sum -= factor[j][i] * covariance[j][column];
			covariance[i][column] = sum / factor[i][i];
		}
	}
	return true;
}
