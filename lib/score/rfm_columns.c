/* What crm-rfm writes of a customer. */
#include "score/rfm.h"

#include <math.h>

#include "clean/money.h"

enum column_number {
	LAST_ORDER, FIRST_ORDER, RECENCY_DAYS, FREQUENCY_COLUMN, MONETARY_COLUMN, AVG_ORDER, R_SCORE, F_SCORE, M_SCORE, RFM_SCORE,
	RFM_SEGMENT, RFM_COLUMNS,
	AMOUNT_12M = RFM_COLUMNS, PROFIT_12M, ORDERS_12M, REPURCHASE, CATEGORIES, TOP_CATEGORY, TOP_CHANNEL, REVENUE_SHARE, VALUE_TIER,
	CUMULATIVE_SHARE, GROWTH_12M, ONE_OFF, VALUE_END, P_ALIVE = VALUE_END, EXPECTED_ORDERS, EXPECTED_ORDER_VALUE, CLV, CLV_END,
	EXPECTED_ORDERS_LOW = CLV_END, EXPECTED_ORDERS_HIGH, CLV_LOW, CLV_HIGH, ALL_COLUMNS
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
	{ NAME("cumulative_share"), COLUMN_NUMBER },
	{ NAME("growth_12m"), COLUMN_NUMBER },
	{ NAME("one_off"), COLUMN_NUMBER },
	{ NAME("p_alive"), COLUMN_NUMBER },
	{ NAME("expected_orders"), COLUMN_NUMBER },
	{ NAME("expected_order_value"), COLUMN_NUMBER },
	{ NAME("clv"), COLUMN_NUMBER },
	{ NAME("expected_orders_low"), COLUMN_NUMBER },
	{ NAME("expected_orders_high"), COLUMN_NUMBER },
	{ NAME("clv_low"), COLUMN_NUMBER },
	{ NAME("clv_high"), COLUMN_NUMBER },
};

size_t rfm_columns(struct rfm *rfm, const struct column **columns)
{
	rfm->columns = arena_get(&rfm->arena, ALL_COLUMNS, sizeof *rfm->columns);
	rfm->column_numbers = arena_get(&rfm->arena, ALL_COLUMNS, sizeof *rfm->column_numbers);
	rfm->column_count = 0;
	for (unsigned i = 0; i < ALL_COLUMNS; i++) {
		if ((i >= RFM_COLUMNS && i < VALUE_END && !rfm->options.value) || (i >= P_ALIVE && !rfm->with_clv) ||
		    (i >= CLV_END && !(rfm->options.clv.interval > 0)))
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

/* Of the revenue of all. */
static double share_of(const struct rfm *rfm, double amount)
{
	return rfm->revenue > 0 ? amount / (double)rfm->revenue : NAN;
}

static double growth_of(const struct value *v)
{
	return v->amount_before > 0 ? (double)v->amount_12m / (double)v->amount_before - 1 : NAN;
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
	case REVENUE_SHARE: rows_real(rows, share_of(rfm, (double)c->monetary), 6); break;
	case CUMULATIVE_SHARE: rows_real(rows, share_of(rfm, (double)v->cumulative), 6); break;
	case GROWTH_12M: rows_real(rows, growth_of(v), 4); break;
	case ONE_OFF: rows_i64(rows, v->one_off); break;
	default: rows_cell(rows, (struct slice){ &v->tier, v->tier != 0 });
	}
}

static void write_interval(const struct rfm *rfm, struct rows *rows, uint32_t customer, size_t column)
{
	double orders[2], value[2];

	clv_interval(&rfm->clv, customer, orders, value);
	if (column < CLV_LOW)
		rows_real(rows, orders[column == EXPECTED_ORDERS_HIGH], 3);
	else
		rows_real(rows, value[column == CLV_HIGH], 2);
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
	case CUMULATIVE_SHARE: case GROWTH_12M: case ONE_OFF:
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
	else if (column < CLV_END)
		write_clv(rfm, rows, customer, column);
	else
		write_interval(rfm, rows, customer, column);
}
