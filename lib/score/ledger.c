/*
 * Rows are read and their customers found by the workers, who append the lines of those that are known. The others wait for `after`, which sees
 * them in input order: it adds new customers, names of categories and channels, and continues orders over rows. So numbers do not
 * depend on the threads; the order of a customer's lines does, but where they have names (score/account.h does not mind).
 */
#include "score/ledger.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "clean/text.h"
#include "score/order_row.h"

enum { CATEGORIES_MOST = UINT16_MAX - 1, CHANNELS_MOST = UINT8_MAX - 1, FILES_MOST = 256, LOOKED_AT = 100 };

static unsigned threads_of(const struct feed *feed)
{
	return feed->threads ? feed->threads : 1;
}

void ledger_init(struct ledger *ledger, const struct ledger_options *options, const struct feed *feed,
		 struct roster *roster, const struct links *links, const struct rates *rates)
{
	*ledger = (struct ledger){
		.options = *options, .feed = feed, .roster = roster, .links = links, .rates = rates,
		.figures = { .first_day = CIVIL_NONE, .last_day = CIVIL_NONE },
		.lines = lines_new(feed->memory / 2, threads_of(feed) + 1, feed->tmpdir), .seed = hash_random_seed(), .has_amount = true,
	};
	buf_init(&ledger->nearest, 300);
	map_init(&ledger->categories);
	map_init(&ledger->channels);
}

void ledger_release(struct ledger *ledger)
{
	lines_free(ledger->lines);
	buf_release(&ledger->nearest);
	free(ledger->likely);
	map_release(&ledger->categories);
	map_release(&ledger->channels);
}

/* Who appends lines: a worker, or `after`, which is the last of them. */
struct clerk {
	struct order_memory memory;
	uint64_t relinked;
	int32_t first_day, last_day;       /* as ledger_figures */
	char apart[MEMORY_APART];
};

struct reading {
	struct ledger *ledger;
	struct order_reader reader;
	unsigned threads;
	struct clerk *clerks;              /* threads + 1 */
	struct line last;                  /* of the row before, for continued orders; customer KEY_NONE: left out */
};

/* What a batch carries from a worker to `after`: the rows that only that can settle. */
struct parcel {
	struct order_row *rows;
	size_t count;
	bool is_settled;                   /* the last row of the batch is: its line is `last` */
	struct line last;
};

static int begin_orders(void *context, const struct intake *intake, struct diag *diag)
{
	struct reading *reading = context;
	struct ledger *ledger = reading->ledger;
	struct order_columns *at = &reading->reader.columns;
	size_t product = intake_find(intake, ROLE_PRODUCT);

	if (order_columns_bind(&reading->reader.columns, intake, ledger->options.price, diag))
		return -1;
	if (!ledger->begun)
		feed_add_nearest(&ledger->nearest, intake, roster_key_name(ledger->roster));
	ledger->has_amount = ledger->begun && ledger->has_amount;
	ledger->begun = true;
	ledger->has_amount |= at->amount < intake->columns || at->price < intake->columns;
	ledger->has_profit |= at->profit < intake->columns || at->cost < intake->columns;
	ledger->by_product |= ledger->files == 0 && at->category == intake->columns && product < intake->columns;
	if (ledger->by_product)
		at->category = product;
	ledger->has_category |= at->category < intake->columns;
	ledger->has_channel |= at->channel < intake->columns;
	return 0;
}

/* Brings the row's amounts to the currency of the figures. False: rejected. */
static bool convert(const struct reading *reading, struct batch *batch, struct order_row *row)
{
	const struct rates *rates = reading->ledger->rates;
	size_t column = reading->reader.columns.currency < batch->columns ? reading->reader.columns.currency :
									     reading->reader.columns.amount;
	int64_t rate;

	if (!rates || !row->currency)
		return true;
	rate = rates_find(rates, row->currency, row->line.day);
	row->currency = 0;
	if (rate > 0 && rates_apply(rate, &row->line.amount) && rates_apply(rate, &row->line.profit))
		return true;
	batch_reject(batch, row->record, column + 1, rate > 0 ? "amount-overflow" : "no-rate",
		     rate > 0 ? SLICE("the amount is too large") : SLICE("--rates has no rate of this currency"));
	return false;
}

