#include "score/rfm.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/money.h"
#include "io/json.h"

enum figure { RECENCY, FREQUENCY, MONETARY, FIGURES };

static int64_t one_of(enum figure figure)
{
	return figure == MONETARY ? MONEY_ONE : 1;
}

/* FIGURE=A,B,… of one option. */
static int read_breaks(struct rfm *rfm, const char *text, struct diag *diag)
{
	static const char *const names[FIGURES] = { "recency", "frequency", "monetary" };
	struct slice rest = slice_of(text), name = slice_cut(&rest, '=');
	int64_t at[CUTS_BINS_MOST] = { 0 };
	unsigned count = 0, figure = 0;
	bool good = true;

	while (figure < FIGURES && !slice_equal(name, slice_of(names[figure])))
		figure++;
	while (rest.len && good && count < rfm->options.bins) {
		struct money money;

		good = money_parse(slice_cut(&rest, ','), 1, &money) == MONEY_OK;
		at[count] = money.value / (MONEY_ONE / one_of((enum figure)figure));
		good = good && (count == 0 || at[count] > at[count - 1]);
		count++;
	}
	if (figure == FIGURES || !good || rest.len || count != rfm->options.bins - 1)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--breaks %s: not recency, frequency or monetary = %u rising numbers "
				 "(one less than --bins)", text, rfm->options.bins - 1);
	cuts_set(&rfm->cuts[figure], at, count);
	rfm->fixed[figure] = true;
	return 0;
}

int rfm_init(struct rfm *rfm, const struct rfm_options *options, struct diag *diag)
{
	*rfm = (struct rfm){ .options = *options };
	arena_init(&rfm->arena);
	for (size_t i = 0; i < options->break_count; i++)
		if (read_breaks(rfm, options->breaks[i], diag))
			return -1;
	return segments_load(&rfm->segments, options->segments, options->bins, &rfm->arena, diag);
}

void rfm_release(struct rfm *rfm)
{
	free(rfm->customers);
	free(rfm->values);
	clv_release(&rfm->clv);
	cohorts_release(&rfm->cohorts);
	arena_release(&rfm->arena);
}

static int add_customer(void *context, uint32_t customer, const struct account *account, const struct line *lines,
			size_t line_count, struct diag *diag)
{
	struct rfm *rfm = context;
	struct rfm_customer *c = &rfm->customers[customer];

	for (size_t i = 0; i < account->count; i++) {
		const struct order *order = &account->orders[i];

		if (__builtin_add_overflow(c->monetary, order->amount, &c->monetary))
			return diag_fail(diag, STATUS_INPUT, NULL, "amount-overflow",
					 "the amounts of a customer are too large to add");
		if (!order->is_purchase)
			continue;
		c->first = c->frequency++ ? c->first : order->day;
		c->last = order->day;
	}
	if (rfm->options.clv)
		clv_note(&rfm->clv, customer, account);
	if (rfm->cohorts.months)
		cohorts_note(&rfm->cohorts, account);
	if (!rfm->values)
		return 0;
	return value_make(&rfm->values[customer], account, lines, line_count, civil_add_months(rfm->options.as_of, -12),
			  diag);
}

static int64_t figure_of(const struct rfm *rfm, const struct rfm_customer *c, enum figure figure)
{
	if (figure == RECENCY)
		return (int64_t)rfm->options.as_of - c->last;
	return figure == FREQUENCY ? c->frequency : c->monetary;
}

/* Scores of one figure over the customers who have a purchase; `figures` has room for them. */
static void score_figure(struct rfm *rfm, enum figure figure, int64_t *figures, uint8_t *scores)
{
	unsigned bins = rfm->options.bins;
	bool ntile = rfm->options.ntile && !rfm->fixed[figure];
	size_t n = 0;

	for (size_t i = 0; i < rfm->count; i++)
		if (rfm->customers[i].frequency)
			figures[n++] = figure_of(rfm, &rfm->customers[i], figure) * (ntile && figure == RECENCY ? -1 : 1);
	if (ntile)
		cuts_ntile(figures, n, bins, scores);
	else if (!rfm->fixed[figure])
		cuts_find(&rfm->cuts[figure], figures, n, bins, one_of(figure));
	n = 0;
	for (size_t i = 0; i < rfm->count; i++) {
		struct rfm_customer *c = &rfm->customers[i];
		unsigned score;

		if (!c->frequency)
			continue;
		score = ntile ? scores[n++] : cuts_score(&rfm->cuts[figure], figure_of(rfm, c, figure));
		c->scores[figure] = (uint8_t)(figure == RECENCY && !ntile ? bins + 1 - score : score);
	}
}

