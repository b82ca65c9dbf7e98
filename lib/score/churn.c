#include "score/churn.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/money.h"

static const double overdue_ratio = 2;

void churn_init(struct churn *churn, const struct churn_options *options)
{
	*churn = (struct churn){ .options = *options };
	arena_init(&churn->arena);
	warning_words_load(&churn->words, &churn->arena);
}

void churn_release(struct churn *churn)
{
	free(churn->customers);
	for (size_t k = 0; k < RISK_ORIGINS; k++)
		free(churn->past[k]);
	arena_release(&churn->arena);
}

/* How he stood at a past origin, from his purchases in order of day. */
static struct risk_case stood_at(const struct account *account, int32_t origin, uint32_t horizon)
{
	struct risk_case c = { .T = UINT32_MAX };
	int32_t first = 0;

	for (size_t i = 0; i < account->count; i++) {
		const struct order *order = &account->orders[i];

		if (!order->is_purchase)
			continue;
		if (order->day > origin) {
			c.came_back = order->day <= origin + (int64_t)horizon;
			break;
		}
		if (c.T == UINT32_MAX) {
			first = order->day;
			c.T = (uint32_t)(origin - first);
			continue;
		}
		c.x++;
		c.t = (uint32_t)(order->day - first);
	}
	return c;
}

static int add_customer(void *context, uint32_t customer, const struct account *account, const struct line *lines,
			size_t line_count, struct diag *diag)
{
	struct churn *churn = context;
	struct churn_customer *c = &churn->customers[customer];
	int32_t year_ago = civil_add_months(churn->options.as_of, -12);

	(void)lines;
	(void)line_count;
	for (size_t i = 0; i < account->count; i++) {
		const struct order *order = &account->orders[i];

		if (order->day > year_ago && __builtin_add_overflow(c->amount_12m, order->amount, &c->amount_12m))
			return diag_fail(diag, STATUS_INPUT, NULL, "amount-overflow",
					 "the amounts of a customer are too large to add");
		if (!order->is_purchase)
			continue;
		c->x += c->first != CIVIL_NONE;
		c->first = c->first == CIVIL_NONE ? order->day : c->first;
		c->last = order->day;
		c->recent += order->day > (int64_t)churn->options.as_of - churn->options.horizon;
	}
	if (warning_is_amount_drop(account))
		c->reasons |= 1 << REASON_AMOUNT_DROP;
	for (size_t k = 0; k < RISK_ORIGINS; k++)
		if (churn->past[k])
			churn->past[k][customer] = stood_at(account, churn->risk.origins[k].day, churn->options.horizon);
	return 0;
}

static void fit_risk(struct churn *churn)
{
	struct risk_case *now = memory_get(churn->count, sizeof *now);

	for (size_t i = 0; i < churn->count; i++) {
		const struct churn_customer *c = &churn->customers[i];

		now[i] = (struct risk_case){ .T = UINT32_MAX };
		if (c->first != CIVIL_NONE)
			now[i] = (struct risk_case){ c->x, (uint32_t)(c->last - c->first),
						     (uint32_t)(churn->options.as_of - c->first), false };
	}
	risk_fit(&churn->risk, now, (const struct risk_case *const *)churn->past, churn->count);
	free(now);
}

static unsigned event_reasons(const struct churn *churn, const struct churn_customer *c, const struct event_counts *e,
			      double complaint_rate)
{
	int32_t as_of = churn->options.as_of, since = c->first;
	unsigned reasons = 0;

	if (e->contact_left != CIVIL_NONE && as_of - e->contact_left < CONTACT_DAYS)
		reasons |= 1u << REASON_CONTACT_LEFT;
	if (e->first == CIVIL_NONE)
		return reasons;
	since = since == CIVIL_NONE || e->first < since ? e->first : since;
	if (warning_is_complaints_up(&(struct complaints){ e->complaints_recent, e->complaints_earlier,
							   fmax(0, (double)as_of - since + 1 - COMPLAINT_DAYS) },
				     complaint_rate))
		reasons |= 1u << REASON_COMPLAINTS_UP;
	if (warning_is_drop(e->others_recent, (uint64_t)e->others_recent + e->others_earlier, churn->options.horizon,
			    (double)as_of - e->first + 1))
		reasons |= 1u << REASON_SERVICE_DOWN;
	return reasons;
}

static uint8_t level_of(const struct churn_options *options, const struct churn_customer *c)
{
	bool strong = c->reasons & (1u << REASON_CONTACT_LEFT | 1u << REASON_COMPLAINTS_UP);
	unsigned level = c->risk >= options->high ? 2 : c->risk >= options->medium;

	return (uint8_t)(strong && level < 2 ? level + 1 : level);
}

