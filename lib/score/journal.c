#include "score/journal.h"

#include <stdlib.h>

#include "base/memory.h"

void journal_init(struct journal *journal, size_t customers, uint64_t purchases, bool has_categories)
{
	*journal = (struct journal){
		.customers = customers, .room = purchases,
		.days = memory_get(purchases, sizeof *journal->days), .amounts = memory_get(purchases, sizeof *journal->amounts),
		.purchases_of = memory_zero(customers, sizeof *journal->purchases_of),
		.happenings_of = memory_zero(customers, sizeof *journal->happenings_of),
		.categories = has_categories ? memory_zero(purchases, sizeof *journal->categories) : NULL,
	};
}

void journal_release(struct journal *journal)
{
	free(journal->days);
	free(journal->amounts);
	free(journal->categories);
	free(journal->purchases_of);
	free(journal->happenings);
	free(journal->happenings_of);
}

static size_t purchases_until(const struct journal *journal, uint32_t customer, int32_t day);

static void note_categories(struct journal *journal, uint32_t customer, const struct line *lines, size_t count)
{
	const struct stretch *stretch = &journal->purchases_of[customer];

	for (size_t i = 0; i < count; i++) {
		size_t n = purchases_until(journal, customer, lines[i].day);
		uint64_t at = stretch->first + n - 1;

		if (n && lines[i].category && !lines[i].flags && journal->days[at] == lines[i].day)
			journal->categories[at] |= UINT64_C(1) << (lines[i].category - 1) % JOURNAL_CATEGORIES;
	}
}

void journal_note(struct journal *journal, uint32_t customer, const struct account *account, const struct line *lines,
		  size_t line_count)
{
	struct stretch *stretch = &journal->purchases_of[customer];
	uint64_t at;

	for (size_t i = 0; i < account->count; i++)
		stretch->count += account->orders[i].is_purchase;
	/* where a customer's stretch lies depends on the threads, what is in it does not */
	stretch->first = at = __atomic_fetch_add(&journal->used, stretch->count, __ATOMIC_RELAXED);
	for (size_t i = 0; i < account->count; i++) {
		if (!account->orders[i].is_purchase)
			continue;
		journal->days[at] = account->orders[i].day;
		journal->amounts[at++] = account->orders[i].amount;
	}
	if (journal->categories)
		note_categories(journal, customer, lines, line_count);
}

void journal_add(struct journal *journal, uint32_t customer, int32_t day, enum happening_kind kind)
{
	journal->happenings = memory_grow(journal->happenings, &journal->happening_capacity, journal->happening_count + 1,
					  sizeof *journal->happenings);
	journal->happenings[journal->happening_count++] = (struct happening){ customer, day, kind };
}

static int compare_happenings(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

void journal_seal(struct journal *journal)
{
	if (journal->happening_count)
		qsort(journal->happenings, journal->happening_count, sizeof *journal->happenings, compare_happenings);
	for (size_t i = 0; i < journal->happening_count; i++) {
		struct stretch *stretch = &journal->happenings_of[journal->happenings[i].customer];

		stretch->first = stretch->count ? stretch->first : i;
		stretch->count++;
	}
}

/* How many of the purchases lie on `day` or before. */
static size_t purchases_until(const struct journal *journal, uint32_t customer, int32_t day)
{
	const struct stretch *stretch = &journal->purchases_of[customer];
	const int32_t *days = journal->days + stretch->first;
	size_t low = 0, high = stretch->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (days[middle] <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct view journal_view(const struct journal *journal, uint32_t customer, int32_t day)
{
	const struct stretch *purchases = &journal->purchases_of[customer], *happenings = &journal->happenings_of[customer];
	struct view view = {
		.day = day, .days = journal->days + purchases->first, .amounts = journal->amounts + purchases->first,
		.categories = journal->categories ? journal->categories + purchases->first : NULL,
		.count = purchases_until(journal, customer, day),
	};

	if (happenings->count)
		view.happenings = journal->happenings + happenings->first;
	while (view.happening_count < happenings->count && view.happenings[view.happening_count].day <= day)
		view.happening_count++;
	return view;
}

bool journal_has_bought(const struct journal *journal, uint32_t customer, int32_t day)
{
	const struct stretch *stretch = &journal->purchases_of[customer];

	return stretch->count && journal->days[stretch->first] <= day;
}

size_t journal_buyers(const struct journal *journal, int32_t day)
{
	size_t count = 0;

	for (size_t i = 0; i < journal->customers; i++)
		count += journal_has_bought(journal, (uint32_t)i, day);
	return count;
}

bool journal_buys_within(const struct journal *journal, uint32_t customer, int32_t day, uint32_t horizon)
{
	const struct stretch *stretch = &journal->purchases_of[customer];
	size_t next = purchases_until(journal, customer, day);

	return next < stretch->count && journal->days[stretch->first + next] <= (int64_t)day + horizon;
}

double journal_complaint_rate(const struct journal *journal, int32_t day)
{
	int32_t first = INT32_MAX;
	uint64_t complaints = 0, known = 0;

	for (size_t i = 0; i < journal->happening_count; i++) {
		const struct happening *happening = &journal->happenings[i];

		if (happening->day > day || happening->kind > HAPPENING_COMPLAINT)
			continue;
		first = happening->day < first ? happening->day : first;
		complaints += happening->kind == HAPPENING_COMPLAINT;
	}
	if (complaints == 0)
		return 0;
	for (size_t i = 0; i < journal->customers; i++) {
		struct view view = journal_view(journal, (uint32_t)i, day);

		known += view.count || view.happening_count;
	}
	return (double)complaints / ((double)day - first + 1) / (double)known;
}
