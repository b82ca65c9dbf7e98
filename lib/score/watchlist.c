#include "score/watchlist.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/money.h"
#include "clean/text.h"

struct watched {
	double value;      /* at risk, in units of money */
	uint32_t owner;    /* place of the name */
	uint32_t customer;
};

struct watchlist {
	struct churn *churn;
	struct roster *roster;
	struct watched *items;
	size_t count;
	size_t worth_column;
	struct map owners;
	struct arena arena;
};

/* By a column, NaN where it is empty. */
static int find_worth(struct watchlist *list, uint32_t customer, double *worth, struct diag *diag)
{
	struct slice cell;
	struct money money;
	char name[DIAG_QUOTE_SIZE], quoted[DIAG_QUOTE_SIZE];

	*worth = (double)list->churn->customers[customer].amount_12m / MONEY_ONE;
	if (list->worth_column == ROSTER_NO_COLUMN)
		return 0;
	cell = text_clean(roster_cell(list->roster, customer, list->worth_column), &list->arena);
	*worth = NAN;
	if (text_is_empty(cell) || slice_to_double(cell, worth))
		return 0;
	if (money_parse(cell, 1, &money) != MONEY_OK)
		return diag_fail(diag, STATUS_INPUT, NULL, "bad-amount", "the worth of customer %s, %s, is not a number; --worth names another column",
				 diag_quote(keys_text(&list->roster->keys, customer), name), diag_quote(cell, quoted));
	*worth = (double)money.value / MONEY_ONE;
	return 0;
}

static int collect(struct watchlist *list, struct diag *diag)
{
	for (size_t i = 0; i < list->churn->count; i++) {
		const struct churn_customer *c = &list->churn->customers[i];
		struct slice owner;
		double worth;

		if (c->first == CIVIL_NONE || c->level == 0)
			continue;
		if (find_worth(list, (uint32_t)i, &worth, diag))
			return -1;
		if (!(worth > 0) || isinf(worth))
			continue;
		owner = text_clean(roster_text(list->roster, (uint32_t)i, ROLE_OWNER), &list->arena);
		list->items[list->count++] = (struct watched){ c->risk * worth, map_add(&list->owners, owner), (uint32_t)i };
		arena_reset(&list->arena);
	}
	return 0;
}

struct named {
	struct slice name;
	uint32_t number;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->name.len == 0 || y->name.len == 0)
		return (x->name.len == 0) - (y->name.len == 0);
	return slice_compare(x->name, y->name);
}

/* From numbers in order of sight to places in order of name. */
static void order_owners(struct watchlist *list)
{
	size_t count = list->owners.count;
	struct named *named = memory_get(count, sizeof *named);
	uint32_t *places = memory_get(count, sizeof *places);

	for (size_t i = 0; i < count; i++)
		named[i] = (struct named){ list->owners.keys[i], (uint32_t)i };
	qsort(named, count, sizeof *named, compare_named);
	for (size_t i = 0; i < count; i++)
		places[named[i].number] = (uint32_t)i;
	for (size_t i = 0; i < list->count; i++)
		list->items[i].owner = places[list->items[i].owner];
	free(places);
	free(named);
}

static int compare_watched(const void *a, const void *b)
{
	const struct watched *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

#define NAME(text) { text, sizeof(text) - 1 }

static const struct column own_columns[] = {
	{ NAME("customer_id"), COLUMN_TEXT }, { NAME("name"), COLUMN_TEXT },   { NAME("company"), COLUMN_TEXT },
	{ NAME("owner"), COLUMN_TEXT },	      { NAME("rank"), COLUMN_NUMBER }, { NAME("value_at_risk"), COLUMN_NUMBER },
	{ NAME("why"), COLUMN_TEXT },
};
enum { OWN_COLUMNS = sizeof own_columns / sizeof *own_columns, COLUMNS_MOST = 32 };

/* The reasons in words. */
static void write_why(const struct churn *churn, const struct churn_customer *c, struct rows *rows)
{
	char text[REASONS * (WORD_LONGEST + 3)];
	int language = churn->options.language;
	struct slice between = language ? SLICE("；") : SLICE("; ");
	size_t len = 0;

	for (size_t i = 0; i < REASONS; i++) {
		struct slice words = churn->wording.why[i][language];

		if (!(churn_reasons_of(c) & 1u << i))
			continue;
		memcpy(text + len, between.ptr, len ? between.len : 0);
		len += len ? between.len : 0;
		memcpy(text + len, words.ptr, words.len);
		len += words.len;
	}
	rows_cell(rows, (struct slice){ text, len });
}

static void write_watched(const struct watchlist *list, const struct watched *watched, size_t rank, size_t columns, struct rows *rows)
{
	static const enum role roles[] = { ROLE_NAME, ROLE_COMPANY, ROLE_OWNER };

	rows_begin(rows);
	rows_cell(rows, keys_text(&list->roster->keys, watched->customer));
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		rows_cell(rows, roster_text(list->roster, watched->customer, roles[i]));
	rows_i64(rows, (int64_t)rank);
	rows_real(rows, watched->value, 2);
	write_why(list->churn, &list->churn->customers[watched->customer], rows);
	for (size_t column = 0; column < columns; column++)
		churn_cell(list->churn, rows, watched->customer, column);
	rows_end(rows);
}

static int write_all(const struct watchlist *list, size_t top, struct sink *sink, struct diag *diag)
{
	struct column columns[COLUMNS_MOST];
	const struct column *churn_own;
	size_t count = churn_columns(list->churn, &churn_own), rank = 0;
	struct rows rows;
	int failed = 0;

	memcpy(columns, own_columns, sizeof own_columns);
	memcpy(columns + OWN_COLUMNS, churn_own, count * sizeof *churn_own);
	sink_header(sink, columns, OWN_COLUMNS + count);
	rows_init(&rows, sink);
	for (size_t i = 0; i < list->count && !failed; i++) {
		rank = i > 0 && list->items[i].owner == list->items[i - 1].owner ? rank + 1 : 1;
		if (rank > top)
			continue;
		write_watched(list, &list->items[i], rank, count, &rows);
		failed = sink_write(sink, &rows, diag);
	}
	rows_release(&rows);
	return failed;
}

static int make(struct watchlist *list, const struct watchlist_options *options, struct diag *diag)
{
	struct sink *sink;

	list->worth_column = roster_column(list->roster, options->worth ? slice_of(options->worth) : SLICE("clv"));
	if (options->worth && list->worth_column == ROSTER_NO_COLUMN)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--worth %s: the customers have no such column", options->worth);
	if (collect(list, diag))
		return -1;
	order_owners(list);
	qsort(list->items, list->count, sizeof *list->items, compare_watched);
	if (sink_open(&sink, options->path, &options->sink, diag))
		return -1;
	if (write_all(list, options->top, sink, diag)) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}

int watchlist_write(struct churn *churn, struct roster *roster, const struct watchlist_options *options, struct diag *diag)
{
	struct watchlist list = { .churn = churn, .roster = roster, .items = memory_get(churn->count, sizeof *list.items) };
	int failed;

	map_init(&list.owners);
	arena_init(&list.arena);
	failed = make(&list, options, diag);
	map_release(&list.owners);
	arena_release(&list.arena);
	free(list.items);
	return failed;
}
