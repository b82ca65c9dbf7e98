#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "score/lifecycle.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void rhythm_is_shrunk_to_that_of_all(void **state)
{
	/* gaps of 10 or 40 days, everybody regular */
	static const struct btyd_case cases[] = { { 8, 80, 90, 30 }, { 8, 320, 330, 30 }, { 0, 0, 50, 100 } };
	struct rhythm rhythm;
	double typical;

	(void)state;
	rhythm_fit(&rhythm, cases, COUNT(cases));
	assert_true(rhythm.fitted);
	typical = rhythm_typical_gap(&rhythm, 0, 0);
	assert_true(typical > 10 && typical < 40);
	assert_true(rhythm_typical_gap(&rhythm, 2, 20) > 10 && rhythm_typical_gap(&rhythm, 2, 20) < typical);
	assert_close(rhythm_typical_gap(&rhythm, 1000, 10000), 10, .2);
}

static void rhythm_without_repeat_purchases_is_assumed(void **state)
{
	static const struct btyd_case cases[] = { { 0, 0, 50, 100 } };
	struct rhythm rhythm;

	(void)state;
	rhythm_fit(&rhythm, cases, COUNT(cases));
	assert_false(rhythm.fitted);
	assert_close(rhythm_typical_gap(&rhythm, 0, 0), 90, 1e-12);
}

static void rhythm_of_a_group_lies_between_its_own_and_that_of_all(void **state)
{
	static const struct btyd_case all[] = { { 8, 80, 90, 500 }, { 8, 320, 330, 500 } };
	struct btyd_case own[] = { { 8, 320, 330, 10 } };
	struct rhythm rhythm, small, large;

	(void)state;
	rhythm_fit(&rhythm, all, COUNT(all));
	rhythm_fit_group(&small, &rhythm, own, 1, all, COUNT(all));
	own[0].count = 1000;
	rhythm_fit_group(&large, &rhythm, own, 1, all, COUNT(all));
	assert_true(rhythm_typical_gap(&rhythm, 0, 0) < rhythm_typical_gap(&small, 0, 0));
	assert_true(rhythm_typical_gap(&small, 0, 0) < rhythm_typical_gap(&large, 0, 0));
	assert_close(rhythm_typical_gap(&large, 0, 0), 40, 1.5);
}

static const struct lifecycle_limits by_rhythm = { 1.5, 2, 4, 0, 0, 0, 0, .25, .1 };
static const struct lifecycle_limits fixed = { 1.5, 2, 4, 50, 20, 30, 60, .25, .1 };

#define UNKNOWN LIFECYCLES

