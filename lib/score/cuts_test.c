#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's own comparison is of floats. */
#define assert_close(a, b, epsilon) assert_true(fabs((a) - (b)) <= (epsilon))

#include "score/cuts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void cuts_are_type_7_quantiles_plus_one(void **state)
{
	/* R: quantile(c(1, 2, 3, 4, 5, 6, 7, 8, 9, 20), c(.2, .4, .6, .8)) + 1 is 3.8 5.6 7.4 9.2 */
	int64_t figures[] = { 20, 3, 1, 9, 2, 4, 8, 5, 7, 6 };
	static const double expected[] = { 3.8, 5.6, 7.4, 9.2 };
	struct cuts cuts;

	(void)state;
	cuts_find(&cuts, figures, COUNT(figures), 5, 1);
	for (unsigned i = 0; i < 4; i++)
		assert_close(cuts.shown[i], expected[i], 1e-12);
	assert_int_equal(cuts_score(&cuts, 3), 1);
	assert_int_equal(cuts_score(&cuts, 4), 2);
	assert_int_equal(cuts_score(&cuts, 9), 4);
	assert_int_equal(cuts_score(&cuts, 10), 5);
}

static void equal_figures_share_a_score_and_leave_bins_empty(void **state)
{
	int64_t figures[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 5 };
	struct cuts cuts;

	(void)state;
	cuts_find(&cuts, figures, COUNT(figures), 5, 1);
	assert_int_equal(cuts_score(&cuts, 1), 1);
	assert_int_equal(cuts_score(&cuts, 5), 5);
}

static void one_customer_and_none_have_cuts(void **state)
{
	int64_t figure = 7;
	struct cuts cuts;

	(void)state;
	cuts_find(&cuts, &figure, 1, 5, 1);
	assert_int_equal(cuts_score(&cuts, 7), 1);
	cuts_find(&cuts, NULL, 0, 5, 1);
	assert_close(cuts.shown[3], 0, 0);
}

static void cuts_of_large_and_negative_figures_are_exact(void **state)
{
	int64_t figures[] = { INT64_MAX, INT64_MIN, INT64_MAX, 0, INT64_MIN };
	struct cuts cuts;

	(void)state;
	cuts_find(&cuts, figures, COUNT(figures), 2, 1);
	assert_int_equal(cuts_score(&cuts, 0), 1);
	assert_int_equal(cuts_score(&cuts, 1), 2);
	assert_int_equal(cuts_score(&cuts, INT64_MIN), 1);
}

/* Against sorting, on figures with many ties and in bad orders for selection. */
static void selection_agrees_with_sorting(void **state)
{
	enum { N = 5000 };
	static int64_t figures[N], sorted[N];
	uint64_t random = 1;

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct cuts cuts, expected;

		for (size_t i = 0; i < N; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			figures[i] = kind == 0 ? (int64_t)(random >> 50) : kind == 1 ? (int64_t)i :
				     kind == 2 ? (int64_t)(N - i) : (int64_t)(random >> 62);
			sorted[i] = figures[i];
		}
		for (size_t i = 1; i < N; i++)
			for (size_t j = i; j > 0 && sorted[j - 1] > sorted[j]; j--) {
				int64_t kept = sorted[j];

				sorted[j] = sorted[j - 1];
				sorted[j - 1] = kept;
			}
		cuts_find(&cuts, figures, N, 7, 1);
		cuts_find(&expected, sorted, N, 7, 1);
		for (unsigned i = 1; i < 7; i++) {
			size_t rank = (size_t)(N - 1) * i / 7;
			double low = (double)sorted[rank], high = (double)sorted[rank + 1];

			assert_close(cuts.shown[i - 1], expected.shown[i - 1], 0);
			assert_close(cuts.shown[i - 1],
					   1 + low + (high - low) * ((double)(N - 1) * i / 7 - (double)rank), 1e-6);
		}
	}
}

static void ntile_parts_equal_figures_in_their_order(void **state)
{
	static const int64_t figures[] = { 5, 1, 1, 1, 1, 9, 1 };
	static const uint8_t expected[] = { 3, 1, 1, 1, 2, 3, 2 };
	uint8_t scores[COUNT(figures)];

	(void)state;
	cuts_ntile(figures, COUNT(figures), 3, scores);
	assert_memory_equal(scores, expected, sizeof expected);
}

static void ntile_of_fewer_figures_than_bins(void **state)
{
	static const int64_t figures[] = { 4, 3 };
	uint8_t scores[2];

	(void)state;
	cuts_ntile(figures, 2, 5, scores);
	assert_int_equal(scores[0], 2);
	assert_int_equal(scores[1], 1);
}

