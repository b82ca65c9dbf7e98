#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "score/account.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { LINES_MOST = 6 };

struct given {
	const char *name;
	struct account_options options;
	struct line lines[LINES_MOST];   /* day 0 ends them */
	struct order expected[LINES_MOST];
	struct account_counts counts;
};

static const struct given table[] = {
	{ "rows without an id are orders of their own, by day", { 0 },
	  { { .day = 9, .amount = 5 }, { .day = 3, .amount = 7 }, { .day = 3, .amount = 7 } },
	  { { 3, true, 7, 0 }, { 3, true, 7, 0 }, { 9, true, 5, 0 } }, { .purchases = 3 } },
	{ "rows of one id are one order on its first day", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 }, { .day = 8, .amount = 7, .order = 1, .row = 2 } },
	  { { 8, true, 12, 0 } }, { .purchases = 1 } },
	{ "a row repeated exactly is left out", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 }, { .day = 9, .amount = 5, .order = 1, .row = 1 } },
	  { { 9, true, 5, 0 } }, { .purchases = 1, .duplicates = 1 } },
	{ "unless duplicates are kept", { .keep_duplicates = true },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 }, { .day = 9, .amount = 5, .order = 1, .row = 1 } },
	  { { 9, true, 10, 0 } }, { .purchases = 1 } },
	{ "a return nets off within its order", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 },
	    { .day = 12, .amount = -2, .order = 1, .row = 2, .flags = LINE_RETURN } },
	  { { 9, true, 3, 0 } }, { .purchases = 1, .returns = 1 } },
	{ "an order that came back is no purchase", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 },
	    { .day = 12, .amount = -5, .order = 1, .row = 2, .flags = LINE_RETURN } },
	  { { 9, false, 0, 0 } }, { .returns = 1, .refunded = 1 } },
	{ "a return alone counts into the amount only", { 0 },
	  { { .day = 9, .amount = 5 }, { .day = 12, .amount = -2, .flags = LINE_RETURN } },
	  { { 9, true, 5, 0 }, { 12, false, -2, 0 } }, { .purchases = 1, .returns = 1 } },
	{ "a gift is a purchase", { 0 }, { { .day = 9 } }, { { 9, true, 0, 0 } }, { .purchases = 1 } },
	{ "unless zeros are dropped", { .drop_zeros = true }, { { .day = 9 } }, { { 9, false, 0, 0 } }, { 0 } },
	{ "a void row is as if it had not been", { 0 },
	  { { .day = 9, .amount = 5, .flags = LINE_VOID }, { .day = 10, .amount = 1 } },
	  { { 10, true, 1, 0 } }, { .purchases = 1, .voids = 1 } },
	{ "the last file that has an order counts", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 }, { .day = 9, .amount = 4, .order = 1, .row = 2, .file = 1 } },
	  { { 9, true, 4, 0 } }, { .purchases = 1, .superseded = 1 } },
	{ "even when it cancels the order", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 },
	    { .day = 9, .amount = 5, .order = 1, .row = 2, .file = 1, .flags = LINE_VOID } },
	  { { 0 } }, { .superseded = 1, .voids = 1 } },
	{ "a return that several files have is one also where duplicates are kept", { .keep_duplicates = true },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1, .file = 1 },
	    { .day = 11, .amount = -1, .order = 1, .row = 2, .file = 1, .flags = LINE_RETURN },
	    { .day = 11, .amount = -1, .order = 1, .row = 2, .flags = LINE_RETURN } },
	  { { 9, true, 4, 0 } }, { .purchases = 1, .returns = 1, .superseded = 1 } },
	{ "a return that several files have, written differently, is one", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1, .file = 1 },
	    { .day = 11, .amount = -1, .order = 1, .row = 2, .file = 1, .flags = LINE_RETURN },
	    { .day = 11, .amount = -1, .order = 1, .row = 3, .file = 2, .flags = LINE_RETURN },
	    { .day = 11, .amount = -1, .order = 1, .row = 4, .file = 2, .flags = LINE_RETURN },
	    { .day = 12, .amount = -1, .order = 1, .row = 5, .file = 1, .flags = LINE_RETURN } },
	  { { 9, true, 2, 0 } }, { .purchases = 1, .returns = 3, .superseded = 1 } },
	{ "but a file of returns leaves the purchase of an earlier one", { 0 },
	  { { .day = 9, .amount = 5, .order = 1, .row = 1 },
	    { .day = 11, .amount = -1, .order = 1, .row = 2, .file = 1, .flags = LINE_RETURN } },
	  { { 9, true, 4, 0 } }, { .purchases = 1, .returns = 1 } },
	{ "purchases of a day are merged on request, returns are not", { .merge_days = true },
	  { { .day = 9, .amount = 5, .order = 1 }, { .day = 9, .amount = -1, .order = 3, .flags = LINE_RETURN },
	    { .day = 9, .amount = 6, .order = 2 } },
	  { { 9, true, 11, 0 }, { 9, false, -1, 0 } }, { .purchases = 1, .returns = 1 } },
};

