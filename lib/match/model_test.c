#include "base/test.h"

#include <math.h>

#include "match/model.h"

enum { FIELDS = 4 };

/* Known m and u of four fields with levels different, near and exact. */
static const double m_known[FIELDS][3] = { { .05, .15, .80 }, { .10, .10, .80 }, { .02, .08, .90 }, { .20, .10, .70 } };
static const double u_known[FIELDS][3] = { { .95, .03, .02 }, { .96, .02, .02 }, { .985, .01, .005 }, { .90, .06, .04 } };
static const enum level levels[3] = { LEVEL_DIFFERENT, LEVEL_NEAR, LEVEL_EXACT };
static const double LAMBDA = 0.002, PAIRS = 1e6;

/* Expected counts of all 81 patterns in a population of PAIRS pairs. */
static void simulate(struct patterns *patterns, struct background *background)
{
	*background = (struct background){ .sampled = PAIRS, .total = PAIRS };
	for (unsigned p = 0; p < 81; p++) {
		double match = LAMBDA, other = 1 - LAMBDA;
		uint64_t pattern = 0;

		for (unsigned i = 0, rest = p; i < FIELDS; i++, rest /= 3) {
			match *= m_known[i][rest % 3];
			other *= u_known[i][rest % 3];
			pattern |= (uint64_t)levels[rest % 3] << 3 * i;
		}
		patterns_add(patterns, pattern, PAIRS * (match + other));
	}
	for (unsigned i = 0; i < FIELDS; i++)
		for (unsigned l = 0; l < 3; l++)
			background->share[i][levels[l]] = LAMBDA * m_known[i][l] + (1 - LAMBDA) * u_known[i][l];
}

static void em_finds_the_m_and_u_that_made_the_pairs(void **state)
{
	struct field all[FIELDS] = { { .column = 0 } };
	struct fields fields = { .all = all, .count = FIELDS };
	struct patterns patterns;
	struct background background;
	struct model model;

	(void)state;
	patterns_init(&patterns);
	for (unsigned i = 0; i < FIELDS; i++)
		all[i].filled = 1414;
	simulate(&patterns, &background);
	model_fit(&model, &fields, &patterns, &background, 1414);
	/* Pairs that could not be matches at the outset are left out of learning, so a few are missing. */
	assert_true(fabs(model.lambda / LAMBDA - 1) < 0.08);
	for (unsigned i = 0; i < FIELDS; i++)
		for (unsigned l = 0; l < 3; l++) {
			assert_true(fabs(model.m[i][levels[l]] - m_known[i][l]) < 0.03);
			assert_true(fabs(model.u[i][levels[l]] - u_known[i][l]) < 0.01);
		}
	patterns_release(&patterns);
}

static void patterns_add_up(void **state)
{
	struct patterns patterns;
	double sum = 0;

	(void)state;
	patterns_init(&patterns);
	for (uint64_t i = 0; i < 20000; i++)
		patterns_add(&patterns, i % 5000, 0.5);
	assert_int_equal(patterns.count, 5000);
	for (size_t i = 0; i <= patterns.mask; i++)
		sum += patterns.pairs[i];
	assert_true(fabs(sum - 10000) < 1e-6);
	patterns_release(&patterns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(em_finds_the_m_and_u_that_made_the_pairs),
		cmocka_unit_test(patterns_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
