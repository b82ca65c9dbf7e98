#include "score/churn.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "clean/text.h"

int churn_init(struct churn *churn, const struct churn_options *options, struct diag *diag)
{
	*churn = (struct churn){ .options = *options };
	arena_init(&churn->arena);
	map_init(&churn->groups);
	wording_load(&churn->wording, &churn->arena);
	for (size_t i = 0; i < options->label_count; i++)
		if (wording_set_name(&churn->wording, options->labels[i], diag))
			return -1;
	for (size_t i = 0; i < options->action_count; i++)
		if (wording_set_action(&churn->wording, options->actions[i], diag))
			return -1;
	return 0;
}

void churn_release(struct churn *churn)
{
	free(churn->customers);
	free(churn->group_of);
	journal_release(&churn->journal);
	roll_release(&churn->roll);
	map_release(&churn->groups);
	arena_release(&churn->arena);
}

/* Groups by the cell of each customer's first row; who has none is in the group of the empty cell. */
static void find_groups(struct churn *churn, struct roster *roster)
{
	struct arena scratch;

	churn->group_of = memory_get(churn->count, sizeof *churn->group_of);
	arena_init(&scratch);
	for (size_t i = 0; i < churn->count; i++) {
		churn->group_of[i] = map_add(&churn->groups, text_clean(roster_group(roster, (uint32_t)i), &scratch));
		arena_reset(&scratch);
	}
	arena_release(&scratch);
	churn->options.origin.groups = (struct groups){ churn->group_of, (uint32_t)churn->groups.count };
}

void churn_begin(struct churn *churn, const struct ledger *ledger, struct roster *roster)
{
	churn->count = roster->keys.count;
	churn->customers = memory_zero(churn->count, sizeof *churn->customers);
	churn->year_ago = civil_add_months(churn->options.as_of, -12);
	churn->options.origin.has_amounts = ledger->has_amount;
	journal_init(&churn->journal, churn->count,
		     &(struct journal_options){ ledger->feed->memory / 4, ledger->feed->tmpdir, ledger->has_amount, ledger->has_category });
	if (churn->options.grouped)
		find_groups(churn, roster);
}

static int add_customer(void *context, uint32_t customer, const struct account *account, const struct line *lines,
			size_t line_count, struct diag *diag)
{
	struct churn *churn = context;
	struct churn_customer *c = &churn->customers[customer];
	int64_t amount = 0;

	for (size_t i = 0; i < account->count; i++)
		if (account->orders[i].day > churn->year_ago && __builtin_add_overflow(amount, account->orders[i].amount, &amount))
			return account_fail_overflow(account, diag);
	c->amount_12m = amount;
	journal_note(&churn->journal, customer, account, lines, line_count);
	return 0;
}

static const unsigned strong_reasons = 1u << REASON_CONTACT_LEFT | 1u << REASON_COMPLAINTS_UP | 1u << REASON_NEGATIVE_NOTES |
				       1u << REASON_UNFOLLOWED | 1u << REASON_OWN_RULE;

bool churn_is_warned(unsigned reasons)
{
	return reasons & (strong_reasons | 1u << REASON_FREQUENCY_DROP);
}

unsigned churn_level(const struct churn_options *options, double risk, unsigned reasons)
{
	unsigned level = risk >= options->high ? 2 : risk >= options->medium;

	return reasons & strong_reasons && level < 2 ? level + 1 : level;
}

static const struct previous_state nothing_known = { LIFECYCLES, LIFECYCLES, CIVIL_NONE, CIVIL_NONE, 0 };

static enum lifecycle find_state(const struct churn *churn, const struct churn_customer *c, const struct standing *s,
				 const struct previous_state *was)
{
	bool held = was->since != CIVIL_NONE && (int64_t)churn->options.as_of - was->since < churn->options.hold;
	bool warned = churn_is_warned(s->reasons) || (held && was->state == LIFECYCLE_AT_RISK && c->last < was->since);
	struct lifecycle_case now = { s->x, s->T, s->T - s->t, s->typical_gap, s->growth, warned, was->state, held };

	return s->bought ? lifecycle_of(&churn->options.limits, &now) : LIFECYCLE_PROSPECT;
}

/* Since when: where nothing changed, as yesterday knew; else as of now. */
static void compare_with_yesterday(const struct churn *churn, struct churn_customer *c, const struct previous_state *was)
{
	bool same = was->state == c->lifecycle;

	c->since = same && was->since <= churn->options.as_of ? was->since : churn->options.as_of;
	c->before = same ? was->before : was->state;
}

/*
 * An alarm that stood yesterday stays until it is well under the limit; a new one counts as news unless the customer had one within the
 * cool-down.
 */
