#include "score/value.h"

#include <stdlib.h>

#include "base/memory.h"

/* What was bought under one name, in the order of first purchase. */
struct tally {
	unsigned name;
	uint32_t rows;
	int64_t amount;
};

enum { TALLIES_ON_STACK = 64 };

static void tally_add(struct tally *tallies, size_t *count, unsigned name, int64_t amount)
{
	size_t i = 0;

	while (i < *count && tallies[i].name != name)
		i++;
	if (i == *count)
		tallies[(*count)++] = (struct tally){ .name = name };
	tallies[i].rows++;
	if (__builtin_add_overflow(tallies[i].amount, amount, &tallies[i].amount))
		tallies[i].amount = amount < 0 ? INT64_MIN : INT64_MAX; /* the sum of all has been checked: only a choice of names */
}

static unsigned tally_top(struct tally *tallies, size_t count)
{
	size_t best = 0;

	for (size_t i = 1; i < count; i++)
		if (tallies[i].amount > tallies[best].amount ||
		    (tallies[i].amount == tallies[best].amount && tallies[i].rows > tallies[best].rows))
			best = i;
	return count ? tallies[best].name : 0;
}

static void add_names(struct value *value, const struct line *lines, size_t count)
{
	struct tally few[2 * TALLIES_ON_STACK];
	struct tally *tallies = count > TALLIES_ON_STACK ? memory_get(2 * count, sizeof *tallies) : few;
	struct tally *categories = tallies, *channels = tallies + (count > TALLIES_ON_STACK ? count : TALLIES_ON_STACK);
	size_t category_count = 0, channel_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (lines[i].flags & LINE_VOID)
			continue;
		if (lines[i].category)
			tally_add(categories, &category_count, lines[i].category, lines[i].amount);
		if (lines[i].channel)
			tally_add(channels, &channel_count, lines[i].channel, lines[i].amount);
	}
	value->categories = (uint32_t)category_count;
	value->top_category = (uint16_t)tally_top(categories, category_count);
	value->top_channel = (uint8_t)tally_top(channels, channel_count);
	if (tallies != few)
		free(tallies);
}

int value_make(struct value *value, const struct account *account, const struct line *lines, size_t count, int32_t since,
	       struct diag *diag)
{
	*value = (struct value){ 0 };
	for (size_t i = 0; i < account->count; i++) {
		const struct order *order = &account->orders[i];

		if (order->day <= since)
			continue;
		value->orders_12m += order->is_purchase;
		if (__builtin_add_overflow(value->amount_12m, order->amount, &value->amount_12m) ||
		    __builtin_add_overflow(value->profit_12m, order->profit, &value->profit_12m))
			return diag_fail(diag, STATUS_INPUT, NULL, "amount-overflow",
					 "the amounts of a customer are too large to add");
	}
	add_names(value, lines, count);
	return 0;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct value_rank *x = a, *y = b;

	if (x->monetary != y->monetary)
		return x->monetary > y->monetary ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

void value_tiers(struct value *values, struct value_rank *ranks, size_t count, unsigned tier_a, unsigned tier_b)
{
	__int128 total = 0, before = 0;

	qsort(ranks, count, sizeof *ranks, compare_ranks);
	for (size_t i = 0; i < count; i++)
		total += ranks[i].monetary > 0 ? ranks[i].monetary : 0;
	for (size_t i = 0; i < count; i++) {
		char tier = before * 100 < total * tier_a ? 'A' : before * 100 < total * tier_b ? 'B' : 'C';

		if (ranks[i].monetary <= 0)
			tier = 'C';
		else if (i > 0 && ranks[i].monetary == ranks[i - 1].monetary)
			tier = values[ranks[i - 1].customer].tier;
		values[ranks[i].customer].tier = tier;
		before += ranks[i].monetary;
	}
}
