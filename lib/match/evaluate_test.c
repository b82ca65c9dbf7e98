#include "base/test.h"

#include "match/evaluate.h"

#define ASSERT_NEAR(x, y) assert_true((x) - (y) < 1e-9 && (y) - (x) < 1e-9)

static void figures_are_those_counted_by_hand(void **state)
{
	/* Found {0 1 2} {3 4} {5}, true {0 1} {2 3 4} {5}: pairs found 4, true 4, right 2. */
	static const uint32_t cluster[] = { 0, 0, 0, 3, 3, 5 }, entity[] = { 0, 0, 1, 1, 1, 2 };
	struct evaluation e;

	(void)state;
	evaluate(&e, 6, cluster, entity, NULL);
	ASSERT_NEAR(e.found_pairs, 4);
	ASSERT_NEAR(e.true_pairs, 4);
	ASSERT_NEAR(e.precision, 0.5);
	ASSERT_NEAR(e.recall, 0.5);
	ASSERT_NEAR(e.f1, 0.5);
	ASSERT_NEAR(e.b3_precision, (2. / 3 + 2. / 3 + 1. / 3 + 1 + 1 + 1) / 6);
	ASSERT_NEAR(e.b3_recall, (1 + 1 + 1. / 3 + 2. / 3 + 2. / 3 + 1) / 6);
	assert_int_equal(e.customers, 3);
	assert_int_equal(e.entities, 3);
}

static void records_without_an_entity_are_alone(void **state)
{
	static const uint32_t cluster[] = { 0, 0, 2 }, entity[] = { ENTITY_NONE, ENTITY_NONE, ENTITY_NONE };
	struct evaluation e;

	(void)state;
	evaluate(&e, 3, cluster, entity, NULL);
	ASSERT_NEAR(e.true_pairs, 0);
	ASSERT_NEAR(e.precision, 0);
	ASSERT_NEAR(e.recall, 1);
	assert_int_equal(e.entities, 3);
}

static void between_sources_only_pairs_of_two_sources_count(void **state)
{
	static const uint32_t cluster[] = { 0, 0, 0 }, entity[] = { 0, 0, 0 }, sources[] = { 0, 0, 1 };
	struct evaluation e;

	(void)state;
	evaluate(&e, 3, cluster, entity, sources);
	ASSERT_NEAR(e.true_pairs, 2);
	ASSERT_NEAR(e.found_pairs, 2);
	ASSERT_NEAR(e.f1, 1);
}

static void nothing_at_all_is_perfect(void **state)
{
	struct evaluation e;

	(void)state;
	evaluate(&e, 0, NULL, NULL, NULL);
	ASSERT_NEAR(e.f1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_are_those_counted_by_hand),
		cmocka_unit_test(records_without_an_entity_are_alone),
		cmocka_unit_test(between_sources_only_pairs_of_two_sources_count),
		cmocka_unit_test(nothing_at_all_is_perfect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
