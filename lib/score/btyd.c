/*
 * The two geometric models differ by a shift: with s = 0 (BG) or 1 (MBG) the likelihood of a case is
 *
 *     Γ(r+x) α^r / Γ(r) · B(a, b+x+s)/B(a, b) · [ (α+T)^-(r+x) + a/(b+x+s-1) · (α+t)^-(r+x) ]
 *
 * where the second term, that the customer has left, is absent for x = 0 without the shift. What depends on x alone, on t
 * alone or on T alone is tabled once for each set of parameters, so that a case costs one exp and one log1p.
 */
#include "score/btyd.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "score/optimize.h"
#include "score/pareto.h"
#include "score/special.h"

enum { SEARCH_CASES = 5000 };

static const double days_in_week = 7, limit = 12, slope_step = 1e-4;
static const double rough = 1e-8;
static const double ratio_needed = 5.991 / 2; /* chi-square of two degrees of freedom, 5 % */

static double shift_of(enum btyd_model model)
{
	return model == BTYD_MBG ? 1 : 0;
}

const char *btyd_name(enum btyd_model model)
{
	static const char *const names[BTYD_MODELS] = { "BG/NBD", "MBG/NBD", "Pareto/NBD" };

	return names[model];
}

const char *const *btyd_parameters(enum btyd_model model)
{
	static const char *const beta_geometric[] = { "r", "alpha", "a", "b" }, *const pareto[] = { "r", "alpha", "s", "beta" };

	return model == BTYD_PARETO ? pareto : beta_geometric;
}

static int compare_cases(const void *a, const void *b)
{
	const struct btyd_case *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	if (p->t != q->t)
		return p->t < q->t ? -1 : 1;
	return (p->T > q->T) - (p->T < q->T);
}

size_t btyd_condense(struct btyd_case *cases, size_t count)
{
	size_t kept = 0;

	qsort(cases, count, sizeof *cases, compare_cases);
	for (size_t i = 0; i < count; i++) {
		if (kept && compare_cases(&cases[kept - 1], &cases[i]) == 0)
			cases[kept - 1].count += cases[i].count;
		else
			cases[kept++] = cases[i];
	}
	return kept;
}

/* What depends on x alone: the common factor and its derivatives, and the odds of having left. */
struct by_x {
	double base, base_r, base_a, base_b;
	double odds, odds_b;    /* log of a/(b+x+s-1), or -infinity; its derivative by b */
};

struct problem {
	const struct btyd_case *cases;
	size_t count;
	enum btyd_model model;
	uint32_t x_most, day_most;
	struct by_x *by_x;
	double *log_day, *inverse_day;   /* of α + days in weeks */
};

static void table_x(struct problem *p, double r, double alpha, double a, double b)
{
	double s = shift_of(p->model);

	for (uint32_t i = 0; i <= p->x_most; i++) {
		double x = i, joint = special_digamma(a + b) - special_digamma(a + b + x + s), denominator = b + x + s - 1;
		struct by_x *row = &p->by_x[i];

		row->base = special_lgamma(r + x) - special_lgamma(r) + r * log(alpha) + special_lgamma(b + x + s) -
			    special_lgamma(a + b + x + s) - special_lgamma(b) + special_lgamma(a + b);
		row->base_r = special_digamma(r + x) - special_digamma(r) + log(alpha);
		row->base_a = joint;
		row->base_b = special_digamma(b + x + s) - special_digamma(b) + joint;
		row->odds = i == 0 && s == 0 ? (double)-INFINITY : log(a / denominator);
		row->odds_b = i == 0 && s == 0 ? 0 : -1 / denominator;
	}
}

