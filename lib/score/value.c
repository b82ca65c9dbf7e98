#include "score/value.h"

#include <stdlib.h>

#include "base/memory.h"
#include "clean/money.h"

/* "10000,2000" */
static bool read_amounts(struct value_options *options, struct slice text)
{
	struct money a, b;

	if (money_parse(slice_cut(&text, ','), 1, &a) != MONEY_OK || money_parse(text, 1, &b) != MONEY_OK || b.value <= 0 ||
	    a.value < b.value)
		return false;
	options->a = a.value;
	options->b = b.value;
	return true;
}

int value_read_tiers(struct value_options *options, const char *tiers, uint64_t a, uint64_t b, struct diag *diag)
{
	bool by_share = !tiers || strcmp(tiers, "share") == 0, by_quantile = tiers && strcmp(tiers, "quantile") == 0;

	options->tiers = by_share ? TIERS_BY_SHARE : by_quantile ? TIERS_BY_QUANTILE : TIERS_BY_AMOUNT;
	if (!by_share && !by_quantile) {
		if (!read_amounts(options, slice_of(tiers)))
			return diag_fail(diag, STATUS_USAGE, NULL, NULL,
					 "--tiers %s: not share, quantile or two amounts A,B such as 10000,2000", tiers);
		if (a || b)
			return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--tier-a and --tier-b are percent: they do not go with --tiers A,B");
		return 0;
	}
	options->a = (int64_t)(a ? a : by_share ? 80 : 20);
	options->b = (int64_t)(b ? b : by_share ? 95 : 50);
	if (options->a > options->b)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--tier-a is more than --tier-b");
	return 0;
}

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

static int add_order(struct value *value, const struct order *order, int32_t since, int32_t before)
{
	if (order->is_purchase && order->amount > value->largest)
		value->largest = order->amount;
	if (order->day <= before)
		return 0;
	if (order->day <= since)
		return __builtin_add_overflow(value->amount_before, order->amount, &value->amount_before);
	value->orders_12m += order->is_purchase;
	return __builtin_add_overflow(value->amount_12m, order->amount, &value->amount_12m) ||
	       __builtin_add_overflow(value->profit_12m, order->profit, &value->profit_12m);
}

int value_make(struct value *value, const struct account *account, const struct line *lines, size_t count, int32_t since,
	       int32_t before, struct diag *diag)
{
	*value = (struct value){ .largest = INT64_MIN };
	for (size_t i = 0; i < account->count; i++)
		if (add_order(value, &account->orders[i], since, before))
			return account_fail_overflow(account, diag);
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

/* `before`: what those before him have brought, `place`: how many they are. */
static char tier_of(const struct value_rank *rank, __int128 before, size_t place, __int128 total, size_t count,
		    const struct value_options *options)
{
	if (rank->monetary <= 0)
		return 'C';
	if (options->tiers == TIERS_BY_AMOUNT)
		return rank->monetary >= options->a ? 'A' : rank->monetary >= options->b ? 'B' : 'C';
	if (options->tiers == TIERS_BY_QUANTILE) {
		before = (__int128)place;
		total = (__int128)count;
	}
	return before * 100 < total * options->a ? 'A' : before * 100 < total * options->b ? 'B' : 'C';
}

void value_tiers(struct value *values, struct value_rank *ranks, size_t count, const struct value_options *options)
{
	__int128 total = 0, before = 0;

	if (count)
		qsort(ranks, count, sizeof *ranks, compare_ranks);
	for (size_t i = 0; i < count; i++)
		total += ranks[i].monetary > 0 ? ranks[i].monetary : 0;
	for (size_t i = 0, equals; i < count; i += equals) {
		char tier = tier_of(&ranks[i], before, i, total, count, options);

		for (equals = 0; i + equals < count && ranks[i + equals].monetary == ranks[i].monetary; equals++)
			before += ranks[i].monetary;
		for (size_t j = i; j < i + equals; j++) {
			values[ranks[j].customer].tier = tier;
			values[ranks[j].customer].cumulative = (double)before;
		}
	}
}

static int compare_amounts(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void value_mark(struct value *values, const struct value_rank *ranks, size_t count, const struct value_options *options)
{
	int64_t *largest = memory_get(count, sizeof *largest);
	size_t n = 0, place, rest;
	__int128 limit;            /* times 100 */

	for (size_t i = 0; i < count; i++)
		largest[n++] = values[ranks[i].customer].largest;
	if (n)
		qsort(largest, n, sizeof *largest, compare_amounts);
	place = n ? (n - 1) * options->one_off_over / 100 : 0;
	rest = n ? (n - 1) * options->one_off_over % 100 : 0;
	limit = n ? (__int128)largest[place] * 100 + (rest ? ((__int128)largest[place + 1] - largest[place]) * (int64_t)rest : 0) : 0;
	for (size_t i = 0; i < count; i++) {
		struct value *value = &values[ranks[i].customer];
		__int128 amount = (__int128)value->largest * 100;

		value->one_off = ranks[i].monetary > 0 && amount > limit && amount >= (__int128)ranks[i].monetary * options->one_off_share;
	}
	free(largest);
}