/* The key that the row's customer goes by. False: rejected. */
static bool find_key(const struct reading *reading, struct batch *batch, struct order_row *row)
{
	const struct ledger *ledger = reading->ledger;
	struct slice linked;
	enum links_answer answer = LINKS_NONE;

	if (ledger->links && row->customer.len)
		answer = links_find(ledger->links, row->customer, &linked);
	if (answer == LINKS_AMBIGUOUS) {
		batch_reject(batch, row->record, reading->reader.columns.customer + 1, "ambiguous-customer",
			     SLICE("the links have this id for several customers; name the source of the orders with --source"));
		return false;
	}
	if (answer == LINKS_FOUND) {
		row->customer = linked;
		row->relinked = true;
	}
	row->hash = keys_hash(&ledger->roster->keys, row->customer);
	return true;
}

/* Finds the row's customer: a number, or KEY_NONE where `after` must look at it. False: rejected. */
static bool find_customer(const struct reading *reading, struct batch *batch, struct order_row *row)
{
	const struct ledger *ledger = reading->ledger;

	row->line.customer = row->customer.len ? keys_find(&ledger->roster->keys, row->customer, row->hash) : KEY_NONE;
	if (row->line.customer != KEY_NONE || ledger->options.unknown != UNKNOWN_REJECT || row->continues ||
	    (row->customer.len && ledger->roster->open))
		return true;
	batch_reject(batch, row->record, reading->reader.columns.customer + 1,
		     row->customer.len ? "unknown-customer" : "no-customer",
		     row->customer.len ? SLICE("no customer has this id") : SLICE("the order names no customer"));
	return false;
}

static int number_of(struct map *names, struct slice name, size_t most, const char *what, unsigned *number,
		     struct diag *diag)
{
	*number = name.len ? map_add(names, name) + 1 : 0;
	if (*number <= most)
		return 0;
	return diag_fail(diag, STATUS_INPUT, NULL, NULL, "over %zu different values in the %s column: it is none", most, what);
}

/* The numbers of category and channel, where they are kept. */
static int number_names(struct ledger *ledger, struct order_row *row, struct diag *diag)
{
	unsigned category = 0, channel;

	if (ledger->options.category_groups)
		row->line.category = row->category.len ? (uint16_t)(hash_stable(row->category) % LEDGER_GROUPS + 1) : 0;
	if (!ledger->options.details)
		return 0;
	ledger->too_many_products |= ledger->by_product && ledger->categories.count == CATEGORIES_MOST && row->category.len &&
				     map_find(&ledger->categories, row->category) == MAP_NONE;
	if ((!ledger->too_many_products &&
	     number_of(&ledger->categories, row->category, CATEGORIES_MOST, "category", &category, diag)) ||
	    number_of(&ledger->channels, row->channel, CHANNELS_MOST, "channel", &channel, diag))
		return -1;
	row->line.category = (uint16_t)category;
	row->line.channel = (uint8_t)channel;
	return 0;
}

/* Gives a row that is kept its numbers and appends its line. */
static int append(struct reading *reading, unsigned number, struct order_row *row, struct diag *diag)
{
	struct ledger *ledger = reading->ledger;
	struct clerk *clerk = &reading->clerks[number];

	if (number_names(ledger, row, diag))
		return -1;
	clerk->relinked += row->relinked;
	if (!(row->line.flags & LINE_VOID)) {
		if (clerk->first_day == CIVIL_NONE || row->line.day < clerk->first_day)
			clerk->first_day = row->line.day;
		if (clerk->last_day == CIVIL_NONE || row->line.day > clerk->last_day)
			clerk->last_day = row->line.day;
	}
	return lines_add(ledger->lines, number, &row->line, diag);
}

/* Whether nothing about the row depends on those before it: but the currency, which stays what it is once there is one. */
static bool is_settled(const struct ledger *ledger, const struct order_row *row)
{
	return row->line.customer != KEY_NONE && row->line.day <= ledger->options.as_of &&
	       (!row->currency || row->currency == __atomic_load_n(&ledger->currency, __ATOMIC_RELAXED));
}

