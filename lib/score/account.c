#include "score/account.h"

#include <stdlib.h>

#include "base/memory.h"

/* A line as it is sorted: by order, repeated rows side by side. */
struct place_of_line {
	uint64_t order;
	uint32_t row;
	uint32_t index;
};

void account_init(struct account *account)
{
	*account = (struct account){ 0 };
}

void account_release(struct account *account)
{
	free(account->orders);
	free(account->places);
	free(account->seen);
	account_init(account);
}

void account_add_counts(struct account_counts *to, const struct account_counts *from)
{
	to->duplicates += from->duplicates;
	to->superseded += from->superseded;
	to->voids += from->voids;
	to->returns += from->returns;
	to->refunded += from->refunded;
	to->purchases += from->purchases;
}

static int compare_places(const void *a, const void *b)
{
	const struct place_of_line *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int compare_orders(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->is_purchase != y->is_purchase)
		return x->is_purchase ? -1 : 1;
	if (x->amount != y->amount)
		return x->amount < y->amount ? -1 : 1;
	return (x->profit > y->profit) - (x->profit < y->profit);
}

enum { FEW = 24, BUCKETS = 256, LEVELS = 40 };

/* Insertion for the few that most customers have. */
static void sort_places(struct place_of_line *places, size_t count)
{
	if (count > FEW) {
		qsort(places, count, sizeof *places, compare_places);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct place_of_line place = places[i];
		size_t j = i;

		for (; j > 0 && compare_places(&place, &places[j - 1]) < 0; j--)
			places[j] = places[j - 1];
		places[j] = place;
	}
}

/* Whether an order has several lines. Hashes are spread evenly, so that those of different ones seldom meet in the table. */
static bool has_repeats(struct account *account, const struct line *lines, size_t count)
{
	size_t size = 8;

	while (size < 2 * count)
		size *= 2;
	account->seen = memory_grow(account->seen, &account->seen_capacity, size, sizeof *account->seen);
	memset(account->seen, 0, size * sizeof *account->seen);
	for (size_t i = 0; i < count; i++) {
		size_t at = (lines[i].order >> 1) & (size - 1);   /* the lowest bit is that of all */

		if (lines[i].order == 0)
			continue;
		for (; account->seen[at]; at = (at + 1) & (size - 1))
			if (account->seen[at] == lines[i].order)
				return true;
		account->seen[at] = lines[i].order;
	}
	return false;
}

/* The lines by order. Hashes spread evenly, so that buckets by their upper bits hold few; those of one order with many rows are sorted as a whole. */
static void place_lines(struct account *account, const struct line *lines, size_t count)
{
	size_t ends[BUCKETS] = { 0 };
	bool sorted = !has_repeats(account, lines, count);

	if (sorted || count <= FEW) {
		for (size_t i = 0; i < count; i++)
			account->places[i] = (struct place_of_line){ lines[i].order, lines[i].row, (uint32_t)i };
		if (!sorted)
			sort_places(account->places, count);
		return;
	}
	for (size_t i = 0; i < count; i++)
		ends[lines[i].order >> 56]++;
	for (size_t b = 1; b < BUCKETS; b++)
		ends[b] += ends[b - 1];
	for (size_t i = count; i-- > 0;)
		account->places[--ends[lines[i].order >> 56]] = (struct place_of_line){ lines[i].order, lines[i].row, (uint32_t)i };
	for (size_t b = 0; b < BUCKETS; b++) {
		size_t end = b + 1 < BUCKETS ? ends[b + 1] : count;

		sort_places(account->places + ends[b], end - ends[b]);
	}
}

static void sort_few_orders(struct order *orders, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct order order = orders[i];
		size_t j = i;

		for (; j > 0 && compare_orders(&order, &orders[j - 1]) < 0; j--)
			orders[j] = orders[j - 1];
		orders[j] = order;
	}
}

