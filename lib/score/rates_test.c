#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/civil.h"
#include "score/rates.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void a_rate_holds_from_its_day_on(void **state)
{
	struct rate items[] = {
		{ 2, CIVIL_NONE, 20 }, { 3, 10, 30 }, { 3, 20, 31 }, { 3, 30, 32 }, { 5, CIVIL_NONE, 50 }, { 5, 7, 51 },
	};
	const struct rates rates = { .items = items, .count = COUNT(items) };
	static const struct { uint32_t currency; int32_t day; int64_t rate; } table[] = {
		{ 1, 10, 0 }, { 2, -9, 20 }, { 2, 99, 20 }, { 3, 9, 30 }, { 3, 10, 30 }, { 3, 19, 30 }, { 3, 20, 31 }, { 3, 29, 31 },
		{ 3, 30, 32 }, { 3, 999, 32 }, { 4, 20, 0 }, { 5, 6, 50 }, { 5, 7, 51 }, { 6, 7, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(rates_find(&rates, table[i].currency, table[i].day), table[i].rate);
	assert_int_equal(rates_find(&(struct rates){ 0 }, 1, 1), 0);
}

static void amounts_are_converted_exactly(void **state)
{
	static const struct { int64_t rate, amount, expected; } table[] = {
		{ RATE_ONE, 123456789012345678, 123456789012345678 },
		{ RATE_ONE / 2, 5, 3 }, { RATE_ONE / 2, -5, -3 },            /* half away from zero */
		{ 71234567891, 90071992547409931, 641623946819611877 },      /* 7.1234567891, beyond what a double holds */
		{ 1, 4999999999, 0 }, { 1, 5000000000, 1 },
	};
	int64_t amount = INT64_MAX / 2;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		int64_t value = table[i].amount;

		assert_true(rates_apply(table[i].rate, &value));
		assert_int_equal(value, table[i].expected);
	}
	assert_false(rates_apply(3 * RATE_ONE, &amount));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rate_holds_from_its_day_on),
		cmocka_unit_test(amounts_are_converted_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
