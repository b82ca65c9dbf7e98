#include "score/rates.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "clean/text.h"
#include "score/order_row.h"

void rates_init(struct rates *rates)
{
	*rates = (struct rates){ 0 };
}

void rates_release(struct rates *rates)
{
	free(rates->items);
}

static int begin_rates(void *context, const struct intake *intake, struct diag *diag)
{
	struct rates *rates = context;

	rates->date_column = intake_find(intake, ROLE_ORDER_DATE);
	rates->rate_column = feed_named(intake, SLICE("rate"));
	if (rates->rate_column == intake->columns)
		rates->rate_column = feed_named(intake, SLICE("汇率"));
	if (rates->rate_column == intake->columns)
		return feed_fail_column(intake, "rate", diag);
	return feed_column(intake, ROLE_CURRENCY, "orders", &rates->currency_column, diag);
}

static int fail_row(const struct batch *batch, size_t r, size_t column, const char *code, const char *what, struct diag *diag)
{
	struct place place = { batch->source, batch->records[r].line, column + 1 };
	char quoted[DIAG_QUOTE_SIZE];

	return diag_fail(diag, STATUS_INPUT, &place, code, "%s %s",
			 diag_quote(batch->cells[r * batch->columns + column], quoted), what);
}

static bool read_rate(struct slice text, int64_t *rate)
{
	double value;

	if (!slice_to_double(text, &value) || !(value > 0) || !(value < 1e8))
		return false;
	*rate = (int64_t)llroundl((long double)value * RATE_ONE);
	return *rate > 0;
}

static int take_rate(struct rates *rates, const struct intake *intake, const struct batch *batch, size_t r,
		     struct arena *arena, struct diag *diag)
{
	struct slice text = text_clean(batch_cell(batch, r, rates->rate_column), arena);
	struct date date = { .days = CIVIL_NONE };
	struct rate rate = { .currency = order_pack_currency(text_clean(batch_cell(batch, r, rates->currency_column), arena)) };

	if (!rate.currency)
		return fail_row(batch, r, rates->currency_column, "bad-currency", "is no currency that is known; write its code, such as USD", diag);
	if (!read_rate(text, &rate.rate))
		return fail_row(batch, r, rates->rate_column, "bad-rate", "is not a rate over 0 and under 100000000", diag);
	if (rates->date_column < intake->columns) {
		text = text_clean(batch_cell(batch, r, rates->date_column), arena);
		if (!text_is_empty(text) && date_parse(text, intake->date_orders[rates->date_column], &date) != DATE_OK)
			return fail_row(batch, r, rates->date_column, "bad-date", "is not a date", diag);
	}
	rate.from = date.days;
	rates->items = memory_grow(rates->items, &rates->capacity, rates->count + 1, sizeof *rates->items);
	rates->items[rates->count++] = rate;
	return 0;
}

static int take_rates(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct arena arena;
	int failed = 0;

	(void)own;
	arena_init(&arena);
	for (size_t r = 0; r < batch->count && !failed; r++)
		if (!batch->records[r].dropped)
			failed = take_rate(context, intake, batch, r, &arena, diag);
	arena_release(&arena);
	return failed;
}

static int compare_rates(const void *a, const void *b)
{
	const struct rate *x = a, *y = b;

	if (x->currency != y->currency)
		return x->currency < y->currency ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

/* That no currency has two rates from one day on. */
static int check_rates(const struct rates *rates, const char *path, struct diag *diag)
{
	struct place place = { .file = path };
	char day[CIVIL_TEXT + 1] = "";

	for (size_t i = 1; i < rates->count; i++) {
		const struct rate *a = &rates->items[i - 1], *b = &rates->items[i];

		if (compare_rates(a, b) || a->rate == b->rate)
			continue;
		if (b->from != CIVIL_NONE)
			civil_print(b->from, day);
		return diag_fail(diag, STATUS_INPUT, &place, "bad-rate", "two rates of %c%c%c%s%s: leave one", (char)(b->currency >> 16 & 0xff),
				 (char)(b->currency >> 8 & 0xff), (char)(b->currency & 0xff), *day ? " from " : "", day);
	}
	return 0;
}

int rates_read(struct rates *rates, const char *path, const struct intake_options *options, const struct feed *feed,
	       struct diag *diag)
{
	struct feed_job job = { .path = path, .options = options, .begin = begin_rates, .after = take_rates, .context = rates };

	if (feed_run(feed, &job, diag))
		return -1;
	if (rates->count)
		qsort(rates->items, rates->count, sizeof *rates->items, compare_rates);
	return check_rates(rates, path, diag);
}

int64_t rates_find(const struct rates *rates, uint32_t currency, int32_t day)
{
	size_t first = 0, end = rates->count;

	/* the first rate that is of a later day, or of a currency further on */
	while (first < end) {
		size_t middle = first + (end - first) / 2;
		const struct rate *item = &rates->items[middle];

		if (item->currency < currency || (item->currency == currency && item->from <= day))
			first = middle + 1;
		else
			end = middle;
	}
	if (first > 0 && rates->items[first - 1].currency == currency)
		return rates->items[first - 1].rate;
	return first < rates->count && rates->items[first].currency == currency ? rates->items[first].rate : 0;
}

bool rates_apply(int64_t rate, int64_t *amount)
{
	__int128 product = (__int128)*amount * rate, half = product < 0 ? -RATE_ONE / 2 : RATE_ONE / 2;

	product = (product + half) / RATE_ONE;
	if (product > INT64_MAX || product < -INT64_MAX)
		return false;
	*amount = (int64_t)product;
	return true;
}
