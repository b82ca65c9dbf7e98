#include "base/test.h"

#include <math.h>

#include "match/assign.h"

enum { SIDE = 6, NONE = -1 };

/* The best sum, by trying all. */
static double best_sum(double weights[SIDE][SIDE], unsigned left, unsigned used)
{
	double best;

	if (left == SIDE)
		return 0;
	best = best_sum(weights, left + 1, used);
	for (unsigned r = 0; r < SIDE; r++)
		if (!(used >> r & 1) && weights[left][r] > 0)
			best = fmax(best, weights[left][r] + best_sum(weights, left + 1, used | 1u << r));
	return best;
}

static void the_sum_is_the_best_of_all(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (unsigned n = 0; n < 3000; n++) {
		double weights[SIDE][SIDE] = { { 0 } }, sum = 0;
		struct edge edges[SIDE * SIDE];
		size_t count = 0;
		uint32_t right_of[SIDE];
		unsigned used = 0;

		for (uint32_t i = 0; i < SIDE * SIDE; i++) {
			seed = seed * 1664525 + 1013904223;
			/* Whole numbers up to 7, so that there are ties; a part of the pairs. */
			if (seed >> 30 == 0 && n % 2)
				continue;
			weights[i / SIDE][i % SIDE] = 1 + (seed >> 20) % 7 + (n % 3 ? 0 : (seed >> 3) % 1000 / 3000.);
			edges[count++] = (struct edge){ i / SIDE, i % SIDE, weights[i / SIDE][i % SIDE] };
		}
		assign_edges(edges, count, SIDE, SIDE, right_of);
		for (unsigned l = 0; l < SIDE; l++)
			if (right_of[l] != UINT32_MAX) {
				assert_false(used >> right_of[l] & 1);
				used |= 1u << right_of[l];
				assert_true(weights[l][right_of[l]] > 0);
				sum += weights[l][right_of[l]];
			}
		assert_true(fabs(sum - best_sum(weights, 0, 0)) < 1e-5);
	}
}

/* The greedy choice, 9, would leave 1: 8 and 7 are more. */
static void the_best_pair_gives_way_to_two_good_ones(void **state)
{
	struct edge edges[] = { { 0, 0, 9 }, { 0, 1, 8 }, { 1, 0, 7 } };
	uint32_t right_of[2];

	(void)state;
	assign_edges(edges, 3, 2, 2, right_of);
	assert_int_equal(right_of[0], 1);
	assert_int_equal(right_of[1], 0);
}

static double all_alike(const void *context, uint32_t a, uint32_t b)
{
	(void)context;
	(void)a;
	(void)b;
	return 5;
}

static void a_source_gives_one_record_to_a_customer(void **state)
{
	static const uint32_t sources[] = { 0, 0, 1, 1, 2 };
	const struct link links[] = { { 0, 2, 5 }, { 0, 3, 5 }, { 1, 2, 5 }, { 0, 4, 5 }, { 1, 4, 5 }, { 2, 4, 5 } };
	const struct link same[] = { { 1, 4, 0 } }, different[] = { { 0, 3, 0 } };
	struct cluster_options options = { .score = all_alike, .same = same, .same_count = 1, .different = different, .different_count = 1 };
	uint32_t cluster[5];

	(void)state;
	assign_rows(5, sources, links, 6, &options, cluster);
	assert_int_equal(cluster[4], cluster[1]);
	assert_true(cluster[0] != cluster[1] && cluster[2] != cluster[3]);
	assert_int_equal(cluster[3], 3);
}

static void records_that_are_all_alike_take_no_time(void **state)
{
	enum { MANY = 30000 };
	struct edge *edges = malloc(sizeof *edges * MANY * 8);
	uint32_t *right_of = malloc(sizeof *right_of * MANY);
	size_t count = 0, alone = 0;

	(void)state;
	for (uint32_t l = 0; l < MANY; l++)
		for (uint32_t r = 0; r < 8; r++)
			edges[count++] = (struct edge){ l, (l / 2 + r * 97) % (MANY / 2), 5 };
	assign_edges(edges, count, MANY, MANY / 2, right_of);
	for (size_t l = 0; l < MANY; l++)
		alone += right_of[l] == UINT32_MAX;
	assert_true(alone >= MANY / 2 && alone < MANY * 6 / 10);
	free(edges);
	free(right_of);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_is_the_best_of_all),
		cmocka_unit_test(the_best_pair_gives_way_to_two_good_ones),
		cmocka_unit_test(a_source_gives_one_record_to_a_customer),
		cmocka_unit_test(records_that_are_all_alike_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
