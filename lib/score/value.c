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

/* A line that has a name, of a category or a channel. */
struct named {
	unsigned name;
	uint32_t line;
};

enum { NAMED_ON_STACK = 64, FEW = 24 };

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->name != y->name)
		return x->name < y->name ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static void sort_named(struct named *named, size_t count)
{
	if (count > FEW) {
		qsort(named, count, sizeof *named, compare_named);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct named one = named[i];
		size_t j = i;

		for (; j > 0 && compare_named(&one, &named[j - 1]) < 0; j--)
			named[j] = named[j - 1];
		named[j] = one;
	}
}

/*
 * How many different names there are of what was bought; *top is that with the greatest amount, of equal ones that of most lines, then the
 * first. What was only brought back is none of the customer's.
 */
static size_t count_names(struct named *named, size_t count, const struct line *lines, unsigned *top)
{
	size_t names = 0, most = 0;
	int64_t greatest = 0;
	uint32_t first = 0;

	sort_named(named, count);
	for (size_t i = 0, n; i < count; i += n) {
		bool bought = false;
		int64_t amount = 0;

		for (n = 0; i + n < count && named[i + n].name == named[i].name; n++) {
			int64_t one = lines[named[i + n].line].amount;

			bought |= !(lines[named[i + n].line].flags & LINE_RETURN);
			if (__builtin_add_overflow(amount, one, &amount))
				amount = one < 0 ? INT64_MIN : INT64_MAX; /* the sum of all has been checked: only a choice of names */
		}
		if (!bought || (names++ > 0 && (amount < greatest || (amount == greatest && (n < most || (n == most && named[i].line > first))))))
			continue;
		*top = named[i].name;
		greatest = amount;
		most = n;
		first = named[i].line;
	}
	return names;
}

static void add_names(struct value *value, const struct line *lines, size_t count)
{
	struct named few[NAMED_ON_STACK];
	struct named *named = count > NAMED_ON_STACK ? memory_get(count, sizeof *named) : few;
	unsigned category = 0, channel = 0;
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (lines[i].category && !(lines[i].flags & LINE_VOID))
			named[n++] = (struct named){ lines[i].category, (uint32_t)i };
	value->categories = (uint32_t)count_names(named, n, lines, &category);
	n = 0;
	for (size_t i = 0; i < count; i++)
		if (lines[i].channel && !(lines[i].flags & LINE_VOID))
			named[n++] = (struct named){ lines[i].channel, (uint32_t)i };
	count_names(named, n, lines, &channel);
	value->top_category = (uint16_t)category;
	value->top_channel = (uint8_t)channel;
	if (named != few)
		free(named);
}

static int add_order(struct value *value, const struct order *order, int32_t since, int32_t before)
{
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
	int64_t day = 0;

	*value = (struct value){ .largest = INT64_MIN };
	for (size_t i = 0; i < account->count; i++) {
		const struct order *order = &account->orders[i];

		if (i > 0 && order->day != account->orders[i - 1].day)
			day = 0;
		if (add_order(value, order, since, before) || (order->is_purchase && __builtin_add_overflow(day, order->amount, &day)))
			return account_fail_overflow(account, diag);
		if (order->is_purchase && day > value->largest)
			value->largest = day;
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