/* By day: quicksort with the median of three, since qsort's calls and copies cost more than the sorting; the library's for what is left after some levels. */
static void sort_orders(struct order *orders, size_t count, unsigned levels)
{
	while (count > FEW) {
		struct order *a = &orders[0], *b = &orders[count / 2], *c = &orders[count - 1], pivot;
		size_t i = 0, j = count - 1;

		if (levels-- == 0) {
			qsort(orders, count, sizeof *orders, compare_orders);
			return;
		}
		if (compare_orders(a, b) > 0)
			a = b, b = &orders[0];
		pivot = compare_orders(c, a) < 0 ? *a : compare_orders(c, b) < 0 ? *c : *b;
		for (;; i++, j--) {
			while (compare_orders(&orders[i], &pivot) < 0)
				i++;
			while (compare_orders(&pivot, &orders[j]) < 0)
				j--;
			if (i >= j)
				break;
			struct order order = orders[i];

			orders[i] = orders[j];
			orders[j] = order;
		}
		sort_orders(orders, j + 1, levels);
		orders += j + 1;
		count -= j + 1;
	}
	sort_few_orders(orders, count);
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->amount != y->amount)
		return x->amount < y->amount ? -1 : 1;
	return (x->flags > y->flags) - (x->flags < y->flags);
}

/* Puts rows of an order that look the same into an order of their own, whatever that of their coming was. */
static void settle_ties(struct line *lines, const struct place_of_line *places, size_t count)
{
	for (size_t i = 0, n; i < count; i += n) {
		struct line *same;

		for (n = 1; i + n < count && places[i + n].row == places[i].row;)
			n++;
		if (n == 1)
			continue;
		same = memory_get(n, sizeof *same);
		for (size_t k = 0; k < n; k++)
			same[k] = lines[places[i + k].index];
		qsort(same, n, sizeof *same, compare_lines);
		for (size_t k = 0; k < n; k++)
			lines[places[i + k].index] = same[k];
		free(same);
	}
}

static bool is_same_row(const struct line *a, const struct line *b)
{
	return a->row == b->row && a->day == b->day && a->amount == b->amount;
}

static int compare_returns(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a, *y = *(struct line *const *)b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->amount != y->amount)
		return x->amount < y->amount ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

static bool is_same_return(const struct line *a, const struct line *b)
{
	return a->day == b->day && a->amount == b->amount;
}

/*
 * A return that stands in several files is one, even where they write it differently: of those of one day and amount, the file that has most of
 * them, of equals the last one, has them all.
 */
static void prune_returns(struct account *account, struct line **returns, size_t count)
{
	if (count)
		qsort(returns, count, sizeof *returns, compare_returns);
	for (size_t i = 0, n; i < count; i += n) {
		size_t most = 0, here = 0;
		unsigned file = 0;

		for (n = 0; i + n < count && is_same_return(returns[i + n], returns[i]); n++) {
			here = n > 0 && returns[i + n]->file == returns[i + n - 1]->file ? here + 1 : 1;
			if (here >= most) {
				most = here;
				file = returns[i + n]->file;
			}
		}
		for (size_t j = i; j < i + n; j++)
			if (returns[j]->file != file) {
				returns[j]->flags |= LINE_VOID;
				account->counts.superseded++;
			}
	}
}

static void prune_files(struct account *account, struct line *lines, const struct place_of_line *places, size_t count)
{
	struct line **returns = memory_get(count, sizeof *returns);
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if ((lines[places[i].index].flags & (LINE_RETURN | LINE_VOID)) == LINE_RETURN)
			returns[n++] = &lines[places[i].index];
	prune_returns(account, returns, n);
	free(returns);
}

/* Leaves out, of the lines of one order, what is repeated or stands in a later file. */
static void prune(struct account *account, struct line *lines, const struct place_of_line *places, size_t count,
		  const struct account_options *options)
{
	unsigned last_file = 0;
	bool several = false;

	for (size_t i = 0; i < count; i++) {
		const struct line *line = &lines[places[i].index];

		if (!(line->flags & LINE_RETURN) && line->file > last_file)
			last_file = line->file;
		several |= line->file != lines[places[0].index].file;
	}
	for (size_t i = 0; i < count; i++) {
		struct line *line = &lines[places[i].index];

		if (!(line->flags & LINE_RETURN) && line->file < last_file) {
			line->flags |= LINE_VOID;
			account->counts.superseded++;
		} else if (!options->keep_duplicates && i > 0 && is_same_row(line, &lines[places[i - 1].index]) &&
			   (line->file == lines[places[i - 1].index].file || (line->flags & LINE_RETURN))) {
			line->flags |= LINE_VOID;
			account->counts.duplicates++;
		} else if (line->flags & LINE_VOID) {
			account->counts.voids++;
		}
	}
	if (several)
		prune_files(account, lines, places, count);
}