/* Finds the customers of the rows and appends the lines that are settled; the other rows stay, all of them if they must be met `in_order`. */
static int settle_rows(struct reading *reading, struct batch *batch, struct parcel *parcel, bool in_order, unsigned worker, struct diag *diag)
{
	const struct ledger *ledger = reading->ledger;
	size_t count = parcel->count;

	parcel->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct order_row *row = &parcel->rows[i];

		KEYS_FORESEE(&ledger->roster->keys, parcel->rows, i, count);
		if (!find_customer(reading, batch, row))
			continue;
		parcel->is_settled = !in_order && is_settled(ledger, row);
		if (!parcel->is_settled)
			parcel->rows[parcel->count++] = *row;
		else if (append(reading, worker, row, diag))
			return -1;
		else
			parcel->last = row->line;
	}
	return 0;
}

static int read_rows(void *context, const struct intake *intake, struct batch *batch, void **own, unsigned worker,
		     struct diag *diag)
{
	struct reading *reading = context;
	struct keys *keys = &reading->ledger->roster->keys;
	struct parcel *parcel = arena_zero(&batch->arena, 1, sizeof *parcel);
	bool in_order = reading->ledger->options.details;
	int failed;

	parcel->rows = arena_get(&batch->arena, batch->count, sizeof *parcel->rows);
	for (size_t r = 0; r < batch->count; r++) {
		struct order_row *row = &parcel->rows[parcel->count];

		if (batch->records[r].dropped || !order_row_read(&reading->reader, intake, batch, r, &reading->clerks[worker].memory, row) ||
		    !convert(reading, batch, row) || !find_key(reading, batch, row))
			continue;
		in_order |= row->continues;
		parcel->count++;
	}
	keys_hold(keys);
	failed = settle_rows(reading, batch, parcel, in_order, worker, diag);
	keys_let_go(keys);
	*own = parcel;
	return failed;
}

/* A reject of a row that only `after` can judge. */
static struct reject late_reject(const struct batch *batch, const struct order_row *row, size_t column, const char *code,
				 struct slice reason)
{
	const struct record *record = &batch->records[row->record];

	return (struct reject){ batch->source, record->line, column + 1, code, reason, record->raw };
}

static int reject_late(const struct reading *reading, const struct batch *batch, const struct order_row *row,
		       size_t column, const char *code, struct slice reason, struct diag *diag)
{
	struct reject reject = late_reject(batch, row, column, code, reason);

	return rejects_add(reading->ledger->feed->rejects, &reject, diag);
}

/* An order that names no customer is left out, but never unseen: it is counted, and listed with the rejects. */
static int list_without_customer(const struct reading *reading, const struct batch *batch, const struct order_row *row,
				 struct diag *diag)
{
	struct reject reject = late_reject(batch, row, reading->reader.columns.customer, "no-customer",
					   SLICE("the order names no customer"));

	return rejects_note(reading->ledger->feed->rejects, &reject, diag);
}

/* Looks whether one of the first orders that are of nobody has a customer in another column: that is a likelier one. */
static void find_likely(struct ledger *ledger, const struct intake *intake, const struct batch *batch, size_t r)
{
	struct arena scratch;

	if (ledger->likely || ledger->figures.unknown > LOOKED_AT)
		return;
	arena_init(&scratch);
	for (size_t c = 0; c < intake->columns && !ledger->likely; c++) {
		struct slice key = text_clean(batch_cell(batch, r, c), &scratch);

		if (key.len && keys_find(&ledger->roster->keys, key, keys_hash(&ledger->roster->keys, key)) != KEY_NONE)
			ledger->likely = memory_text(arena_format(&scratch, "%.*s", SLICE_ARG(slice_first(intake->headers[c], 60))).ptr);
	}
	arena_release(&scratch);
}

/* The number of the row's customer, or KEY_NONE where the row is left out, and counted. */
static uint32_t settle_customer(struct ledger *ledger, const struct order_row *row)
{
	if (row->line.customer != KEY_NONE)
		return row->line.customer;
	if (row->line.day > ledger->options.as_of)
		ledger->figures.later++;
	else if (row->customer.len == 0)
		ledger->figures.without_customer++;
	else if (ledger->roster->open || ledger->options.unknown == UNKNOWN_KEEP)
		return keys_add(&ledger->roster->keys, row->customer, row->hash);
	else
		ledger->figures.unknown++;
	return KEY_NONE;
}