static void settle_alarms(const struct churn *churn, struct churn_customer *c, struct standing *s, const struct previous_state *was)
{
	unsigned stood = was->reasons;
	/* one of a later day, which a run with another --as-of may have left, is none yet, and does not silence those of today */
	int32_t alarmed = was->alarmed <= churn->options.as_of ? was->alarmed : CIVIL_NONE;

	/* it is shown of all who are dormant or lost; an alarm it was only if there has been one since his last purchase */
	if (alarmed == CIVIL_NONE || !s->bought || (int64_t)alarmed <= (int64_t)churn->options.as_of - s->T + s->t)
		stood &= ~(1u << REASON_OVERDUE);
	s->reasons |= s->lingering & stood;
	c->reasons = (uint16_t)s->reasons;
	c->stood = (uint16_t)stood;
	c->alarmed = alarmed;
	if (s->reasons & ~stood && (alarmed == CIVIL_NONE || (int64_t)churn->options.as_of - alarmed >= churn->options.cool_down))
		c->alarmed = churn->options.as_of;
}

static void judge(struct churn *churn, uint32_t customer, struct page *page)
{
	struct churn_customer *c = &churn->customers[customer];
	const struct previous_state *was = churn->previous ? &churn->previous->states[customer] : &nothing_known;
	struct view view = journal_view(&churn->journal, customer, churn->options.as_of, page);
	struct standing s;

	c->first = c->last = CIVIL_NONE;
	origin_stand(churn->roll.origins, customer, &view, &s);
	settle_alarms(churn, c, &s, was);
	if (s.bought) {
		c->first = churn->options.as_of - (int32_t)s.T;
		c->last = c->first + (int32_t)s.t;
		c->typical_gap = s.typical_gap;
		c->risk = risk_of(&churn->risk, churn->roll.origins, &s);
		c->level = (uint8_t)churn_level(&churn->options, c->risk, s.reasons);
	}
	if (churn->model && !isnan(churn->model->risks[customer])) {
		c->modelled = true;
		c->risk = churn->model->risks[customer];
		c->level = (uint8_t)churn_level(&churn->options, c->risk, s.reasons);
	}
	c->lifecycle = (uint8_t)find_state(churn, c, &s, was);
	compare_with_yesterday(churn, c, was);
}

enum { PORTION = 4096, AHEAD = 8 };

static int judge_portion(void *context, size_t portion, unsigned worker, struct diag *diag)
{
	struct churn *churn = context;
	size_t end = churn->count < (portion + 1) * PORTION ? churn->count : (portion + 1) * PORTION;
	struct page page = { 0 };

	(void)worker;
	(void)diag;
	for (size_t i = portion * PORTION; i < end; i++) {
		if (i + AHEAD < end)
			journal_prefetch(&churn->journal, (uint32_t)(i + AHEAD));
		judge(churn, (uint32_t)i, &page);
	}
	page_release(&page);
	return 0;
}

int churn_make(struct churn *churn, struct ledger *ledger, const struct previous *previous, size_t past, struct diag *diag)
{
	const struct churn_options *options = &churn->options;

	churn->previous = previous;
	if (ledger_each(ledger, add_customer, churn, diag) || journal_seal(&churn->journal, options->threads, diag) ||
	    roll_make(&churn->roll, &churn->journal, &options->origin, options->as_of, ledger->figures.first_day, past, options->threads,
		      diag))
		return -1;
	roll_risk(&churn->roll, 0, &churn->risk);
	if (pool_each(judge_portion, churn, (churn->count + PORTION - 1) / PORTION, options->threads, diag))
		return -1;
	for (size_t i = 0; i < churn->count; i++) {
		const struct churn_customer *c = &churn->customers[i];

		churn->by_lifecycle[c->lifecycle]++;
		churn->by_level[c->level] += c->modelled || c->lifecycle != LIFECYCLE_PROSPECT;
	}
	return 0;
}

#define NAME(text) { text, sizeof(text) - 1 }

/* The last three are there with --previous. */
enum column_number {
	LIFECYCLE, DAYS_SINCE_LAST, TYPICAL_GAP_DAYS, OVERDUE_RATIO, CHURN_RISK, CHURN_LEVEL, CHURN_REASONS, CHURN_ACTION,
	LIFECYCLE_BEFORE, LIFECYCLE_SINCE, CHURN_ALARMED, CHURN_COLUMNS
};

size_t churn_own_columns(const struct column **columns)
{
	static const struct column all[CHURN_COLUMNS] = {
		{ NAME("lifecycle"), COLUMN_TEXT },          { NAME("days_since_last"), COLUMN_NUMBER },
		{ NAME("typical_gap_days"), COLUMN_NUMBER }, { NAME("overdue_ratio"), COLUMN_NUMBER },
		{ NAME("churn_risk"), COLUMN_NUMBER },       { NAME("churn_level"), COLUMN_TEXT },
		{ NAME("churn_reasons"), COLUMN_LIST },      { NAME("churn_action"), COLUMN_TEXT },
		{ NAME("lifecycle_before"), COLUMN_TEXT },   { NAME("lifecycle_since"), COLUMN_TEXT },
		{ NAME("churn_alarmed"), COLUMN_TEXT },
	};

	*columns = all;
	return CHURN_COLUMNS;
}

