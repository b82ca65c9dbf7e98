#include "base/test.h"

#include "match/labels.h"

#define ASSERT_NEAR(x, y) assert_true((x) - (y) < 1e-6 && (y) - (x) < 1e-6)

static void nothing_decided_shifts_nothing(void **state)
{
	(void)state;
	assert_true(labels_shift(NULL, 0) == 0);
}

/* Values found by a bounded minimiser (SciPy) of shift^2 / 8 + sum of log(1 + 2^-(bits + shift)), or of the other sign for different ones. */
static void the_shift_is_the_most_probable_one(void **state)
{
	struct label same[10], halves[10], many[1000];
	const struct label mixed[] = { { 3, false }, { -1, true }, { .5, false } };

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		same[i % 10] = (struct label){ 0, true };
		halves[i % 10] = (struct label){ 0, i % 2 };
		many[i] = (struct label){ 0, false };
	}
	ASSERT_NEAR(labels_shift(same, 10), 3.0279678);
	ASSERT_NEAR(labels_shift(halves, 10), 0);
	ASSERT_NEAR(labels_shift(mixed, 3), -1.0713935);
	ASSERT_NEAR(labels_shift(many, 1000), -8.3678075);
}

static void what_the_model_is_sure_of_teaches_nothing(void **state)
{
	const struct label sure[] = { { 5.9, true }, { -5.9, false }, { 5.9, true }, { -5.9, false } }, known_better[] = { { 20, false }, { -6.1, true } };

	(void)state;
	ASSERT_NEAR(labels_shift(sure, 4), 0);
	ASSERT_NEAR(labels_shift(known_better, 2), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_decided_shifts_nothing),
		cmocka_unit_test(the_shift_is_the_most_probable_one),
		cmocka_unit_test(what_the_model_is_sure_of_teaches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