/* Minus the log-likelihood, and its gradient by the logarithms of the parameters. */
static double negative(void *context, const double *logs, double *gradient)
{
	struct problem *p = context;
	double r = exp(logs[0]), alpha = exp(logs[1]), a = exp(logs[2]), b = exp(logs[3]);
	double sum = 0, by_r = 0, by_alpha = 0, by_a = 0, by_b = 0;

	table_x(p, r, alpha, a, b);
	for (uint32_t day = 0; day <= p->day_most; day++) {
		p->log_day[day] = log(alpha + day / days_in_week);
		p->inverse_day[day] = 1 / (alpha + day / days_in_week);
	}
	for (size_t i = 0; i < p->count; i++) {
		const struct btyd_case *c = &p->cases[i];
		const struct by_x *row = &p->by_x[c->x];
		double n = c->count, power = r + c->x, left, log_t = p->log_day[c->t], log_T = p->log_day[c->T];
		double odds = row->odds + power * (log_T - log_t), grown = exp(-fabs(odds));

		left = odds > 0 ? 1 / (1 + grown) : grown / (1 + grown);
		sum += n * (row->base - power * log_T + log1p(grown) + fmax(odds, 0));
		by_r += n * (row->base_r - log_T + left * (log_T - log_t));
		by_alpha += n * (r / alpha - power * ((1 - left) * p->inverse_day[c->T] + left * p->inverse_day[c->t]));
		by_a += n * (row->base_a + left / a);
		by_b += n * (row->base_b + left * row->odds_b);
	}
	gradient[0] = -r * by_r;
	gradient[1] = -alpha * by_alpha;
	gradient[2] = -a * by_a;
	gradient[3] = -b * by_b;
	return -sum;
}

static void problem_init(struct problem *p, enum btyd_model model, const struct btyd_case *cases, size_t count)
{
	*p = (struct problem){ .cases = cases, .count = count, .model = model };
	for (size_t i = 0; i < count; i++) {
		p->x_most = cases[i].x > p->x_most ? cases[i].x : p->x_most;
		p->day_most = cases[i].T > p->day_most ? cases[i].T : p->day_most;
	}
	p->by_x = memory_get((size_t)p->x_most + 1, sizeof *p->by_x);
	p->log_day = memory_get((size_t)p->day_most + 1, sizeof *p->log_day);
	p->inverse_day = memory_get((size_t)p->day_most + 1, sizeof *p->inverse_day);
}

static void problem_release(struct problem *p)
{
	free(p->by_x);
	free(p->log_day);
	free(p->inverse_day);
}

/* Mean weeks between purchases of those who came again: where to start for alpha. */
static double mean_gap(const struct btyd_case *cases, size_t count)
{
	double weeks = 0, purchases = 0;

	for (size_t i = 0; i < count; i++) {
		weeks += (double)cases[i].t * cases[i].count / days_in_week;
		purchases += (double)cases[i].x * cases[i].count;
	}
	return purchases > 0 && weeks > 0 ? weeks / purchases : 1;
}

/* How the models are put to the optimiser. */
struct fitting {
	optimize_function *function;
	void *(*open)(enum btyd_model model, const struct btyd_case *cases, size_t count);
	void (*close)(void *problem);
};

static void *open_geometric(enum btyd_model model, const struct btyd_case *cases, size_t count)
{
	struct problem *problem = memory_get(1, sizeof *problem);

	problem_init(problem, model, cases, count);
	return problem;
}

static void close_geometric(void *problem)
{
	problem_release(problem);
	free(problem);
}

static void *open_pareto(enum btyd_model model, const struct btyd_case *cases, size_t count)
{
	(void)model;
	return pareto_table_new(cases, count);
}

static void close_pareto(void *table)
{
	pareto_table_free(table);
}

/* The best of several starts on some of the cases; the evaluations of all. */
static struct optimum search(const struct fitting *fitting, enum btyd_model model, const struct btyd_case *cases, size_t count,
			     double gap, double enough)
{
	const double geometric[3][4] = { { .5, .6 * gap, .8, 2 }, { 1, gap, .3, .6 }, { .3, .5 * gap, .1, 5 } };
	const double pareto[3][4] = { { .5, gap, .6, gap }, { 1, gap, 1, 4 * gap }, { .5, .5 * gap, .2, gap } };
	void *problem = fitting->open(model, cases, count);
	struct optimum best = { .value = INFINITY };

	for (size_t i = 0; i < 3; i++) {
		const double *start = model == BTYD_PARETO ? pareto[i] : geometric[i];
		struct optimum at = { .x = { log(start[0]), log(start[1]), log(start[2]), log(start[3]) }, .enough = enough };
		int before = best.evaluations;

		optimize(fitting->function, problem, 4, limit, &at);
		if (at.value < best.value)
			best = at;
		best.evaluations = before + at.evaluations;
	}
	fitting->close(problem);
	return best;
}

