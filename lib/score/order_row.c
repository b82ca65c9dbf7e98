#include "score/order_row.h"

#include <stdlib.h>

#include "base/embed.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "clean/money.h"
#include "clean/text.h"
#include "io/json.h"

EMBED(built_in_statuses, "lib/score/statuses.json")

enum { STATUSES_KEPT = 1000, EARLIEST_DAY = -25567 /* 1900-01-01: what is older is a slip of the pen */ };

static size_t load_words(const cJSON *list, struct slice *words, struct arena *arena)
{
	const cJSON *item;
	size_t count = 0;

	cJSON_ArrayForEach(item, list)
		words[count++] = arena_copy(arena, text_key(json_text(item), false, arena));
	return count;
}

void status_words_load(struct status_words *words, const char *const *more, size_t more_count, struct arena *arena)
{
	struct diag diag;
	cJSON *document;
	const cJSON *counts, *voids;

	diag_init(&diag);
	document = json_parse(built_in_statuses(), JSON_STRICT, "statuses.json", &diag);
	counts = json_member(document, "counts");
	voids = json_member(document, "void");
	words->counts = arena_get(arena, (size_t)cJSON_GetArraySize(counts), sizeof *words->counts);
	words->voids = arena_get(arena, (size_t)cJSON_GetArraySize(voids) + more_count, sizeof *words->voids);
	words->count_count = load_words(counts, words->counts, arena);
	words->void_count = load_words(voids, words->voids, arena);
	for (size_t i = 0; i < more_count; i++)
		words->voids[words->void_count++] = arena_copy(arena, text_key(slice_of(more[i]), false, arena));
	json_free(document);
	diag_release(&diag);
}

static bool has_word(const struct slice *words, size_t count, struct slice key)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].len && slice_find(key, words[i]) < key.len)
			return true;
	return false;
}

bool status_is_void(const struct status_words *words, struct slice status, struct arena *scratch)
{
	struct slice key = text_key(status, false, scratch);

	return !has_word(words->counts, words->count_count, key) && has_word(words->voids, words->void_count, key);
}

int order_columns_bind(struct order_columns *columns, const struct intake *intake, const char *price, struct diag *diag)
{
	*columns = (struct order_columns){
		.order = intake_find(intake, ROLE_ORDER_ID), .amount = intake_find(intake, ROLE_AMOUNT),
		.price = intake->columns, .quantity = intake_find(intake, ROLE_QUANTITY),
		.refund = intake_find(intake, ROLE_REFUND), .cost = intake_find(intake, ROLE_COST),
		.profit = intake_find(intake, ROLE_PROFIT), .status = intake_find(intake, ROLE_STATUS),
		.category = intake_find(intake, ROLE_CATEGORY), .channel = intake_find(intake, ROLE_CHANNEL),
		.currency = intake_find(intake, ROLE_CURRENCY),
	};
	if (feed_column(intake, ROLE_CUSTOMER_ID, "orders", &columns->customer, diag) ||
	    feed_column(intake, ROLE_ORDER_DATE, "orders", &columns->date, diag))
		return -1;
	if (!price)
		return 0;
	for (columns->price = 0; columns->price < intake->columns; columns->price++)
		if (slice_equal(intake->headers[columns->price], slice_of(price)))
			break;
	if (columns->price == intake->columns || columns->quantity == intake->columns)
		return feed_fail_column(intake, price, diag);
	return 0;
}

void order_memory_init(struct order_memory *memory)
{
	*memory = (struct order_memory){ 0 };
	map_init(&memory->statuses);
	arena_init(&memory->scratch);
}

void order_memory_release(struct order_memory *memory)
{
	map_release(&memory->statuses);
	free(memory->is_void);
	arena_release(&memory->scratch);
}

static bool is_code(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)((name.ptr[i] | 0x20) - 'a') >= 26)
			return false;
	return name.len == 3;
}

