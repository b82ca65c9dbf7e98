#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "score/warning.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* scipy.stats: binom.cdf(k, n, p), poisson.sf(k - 1, mean) */
static void tails_are_those_of_the_distributions(void **state)
{
	(void)state;
	assert_close(warning_binomial_tail(0, 10, .25), .0563135147094727, 1e-12);
	assert_close(warning_binomial_tail(3, 40, .2), .0284620945, 1e-9);
	assert_close(warning_binomial_tail(10, 10, .5), 1, 0);
	assert_close(warning_poisson_tail(0, 2.5), 1, 0);
	assert_close(warning_poisson_tail(2, .3), .0369363131, 1e-9);
	assert_close(warning_poisson_tail(5, 2), .0526530174, 1e-9);
}

static void a_drop_needs_history_and_significance(void **state)
{
	static const struct { uint64_t recent, total; double window, days; bool expected; } table[] = {
		{ 0, 3, 90, 360, false },   /* too few */
		{ 0, 11, 90, 360, true },   /* .75^11 = .042 */
		{ 0, 10, 90, 360, false },  /* .056 */
		{ 3, 12, 90, 360, false },  /* as expected */
		{ 0, 50, 90, 100, false },  /* known for little longer than the window */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(warning_is_drop(table[i].recent, table[i].total, table[i].window, table[i].days), table[i].expected);
}

static void complaints_are_compared_with_the_own_past(void **state)
{
	static const struct { struct complaints complaints; double rate; bool expected; } table[] = {
		{ { 2, 0, 700 }, .001, true },
		{ { 1, 0, 700 }, .001, false },    /* one is none */
		{ { 2, 60, 700 }, .001, false },   /* he always complains */
		{ { 9, 60, 700 }, .001, true },
		{ { 2, 0, 700 }, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(warning_is_complaints_up(&table[i].complaints, table[i].rate), table[i].expected);
}

static void amounts_drop_against_those_before(void **state)
{
	int64_t amounts[] = { 100, 100, 100, 40, 50 };

	(void)state;
	assert_true(warning_is_amount_drop(amounts, COUNT(amounts)));
	amounts[4] = 70;
	assert_false(warning_is_amount_drop(amounts, COUNT(amounts)));
	amounts[4] = 0;
	assert_false(warning_is_amount_drop(amounts, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tails_are_those_of_the_distributions),
		cmocka_unit_test(a_drop_needs_history_and_significance),
		cmocka_unit_test(complaints_are_compared_with_the_own_past),
		cmocka_unit_test(amounts_drop_against_those_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