/* Of very many cases the starts are tried on every n-th; the best is then taken on from there with all of them. */
static struct optimum fit_all(const struct fitting *fitting, enum btyd_model model, const struct btyd_case *cases, size_t count,
			      double gap, double enough)
{
	size_t every = count / SEARCH_CASES + 1, n = 0;
	struct btyd_case *some = memory_get(count / every + 1, sizeof *some);
	struct optimum best;
	int before;
	void *problem;

	for (size_t i = 0; i < count; i += every)
		some[n++] = cases[i];
	best = search(fitting, model, some, n, gap, enough);
	free(some);
	if (every == 1)
		return best;
	before = best.evaluations;
	problem = fitting->open(model, cases, count);
	optimize(fitting->function, problem, 4, limit, &best);
	fitting->close(problem);
	best.evaluations += before;
	return best;
}

/* With r and α free and nobody leaving. */
static double negative_nbd(void *context, const double *logs, double *gradient)
{
	const double all[] = { logs[0], logs[1], -limit, limit };
	double by_all[4], value = negative(context, all, by_all);

	gradient[0] = by_all[0];
	gradient[1] = by_all[1];
	return value;
}

static double fit_nbd(const struct btyd_case *cases, size_t count, double gap, double enough)
{
	struct optimum optimum = { .x = { log(.5), log(gap) }, .enough = enough };
	struct problem problem;

	problem_init(&problem, BTYD_BG, cases, count);
	optimize(negative_nbd, &problem, 2, limit, &optimum);
	problem_release(&problem);
	return -optimum.value;
}

static const struct fitting *fitting_of(enum btyd_model model)
{
	static const struct fitting geometric = { negative, open_geometric, close_geometric };
	static const struct fitting pareto = { pareto_negative, open_pareto, close_pareto };

	return model == BTYD_PARETO ? &pareto : &geometric;
}

static bool fit(struct btyd *btyd, enum btyd_model model, const struct btyd_case *cases, size_t count, double enough)
{
	double gap = mean_gap(cases, count);
	bool possible = false;
	struct optimum best;

	for (size_t i = 0; i < count && !possible; i++)
		possible = cases[i].x > 0;
	*btyd = (struct btyd){ .model = model };
	if (!possible)
		return false;
	best = fit_all(fitting_of(model), model, cases, count, gap, enough);
	*btyd = (struct btyd){
		.model = model, .r = exp(best.x[0]), .alpha = exp(best.x[1]), .a = exp(best.x[2]), .b = exp(best.x[3]),
		.log_likelihood = -best.value, .gradient_norm = best.gradient_norm, .evaluations = best.evaluations,
		.converged = best.converged,
	};
	btyd->never_leave = fit_nbd(cases, count, gap, enough);
	btyd->degenerate = btyd->log_likelihood - btyd->never_leave < ratio_needed;
	return isfinite(best.value);
}

bool btyd_fit(struct btyd *btyd, enum btyd_model model, const struct btyd_case *cases, size_t count)
{
	return fit(btyd, model, cases, count, 0);
}

bool btyd_fit_roughly(struct btyd *btyd, enum btyd_model model, const struct btyd_case *cases, size_t count)
{
	return fit(btyd, model, cases, count, rough);
}

double btyd_log_likelihood(const struct btyd *btyd, const struct btyd_case *cases, size_t count)
{
	const struct fitting *fitting = fitting_of(btyd->model);
	const double logs[] = { log(btyd->r), log(btyd->alpha), log(btyd->a), log(btyd->b) };
	void *problem = fitting->open(btyd->model, cases, count);
	double gradient[4], value = fitting->function(problem, logs, gradient);

	fitting->close(problem);
	return -value;
}

