#include "synth/purchase.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CUSTOMERS = 200000 };

/* Mean of repeat purchases within `weeks` of the first, and share of customers who left, over many customers. */
static double mean_repeats(const double bg[4], int weeks, double *left)
{
	struct world world = { .seed = 11, .buyers = 1, .as_of = 20000, .start = 0 };
	struct history h = { 0 };
	double sum = 0;

	memcpy(world.bg, bg, sizeof world.bg);
	*left = 0;
	for (uint32_t i = 0; i < CUSTOMERS; i++) {
		struct entity e = { .number = i, .joined = world.as_of - 7 * weeks + 1 };

		history_draw(&world, &e, &h);
		sum += (double)h.count - 1;
		*left += h.left != CIVIL_NONE;
	}
	history_release(&h);
	*left /= CUSTOMERS;
	return sum / CUSTOMERS;
}

/* E[X(t)] of BG/NBD with the parameters of the CDNOW sample (Fader, Hardie, Lee 2005). */
static void repeat_purchases_have_the_mean_of_bg_nbd(void **state)
{
	static const double bg[4] = { .2425945, 4.4136019, .7929199, 2.4258881 };
	static const struct {
		int weeks;
		double mean;
	} cases[] = { { 1, .0532 }, { 3, .1506 }, { 32, 1.0437 }, { 78, 1.8576 } };
	double left;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_true(fabs(mean_repeats(bg, cases[i].weeks, &left) / cases[i].mean - 1) < .04);
}

/* With p all but 1 everybody leaves after one repeat purchase, and with p all but 0 nobody. */
static void customers_leave_after_repeat_purchases_with_probability_p(void **state)
{
	static const double sure[4] = { 2, 1, 1000, .001 }, never[4] = { 2, 1, .001, 1000 };
	double left;

	(void)state;
	assert_true(mean_repeats(sure, 50, &left) <= 1 && left > .99);
	mean_repeats(never, 2, &left);
	assert_true(left < .001);
}

static void who_left_did_so_on_the_day_of_the_last_purchase(void **state)
{
	struct world world = { .seed = 5, .buyers = 1, .as_of = 20000, .bg = { .55, 5, .8, 3 } };
	struct history h = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		struct entity e = { .number = i, .joined = 19000 };

		history_draw(&world, &e, &h);
		assert_int_equal(h.days[0], e.joined);
		assert_true(h.days[h.count - 1] <= world.as_of);
		assert_true(h.left == CIVIL_NONE || (h.count > 1 && h.left == h.days[h.count - 1]));
		for (size_t k = 1; k < h.count; k++)
			assert_true(h.days[k] >= h.days[k - 1]);
	}
	history_release(&h);
}

static void one_who_does_not_buy_has_no_days(void **state)
{
	struct world world = { .seed = 5, .buyers = 0, .as_of = 20000, .bg = { .55, 5, .8, 3 } };
	struct entity e = { .joined = 19000 };
	struct history h = { 0 };

	(void)state;
	history_draw(&world, &e, &h);
	assert_false(h.buys);
	assert_int_equal(h.count, 0);
	history_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeat_purchases_have_the_mean_of_bg_nbd),
		cmocka_unit_test(customers_leave_after_repeat_purchases_with_probability_p),
		cmocka_unit_test(who_left_did_so_on_the_day_of_the_last_purchase),
		cmocka_unit_test(one_who_does_not_buy_has_no_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