int account_fail_overflow(const struct account *account, struct diag *diag)
{
	char quoted[DIAG_QUOTE_SIZE];

	return diag_fail(diag, STATUS_INPUT, NULL, "amount-overflow",
			 "the amounts of customer %s are too large to add: one of them must be wrong", diag_quote(keys_text(account->keys, account->customer), quoted));
}

/* Adds the lines of one order up; false in *any when all are void. */
static int add_up(struct account *account, const struct line *lines, const struct place_of_line *places, size_t count,
		  const struct account_options *options, struct diag *diag)
{
	struct order order = { .day = INT32_MAX };
	int32_t any_day = INT32_MAX;
	bool has_return = false, has_purchase = false;

	for (size_t i = 0; i < count; i++) {
		const struct line *line = &lines[places[i].index];

		if (line->flags & LINE_VOID)
			continue;
		if (__builtin_add_overflow(order.amount, line->amount, &order.amount) ||
		    __builtin_add_overflow(order.profit, line->profit, &order.profit))
			return account_fail_overflow(account, diag);
		any_day = line->day < any_day ? line->day : any_day;
		has_return |= line->flags & LINE_RETURN;
		account->counts.returns += line->flags & LINE_RETURN;
		if (line->flags & LINE_RETURN)
			continue;
		has_purchase = true;
		order.day = line->day < order.day ? line->day : order.day;
	}
	if (any_day == INT32_MAX)
		return 0;
	order.is_purchase = has_purchase && (order.amount > 0 || (order.amount == 0 && !has_return && !options->drop_zeros));
	order.day = has_purchase ? order.day : any_day;
	account->counts.refunded += has_purchase && has_return && !order.is_purchase;
	account->orders[account->count++] = order;
	return 0;
}

/* Purchases of one day become one. Returns on the day stay what they are. */
static int merge_days(struct account *account, struct diag *diag)
{
	size_t kept = 0;

	for (size_t i = 0; i < account->count; i++) {
		struct order *last = kept ? &account->orders[kept - 1] : NULL, *order = &account->orders[i];

		if (!last || last->day != order->day || !last->is_purchase || !order->is_purchase) {
			account->orders[kept++] = *order;
			continue;
		}
		if (__builtin_add_overflow(last->amount, order->amount, &last->amount) ||
		    __builtin_add_overflow(last->profit, order->profit, &last->profit))
			return account_fail_overflow(account, diag);
	}
	account->count = kept;
	return 0;
}

int account_make(struct account *account, struct line *lines, size_t count, const struct account_options *options,
		 struct diag *diag)
{
	account->count = 0;
	account->orders = memory_grow(account->orders, &account->capacity, count, sizeof *account->orders);
	account->places = memory_grow(account->places, &account->place_capacity, count, sizeof *account->places);
	place_lines(account, lines, count);
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && account->places[i].order && account->places[i + n].order == account->places[i].order;)
			n++;
		if (n > 1) {
			settle_ties(lines, &account->places[i], n);
			prune(account, lines, &account->places[i], n, options);
		}
		else
			account->counts.voids += !!(lines[account->places[i].index].flags & LINE_VOID);
		if (add_up(account, lines, &account->places[i], n, options, diag))
			return -1;
	}
	sort_orders(account->orders, account->count, LEVELS);
	if (options->merge_days && merge_days(account, diag))
		return -1;
	for (size_t i = 0; i < account->count; i++)
		account->counts.purchases += account->orders[i].is_purchase;
	return 0;
}
