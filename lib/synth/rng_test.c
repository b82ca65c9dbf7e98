#include "synth/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

static void splitmix64_gives_the_published_numbers(void **state)
{
	static const uint64_t expected[] = { UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
					     UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
					     UINT64_C(16408922859458223821) };
	uint64_t at = 1234567;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_true(rng_split(&at) == expected[i]);
}

static void xoshiro256_gives_the_published_numbers(void **state)
{
	static const uint64_t expected[] = { 11520,
					     0,
					     1509978240,
					     UINT64_C(1215971899390074240),
					     UINT64_C(1216172134540287360),
					     UINT64_C(607988272756665600),
					     UINT64_C(16172922978634559625),
					     UINT64_C(8476171486693032832),
					     UINT64_C(10595114339597558777),
					     UINT64_C(2904607092377533576) };
	struct rng rng = { { 1, 2, 3, 4 } };

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(rng_next(&rng) == expected[i]);
}

static void streams_of_other_topics_and_numbers_differ(void **state)
{
	struct rng a, b, c, d;
	uint64_t first;

	(void)state;
	rng_init(&a, 7, 1, 2);
	rng_init(&b, 7, 2, 1);
	rng_init(&c, 7, 1, 3);
	rng_init(&d, 8, 1, 2);
	first = rng_next(&a);
	assert_true(first != rng_next(&b) && first != rng_next(&c) && first != rng_next(&d));
}

static void logarithm_and_exponential_agree_with_libm(void **state)
{
	struct rng rng;

	(void)state;
	rng_init(&rng, 1, 1, 1);
	for (int i = 0; i < DRAWS; i++) {
		double x = rng_unit(&rng) * (i % 2 ? 1 : 1e6), y = (rng_unit(&rng) - .5) * 1400;

		assert_true(fabs(rng_log(x) - log(x)) <= 4e-15 * fmax(1, fabs(log(x))));
		assert_true(fabs(rng_exp(y) / exp(y) - 1) < 4e-15);
	}
}

static void below_is_even_over_its_range(void **state)
{
	size_t seen[10] = { 0 };
	double chi = 0;
	struct rng rng;

	(void)state;
	rng_init(&rng, 2, 1, 1);
	for (int i = 0; i < DRAWS; i++)
		seen[rng_below(&rng, 10)]++;
	for (int i = 0; i < 10; i++)
		chi += ((double)seen[i] - DRAWS / 10.0) * ((double)seen[i] - DRAWS / 10.0) / (DRAWS / 10.0);
	assert_true(chi < 27.9); /* 9 degrees of freedom, 0.001 */
}

static void between_reaches_both_ends(void **state)
{
	bool low = false, high = false;
	struct rng rng;

	(void)state;
	rng_init(&rng, 3, 1, 1);
	for (int i = 0; i < 1000; i++) {
		int64_t x = rng_between(&rng, -2, 3);

		assert_true(x >= -2 && x <= 3);
		low |= x == -2;
		high |= x == 3;
	}
	assert_true(low && high);
}

/* What each distribution should have for mean and variance. */
static double draw_normal(struct rng *rng) { return rng_normal(rng); }
static double draw_exponential(struct rng *rng) { return rng_exponential(rng); }
static double draw_gamma_half(struct rng *rng) { return rng_gamma(rng, .25); }
static double draw_gamma(struct rng *rng) { return rng_gamma(rng, 6.25); }
static double draw_beta(struct rng *rng) { return rng_beta(rng, .8, 3); }
static double draw_poisson(struct rng *rng) { return rng_poisson(rng, 1.2); }
static double draw_unit(struct rng *rng) { return rng_unit(rng); }

static void moments_are_those_of_the_distributions(void **state)
{
	static const struct {
		double (*draw)(struct rng *rng);
		double mean, variance;
	} cases[] = {
		{ draw_normal, 0, 1 },
		{ draw_exponential, 1, 1 },
		{ draw_gamma_half, .25, .25 },
		{ draw_gamma, 6.25, 6.25 },
		{ draw_beta, .8 / 3.8, .8 * 3 / (3.8 * 3.8 * 4.8) },
		{ draw_poisson, 1.2, 1.2 },
		{ draw_unit, .5, 1 / 12.0 },
	};
	struct rng rng;

	(void)state;
	rng_init(&rng, 4, 1, 1);
	for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
		double sum = 0, squares = 0, mean;

		for (int i = 0; i < DRAWS; i++) {
			double x = cases[k].draw(&rng);

			sum += x;
			squares += x * x;
		}
		mean = sum / DRAWS;
		assert_true(fabs(mean - cases[k].mean) < 4 * sqrt(cases[k].variance / DRAWS));
		assert_true(fabs((squares / DRAWS - mean * mean) / cases[k].variance - 1) < .03);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splitmix64_gives_the_published_numbers),
		cmocka_unit_test(xoshiro256_gives_the_published_numbers),
		cmocka_unit_test(streams_of_other_topics_and_numbers_differ),
		cmocka_unit_test(logarithm_and_exponential_agree_with_libm),
		cmocka_unit_test(below_is_even_over_its_range),
		cmocka_unit_test(between_reaches_both_ends),
		cmocka_unit_test(moments_are_those_of_the_distributions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