static void lifecycle_follows_the_rhythm_or_fixed_days(void **state)
{
	static const struct { const struct lifecycle_limits *limits; struct lifecycle_case c; enum lifecycle expected; } table[] = {
		{ &by_rhythm, { 0, 15, 15, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_NEW },
		{ &by_rhythm, { 0, 16, 16, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_AT_RISK },
		{ &by_rhythm, { 1, 99, 15, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_ACTIVE },
		{ &by_rhythm, { 1, 99, 15, 10, NAN, true, UNKNOWN, false }, LIFECYCLE_AT_RISK },
		{ &by_rhythm, { 1, 99, 20, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_AT_RISK },
		{ &by_rhythm, { 1, 99, 21, 10, NAN, true, UNKNOWN, false }, LIFECYCLE_DORMANT },
		{ &by_rhythm, { 5, 99, 40, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_DORMANT },
		{ &by_rhythm, { 5, 99, 41, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_LOST },
		{ &by_rhythm, { 0, 99, 41, 10, NAN, false, UNKNOWN, false }, LIFECYCLE_LOST },
		{ &by_rhythm, { 300, 999, 10, 1, 1, false, UNKNOWN, false }, LIFECYCLE_STABLE },   /* a rhythm is a week at least */
		{ &by_rhythm, { 300, 999, 29, 1, 1, false, UNKNOWN, false }, LIFECYCLE_LOST },
		{ &by_rhythm, { 9, 99, 5, 10, 1.25, false, UNKNOWN, false }, LIFECYCLE_GROWING },
		{ &by_rhythm, { 9, 99, 5, 10, 1.24, false, UNKNOWN, false }, LIFECYCLE_STABLE },
		{ &by_rhythm, { 9, 99, 5, 10, .81, false, UNKNOWN, false }, LIFECYCLE_STABLE },
		{ &by_rhythm, { 9, 99, 5, 10, .79, false, UNKNOWN, false }, LIFECYCLE_ACTIVE },
		{ &fixed, { 5, 50, 20, 1, 1, false, UNKNOWN, false }, LIFECYCLE_NEW },
		{ &fixed, { 5, 51, 20, 1, 1, false, UNKNOWN, false }, LIFECYCLE_STABLE },
		{ &fixed, { 5, 99, 21, 100, 1, false, UNKNOWN, false }, LIFECYCLE_AT_RISK },
		{ &fixed, { 5, 99, 31, 100, 1, false, UNKNOWN, false }, LIFECYCLE_DORMANT },
		{ &fixed, { 5, 99, 61, 100, 1, false, UNKNOWN, false }, LIFECYCLE_LOST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(lifecycle_of(table[i].limits, &table[i].c), table[i].expected);
}

/* The rhythm of all is fitted anew every night, and amounts leave the window of the trend: a state is not left by so little. */
static void a_state_is_left_past_a_margin_only(void **state)
{
	static const struct { struct lifecycle_case c; enum lifecycle expected; } table[] = {
		{ { 5, 99, 20, 10.1, 1, false, LIFECYCLE_DORMANT, false }, LIFECYCLE_DORMANT },   /* ratio 1.98 */
		{ { 5, 99, 20, 10.1, 1, false, LIFECYCLE_LOST, false }, LIFECYCLE_DORMANT },
		{ { 5, 99, 38, 10, 1, false, LIFECYCLE_LOST, false }, LIFECYCLE_LOST },
		{ { 5, 99, 38, 10, 1, false, LIFECYCLE_DORMANT, false }, LIFECYCLE_DORMANT },
		{ { 5, 99, 14, 10, 1, false, LIFECYCLE_AT_RISK, false }, LIFECYCLE_AT_RISK },
		{ { 5, 99, 14, 10, 1, false, LIFECYCLE_STABLE, false }, LIFECYCLE_STABLE },
		{ { 5, 99, 13, 10, 1, false, LIFECYCLE_AT_RISK, false }, LIFECYCLE_STABLE },
		{ { 5, 99, 2, 10, 1, false, LIFECYCLE_LOST, false }, LIFECYCLE_STABLE },          /* he bought */
		{ { 5, 99, 2, 10, 1.13, false, LIFECYCLE_GROWING, false }, LIFECYCLE_GROWING },
		{ { 5, 99, 2, 10, 1.12, false, LIFECYCLE_GROWING, false }, LIFECYCLE_STABLE },
		{ { 5, 99, 2, 10, .73, false, LIFECYCLE_STABLE, false }, LIFECYCLE_STABLE },
		{ { 5, 99, 2, 10, .73, false, LIFECYCLE_ACTIVE, false }, LIFECYCLE_ACTIVE },
		{ { 5, 99, 2, 10, .5, false, LIFECYCLE_GROWING, true }, LIFECYCLE_GROWING },
		{ { 5, 99, 2, 10, .5, false, LIFECYCLE_AT_RISK, true }, LIFECYCLE_ACTIVE },
		{ { 5, 99, 16, 10, .5, false, LIFECYCLE_GROWING, true }, LIFECYCLE_AT_RISK },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(lifecycle_of(&by_rhythm, &table[i].c), table[i].expected);
}

static void growth_compares_two_windows(void **state)
{
	static const int32_t days[] = { 0, 100, 250, 300, 350 };
	static const int64_t amounts[] = { 900, 10, 10, 20, 30 };

	(void)state;
	/* two halves of 200 days: 60 against 10 and half of 900, and twice the mean of 17.5 added to both */
	assert_close(lifecycle_growth(days, amounts, 5, 400, 500), (60 + 35) / (10 + 450 + 35.), 1e-12);
	assert_close(lifecycle_growth(days, NULL, 5, 400, 500), (3 + 2) / (1.5 + 2), 1e-12);
	assert_close(lifecycle_growth(days, NULL, 5, 400, 60), (1 + 2) / (1 + 2.), 1e-12);   /* 350; 300 */
	/* who buys every hundred days neither grows nor shrinks */
	assert_close(lifecycle_growth((const int32_t[]){ 0, 100, 200, 300 }, NULL, 4, 350, 500), (2 + 2) / (1.5 + 2), 1e-12);
	assert_close(lifecycle_growth((const int32_t[]){ 0, 100, 200, 300 }, NULL, 4, 399, 500), (2 + 2) / (1.5 + 2), 1e-12);
	assert_true(isnan(lifecycle_growth(days, amounts, 3, 400, 500)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rhythm_is_shrunk_to_that_of_all),
		cmocka_unit_test(rhythm_without_repeat_purchases_is_assumed),
		cmocka_unit_test(rhythm_of_a_group_lies_between_its_own_and_that_of_all),
		cmocka_unit_test(lifecycle_follows_the_rhythm_or_fixed_days),
		cmocka_unit_test(a_state_is_left_past_a_margin_only),
		cmocka_unit_test(growth_compares_two_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