static void find_segments(struct rfm *rfm)
{
	struct score_means means = { .count = rfm->buyers };

	for (size_t i = 0; i < rfm->count; i++)
		for (size_t figure = 0; figure < FIGURES; figure++)
			means.sum[figure] += rfm->customers[i].scores[figure];
	for (size_t i = 0; i < rfm->count; i++) {
		struct rfm_customer *c = &rfm->customers[i];

		if (c->frequency && rfm->has_amount)
			c->segment = (uint8_t)segments_find(&rfm->segments, c->scores, &means);
	}
}

static void make_scores(struct rfm *rfm)
{
	int64_t *figures = memory_get(rfm->buyers, sizeof *figures);
	uint8_t *scores = memory_get(rfm->buyers, sizeof *scores);

	for (int figure = RECENCY; figure < FIGURES; figure++)
		if (figure != MONETARY || rfm->has_amount)
			score_figure(rfm, (enum figure)figure, figures, scores);
	find_segments(rfm);
	free(figures);
	free(scores);
}

static void make_tiers(struct rfm *rfm)
{
	struct value_rank *ranks = memory_get(rfm->buyers, sizeof *ranks);
	size_t n = 0;

	for (size_t i = 0; i < rfm->count; i++)
		if (rfm->customers[i].frequency)
			ranks[n++] = (struct value_rank){ rfm->customers[i].monetary, (uint32_t)i };
	value_tiers(rfm->values, ranks, n, rfm->options.tier_a, rfm->options.tier_b);
	free(ranks);
}

static int add_totals(struct rfm *rfm, struct diag *diag)
{
	for (size_t i = 0; i < rfm->count; i++) {
		const struct rfm_customer *c = &rfm->customers[i];

		rfm->buyers += c->frequency > 0;
		if (__builtin_add_overflow(rfm->revenue, c->monetary, &rfm->revenue))
			return diag_fail(diag, STATUS_INPUT, NULL, "amount-overflow", "the amounts are too large to add");
	}
	return 0;
}

int rfm_make(struct rfm *rfm, struct ledger *ledger, struct diag *diag)
{
	rfm->ledger = ledger;
	rfm->has_amount = ledger->has_amount;
	rfm->has_profit = ledger->has_profit;
	rfm->has_categories = ledger->has_category;
	rfm->has_channels = ledger->has_channel;
	rfm->count = ledger->roster->keys.count;
	rfm->customers = memory_get(rfm->count, sizeof *rfm->customers);
	for (size_t i = 0; i < rfm->count; i++)
		rfm->customers[i] = (struct rfm_customer){ .first = CIVIL_NONE, .last = CIVIL_NONE, .segment = SEGMENT_NONE };
	if (rfm->options.value)
		rfm->values = memory_zero(rfm->count, sizeof *rfm->values);
	if (rfm->options.cohorts)
		cohorts_init(&rfm->cohorts, ledger->figures.first_day, rfm->options.as_of);
	if (rfm->options.clv)
		clv_init(&rfm->clv, rfm->options.clv, rfm->count, ledger->figures.first_day);
	if (ledger_each(ledger, add_customer, rfm, diag) || add_totals(rfm, diag))
		return -1;
	if (!rfm->has_amount && rfm->buyers)
		diag_warn(diag, NULL, "no-amount", "the orders have no amount: monetary, m_score, rfm_score and rfm_segment stay empty");
	make_scores(rfm);
	if (rfm->values)
		make_tiers(rfm);
	return rfm->options.clv ? clv_fit(&rfm->clv, diag) : 0;
}

double rfm_cut(const struct rfm *rfm, unsigned figure, unsigned i)
{
	return cuts_value(&rfm->cuts[figure], i, one_of((enum figure)figure));
}

static bool has_cuts(const struct rfm *rfm, unsigned figure)
{
	return rfm->buyers && (!rfm->options.ntile || rfm->fixed[figure]) && (figure != MONETARY || rfm->has_amount);
}

struct slice rfm_describe_cuts(const struct rfm *rfm, unsigned figure, struct arena *arena)
{
	static const char *const names[] = { "recency", "frequency", "monetary" };
	struct slice text = arena_format(arena, "cuts of %s:", names[figure]);

	if (!has_cuts(rfm, figure))
		return SLICE("");
	for (unsigned i = 0; i + 1 < rfm->options.bins; i++)
		text = arena_format(arena, "%.*s %.10g", SLICE_ARG(text), rfm_cut(rfm, figure, i));
	return text;
}