static void judge(struct churn *churn, struct churn_customer *c)
{
	uint32_t t, T;
	double idle;

	if (c->first == CIVIL_NONE)
		return;
	t = (uint32_t)(c->last - c->first);
	T = (uint32_t)(churn->options.as_of - c->first);
	idle = T - t;
	c->typical_gap = rhythm_typical_gap(&churn->risk.rhythm, c->x, t);
	c->risk = risk_of(&churn->risk, c->x, t, T);
	c->lifecycle = (uint8_t)lifecycle_of(&churn->options.limits, c->x, T - t, c->typical_gap);
	if (idle > overdue_ratio * c->typical_gap)
		c->reasons |= 1 << REASON_OVERDUE;
	if (warning_is_drop(c->recent, (uint64_t)c->x + 1, churn->options.horizon, T + 1.))
		c->reasons |= 1 << REASON_FREQUENCY_DROP;
	c->level = level_of(&churn->options, c);
}

int churn_make(struct churn *churn, struct ledger *ledger, const struct events *events, struct diag *diag)
{
	double complaint_rate = events ? events_complaint_rate(events) : 0;

	churn->count = ledger->roster->keys.count;
	churn->customers = memory_zero(churn->count, sizeof *churn->customers);
	for (size_t i = 0; i < churn->count; i++)
		churn->customers[i].first = churn->customers[i].last = CIVIL_NONE;
	risk_origins(&churn->risk, churn->options.horizon, ledger->figures.first_day, churn->options.as_of);
	for (size_t k = 0; k < RISK_ORIGINS; k++) {
		if (churn->risk.origins[k].day == CIVIL_NONE)
			continue;
		churn->past[k] = memory_get(churn->count, sizeof *churn->past[k]);
		for (size_t i = 0; i < churn->count; i++)
			churn->past[k][i] = (struct risk_case){ .T = UINT32_MAX };
	}
	if (ledger_each(ledger, add_customer, churn, diag))
		return -1;
	fit_risk(churn);
	for (size_t i = 0; i < churn->count; i++) {
		struct churn_customer *c = &churn->customers[i];

		if (events)
			c->reasons |= (uint8_t)event_reasons(churn, c, &events->customers[i], complaint_rate);
		judge(churn, c);
		churn->by_lifecycle[c->lifecycle]++;
		churn->by_level[c->level] += c->lifecycle != LIFECYCLE_PROSPECT;
	}
	return 0;
}

#define NAME(text) { text, sizeof(text) - 1 }

enum column_number {
	LIFECYCLE, DAYS_SINCE_LAST, TYPICAL_GAP_DAYS, OVERDUE_RATIO, CHURN_RISK, CHURN_LEVEL, CHURN_REASONS, CHURN_ACTION, CHURN_COLUMNS
};

size_t churn_columns(const struct column **columns)
{
	static const struct column all[CHURN_COLUMNS] = {
		{ NAME("lifecycle"), COLUMN_TEXT },          { NAME("days_since_last"), COLUMN_NUMBER },
		{ NAME("typical_gap_days"), COLUMN_NUMBER }, { NAME("overdue_ratio"), COLUMN_NUMBER },
		{ NAME("churn_risk"), COLUMN_NUMBER },       { NAME("churn_level"), COLUMN_TEXT },
		{ NAME("churn_reasons"), COLUMN_LIST },      { NAME("churn_action"), COLUMN_TEXT },
	};

	*columns = all;
	return CHURN_COLUMNS;
}

static void write_reasons(const struct churn *churn, struct rows *rows, unsigned reasons)
{
	char text[512];
	struct slice list = { text, 0 };

	for (size_t i = 0; i < REASONS; i++) {
		struct slice word = churn->words.reason[i][churn->options.language];

		if (!(reasons & 1u << i) || list.len + word.len + 1 > sizeof text)
			continue;
		if (list.len)
			text[list.len++] = ';';
		memcpy(text + list.len, word.ptr, word.len);
		list.len += word.len;
	}
	rows_cell(rows, list);
}

static struct slice action_of(const struct churn *churn, const struct churn_customer *c)
{
	const struct warning_words *words = &churn->words;
	int language = churn->options.language;

	if (c->lifecycle != LIFECYCLE_LOST && c->lifecycle != LIFECYCLE_PROSPECT) {
		if (c->reasons & 1u << REASON_COMPLAINTS_UP)
			return words->for_complaints[language];
		if (c->reasons & 1u << REASON_CONTACT_LEFT)
			return words->for_contact[language];
		if (c->lifecycle == LIFECYCLE_ACTIVE && c->level == 2)
			return words->for_risk[language];
	}
	return words->for_state[c->lifecycle][language];
}