static void check(const struct given *given)
{
	struct line lines[LINES_MOST];
	struct account account;
	struct diag diag;
	size_t count = 0, expected = 0;

	diag_init(&diag);
	account_init(&account);
	while (count < LINES_MOST && given->lines[count].day)
		count++;
	while (expected < LINES_MOST && given->expected[expected].day)
		expected++;
	memcpy(lines, given->lines, sizeof lines);
	assert_int_equal(account_make(&account, lines, count, &given->options, &diag), 0);
	assert_int_equal(account.count, expected);
	for (size_t i = 0; i < expected; i++) {
		assert_int_equal(account.orders[i].day, given->expected[i].day);
		assert_int_equal(account.orders[i].is_purchase, given->expected[i].is_purchase);
		assert_int_equal(account.orders[i].amount, given->expected[i].amount);
	}
	assert_memory_equal(&account.counts, &given->counts, sizeof given->counts);
	account_release(&account);
	diag_release(&diag);
}

static void lines_become_orders(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		print_message("# %s\n", table[i].name);
		check(&table[i]);
	}
}

static void amounts_too_large_to_add_are_an_error(void **state)
{
	struct line lines[] = { { .day = 1, .amount = INT64_MAX, .order = 1 }, { .day = 1, .amount = 1, .order = 1, .row = 2 } };
	static const struct account_options options = { 0 };
	struct account account;
	struct keys keys;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	keys_init(&keys);
	account_init(&account);
	account.keys = &keys;
	account.customer = keys_add(&keys, SLICE("K1"), keys_hash(&keys, SLICE("K1")));
	assert_int_equal(account_make(&account, lines, 2, &options, &diag), -1);
	assert_int_equal(diag.status, STATUS_INPUT);
	assert_non_null(strstr(diag.error, "K1"));
	account_release(&account);
	keys_release(&keys);
	diag_release(&diag);
}

/* Rows that look the same in two files, returns, voids, and orders of their own: whatever the order of coming, the account is the same. */
static void the_order_of_lines_does_not_matter(void **state)
{
	static const struct account_options options = { 0 };
	struct line first[60], lines[60];
	struct account one, other;
	struct diag diag;
	uint32_t seed = 1;

	(void)state;
	diag_init(&diag);
	account_init(&one);
	for (uint32_t i = 0; i < COUNT(first); i++)
		first[i] = (struct line){ .day = (int32_t)(i / 22 % 2), .amount = i % 7 ? 10 : -10, .order = i % 11, .row = i % 11 ? 1 + i % 2 : 0,
					  .file = i % 2, .flags = (uint8_t)(i % 7 == 0 ? LINE_RETURN : i % 13 == 0 ? LINE_VOID : 0) };
	memcpy(lines, first, sizeof lines);
	assert_int_equal(account_make(&one, lines, COUNT(lines), &options, &diag), 0);
	for (int times = 0; times < 200; times++) {
		memcpy(lines, first, sizeof lines);
		for (size_t i = COUNT(lines); i-- > 1;) {
			struct line line = lines[i];
			size_t j = (seed = seed * 1664525 + 1013904223) >> 8;

			lines[i] = lines[j % (i + 1)];
			lines[j % (i + 1)] = line;
		}
		account_init(&other);
		assert_int_equal(account_make(&other, lines, COUNT(lines), &options, &diag), 0);
		assert_int_equal(other.count, one.count);
		for (size_t i = 0; i < one.count; i++)
			assert_true(one.orders[i].day == other.orders[i].day && one.orders[i].amount == other.orders[i].amount &&
				    one.orders[i].is_purchase == other.orders[i].is_purchase);
		assert_memory_equal(&one.counts, &other.counts, sizeof one.counts);
		account_release(&other);
	}
	account_release(&one);
	diag_release(&diag);
}

/* Sorting has two ways, for few lines and for many: both must agree with the sum. */
static void many_lines_are_all_counted(void **state)
{
	static struct line lines[1000];
	static const struct account_options options = { 0 };
	struct account account;
	struct diag diag;
	int64_t sum = 0;

	(void)state;
	diag_init(&diag);
	account_init(&account);
	for (uint32_t i = 0; i < COUNT(lines); i++)
		lines[i] = (struct line){ .day = (int32_t)(i * 7919 % 500) + 1, .amount = i, .order = i % 100 + 1, .row = i & 0xffffff };
	assert_int_equal(account_make(&account, lines, COUNT(lines), &options, &diag), 0);
	assert_int_equal(account.count, 100);
	for (size_t i = 0; i < account.count; i++) {
		sum += account.orders[i].amount;
		assert_true(i == 0 || account.orders[i - 1].day <= account.orders[i].day);
	}
	assert_int_equal(sum, 999 * 1000 / 2);
	account_release(&account);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_orders),
		cmocka_unit_test(amounts_too_large_to_add_are_an_error),
		cmocka_unit_test(the_order_of_lines_does_not_matter),
		cmocka_unit_test(many_lines_are_all_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