uint32_t order_pack_currency(struct slice name)
{
	char code[4];

	if (!is_code(name) || slice_equal_nocase(name, SLICE("RMB"))) { /* most are codes, which need no look-up */
		if (!money_currency(name, code))
			return 0;
		name = slice_of(code);
	}
	return (uint32_t)(name.ptr[0] & ~0x20) << 16 | (uint32_t)(name.ptr[1] & ~0x20) << 8 | (uint32_t)(name.ptr[2] & ~0x20);
}

/* The record under the reader's eye. */
struct cursor {
	const struct order_reader *reader;
	const struct intake *intake;
	struct batch *batch;
	size_t r;
	struct order_memory *memory;
	struct order_row *row;
};

/* Visible ASCII that begins with a digit or is longer than any word for nothing: clean as it is, and not empty. */
static bool is_plain(struct slice text)
{
	if (text.len == 0 || !((text.ptr[0] >= '0' && text.ptr[0] <= '9') || text.len > 4))
		return false;
	return utf8_visible_length(text) == text.len;
}

/* The cleaned cell; empty where the column is absent or says that it is. */
static struct slice cell(const struct cursor *c, size_t column, enum measure measure)
{
	struct slice text;

	if (column >= c->intake->columns)
		return (struct slice){ NULL, 0 };
	text = feed_cell(c->intake, c->batch, c->r, column, measure, &c->batch->arena);
	if (is_plain(text))
		return text;
	text = text_clean(text, &c->batch->arena);
	return text_is_empty(text) ? (struct slice){ NULL, 0 } : text;
}

static bool find_void_status(const struct cursor *c, struct slice raw)
{
	struct order_memory *memory = c->memory;
	size_t column = c->reader->columns.status, known = memory->statuses.count;
	struct slice status;
	uint32_t number = map_find(&memory->statuses, raw);
	bool is_void;

	if (number != MAP_NONE)
		return memory->is_void[number];
	status = cell(c, column, MEASURE_NONE);
	if (status.len && c->intake->profile.profile)
		status = profile_word_in(c->intake->profile.profile, ROLE_STATUS, status, &c->batch->arena);
	is_void = status.len && status_is_void(c->reader->words, status, &memory->scratch);
	if (known >= STATUSES_KEPT)
		return is_void;
	number = map_add(&memory->statuses, raw);
	memory->is_void = memory_grow(memory->is_void, &memory->capacity, known + 1, 1);
	memory->is_void[number] = is_void;
	return is_void;
}

/* Whether the row's status voids it. Statuses are few: they are remembered as they stand, and the short ones where no hash is needed. */
static bool has_void_status(const struct cursor *c)
{
	size_t column = c->reader->columns.status;
	struct recent_status status, *recent;
	struct slice raw;

	if (column >= c->intake->columns)
		return false;
	raw = batch_cell(c->batch, c->r, column);
	if (raw.len == 0 || raw.len > sizeof status.head)
		return find_void_status(c, raw);
	status = (struct recent_status){ { hash_word(raw.ptr, raw.len < 8 ? raw.len : 8), raw.len > 8 ? hash_word(raw.ptr + 8, raw.len - 8) : 0 },
					 (uint8_t)raw.len, false };
	recent = &c->memory->recent[(status.head[0] ^ status.head[0] >> 8 ^ raw.len) % RECENT_STATUSES];
	if (recent->length != raw.len || recent->head[0] != status.head[0] || recent->head[1] != status.head[1]) {
		status.is_void = find_void_status(c, raw);
		*recent = status;
	}
	return recent->is_void;
}

static bool reject(const struct cursor *c, size_t column, const char *code, const char *what)
{
	char quoted[DIAG_QUOTE_SIZE];
	struct slice value = batch_cell(c->batch, c->r, column);

	batch_reject(c->batch, c->r, column + 1, code,
		     arena_format(&c->batch->arena, "%s %s", diag_quote(value, quoted), what));
	return false;
}

