#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "score/lifecycle.h"
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
	struct order orders[] = { { 1, true, 100, 0 }, { 2, true, 100, 0 }, { 3, true, 100, 0 }, { 4, false, -50, 0 },
				  { 5, true, 40, 0 }, { 6, true, 50, 0 } };
	struct account account = { .orders = orders, .count = COUNT(orders) };

	(void)state;
	assert_true(warning_is_amount_drop(&account));
	orders[5].amount = 70;
	assert_false(warning_is_amount_drop(&account));
	account.count = 4;
	assert_false(warning_is_amount_drop(&account));
}

static void words_are_there_in_both_languages(void **state)
{
	struct warning_words words;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	warning_words_load(&words, &arena);
	for (int language = 0; language < 2; language++) {
		for (size_t i = 0; i < LIFECYCLES; i++)
			assert_true(words.lifecycle[i][language].len && words.for_state[i][language].len);
		for (size_t i = 0; i < REASONS; i++)
			assert_true(words.reason[i][language].len);
		assert_true(words.for_contact[language].len && words.for_complaints[language].len && words.for_risk[language].len);
	}
	assert_true(words.complaint_count > 3);
	arena_release(&arena);
}

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

static void lifecycle_follows_the_rhythm_or_fixed_days(void **state)
{
	static const struct lifecycle_limits rhythm = { 2, 4, 0, 0 }, fixed = { 2, 4, 30, 60 };
	static const struct { const struct lifecycle_limits *limits; uint32_t x, idle; double gap; enum lifecycle expected; } table[] = {
		{ &rhythm, 0, 20, 10, LIFECYCLE_NEW },      { &rhythm, 1, 20, 10, LIFECYCLE_ACTIVE },
		{ &rhythm, 1, 21, 10, LIFECYCLE_DORMANT },  { &rhythm, 5, 40, 10, LIFECYCLE_DORMANT },
		{ &rhythm, 5, 41, 10, LIFECYCLE_LOST },     { &rhythm, 0, 41, 10, LIFECYCLE_LOST },
		{ &rhythm, 300, 14, 1, LIFECYCLE_ACTIVE },  { &rhythm, 300, 29, 1, LIFECYCLE_LOST },
		{ &fixed, 5, 30, 1, LIFECYCLE_ACTIVE },     { &fixed, 5, 31, 100, LIFECYCLE_DORMANT },
		{ &fixed, 5, 61, 100, LIFECYCLE_LOST },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(lifecycle_of(table[i].limits, table[i].x, table[i].idle, table[i].gap), table[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tails_are_those_of_the_distributions),
		cmocka_unit_test(a_drop_needs_history_and_significance),
		cmocka_unit_test(complaints_are_compared_with_the_own_past),
		cmocka_unit_test(amounts_drop_against_those_before),
		cmocka_unit_test(words_are_there_in_both_languages),
		cmocka_unit_test(rhythm_is_shrunk_to_that_of_all),
		cmocka_unit_test(rhythm_without_repeat_purchases_is_assumed),
		cmocka_unit_test(lifecycle_follows_the_rhythm_or_fixed_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