struct cJSON *rfm_report_cuts(const struct rfm *rfm, unsigned figure)
{
	cJSON *list = cJSON_CreateArray();

	for (unsigned i = 0; has_cuts(rfm, figure) && i + 1 < rfm->options.bins; i++)
		cJSON_AddItemToArray(list, json_number_node(rfm_cut(rfm, figure, i)));
	return list;
}

enum column_number {
	LAST_ORDER, FIRST_ORDER, RECENCY_DAYS, FREQUENCY_COLUMN, MONETARY_COLUMN, AVG_ORDER, R_SCORE, F_SCORE, M_SCORE, RFM_SCORE,
	RFM_SEGMENT, RFM_COLUMNS,
	AMOUNT_12M = RFM_COLUMNS, PROFIT_12M, ORDERS_12M, REPURCHASE, CATEGORIES, TOP_CATEGORY, TOP_CHANNEL, REVENUE_SHARE, VALUE_TIER,
	VALUE_END, P_ALIVE = VALUE_END, EXPECTED_ORDERS, EXPECTED_ORDER_VALUE, CLV, ALL_COLUMNS
};

#define NAME(text) { text, sizeof(text) - 1 }

static const struct column all_columns[ALL_COLUMNS] = {
	{ NAME("last_order"), COLUMN_TEXT },
	{ NAME("first_order"), COLUMN_TEXT },
	{ NAME("recency_days"), COLUMN_NUMBER },
	{ NAME("frequency"), COLUMN_NUMBER },
	{ NAME("monetary"), COLUMN_NUMBER },
	{ NAME("avg_order"), COLUMN_NUMBER },
	{ NAME("r_score"), COLUMN_NUMBER },
	{ NAME("f_score"), COLUMN_NUMBER },
	{ NAME("m_score"), COLUMN_NUMBER },
	{ NAME("rfm_score"), COLUMN_NUMBER },
	{ NAME("rfm_segment"), COLUMN_TEXT },
	{ NAME("amount_12m"), COLUMN_NUMBER },
	{ NAME("profit_12m"), COLUMN_NUMBER },
	{ NAME("orders_12m"), COLUMN_NUMBER },
	{ NAME("repurchase"), COLUMN_NUMBER },
	{ NAME("categories"), COLUMN_NUMBER },
	{ NAME("top_category"), COLUMN_TEXT },
	{ NAME("top_channel"), COLUMN_TEXT },
	{ NAME("revenue_share"), COLUMN_NUMBER },
	{ NAME("value_tier"), COLUMN_TEXT },
	{ NAME("p_alive"), COLUMN_NUMBER },
	{ NAME("expected_orders"), COLUMN_NUMBER },
	{ NAME("expected_order_value"), COLUMN_NUMBER },
	{ NAME("clv"), COLUMN_NUMBER },
};

size_t rfm_columns(struct rfm *rfm, const struct column **columns)
{
	rfm->columns = arena_get(&rfm->arena, ALL_COLUMNS, sizeof *rfm->columns);
	rfm->column_numbers = arena_get(&rfm->arena, ALL_COLUMNS, sizeof *rfm->column_numbers);
	rfm->column_count = 0;
	for (unsigned i = 0; i < ALL_COLUMNS; i++) {
		if ((i >= RFM_COLUMNS && i < VALUE_END && !rfm->options.value) || (i >= P_ALIVE && !rfm->options.clv))
			continue;
		rfm->column_numbers[rfm->column_count] = i;
		rfm->columns[rfm->column_count++] = all_columns[i];
	}
	*columns = rfm->columns;
	return rfm->column_count;
}

static void write_money(struct rows *rows, int64_t value)
{
	char text[MONEY_TEXT];

	rows_cell(rows, (struct slice){ text, money_print(value, text) });
}

/* Rounded to cents, half away from zero. */
static int64_t mean_amount(int64_t sum, uint32_t count)
{
	int64_t cent = MONEY_ONE / 100, step = cent * count, half = step / 2;
	__int128 rounded = ((__int128)sum + (sum < 0 ? -half : half)) / step;

	return (int64_t)rounded * cent;
}

static void write_score(struct rows *rows, unsigned score)
{
	if (score)
		rows_i64(rows, score);
	else
		rows_empty(rows);
}

static void write_name(struct rows *rows, const struct map *names, unsigned number)
{
	rows_cell(rows, number ? names->keys[number - 1] : SLICE(""));
}

