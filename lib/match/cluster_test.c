#include "base/test.h"

#include <math.h>

#include "match/cluster.h"

/* Scores by hand: what is not named is -8. */
struct graph {
	const struct link *links;
	size_t count;
};

static double score(const void *context, uint32_t a, uint32_t b)
{
	const struct graph *graph = context;

	for (size_t i = 0; i < graph->count; i++)
		if ((graph->links[i].a == a && graph->links[i].b == b) || (graph->links[i].a == b && graph->links[i].b == a))
			return graph->links[i].bits;
	return -8;
}

static void cluster(struct link *links, size_t count, size_t rows, uint32_t *out)
{
	struct graph graph = { links, count };
	uint32_t copies[16];
	struct cluster_options options = { .threshold = 0, .score = score, .context = &graph, .copies = copies, .threads = 2 };
	struct diag diag;

	for (uint32_t i = 0; i < 16; i++)
		copies[i] = i;
	diag_init(&diag);
	assert_int_equal(cluster_rows(rows, links, count, &options, out, &diag), 0);
	diag_release(&diag);
}

static void a_strong_triangle_is_one(void **state)
{
	struct link links[] = { { 0, 1, 5 }, { 1, 2, 5 }, { 0, 2, 4 } };
	uint32_t out[4];

	(void)state;
	cluster(links, 3, 4, out);
	assert_int_equal(out[0], 0);
	assert_int_equal(out[1], 0);
	assert_int_equal(out[2], 0);
	assert_int_equal(out[3], 3);
}

static void one_bridge_does_not_join_two_groups(void **state)
{
	struct link links[] = { { 0, 1, 9 }, { 0, 2, 9 }, { 1, 2, 9 }, { 3, 4, 9 }, { 3, 5, 9 }, { 4, 5, 9 }, { 2, 3, 6 } };
	uint32_t out[6];

	(void)state;
	cluster(links, 7, 6, out);
	assert_int_equal(out[2], 0);
	assert_int_equal(out[3], 3);
	assert_int_equal(out[5], 3);
}

static void a_record_joins_the_group_that_it_fits_on_the_whole(void **state)
{
	struct link links[] = { { 0, 1, 9 }, { 0, 2, 9 }, { 1, 2, 9 }, { 3, 0, 6 }, { 3, 1, 6 }, { 3, 2, -2 } };
	uint32_t out[4];

	(void)state;
	cluster(links, 6, 4, out);
	assert_int_equal(out[3], 0);
}

static void what_must_not_be_together_is_not(void **state)
{
	struct link links[] = { { 0, 1, 9 }, { 1, 2, 9 }, { 0, 2, -INFINITY } };
	uint32_t out[3];

	(void)state;
	cluster(links, 3, 3, out);
	assert_true(out[0] != out[2]);
}

static void what_was_decided_holds_whatever_the_score(void **state)
{
	struct link links[] = { { 0, 1, 9 }, { 1, 2, 9 }, { 0, 2, 9 } }, same[] = { { 3, 4, 0 } }, different[] = { { 0, 2, 0 } };
	struct graph graph = { links, 3 };
	const uint32_t copies[] = { 0, 1, 2, 3, 4 };
	struct cluster_options options = { .score = score, .context = &graph, .copies = copies, .same = same, .same_count = 1,
					   .different = different, .different_count = 1, .threads = 2 };
	struct diag diag;
	uint32_t out[5];

	(void)state;
	diag_init(&diag);
	assert_int_equal(cluster_rows(5, links, 3, &options, out, &diag), 0);
	diag_release(&diag);
	assert_int_equal(out[3], out[4]);
	assert_true(out[0] != out[2]);
}

static void links_in_any_order_give_the_same_groups(void **state)
{
	struct link a[] = { { 0, 1, 3 }, { 1, 2, 3 }, { 2, 3, 3 }, { 3, 0, 3 } }, b[] = { { 3, 0, 3 }, { 2, 3, 3 }, { 0, 1, 3 }, { 1, 2, 3 } };
	uint32_t x[4], y[4];

	(void)state;
	cluster(a, 4, 4, x);
	cluster(b, 4, 4, y);
	assert_memory_equal(x, y, sizeof x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_strong_triangle_is_one),
		cmocka_unit_test(one_bridge_does_not_join_two_groups),
		cmocka_unit_test(a_record_joins_the_group_that_it_fits_on_the_whole),
		cmocka_unit_test(what_must_not_be_together_is_not),
		cmocka_unit_test(what_was_decided_holds_whatever_the_score),
		cmocka_unit_test(links_in_any_order_give_the_same_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
