#include <math.h>

#include "base/test.h"
#include "score/special.h"
#include "score/warning.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

/* scipy.special.betainc */
static void incomplete_beta_is_that_of_scipy(void **state)
{
	static const struct { double a, b, x, expected; } table[] = {
		{ .5, .5, .3, .36901011956554536 },  { 2, 3, .4, .5248 },          { 10, 1, .9, .3486784401 },
		{ 50, 60, .5, .8309072939016693 },   { 1000, 3, .999, .9194224096397954 }, { 5, 1e4, .0002, .05270717130924848 },
		{ 2, 2, 0, 0 },                      { 2, 2, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_close(special_beta_i(table[i].x, table[i].a, table[i].b), table[i].expected, 1e-11);
}

/* scipy.stats: binom.cdf(k, n, p), poisson.sf(k - 1, mean), nbinom.sf(k - 1, shape, scale / (scale + days)) */
static void tails_are_those_of_the_distributions(void **state)
{
	(void)state;
	assert_close(warning_binomial_tail(0, 10, .25), .056313514709472684, 1e-14);
	assert_close(warning_binomial_tail(3, 40, .2), .028462094459744576, 1e-13);
	assert_close(warning_binomial_tail(30, 500, .1) / .0010025497080229562, 1, 1e-10);
	assert_close(warning_binomial_tail(2, 2000, .01) / 4.196449275828857e-07, 1, 1e-9);
	assert_close(warning_binomial_tail(10, 10, .5), 1, 0);
	assert_close(warning_poisson_tail(0, 2.5), 1, 0);
	assert_close(warning_poisson_tail(2, .3), .03693631311376678, 1e-14);
	assert_close(warning_poisson_tail(5, 2), .052653017343711125, 1e-14);
	assert_close(warning_poisson_tail(20, 3) / 8.314423588191718e-11, 1, 1e-10);
	assert_close(warning_count_tail(2, 1, 1000, 30) / .0008483363182203782, 1, 1e-10);
	assert_close(warning_count_tail(5, 4, 700, 30) / 5.913242488912092e-06, 1, 1e-10);
	assert_close(warning_count_tail(9, 61, 1700, 30) / 3.1419680897367877e-06, 1, 1e-10);
	assert_close(warning_count_tail(0, 1, 10, 30), 1, 0);
}

/* scipy.stats.lomax.sf(idle, shape + gaps, scale=scale + days), or one of so many gaps; twice the smaller one. */
static void a_long_gap_is_so_by_the_population_or_by_the_customer(void **state)
{
	static const int32_t once[] = { 100 }, five[] = { 0, 20, 60, 90, 120, 150 };
	int32_t weekly[21];

	(void)state;
	for (int i = 0; i < 21; i++)
		weekly[i] = 7 * i;
	assert_close(warning_gap_tail(2, 60, once, 1, 90), 2 * .16, 1e-12);
	assert_close(warning_gap_tail(2, 60, five, 6, 90), 2 * .0823543, 1e-9);
	/* .1824 by all, but longer than each of his 20 gaps */
	assert_close(warning_gap_tail(1.5, 30, weekly, 21, 14), 2. / 21, 1e-12);
	assert_close(warning_gap_tail(1.5, 30, weekly, 21, 7), 2 * pow(170. / 177, 21.5), 1e-12);
	assert_true(warning_gap_limit(1.5, 30, weekly, 21, .1) == 8);
	assert_true(warning_gap_tail(2, 60, five, 6, warning_gap_limit(2, 60, five, 6, .01)) <= .01);
	assert_true(warning_gap_tail(2, 60, five, 6, warning_gap_limit(2, 60, five, 6, .01) - 1) > .01);
}

/* scipy.stats.mannwhitneyu(last two, others, 'less', 'exact'), and for ties all pairs of mean ranks. */
static void low_amounts_are_ranked_exactly(void **state)
{
	static const int64_t plain[] = { 120, 100, 90, 150, 110, 130, 95, 40, 60 }, ties[] = { 100, 100, 100, 80, 100, 120, 80, 100 },
			     same[] = { 5, 5, 5, 5, 5, 5, 5 }, high[] = { 1, 2, 3, 4, 5, 6 };

	(void)state;
	assert_close(warning_low_pair_tail(plain, COUNT(plain)), 1. / 36, 1e-15);
	assert_close(warning_low_pair_tail(ties, COUNT(ties)), .39285714285714285, 1e-15);
	assert_close(warning_low_pair_tail(same, COUNT(same)), 1, 0);
	assert_close(warning_low_pair_tail(high, COUNT(high)), 1, 0);
	assert_close(warning_low_pair_tail(plain, 2), 1, 0);
}

/* Convolution of 1 - scipy.stats.hypergeom.pmf(0, count, counts[i], recent). */
static void few_kinds_are_told_from_chance(void **state)
{
	static const uint32_t five[] = { 10, 8, 7, 5, 4 }, three[] = { 6, 6, 6 }, six[] = { 20, 15, 10, 10, 5, 3 };
	double expected;

	(void)state;
	assert_close(warning_few_kinds_tail(five, 5, 20, 6, 1, &expected) / 3.9311319827424923e-05, 1, 1e-9);
	assert_close(expected, 4.590737874097008, 1e-10);
	assert_close(warning_few_kinds_tail(three, 3, 12, 4, 1, &expected), .002699167988424182, 1e-12);
	assert_close(expected, 2.909090909090909, 1e-10);
	assert_close(warning_few_kinds_tail(six, 6, 30, 8, 2, &expected) / 3.5955485749441616e-05, 1, 1e-9);
	assert_close(warning_few_kinds_tail(three, 3, 12, 4, 3, &expected), 1, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incomplete_beta_is_that_of_scipy),
		cmocka_unit_test(tails_are_those_of_the_distributions),
		cmocka_unit_test(a_long_gap_is_so_by_the_population_or_by_the_customer),
		cmocka_unit_test(low_amounts_are_ranked_exactly),
		cmocka_unit_test(few_kinds_are_told_from_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