static int take_row(struct reading *reading, const struct intake *intake, const struct batch *batch, struct order_row *row, struct diag *diag)
{
	struct ledger *ledger = reading->ledger;
	struct line *line = &row->line;

	if (row->continues && line->order != reading->last.order)
		return reject_late(reading, batch, row, reading->reader.columns.amount, "missing-amount",
				   SLICE("no amount, and the row before is not of the same order"), diag);
	if (row->currency && ledger->currency && row->currency != ledger->currency)
		return reject_late(reading, batch, row, reading->reader.columns.currency, "other-currency",
				   SLICE("the orders before it are in another currency; give --rates FILE"), diag);
	if (row->continues) {
		line->day = reading->last.day;
		line->customer = reading->last.customer;
		ledger->figures.continued++;
	} else {
		line->customer = settle_customer(ledger, row);
		if (line->customer == KEY_NONE && row->customer.len)
			find_likely(ledger, intake, batch, row->record);
		if (row->customer.len == 0 && line->day <= ledger->options.as_of && list_without_customer(reading, batch, row, diag))
			return -1;
	}
	if (line->customer != KEY_NONE && line->day > ledger->options.as_of) {
		line->customer = KEY_NONE;
		ledger->figures.later++;
	}
	reading->last = *line;
	if (line->customer == KEY_NONE)
		return 0;
	if (row->currency)
		__atomic_store_n(&ledger->currency, row->currency, __ATOMIC_RELAXED);
	return append(reading, reading->threads, row, diag);
}

static int take_batch(void *context, const struct intake *intake, const struct batch *batch, void *own, struct diag *diag)
{
	struct reading *reading = context;
	const struct keys *keys = &reading->ledger->roster->keys;
	const struct parcel *parcel = own;

	for (size_t i = 0; i < parcel->count; i++) {
		KEYS_FORESEE(keys, parcel->rows, i, parcel->count);
		if (take_row(reading, intake, batch, &parcel->rows[i], diag))
			return -1;
	}
	if (parcel->is_settled)
		reading->last = parcel->last;
	return 0;
}

static int read_file(struct reading *reading, const char *path, const struct intake_options *options, struct diag *diag)
{
	struct ledger *ledger = reading->ledger;
	struct feed_job job = {
		.path = path, .options = options, .begin = begin_orders, .work = read_rows, .after = take_batch, .context = reading,
	};
	struct diag own;

	diag_init(&own);
	if (feed_run(ledger->feed, &job, &own) && strstr(own.error, "empty-input")) {
		diag_warn(&own, &(struct place){ .file = path }, "empty-input", "the file is empty: no orders are taken from it");
		own.status = STATUS_OK;
		own.error[0] = '\0';
	}
	ledger->figures.rows += job.records;
	ledger->files++;
	diag_merge(diag, &own);
	diag_release(&own);
	return diag->status == STATUS_OK ? 0 : -1;
}

static void add_figures(struct ledger_figures *figures, const struct clerk *clerk)
{
	figures->relinked += clerk->relinked;
	if (clerk->first_day == CIVIL_NONE)
		return;
	if (figures->first_day == CIVIL_NONE || clerk->first_day < figures->first_day)
		figures->first_day = clerk->first_day;
	if (figures->last_day == CIVIL_NONE || clerk->last_day > figures->last_day)
		figures->last_day = clerk->last_day;
}

int ledger_read(struct ledger *ledger, const char *path, const struct intake_options *options, struct diag *diag)
{
	const struct ledger_options *own = &ledger->options;
	unsigned threads = threads_of(ledger->feed);
	struct status_words words;
	struct reading reading = {
		.ledger = ledger,
		.reader = { .words = &words, .details = own->details, .categories = own->category_groups, .seed = ledger->seed, .file = ledger->files,
			    .latest = own->as_of > own->today ? own->as_of : own->today },
		.last = { .customer = KEY_NONE, .day = CIVIL_NONE },
		.threads = threads, .clerks = memory_zero(threads + 1, sizeof *reading.clerks),
	};
	struct arena arena;
	int failed;

	if (ledger->files == FILES_MOST)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "more than %d files of orders; put them together first", FILES_MOST);
	arena_init(&arena);
	status_words_load(&words, own->void_words, own->void_word_count, &arena);
	for (unsigned i = 0; i <= threads; i++) {
		order_memory_init(&reading.clerks[i].memory);
		reading.clerks[i].first_day = reading.clerks[i].last_day = CIVIL_NONE;
	}
	failed = read_file(&reading, path, options, diag);
	for (unsigned i = 0; i <= threads; i++) {
		add_figures(&ledger->figures, &reading.clerks[i]);
		order_memory_release(&reading.clerks[i].memory);
	}
	free(reading.clerks);
	arena_release(&arena);
	return failed;
}