void btyd_measure(struct btyd *btyd, const struct btyd_case *cases, size_t count)
{
	const struct fitting *fitting = fitting_of(btyd->model);
	const double logs[] = { log(btyd->r), log(btyd->alpha), log(btyd->a), log(btyd->b) };
	void *problem = fitting->open(btyd->model, cases, count);

	btyd->definite = optimize_covariance(fitting->function, problem, 4, logs, btyd->covariance);
	fitting->close(problem);
}

double btyd_p_alive(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T)
{
	double s = shift_of(btyd->model), gone;

	if (btyd->model == BTYD_PARETO)
		return 1 / (1 + exp(pareto_gone(btyd, x, t, T)));
	if (x == 0 && s == 0)
		return 1;
	gone = log(btyd->a / (btyd->b + x + s - 1)) +
	       (btyd->r + x) * log((btyd->alpha + T / days_in_week) / (btyd->alpha + t / days_in_week));
	return 1 / (1 + exp(gone));
}

double btyd_p_none(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T, double horizon)
{
	double before = btyd->alpha + T / days_in_week;
	double log_none = (btyd->r + x) * log(before / (before + horizon / days_in_week));

	return 1 + btyd_p_alive(btyd, x, t, T) * expm1(log_none);
}

/* Of a customer who is alive at T: r α s β as they are after his history. */
static double expected_pareto(const struct btyd *btyd, double x, double T, double horizon)
{
	double beta = btyd->b + T / days_in_week, weeks = horizon / days_in_week, s = btyd->a - 1;
	/* [1 - (beta / (beta + weeks))^s] / s, which for s = 0 is the logarithm */
	double log_share = log1p(weeks / beta), lived = fabs(s) < 1e-9 ? log_share : -expm1(-s * log_share) / s;

	return (btyd->r + x) * beta / (btyd->alpha + T / days_in_week) * lived;
}

/* (a + b + y - 1) / (a - 1) · [1 - (start / (start + weeks))^power · 2F1(power, b + y; a + b + y - 1; weeks / (start + weeks))] */
static double expected_alive(const struct btyd *btyd, double power, double y, double start, double weeks)
{
	double a = fabs(btyd->a - 1) < 1e-7 ? 1 + 1e-7 : btyd->a, z = weeks / (start + weeks);

	return (a + btyd->b + y - 1) / (a - 1) *
	       (1 - exp(power * log1p(-z)) * special_2f1(power, btyd->b + y, a + btyd->b + y - 1, z));
}

double btyd_expected(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T, double horizon)
{
	if (btyd->model == BTYD_PARETO)
		return btyd_p_alive(btyd, x, t, T) * expected_pareto(btyd, x, T, horizon);
	return btyd_p_alive(btyd, x, t, T) * expected_alive(btyd, btyd->r + x, x + shift_of(btyd->model),
							     btyd->alpha + T / days_in_week, horizon / days_in_week);
}

double btyd_expected_error(const struct btyd *btyd, uint32_t x, uint32_t t, uint32_t T, double horizon)
{
	double slopes[4], variance = 0;

	if (!btyd->definite)
		return NAN;
	for (int i = 0; i < 4; i++) {
		double logs[2];

		for (int side = 0; side < 2; side++) {
			struct btyd moved = *btyd;
			double *const parameters[] = { &moved.r, &moved.alpha, &moved.a, &moved.b };

			*parameters[i] *= exp(side ? slope_step : -slope_step);
			logs[side] = log(btyd_expected(&moved, x, t, T, horizon));
		}
		slopes[i] = (logs[1] - logs[0]) / (2 * slope_step);
	}
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 4; j++)
			variance += slopes[i] * btyd->covariance[i][j] * slopes[j];
	return sqrt(fmax(variance, 0));
}

double btyd_expected_new(const struct btyd *btyd, double days)
{
	double s = shift_of(btyd->model), alive;

	if (btyd->model == BTYD_PARETO)
		return expected_pareto(btyd, 0, 0, days);
	alive = s > 0 ? btyd->b / (btyd->a + btyd->b) : 1;

	return alive * expected_alive(btyd, btyd->r, s, btyd->alpha, days / days_in_week);
}