static bool reject_blank(const struct cursor *c, size_t column)
{
	batch_reject(c->batch, c->r, column + 1, "missing-amount", SLICE("the amount is empty"));
	return false;
}

static bool read_date(const struct cursor *c)
{
	size_t column = c->reader->columns.date;
	struct date date = { .days = civil_parse(batch_cell(c->batch, c->r, column)) };
	enum date_result result = DATE_OK;

	if (date.days == CIVIL_NONE) {
		struct slice text = cell(c, column, MEASURE_DATE);

		if (text.len == 0 && c->row->continues)
			return true; /* the day of the row before */
		result = date_parse(text, c->intake->date_orders[column], &date);
	}
	if (result == DATE_AMBIGUOUS)
		return reject(c, column, "ambiguous-date", "may be meant in several orders; say which with --date-order dmy, mdy or ymd");
	if (result != DATE_OK)
		return reject(c, column, "bad-date", "is not a date");
	if (date.days < EARLIEST_DAY)
		return reject(c, column, "bad-date", "lies before 1900");
	if (date.days > c->reader->latest)
		return reject(c, column, "future-date", "lies in the future");
	c->row->line.day = date.days;
	return true;
}

/* -123.45, the usual form, of at most 12 digits before the point and 4 after it. */
static bool read_plain_money(struct slice text, int64_t *value)
{
	size_t i = 0, point = SIZE_MAX;
	int64_t sum = 0;
	bool negative = text.len && text.ptr[0] == '-';

	for (i = negative; i < text.len && i < 17; i++) {
		if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
			sum = sum * 10 + (text.ptr[i] - '0');
		else if (text.ptr[i] == '.' && point == SIZE_MAX && i > negative)
			point = i;
		else
			return false;
	}
	if (i < text.len || i == negative || point == i - 1 || (point == SIZE_MAX ? i : point) > 12 + (size_t)negative ||
	    (point != SIZE_MAX && i - point > 5))
		return false;
	for (size_t decimals = point == SIZE_MAX ? 0 : i - 1 - point; decimals < 4; decimals++)
		sum *= 10;
	*value = negative ? -sum : sum;
	return true;
}

/* The amount in a column; where the cell is empty, *absent and *value is untouched. */
static bool read_money_or_none(const struct cursor *c, size_t column, int64_t *value, bool *absent)
{
	struct slice text;
	struct money money;
	enum money_result result;
	int64_t unit;

	*absent = false;
	if (column >= c->intake->columns ||
	    (c->intake->roles[column].unit == 1 && !c->intake->profile.profile && read_plain_money(batch_cell(c->batch, c->r, column), value)))
		return true;
	text = cell(c, column, MEASURE_AMOUNT);
	*absent = text.len == 0;
	if (*absent)
		return true;
	unit = c->intake->roles[column].unit;
	result = money_parse(text, unit ? unit : 1, &money);
	if (result == MONEY_BAD)
		return reject(c, column, "bad-amount", "is not a number");
	if (result == MONEY_OVERFLOW)
		return reject(c, column, "amount-overflow", "is too large");
	*value = money.value;
	if (money.currency[0])
		c->row->currency = order_pack_currency((struct slice){ money.currency, 3 });
	return true;
}

static bool read_money(const struct cursor *c, size_t column, int64_t *value)
{
	bool absent;

	return read_money_or_none(c, column, value, &absent);
}

/* Price times quantity, rounded half away from zero to 1/10000. */
static bool multiply(const struct cursor *c, int64_t price, int64_t quantity, int64_t *amount)
{
	__int128 product = (__int128)price * quantity;

	product = (product + (product < 0 ? -MONEY_ONE / 2 : MONEY_ONE / 2)) / MONEY_ONE;
	if (product > INT64_MAX || product < -INT64_MAX)
		return reject(c, c->reader->columns.price, "amount-overflow", "is too large");
	*amount = (int64_t)product;
	return true;
}