static void warn_count(struct diag *diag, uint64_t count, const char *code, const char *which, const char *advice)
{
	if (count)
		diag_warn(diag, NULL, code, "order rows %s, left out: %" PRIu64 "%s", which, count, advice);
}

static int fail_match(const struct ledger *ledger, struct diag *diag)
{
	struct slice key = slice_first(roster_key_name(ledger->roster), 60);

	if (ledger->likely)
		return diag_fail(diag, STATUS_INPUT, NULL, "no-match", "no order is of a customer of the input, whose ids are those of column %.*s: "
				 "they stand in column %s of the orders; say so with --map orders.customer_id=%s", SLICE_ARG(key), ledger->likely,
				 ledger->likely);
	return diag_fail(diag, STATUS_INPUT, NULL, "no-match", "no order is of a customer of the input, whose ids are those of column %.*s: choose another "
			 "with --customer COLUMN, or that of the orders with --map orders.customer_id=COLUMN (nearest: %.*s); after crm-dedupe give its --links; --unknown keep takes them "
			 "for new customers", SLICE_ARG(key), SLICE_ARG(buf_slice(&ledger->nearest)));
}

int ledger_check(const struct ledger *ledger, struct diag *diag)
{
	const struct ledger_figures *figures = &ledger->figures;

	if (lines_count(ledger->lines) == 0 && figures->unknown && ledger->roster->keys.count)
		return fail_match(ledger, diag);
	if (lines_count(ledger->lines) == 0)
		diag_warn(diag, NULL, "no-orders", "no order is in force: the scores of every customer stay empty");
	if (ledger->too_many_products)
		diag_warn(diag, NULL, "many-products", "over %d products: categories and top_category stay empty; name a column of categories "
			  "with --map orders.category=COLUMN", CATEGORIES_MOST);
	warn_count(diag, figures->later, "later", "after --as-of", "");
	warn_count(diag, figures->without_customer, "no-customer", "that name no customer", "; --rejects lists them");
	warn_count(diag, figures->unknown, "unknown-customer", "of customers who are not in the input",
		   "; --unknown keep or reject shows them");
	return 0;
}

struct desk {
	struct account account;
	char apart[MEMORY_APART];
};

struct visiting {
	struct ledger *ledger;
	ledger_visit *visit;
	void *context;
	struct desk *desks;        /* by worker */
};

static int visit_customer(void *context, uint32_t customer, struct line *lines, size_t count, unsigned worker,
			  struct diag *diag)
{
	struct visiting *visiting = context;
	struct account *account = &visiting->desks[worker].account;

	account->keys = &visiting->ledger->roster->keys;
	account->customer = customer;
	if (account_make(account, lines, count, &visiting->ledger->options.account, diag))
		return -1;
	return visiting->visit(visiting->context, customer, account, lines, count, diag);
}

int ledger_each(struct ledger *ledger, ledger_visit *visit, void *context, struct diag *diag)
{
	unsigned threads = threads_of(ledger->feed);
	struct visiting visiting = { ledger, visit, context, memory_zero(threads, sizeof *visiting.desks) };
	int failed;

	for (unsigned i = 0; i < threads; i++)
		account_init(&visiting.desks[i].account);
	failed = lines_each(ledger->lines, (uint32_t)ledger->roster->keys.count, visit_customer, &visiting, threads, diag);
	ledger->figures.account = (struct account_counts){ 0 };
	for (unsigned i = 0; i < threads; i++) {
		account_add_counts(&ledger->figures.account, &visiting.desks[i].account.counts);
		account_release(&visiting.desks[i].account);
	}
	free(visiting.desks);
	if (!failed) /* their amounts are missed by who sells one thing twice in an order */
		warn_count(diag, ledger->figures.account.duplicates, "duplicate", "that repeat a row of their order exactly",
			   "; --duplicates keep counts them");
	return failed;
}