static void write_rfm(const struct rfm *rfm, struct rows *rows, const struct rfm_customer *c, size_t column)
{
	bool scored = c->scores[RECENCY] && c->scores[FREQUENCY] && c->scores[MONETARY];

	switch (column) {
	case LAST_ORDER: rows_date(rows, c->last); break;
	case FIRST_ORDER: rows_date(rows, c->first); break;
	case RECENCY_DAYS: rows_i64(rows, rfm->options.as_of - c->last); break;
	case FREQUENCY_COLUMN: rows_i64(rows, c->frequency); break;
	case AVG_ORDER: write_money(rows, mean_amount(c->monetary, c->frequency)); break;
	case R_SCORE: write_score(rows, c->scores[RECENCY]); break;
	case F_SCORE: write_score(rows, c->scores[FREQUENCY]); break;
	case M_SCORE: write_score(rows, c->scores[MONETARY]); break;
	case RFM_SCORE:
		write_score(rows, scored ? c->scores[RECENCY] * 100u + c->scores[FREQUENCY] * 10u + c->scores[MONETARY] : 0);
		break;
	default:
		rows_cell(rows, c->segment == SEGMENT_NONE ? SLICE("") :
							     rfm->segments.items[c->segment].name[rfm->options.language]);
	}
}

static void write_value(const struct rfm *rfm, struct rows *rows, uint32_t customer, size_t column)
{
	const struct rfm_customer *c = &rfm->customers[customer];
	const struct value *v = &rfm->values[customer];

	switch (column) {
	case AMOUNT_12M: write_money(rows, v->amount_12m); break;
	case PROFIT_12M: write_money(rows, v->profit_12m); break;
	case ORDERS_12M: rows_i64(rows, v->orders_12m); break;
	case REPURCHASE: rows_i64(rows, c->frequency >= 2); break;
	case CATEGORIES: rows_i64(rows, v->categories); break;
	case TOP_CATEGORY: write_name(rows, &rfm->ledger->categories, v->top_category); break;
	case TOP_CHANNEL: write_name(rows, &rfm->ledger->channels, v->top_channel); break;
	case REVENUE_SHARE: rows_real(rows, (double)c->monetary / (double)rfm->revenue, 6); break;
	default: rows_cell(rows, (struct slice){ &v->tier, v->tier != 0 });
	}
}

static void write_clv(const struct rfm *rfm, struct rows *rows, uint32_t customer, size_t column)
{
	const struct clv *clv = &rfm->clv;
	const struct clv_customer *c = &clv->customers[customer];

	switch (column) {
	case P_ALIVE: rows_real(rows, clv->modelled && !clv->model.degenerate ? c->p_alive : NAN, 4); break;
	case EXPECTED_ORDERS: rows_real(rows, clv->modelled ? c->expected : NAN, 3); break;
	case EXPECTED_ORDER_VALUE: rows_real(rows, clv_order_value(clv, customer), 2); break;
	default: rows_real(rows, clv_value(clv, customer), 2);
	}
}

/* Whether the orders say what the column is about. */
static bool is_known(const struct rfm *rfm, size_t column)
{
	switch (column) {
	case MONETARY_COLUMN: case AVG_ORDER: case M_SCORE: case AMOUNT_12M: case REVENUE_SHARE: case VALUE_TIER:
	case EXPECTED_ORDER_VALUE: case CLV:
		return rfm->has_amount;
	case PROFIT_12M: return rfm->has_profit;
	case CATEGORIES: case TOP_CATEGORY: return rfm->has_categories;
	case TOP_CHANNEL: return rfm->has_channels;
	default: return true;
	}
}

/* What a customer without a purchase has, too. */
static bool is_count(size_t column)
{
	return column == FREQUENCY_COLUMN || column == MONETARY_COLUMN || (column >= AMOUNT_12M && column <= CATEGORIES);
}

void rfm_cell(const void *context, struct rows *rows, uint32_t customer, size_t number)
{
	const struct rfm *rfm = context;
	const struct rfm_customer *c = customer == KEY_NONE ? NULL : &rfm->customers[customer];
	size_t column = rfm->column_numbers[number];

	if (!c || !is_known(rfm, column) || (c->frequency == 0 && !is_count(column)))
		rows_empty(rows);
	else if (column == MONETARY_COLUMN)
		write_money(rows, c->monetary);
	else if (column < RFM_COLUMNS)
		write_rfm(rfm, rows, c, column);
	else if (column < VALUE_END)
		write_value(rfm, rows, customer, column);
	else
		write_clv(rfm, rows, customer, column);
}
