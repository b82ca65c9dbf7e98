#include "score/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/memory.h"
#include "io/vast.h"

/* All but a few customers are of one partition, so that it is large. */
enum { BUYERS = 60, PURCHASES_MOST = 3000, EVENTS = 40000, CUSTOMERS = LINES_PARTITIONS * LINES_TOGETHER, DAYS = 9000 };

struct buyer {
	uint32_t customer;
	struct order orders[PURCHASES_MOST + 1];   /* and a return, which is none */
	uint64_t categories[PURCHASES_MOST];
	size_t count;
	int32_t events[DAYS];                      /* complaints, by day */
};

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static int64_t draw_amount(uint32_t *seed, int how)
{
	switch (how % 4) {
	case 0: return draw(seed) % 100000 * 100;
	case 1: return (int64_t)draw(seed) * draw(seed) * (draw(seed) % 2 ? 1 : -1);
	case 2: return draw(seed) % 2 ? INT64_MAX : INT64_MIN;
	default: return 0;
	}
}

/* Days rise by 1 to 3, now and then by more; the i-th has so many purchases that there are some with few. */
static void fill(struct buyer *buyer, int number, uint32_t *seed)
{
	int32_t day = (int32_t)(draw(seed) % 50);

	buyer->customer = lines_customer(number < 8 ? (size_t)number : 0, (size_t)number);
	buyer->count = number < 6 ? (size_t)number : draw(seed) % PURCHASES_MOST;
	for (size_t k = 0; k < buyer->count; k++) {
		day += 1 + (int32_t)(draw(seed) % 3) + (draw(seed) % 100 == 0 ? 200 : 0);
		buyer->orders[k] = (struct order){ .day = day, .is_purchase = true, .amount = draw_amount(seed, number) };
		buyer->categories[k] = draw(seed) % 3 == 0 ? 0 : UINT64_C(1) << draw(seed) % 64;
		buyer->categories[k] |= draw(seed) % 5 == 0 ? UINT64_C(1) << draw(seed) % 64 : 0;
	}
	buyer->orders[buyer->count] = (struct order){ .day = day, .amount = -5 };
}

static void note(struct journal *journal, const struct buyer *buyer)
{
	struct line *lines = memory_get(2 * PURCHASES_MOST, sizeof *lines);
	struct account account = { .orders = memory_get(PURCHASES_MOST + 1, sizeof *account.orders), .count = buyer->count + 1 };
	size_t n = 0;

	for (size_t k = buyer->count; k-- > 0;)
		for (uint64_t rest = buyer->categories[k]; rest; rest &= rest - 1)
			lines[n++] = (struct line){ .day = buyer->orders[k].day, .category = (uint16_t)(__builtin_ctzll(rest) + 1) };
	memcpy(account.orders, buyer->orders, sizeof buyer->orders);
	journal_note(journal, buyer->customer, &account, lines, n);
	free(account.orders);
	free(lines);
}

static void check_view(const struct journal *journal, const struct buyer *buyer, int32_t day, struct page *page)
{
	struct view view = journal_view(journal, buyer->customer, day, page);
	size_t count = 0, happenings = 0;
	int32_t last, next;

	for (; count < buyer->count && buyer->orders[count].day <= day; count++) {
		assert_int_equal(view.days[count], buyer->orders[count].day);
		assert_int_equal(view.categories[count], buyer->categories[count]);
		if (buyer->count >= JOURNAL_LEAST_AMOUNTS)
			assert_true(view.amounts[count] == buyer->orders[count].amount);
	}
	assert_int_equal(view.count, count);
	for (int32_t d = 0; d < DAYS && d <= day; d++)
		for (int32_t k = 0; k < buyer->events[d]; k++, happenings++) {
			assert_true(happenings < view.happening_count);
			assert_int_equal(view.happenings[happenings].day, d);
			assert_int_equal(view.happenings[happenings].kind, HAPPENING_COMPLAINT);
		}
	assert_int_equal(view.happening_count, happenings);
	assert_int_equal(journal_purchases(journal, buyer->customer, day, &last, &next), count);
	assert_int_equal(last, count ? buyer->orders[count - 1].day : CIVIL_NONE);
	assert_int_equal(next, count < buyer->count ? buyer->orders[count].day : CIVIL_NONE);
}

static void check_counts(const struct journal *journal, const struct buyer *buyers, int32_t day)
{
	size_t bought = 0, complaints = 0, known = 0;
	int32_t first = INT32_MAX;

	for (int i = 0; i < BUYERS; i++) {
		bool is_known = buyers[i].count && buyers[i].orders[0].day <= day;

		bought += is_known;
		for (int32_t d = 0; d < DAYS && d <= day; d++) {
			is_known |= buyers[i].events[d] > 0;
			complaints += (size_t)buyers[i].events[d];
			first = buyers[i].events[d] && d < first ? d : first;
		}
		known += is_known;
	}
	assert_int_equal(journal_buyers(journal, day), bought);
	assert_true(journal_complaint_rate(journal, day) == (complaints ? (double)complaints / ((double)day - first + 1) / (double)known : 0));
}

static void what_was_noted_is_seen_by_day(void **state)
{
	static const size_t memories[] = { 0, 1, 1 << 23 };
	struct buyer *buyers = memory_zero(BUYERS, sizeof *buyers);
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < BUYERS; i++)
		fill(&buyers[i], i, &seed);
	for (int k = 0; k < EVENTS; k++)
		buyers[BUYERS - 1 - (k % 4 ? k % 50 : 0)].events[draw(&seed) % DAYS]++;
	for (size_t m = 0; m < sizeof memories / sizeof *memories; m++) {
		struct journal journal;
		struct page page = { 0 };
		struct diag diag;

		diag_init(&diag);
		journal_init(&journal, CUSTOMERS, &(struct journal_options){ memories[m], NULL, true, true });
		for (int32_t d = DAYS; d-- > 0;)
			for (int i = 0; i < BUYERS; i++)
				for (int32_t k = 0; k < buyers[i].events[d]; k++)
					journal_add(&journal, buyers[i].customer, d, HAPPENING_COMPLAINT);
		for (int i = BUYERS; i-- > 0;)
			note(&journal, &buyers[i]);
		assert_int_equal(journal_seal(&journal, 3, &diag), 0);
		assert_int_equal(journal.vast && vast_filed(journal.vast) > 200000, memories[m] == 1);
		for (int32_t day = -1; day < 2 * DAYS; day += 377) {
			check_counts(&journal, buyers, day);
			for (int i = 0; i < BUYERS; i++)
				check_view(&journal, &buyers[i], day, &page);
		}
		page_release(&page);
		journal_release(&journal);
		diag_release(&diag);
	}
	free(buyers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_noted_is_seen_by_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
