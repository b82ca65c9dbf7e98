#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "base/civil.h"
#include "score/btyd.h"
#include "score/optimize.h"
#include "score/special.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void special_functions_have_tabled_values(void **state)
{
	(void)state;
	assert_close(special_digamma(1), -0.5772156649015329, 1e-13);
	assert_close(special_digamma(0.25), -4.227453533376265, 1e-12);
	assert_close(special_digamma(100), 4.600161852738087, 1e-13);
	assert_close(special_lgamma(0.5), 0.5723649429247001, 1e-14);
	assert_close(special_2f1(1, 1, 2, 0.5), 2 * log(2), 1e-13);      /* -ln(1-z)/z */
	assert_close(special_2f1(0.5, 1, 1.5, 0.49), atanh(0.7) / 0.7, 1e-13);
}

/* Few customers; the likelihood by the formula of the paper, term by term, with libm alone. */
static double log_beta(double a, double b)
{
	return lgamma(a) + lgamma(b) - lgamma(a + b);
}

static double plain(const struct btyd *m, const struct btyd_case *c)
{
	double s = m->model == BTYD_MBG, x = c->x, t = c->t / 7., T = c->T / 7.;
	double stay = exp(log_beta(m->a, m->b + x + s) - log_beta(m->a, m->b)) * pow(m->alpha + T, -(m->r + x));
	double leave = c->x == 0 && s == 0 ? 0 : exp(log_beta(m->a + 1, m->b + x + s - 1) - log_beta(m->a, m->b)) *
						 pow(m->alpha + t, -(m->r + x));

	return c->count * (lgamma(m->r + x) - lgamma(m->r) + m->r * log(m->alpha) + log(stay + leave));
}

static void likelihood_is_the_formula_of_the_paper(void **state)
{
	static const struct btyd_case cases[] = { { 0, 0, 70, 3 }, { 2, 30, 70, 1 }, { 5, 65, 70, 2 }, { 1, 1, 400, 1 } };
	static const struct btyd models[] = { { .model = BTYD_BG, .r = .3, .alpha = 4, .a = .8, .b = 2.4 },
					      { .model = BTYD_MBG, .r = .5, .alpha = 6, .a = .9, .b = 1.6 } };

	(void)state;
	for (size_t i = 0; i < COUNT(models); i++) {
		double expected = 0;

		for (size_t j = 0; j < COUNT(cases); j++)
			expected += plain(&models[i], &cases[j]);
		assert_close(btyd_log_likelihood(&models[i], cases, COUNT(cases)), expected, 1e-9);
	}
}

/* Published: Fader, Hardie and Lee, and the table of the project's facts, which was checked against them. */
static void bg_expectations_are_the_published_ones(void **state)
{
	static const struct btyd bg = { .model = BTYD_BG, .r = .2425945, .alpha = 4.4136019, .a = .7929199, .b = 2.4258881 };
	static const double weeks[] = { 1, 3, 32, 78 }, expected[] = { .0532, .1506, 1.0437, 1.85796 };

	(void)state;
	assert_close(btyd_expected_new(&bg, 1), .0078, 5e-5);
	for (size_t i = 0; i < COUNT(weeks); i++)
		assert_close(btyd_expected_new(&bg, weeks[i] * 7), expected[i], 5e-5);
	assert_close(btyd_expected(&bg, 2, 213, 272, 39 * 7), 1.226, 1e-3);
	assert_close(btyd_p_alive(&bg, 26, 216, 217), .9688523, 5e-6);
	assert_close(btyd_expected(&bg, 26, 216, 217, 52 * 7), 25.75659, 1e-3);
	assert_close(btyd_expected_new(&bg, 52 * 7), 1.444004, 1e-4);
}

/* What a customer is expected to buy is the integral of what he buys in each next day. */
static void expectation_and_p_none_agree_where_little_is_bought(void **state)
{
	static const struct btyd mbg = { .model = BTYD_MBG, .r = .5, .alpha = 600, .a = .9, .b = 1.6 };

	(void)state;
	assert_close(btyd_expected(&mbg, 1, 50, 100, 1), 1 - btyd_p_none(&mbg, 1, 50, 100, 1), 1e-6);
	assert_close(btyd_p_none(&mbg, 0, 0, 100, 0), 1, 1e-15);
}

/* Likewise; of Pareto/NBD by Fader and Hardie. */
static void pareto_expectations_are_the_published_ones(void **state)
{
	static const struct btyd pareto = { .model = BTYD_PARETO, .r = .55315, .alpha = 10.57633, .a = .60625, .b = 11.67150 };

	(void)state;
	assert_close(btyd_expected(&pareto, 26, 216, 217, 52 * 7), 25.45647, 2e-3);
	assert_close(btyd_p_alive(&pareto, 26, 216, 217), .997874, 5e-6);
	assert_close(btyd_expected_new(&pareto, 52 * 7), 1.473434, 1e-4);
}