size_t churn_columns(struct churn *churn, const struct column **columns)
{
	churn_own_columns(columns);
	return churn->previous ? CHURN_COLUMNS : LIFECYCLE_BEFORE;
}

bool churn_stay(const void *context, uint32_t customer, double *days, bool *left)
{
	const struct churn *churn = context;
	const struct churn_customer *c = &churn->customers[customer];

	if (c->first == CIVIL_NONE)
		return false;
	*left = c->lifecycle == LIFECYCLE_LOST;
	*days = (double)churn->options.as_of - c->first;
	if (*left)
		*days = fmin(*days, c->last - c->first + floor(lifecycle_lost_after(&churn->options.limits, c->typical_gap)) + 1);
	return true;
}

unsigned churn_reasons_of(const struct churn_customer *c)
{
	return c->reasons | (c->lifecycle >= LIFECYCLE_DORMANT ? 1u << REASON_OVERDUE : 0); /* that is why he is */
}

enum { REASONS_LONGEST = 1 << 20 };

static void write_reasons(const struct churn *churn, struct rows *rows, uint32_t customer)
{
	const struct churn_customer *c = &churn->customers[customer];
	unsigned reasons = churn_reasons_of(c);
	struct buf list;

	buf_init(&list, REASONS_LONGEST);
	for (size_t i = 0; i < REASONS; i++) {
		if (!(reasons & 1u << i))
			continue;
		if (list.len)
			buf_add_byte(&list, ';');
		buf_add(&list, churn->wording.names[WORD_REASON + i][churn->options.language]);
	}
	if (reasons & 1u << REASON_OWN_RULE && churn->options.origin.facts) {
		buf_add_byte(&list, ';');
		buf_add(&list, churn->options.origin.facts[customer].tags);
	}
	if (c->modelled)
		churn->model->reasons(churn->model->context, customer, &list);
	rows_cell(rows, buf_slice(&list));
	buf_release(&list);
}

/* What is done about a reason comes before what is done about the state, of those who can still be kept. */
static struct slice action_of(const struct churn *churn, const struct churn_customer *c)
{
	static const enum reason first[] = { REASON_COMPLAINTS_UP, REASON_CONTACT_LEFT };
	const struct wording *wording = &churn->wording;
	int language = churn->options.language;
	enum lifecycle state = churn->options.no_orders ? LIFECYCLE_ACTIVE : c->lifecycle;
	bool buys = state >= LIFECYCLE_ACTIVE && state <= LIFECYCLE_STABLE;

	for (size_t i = 0; i < REASONS + 2 && state != LIFECYCLE_LOST && state != LIFECYCLE_PROSPECT; i++) {
		size_t reason = i < 2 ? first[i] : i - 2;

		if (c->reasons & 1u << reason && wording->actions[WORD_REASON + reason][language].len)
			return wording->actions[WORD_REASON + reason][language];
	}
	return wording->actions[buys && c->level == 2 ? LIFECYCLE_AT_RISK : state][language];
}

/* Whether a customer has it. */
static bool is_known(const struct churn *churn, const struct churn_customer *c, size_t column)
{
	if (column == LIFECYCLE || column >= LIFECYCLE_BEFORE)
		return !churn->options.no_orders;
	if (column == CHURN_RISK || column == CHURN_LEVEL)
		return c->modelled || c->first != CIVIL_NONE;
	if (column == CHURN_ACTION)
		return c->modelled || !churn->options.no_orders;
	return column >= CHURN_REASONS || c->first != CIVIL_NONE;
}

void churn_cell(const void *context, struct rows *rows, uint32_t customer, size_t column)
{
	const struct churn *churn = context;
	const struct churn_customer *c = customer == KEY_NONE ? NULL : &churn->customers[customer];
	int language = churn->options.language;
	double idle = c ? (double)churn->options.as_of - c->last : 0;

	if (!c || !is_known(churn, c, column)) {
		rows_empty(rows);
		return;
	}
	switch (column) {
	case LIFECYCLE: rows_cell(rows, churn->wording.names[c->lifecycle][language]); break;
	case DAYS_SINCE_LAST: rows_real(rows, idle, 0); break;
	case TYPICAL_GAP_DAYS: rows_real(rows, c->typical_gap, 1); break;
	case OVERDUE_RATIO: rows_real(rows, idle / c->typical_gap, 2); break;
	case CHURN_RISK: rows_real(rows, c->risk, 4); break;
	case CHURN_LEVEL: rows_cell(rows, churn->wording.names[WORD_LEVEL + c->level][language]); break;
	case CHURN_REASONS: write_reasons(churn, rows, customer); break;
	case CHURN_ACTION: rows_cell(rows, action_of(churn, c)); break;
	case LIFECYCLE_BEFORE: rows_cell(rows, c->before < LIFECYCLES ? churn->wording.names[c->before][language] : SLICE("")); break;
	case LIFECYCLE_SINCE: rows_date(rows, c->since); break;
	default: rows_date(rows, c->alarmed);
	}
}