void churn_cell(const void *context, struct rows *rows, uint32_t customer, size_t column)
{
	const struct churn *churn = context;
	const struct churn_customer *c = customer == KEY_NONE ? NULL : &churn->customers[customer];
	int language = churn->options.language;
	bool bought = c && c->first != CIVIL_NONE;
	double idle = bought ? (double)churn->options.as_of - c->last : 0;

	if (!bought && !(c && (column == LIFECYCLE || column == CHURN_REASONS || column == CHURN_ACTION))) {
		rows_empty(rows);
		return;
	}
	switch (column) {
	case LIFECYCLE: rows_cell(rows, churn->words.lifecycle[c->lifecycle][language]); break;
	case DAYS_SINCE_LAST: rows_real(rows, idle, 0); break;
	case TYPICAL_GAP_DAYS: rows_real(rows, c->typical_gap, 1); break;
	case OVERDUE_RATIO: rows_real(rows, idle / c->typical_gap, 2); break;
	case CHURN_RISK: rows_real(rows, c->risk, 4); break;
	case CHURN_LEVEL: rows_cell(rows, churn->words.level[c->level][language]); break;
	case CHURN_REASONS: write_reasons(churn, rows, c->reasons); break;
	default: rows_cell(rows, action_of(churn, c));
	}
}

/* A customer on the watchlist. */
struct watched {
	double value;     /* at risk, 1/10000 */
	uint32_t customer;
};

static int compare_watched(const void *a, const void *b)
{
	const struct watched *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->customer > y->customer) - (x->customer < y->customer);
}

enum { WATCH_OWN = 5 };  /* columns before those of churn_columns */

static int write_watched(const struct churn *churn, struct roster *roster, const struct watched *watched, size_t count,
			 struct sink *sink, struct diag *diag)
{
	static const enum role roles[] = { ROLE_NAME, ROLE_COMPANY, ROLE_OWNER };
	struct rows rows;
	int failed = 0;

	rows_init(&rows, sink);
	for (size_t i = 0; i < count && !failed; i++) {
		rows_begin(&rows);
		rows_cell(&rows, roster->keys.keys[watched[i].customer]);
		for (size_t j = 0; j < sizeof roles / sizeof *roles; j++)
			rows_cell(&rows, roster_text(roster, watched[i].customer, roles[j]));
		rows_real(&rows, watched[i].value / MONEY_ONE, 2);
		for (size_t column = 0; column < CHURN_COLUMNS; column++)
			churn_cell(churn, &rows, watched[i].customer, column);
		rows_end(&rows);
		failed = sink_write(sink, &rows, diag);
	}
	rows_release(&rows);
	return failed;
}

static int write_watchlist(const struct churn *churn, struct roster *roster, const struct watched *watched, size_t count,
			   const char *path, struct diag *diag)
{
	struct column columns[WATCH_OWN + CHURN_COLUMNS] = {
		{ NAME("customer_id"), COLUMN_TEXT }, { NAME("name"), COLUMN_TEXT }, { NAME("company"), COLUMN_TEXT },
		{ NAME("owner"), COLUMN_TEXT }, { NAME("value_at_risk"), COLUMN_NUMBER },
	};
	struct sink_options options = { .to = FORMAT_CSV };
	const struct column *own;
	struct sink *sink;

	churn_columns(&own);
	memcpy(columns + WATCH_OWN, own, CHURN_COLUMNS * sizeof *own);
	if (sink_open(&sink, path, &options, diag))
		return -1;
	sink_header(sink, columns, WATCH_OWN + CHURN_COLUMNS);
	if (write_watched(churn, roster, watched, count, sink, diag)) {
		sink_abort(sink);
		return -1;
	}
	return sink_close(sink, diag);
}

int churn_watchlist(const struct churn *churn, struct roster *roster, const char *path, size_t top, struct diag *diag)
{
	struct watched *watched = memory_get(churn->count, sizeof *watched);
	size_t count = 0;
	int failed;

	for (size_t i = 0; i < churn->count; i++) {
		const struct churn_customer *c = &churn->customers[i];

		if (c->first != CIVIL_NONE && c->level > 0 && c->amount_12m > 0)
			watched[count++] = (struct watched){ c->risk * (double)c->amount_12m, (uint32_t)i };
	}
	qsort(watched, count, sizeof *watched, compare_watched);
	failed = write_watchlist(churn, roster, watched, count < top ? count : top, path, diag);
	free(watched);
	return failed;
}