/* The integral of the Pareto/NBD in its two ways, and against Simpson's rule in many steps. */
static void pareto_integrals_agree(void **state)
{
	static const struct btyd models[] = { { .model = BTYD_PARETO, .r = .55, .alpha = 10.6, .a = .61, .b = 11.7 },
					      { .model = BTYD_PARETO, .r = 2, .alpha = .5, .a = 3, .b = 40 } };
	static const struct btyd_case cases[] = { { 0, 0, 200, 1 }, { 1, 30, 200, 1 }, { 7, 150, 270, 1 }, { 40, 260, 270, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(models); i++)
		for (size_t j = 0; j < COUNT(cases); j++) {
			const struct btyd *m = &models[i];
			const struct btyd_case *c = &cases[j];
			double t = c->t / 7., T = c->T / 7., power = m->r + c->x, sum = 0, h = (T - t) / 20000, alive, total;

			for (int k = 0; k <= 20000; k++) {
				double at = t + k * h, weight = k == 0 || k == 20000 ? 1 : k % 2 ? 4 : 2;

				sum += weight * pow((m->alpha + at) / (m->alpha + T), -power) * pow(m->b + at, -m->a - 1);
			}
			alive = pow(m->b + T, -m->a);
			total = alive + m->a * sum * h / 3;
			assert_close(btyd_p_alive(m, c->x, c->t, c->T), alive / total, 1e-9);
			assert_close(btyd_log_likelihood(m, c, 1), lgamma(power) - lgamma(m->r) + m->r * log(m->alpha) +
					   m->a * log(m->b) - power * log(m->alpha + T) + log(total), 1e-6);
		}
}

static FILE *open_shared(const char *name)
{
	const char *folder = getenv("CRM_SHARED");
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/data/score/%s", folder ? folder : "../shared", name);
	file = fopen(path, "r");
	if (!file)
		print_message("# skipped: %s is not there\n", path);
	return file;
}

enum { CUSTOMERS_MOST = 30000 };

/* CDNOW: "id [id of the sample] yyyymmdd number value", sorted by customer and day; purchases up to the end of September 1997. */
static size_t read_cdnow(FILE *file, int ids, struct btyd_case *cases)
{
	int32_t end = civil_to_days(1997, 9, 30), first = 0, last = 0;
	char line[256];
	int customer, date, known = -1;
	size_t count = 0;

	while (fgets(line, sizeof line, file)) {
		int32_t day;

		if (sscanf(line, ids == 2 ? "%d %*d %d" : "%d %d", &customer, &date) != 2)
			continue;
		day = civil_to_days(date / 10000, date / 100 % 100, date % 100);
		if (day > end)
			continue;
		if (customer != known) {
			known = customer;
			first = last = day;
			cases[count++] = (struct btyd_case){ 0, 0, (uint32_t)(end - day), 1 };
		} else if (day != last) {
			last = day;
			cases[count - 1].x++;
			cases[count - 1].t = (uint32_t)(day - first);
		}
	}
	return count;
}

struct published {
	enum btyd_model model;
	double r, alpha, a, b, log_likelihood, tolerance;
};

static void check_fit(const char *name, int ids, size_t customers, size_t distinct, const struct published *published)
{
	static struct btyd_case cases[CUSTOMERS_MOST];
	FILE *file = open_shared(name);
	struct btyd fit;
	size_t count;

	if (!file)
		skip();
	count = read_cdnow(file, ids, cases);
	fclose(file);
	assert_int_equal(count, customers);
	count = btyd_condense(cases, count);
	if (distinct)
		assert_int_equal(count, distinct);
	for (size_t i = 0; i < 3; i++) {
		const struct published *p = &published[i];

		assert_true(btyd_fit(&fit, p->model, cases, count));
		print_message("# %s: %.7f %.7f %.7f %.7f LL %.4f gradient %.1e, %d evaluations\n", btyd_name(p->model), fit.r, fit.alpha, fit.a, fit.b, fit.log_likelihood, fit.gradient_norm, fit.evaluations);
		assert_true(fit.converged);
		assert_false(fit.degenerate);
		assert_close(fit.log_likelihood, p->log_likelihood, .01);
		assert_close(fit.r / p->r, 1, p->tolerance);
		assert_close(fit.alpha / p->alpha, 1, p->tolerance);
		assert_close(fit.a / p->a, 1, p->tolerance);
		assert_close(fit.b / p->b, 1, p->tolerance);
	}
}

/* Of x'Ax / 2 the covariance is the inverse of A. */
static double quadratic(void *context, const double *x, double *gradient)
{
	const double (*a)[2] = context;

	for (int i = 0; i < 2; i++)
		gradient[i] = a[i][0] * x[0] + a[i][1] * x[1];
	return (x[0] * gradient[0] + x[1] * gradient[1]) / 2;
}

static void the_covariance_is_the_inverse_of_the_curvature(void **state)
{
	double bowl[2][2] = { { 4, 1 }, { 1, 2 } }, saddle[2][2] = { { 1, 2 }, { 2, 1 } }, x[2] = { .3, -.2 };
	double covariance[OPTIMIZE_MOST][OPTIMIZE_MOST];

	(void)state;
	assert_true(optimize_covariance(quadratic, bowl, 2, x, covariance));
	assert_close(covariance[0][0], 2. / 7, 1e-9);
	assert_close(covariance[0][1], -1. / 7, 1e-9);
	assert_close(covariance[1][0], -1. / 7, 1e-9);
	assert_close(covariance[1][1], 4. / 7, 1e-9);
	assert_false(optimize_covariance(quadratic, saddle, 2, x, covariance));
}

/* Standard errors and that of an expectation from a Hessian of second differences of the log-likelihood, in Python with SciPy. */
static void standard_errors_of_the_cdnow_sample(void **state)
{
	static struct btyd_case cases[CUSTOMERS_MOST];
	FILE *file = open_shared("cdnow/CDNOW_sample.txt");
	struct btyd fit;
	size_t count;

	(void)state;
	if (!file)
		skip();
	count = read_cdnow(file, 2, cases);
	fclose(file);
	count = btyd_condense(cases, count);
	assert_true(btyd_fit(&fit, BTYD_BG, cases, count));
	assert_true(isnan(btyd_expected_error(&fit, 2, 213, 272, 273)));
	btyd_measure(&fit, cases, count);
	assert_true(fit.definite);
	assert_close(fit.r * sqrt(fit.covariance[0][0]) / .01255732, 1, 2e-3);
	assert_close(fit.alpha * sqrt(fit.covariance[1][1]) / .37822139, 1, 2e-3);
	assert_close(fit.a * sqrt(fit.covariance[2][2]) / .18571914, 1, 2e-3);
	assert_close(fit.b * sqrt(fit.covariance[3][3]) / .70534584, 1, 2e-3);
	assert_close(btyd_expected_error(&fit, 2, 213, 272, 273) / .03686222, 1, 2e-3);
}

static void fits_of_the_cdnow_sample_are_the_published_ones(void **state)
{
	static const struct published published[] = {
		{ BTYD_BG, .2425945, 4.4136019, .7929199, 2.4258881, -9582.429, 1e-3 },
		{ BTYD_MBG, .525, 6.183, .891, 1.614, -9582.1357, 1e-3 },
		{ BTYD_PARETO, .55315, 10.57633, .60625, 11.67150, -9594.976, 1e-3 },
	};

	(void)state;
	check_fit("cdnow/CDNOW_sample.txt", 2, 2357, 1016, published);
}

static void fits_of_the_whole_of_cdnow_are_the_published_ones(void **state)
{
	static const struct published published[] = {
		{ BTYD_BG, .251624, 4.788943, .723434, 2.161089, -95368.444, 1e-3 },
		{ BTYD_MBG, .637140, 7.310289, .807474, 1.228394, -95336.958, 1e-3 },
		{ BTYD_PARETO, .597420, 11.585657, .522186, 8.827760, -95415.119, 1e-3 },
	};

	(void)state;
	check_fit("cdnow/CDNOW_master.txt", 1, 23570, 0, published);
}

static void customers_who_never_leave_are_found_degenerate(void **state)
{
	/* everybody buys on and on, at rates that differ: nothing says that anyone leaves */
	struct btyd_case cases[40];
	struct btyd fit;

	(void)state;
	for (uint32_t i = 0; i < COUNT(cases); i++)
		cases[i] = (struct btyd_case){ i % 13, i % 13 ? 350 + i % 10 : 0, 360, 3 };
	assert_true(btyd_fit(&fit, BTYD_BG, cases, btyd_condense(cases, COUNT(cases))));
	assert_true(fit.degenerate);
	assert_true(btyd_p_alive(&fit, 3, 100, 360) > .99);
}

static void nothing_to_fit_without_repeat_purchases(void **state)
{
	static const struct btyd_case cases[] = { { 0, 0, 10, 5 }, { 0, 0, 20, 1 } };
	struct btyd fit;

	(void)state;
	assert_false(btyd_fit(&fit, BTYD_MBG, cases, COUNT(cases)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_functions_have_tabled_values),
		cmocka_unit_test(likelihood_is_the_formula_of_the_paper),
		cmocka_unit_test(bg_expectations_are_the_published_ones),
		cmocka_unit_test(pareto_expectations_are_the_published_ones),
		cmocka_unit_test(pareto_integrals_agree),
		cmocka_unit_test(expectation_and_p_none_agree_where_little_is_bought),
		cmocka_unit_test(the_covariance_is_the_inverse_of_the_curvature),
		cmocka_unit_test(standard_errors_of_the_cdnow_sample),
		cmocka_unit_test(fits_of_the_cdnow_sample_are_the_published_ones),
		cmocka_unit_test(fits_of_the_whole_of_cdnow_are_the_published_ones),
		cmocka_unit_test(customers_who_never_leave_are_found_degenerate),
		cmocka_unit_test(nothing_to_fit_without_repeat_purchases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