/* The row's own amount, negative for a return; *absent where its cell is empty. */
static bool read_amount(const struct cursor *c, int64_t *amount, bool *absent)
{
	const struct order_columns *at = &c->reader->columns;
	size_t column = at->price < c->intake->columns ? at->price : at->amount;
	int64_t quantity = MONEY_ONE;

	*amount = 0;
	if (!read_money_or_none(c, column, amount, absent) || !read_money(c, at->quantity, &quantity))
		return false;
	if (at->price < c->intake->columns)
		return multiply(c, *amount, quantity, amount);
	if (quantity < 0 && *amount > 0)
		*amount = -*amount;
	return true;
}

static bool read_value(const struct cursor *c)
{
	const struct order_columns *at = &c->reader->columns;
	struct line *line = &c->row->line;
	int64_t refund = 0, cost = 0;
	bool absent, is_return;

	if (!read_amount(c, &line->amount, &absent) || !read_money(c, at->refund, &refund))
		return false;
	if (absent && line->order == 0)
		return reject_blank(c, at->price < c->intake->columns ? at->price : at->amount);
	c->row->continues = absent;
	is_return = line->amount < 0;
	refund = is_return ? 0 : refund; /* the row is the refund itself: its money went back once */
	if (__builtin_sub_overflow(line->amount, refund < 0 ? -refund : refund, &line->amount))
		return reject(c, at->refund, "amount-overflow", "is too large");
	if (refund && line->amount == 0)
		line->flags |= LINE_VOID; /* refunded in full */
	if (line->amount < 0)
		line->flags |= LINE_RETURN;
	if (!c->reader->details)
		return true;
	if (at->profit < c->intake->columns)
		return read_money(c, at->profit, &line->profit);
	if (!read_money(c, at->cost, &cost))
		return false;
	cost = is_return && cost > 0 ? -cost : cost;
	if (at->cost < c->intake->columns && __builtin_sub_overflow(line->amount, cost, &line->profit))
		return reject(c, at->cost, "amount-overflow", "is too large");
	return true;
}

/* What no one understands is not taken for the currency of the figures: 100 of it would count as 100 of those. */
static bool read_currency(const struct cursor *c)
{
	struct slice currency = cell(c, c->reader->columns.currency, MEASURE_NONE);

	if (currency.len == 0)
		return true;
	c->row->currency = order_pack_currency(currency);
	return c->row->currency || c->row->line.flags & LINE_VOID ||
	       reject(c, c->reader->columns.currency, "bad-currency", "is no currency that is known; write its code, such as USD");
}

bool order_row_read(const struct order_reader *reader, const struct intake *intake, struct batch *batch, size_t r,
		    struct order_memory *memory, struct order_row *row)
{
	const struct cursor c = { reader, intake, batch, r, memory, row };
	const struct order_columns *at = &reader->columns;
	struct slice order;

	*row = (struct order_row){ .record = (uint32_t)r, .line = { .day = CIVIL_NONE, .file = reader->file & 0xff } };
	order = cell(&c, at->order, MEASURE_NONE);
	if (order.len) {
		row->line.order = hash_bytes(order, reader->seed) | 1;
		row->line.row = hash_bytes(batch->records[r].raw, reader->seed) & 0xffffff;
	}
	if (!read_value(&c) || !read_date(&c))
		return false;
	if (row->line.amount >= 0 && has_void_status(&c)) /* a negative row is the refund itself */
		row->line.flags |= LINE_VOID;
	if (!read_currency(&c))
		return false;
	row->customer = cell(&c, at->customer, MEASURE_NONE);
	if (reader->details || reader->categories)
		row->category = cell(&c, at->category, MEASURE_NONE);
	if (reader->details)
		row->channel = cell(&c, at->channel, MEASURE_NONE);
	arena_reset(&memory->scratch);
	return true;
}