static void ranks_have_cuts_that_keep_equal_figures_together(void **state)
{
	/* NTILE(3) of 1 1 1 1 1 5 9 gives 1 1 1 2 2 3 3: the equal ones go to the worst of their bins */
	int64_t up[] = { 5, 1, 1, 1, 1, 9, 1 }, down[] = { 5, 1, 1, 1, 1, 9, 1 };
	struct cuts cuts;

	(void)state;
	cuts_rank(&cuts, up, COUNT(up), 3, 1, false);
	assert_int_equal(cuts_score(&cuts, 1), 1);
	assert_int_equal(cuts_score(&cuts, 5), 3);
	/* of days since: NTILE(3) of -9 -5 -1 -1 -1 -1 -1 gives 1 1 1 2 2 3 3, so that 1 day is in the worst bin */
	cuts_rank(&cuts, down, COUNT(down), 3, 1, true);
	assert_int_equal(cuts_score(&cuts, 1), 3);
	assert_int_equal(cuts_score(&cuts, 0), 1);
	cuts_rank(&cuts, up, 2, 5, 1, false);
	assert_int_equal(cuts_score(&cuts, 1), 1);
	assert_int_equal(cuts_score(&cuts, 2), 5);
	cuts_rank(&cuts, NULL, 0, 5, 1, true);
	assert_int_equal(cuts.bins, 5);
}

static void who_is_at_the_mean_is_with_the_better(void **state)
{
	static const int64_t exact[] = { 10, 20, 30 }, between[] = { 1, 2, 2 }, negative[] = { -1, -2, -2 };
	struct cuts cuts;

	(void)state;
	cuts_mean(&cuts, exact, 3, 1, false);
	assert_int_equal(cuts_score(&cuts, 20), 2);
	assert_int_equal(cuts_score(&cuts, 19), 1);
	cuts_mean(&cuts, exact, 3, 1, true);
	assert_int_equal(cuts_score(&cuts, 20), 1);
	assert_int_equal(cuts_score(&cuts, 21), 2);
	assert_close(cuts.shown[0], 20, 0);
	cuts_mean(&cuts, between, 3, 1, false);
	assert_int_equal(cuts_score(&cuts, 2), 2);
	assert_int_equal(cuts_score(&cuts, 1), 1);
	cuts_mean(&cuts, between, 3, 1, true);
	assert_int_equal(cuts_score(&cuts, 1), 1);
	assert_int_equal(cuts_score(&cuts, 2), 2);
	cuts_mean(&cuts, negative, 3, 1, false);
	assert_int_equal(cuts_score(&cuts, -1), 2);
	assert_int_equal(cuts_score(&cuts, -2), 1);
}

/* Whatever the cuts, the numbers that stand for them in a file give the same scores. */
static void cuts_are_read_as_they_were_written(void **state)
{
	enum { N = 200 };
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		int64_t figures[N], one = round % 2 ? 10000 : 1, range = round % 3 ? 1000 : INT64_C(100000000000000);
		struct cuts made, read;
		double numbers[CUTS_BINS_MOST];
		unsigned bins = 2 + (unsigned)round % 8;

		for (size_t i = 0; i < N; i++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			figures[i] = (int64_t)(random >> 14) % range - range / 4;
		}
		if (round % 5 == 0)
			cuts_mean(&made, figures, N, one, round % 4);
		else if (round % 5 == 1)
			cuts_rank(&made, figures, N, bins, one, round % 4);
		else
			cuts_find(&made, figures, N, bins, one);
		for (unsigned i = 0; i + 1 < made.bins; i++)
			numbers[i] = cuts_number(&made, i, one);
		assert_true(cuts_read(&read, numbers, made.bins - 1, one));
		for (unsigned i = 0; i + 1 < made.bins; i++)
			assert_true(read.from[i] == made.from[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_are_type_7_quantiles_plus_one),
		cmocka_unit_test(equal_figures_share_a_score_and_leave_bins_empty),
		cmocka_unit_test(one_customer_and_none_have_cuts),
		cmocka_unit_test(cuts_of_large_and_negative_figures_are_exact),
		cmocka_unit_test(selection_agrees_with_sorting),
		cmocka_unit_test(ranks_have_cuts_that_keep_equal_figures_together),
		cmocka_unit_test(who_is_at_the_mean_is_with_the_better),
		cmocka_unit_test(cuts_are_read_as_they_were_written),
		cmocka_unit_test(ntile_parts_equal_figures_in_their_order),
		cmocka_unit_test(ntile_of_fewer_figures_than_bins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
