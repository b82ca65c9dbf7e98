/*
 * For the fit the integrals of all cases come out of tables: for each x that occurs, log of the integral from each day to
 * the last one, summed from the end, day by day (three-point Gauss-Legendre), so that nothing cancels where the integrand
 * has fallen by many powers of ten. The integral of a case is the difference of two entries. So the cost of the tables depends on the
 * number of days and of different x, and a case costs little, however many customers there are.
 */
#include "score/pareto.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "score/special.h"

static const double days_in_week = 7, step = 1e-4;

struct pareto_table {
	const struct btyd_case *cases;   /* sorted by x */
	size_t count;
	uint32_t day_most;
	double *log_rest;                /* by day: log of the integral from it to the last day of one x */
	double *log_alpha, *log_beta;    /* by day, three points in the day after it: log(α + τ), log(β + τ) */
	double *start_alpha, *start_beta;   /* the same at the start of the day */
};

struct pareto_table *pareto_table_new(const struct btyd_case *cases, size_t count)
{
	struct pareto_table *table = memory_zero(1, sizeof *table);

	table->cases = cases;
	table->count = count;
	for (size_t i = 0; i < count; i++)
		table->day_most = cases[i].T > table->day_most ? cases[i].T : table->day_most;
	table->log_rest = memory_get((size_t)table->day_most + 1, sizeof *table->log_rest);
	table->log_alpha = memory_get(((size_t)table->day_most + 1) * 3, sizeof *table->log_alpha);
	table->log_beta = memory_get(((size_t)table->day_most + 1) * 3, sizeof *table->log_beta);
	table->start_alpha = memory_get((size_t)table->day_most + 1, sizeof *table->start_alpha);
	table->start_beta = memory_get((size_t)table->day_most + 1, sizeof *table->start_beta);
	return table;
}

void pareto_table_free(struct pareto_table *table)
{
	free(table->log_rest);
	free(table->log_alpha);
	free(table->log_beta);
	free(table->start_alpha);
	free(table->start_beta);
	free(table);
}

static const double nodes[3] = { 0.1127016653792583, 0.5, 0.8872983346207417 };
static const double weights[3] = { 5. / 18, 8. / 18, 5. / 18 };

static void tabulate_logs(struct pareto_table *table, double alpha, double beta)
{
	for (uint32_t day = 0; day <= table->day_most; day++) {
		table->start_alpha[day] = log(alpha + day / days_in_week);
		table->start_beta[day] = log(beta + day / days_in_week);
		for (int i = 0; i < 3; i++) {
			double weeks = (day + nodes[i]) / days_in_week;

			table->log_alpha[day * 3 + (size_t)i] = log(alpha + weeks);
			table->log_beta[day * 3 + (size_t)i] = log(beta + weeks);
		}
	}
}

static double log_add(double a, double b)
{
	double more = fmax(a, b), less = fmin(a, b);

	return less == (double)-INFINITY ? more : more + log1p(exp(less - more));
}

/* log_rest for one x, from the last day that is wanted down to the first. */
static void tabulate_rest(struct pareto_table *table, double power, double s, uint32_t first, uint32_t last)
{
	table->log_rest[last] = -INFINITY;
	for (uint32_t day = last; day-- > first;) {
		const double *a = &table->log_alpha[day * 3], *b = &table->log_beta[day * 3];
		double middle = -power * a[1] - (s + 1) * b[1], sum = weights[1];

		sum += weights[0] * exp(-power * a[0] - (s + 1) * b[0] - middle);
		sum += weights[2] * exp(-power * a[2] - (s + 1) * b[2] - middle);
		table->log_rest[day] = log_add(table->log_rest[day + 1], middle + log(sum / days_in_week));
	}
}

/* log of the integral from t to T. */
static double log_between(const struct pareto_table *table, uint32_t t, uint32_t T)
{
	return table->log_rest[t] + log1p(-exp(table->log_rest[T] - table->log_rest[t]));
}

/* The log-likelihood of the cases from `first` on that share their x; *next is the case after them. */
static double sum_of_x(struct pareto_table *table, size_t first, double r, double alpha, double s, double beta, size_t *next)
{
	uint32_t x = table->cases[first].x, earliest = UINT32_MAX, latest = 0;
	double common = special_lgamma(r + x) - special_lgamma(r) + r * log(alpha) + s * log(beta), log_s = log(s), sum = 0;
	size_t end = first;

	for (; end < table->count && table->cases[end].x == x; end++) {
		earliest = table->cases[end].t < earliest ? table->cases[end].t : earliest;
		latest = table->cases[end].T > latest ? table->cases[end].T : latest;
	}
	tabulate_rest(table, r + x, s, earliest, latest);
	for (size_t i = first; i < end; i++) {
		const struct btyd_case *c = &table->cases[i];
		double alive = -(r + x) * table->start_alpha[c->T] - s * table->start_beta[c->T];
		double gone = c->t < c->T ? log_s + log_between(table, c->t, c->T) : (double)-INFINITY;

		sum += c->count * (common + log_add(alive, gone));
	}
	*next = end;
	return sum;
}

static double log_likelihood(struct pareto_table *table, const double *logs)
{
	double alpha = exp(logs[1]), beta = exp(logs[3]), sum = 0;

	tabulate_logs(table, alpha, beta);
	for (size_t i = 0; i < table->count;)
		sum += sum_of_x(table, i, exp(logs[0]), alpha, exp(logs[2]), beta, &i);
	return sum;
}

double pareto_negative(void *context, const double *logs, double *gradient)
{
	struct pareto_table *table = context;

	for (int i = 0; i < 4; i++) {
		double at[4] = { logs[0], logs[1], logs[2], logs[3] }, above, below;

		at[i] = logs[i] + step;
		above = log_likelihood(table, at);
		at[i] = logs[i] - step;
		below = log_likelihood(table, at);
		gradient[i] = -(above - below) / (2 * step);
	}
	return -log_likelihood(table, logs);
}

static const double nodes8[4] = { 0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363 };
static const double weights8[4] = { 0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763 };

/* The integrand at weeks, over its value at the start. */
static double integrand(const struct btyd *m, double power, double from, double weeks)
{
	return exp(-power * log((m->alpha + weeks) / (m->alpha + from)) - (m->a + 1) * log((m->b + weeks) / (m->b + from)));
}

/* Panels that double in width from where the integrand is largest, eight-point Gauss-Legendre in each. */
static double integral(const struct btyd *m, double power, double from, double to)
{
	double width = fmin(m->alpha + from, m->b + from) / (power + m->a + 1), sum = 0;

	for (double at = from; at < to; at += width, width *= 2) {
		double half = fmin(width, to - at) / 2;

		for (int i = 0; i < 4; i++)
			sum += half * weights8[i] *
			       (integrand(m, power, from, at + half * (1 - nodes8[i])) +
				integrand(m, power, from, at + half * (1 + nodes8[i])));
		if (at + width <= at)
			break;
	}
	return sum;
}

double pareto_gone(const struct btyd *m, double x, double t, double T)
{
	double from = t / days_in_week, to = T / days_in_week, power = m->r + x;

	return log(m->a * integral(m, power, from, to)) + power * log((m->alpha + to) / (m->alpha + from)) +
	       m->a * log((m->b + to) / (m->b + from)) - log(m->b + from);
}
