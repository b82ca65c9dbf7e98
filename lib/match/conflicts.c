/* Customers held by several owners, or in stages that contradict each other, and who touched them last. */
#include "clean/text.h"
#include "match/moment.h"
#include "match/report.h"
#include "match/side.h"

enum { VALUES_MOST = 50 };   /* values listed; there may be more */

/* What a stage says. Two records of one customer should not say two of these. */
enum state { STATE_UNKNOWN, STATE_NONE, STATE_WON, STATE_OPEN, STATE_LOST, STATES };

/* Words that stages have in them, in the form of text_key; the first that is found counts. */
static const struct { const char *word; enum state state; } words[] = {
	{ "未成交", STATE_OPEN }, { "未签约", STATE_OPEN }, { "待签约", STATE_OPEN }, { "notconverted", STATE_LOST }, { "notcontacted", STATE_OPEN },
	{ "流失", STATE_LOST }, { "停用", STATE_LOST }, { "输单", STATE_LOST }, { "战败", STATE_LOST }, { "无效", STATE_LOST }, { "解约", STATE_LOST },
	{ "inactive", STATE_LOST }, { "lost", STATE_LOST }, { "churn", STATE_LOST }, { "disqualified", STATE_LOST }, { "unqualified", STATE_LOST },
	{ "签约", STATE_WON }, { "成交", STATE_WON }, { "赢单", STATE_WON }, { "合作", STATE_WON }, { "converted", STATE_WON }, { "won", STATE_WON },
	{ "signed", STATE_WON }, { "customer", STATE_WON },
	{ "跟进", STATE_OPEN }, { "意向", STATE_OPEN }, { "潜在", STATE_OPEN }, { "线索", STATE_OPEN }, { "报价", STATE_OPEN }, { "谈判", STATE_OPEN },
	{ "接触", STATE_OPEN }, { "商机", STATE_OPEN }, { "open", STATE_OPEN }, { "working", STATE_OPEN }, { "contacted", STATE_OPEN },
	{ "lead", STATE_OPEN }, { "prospect", STATE_OPEN }, { "qualif", STATE_OPEN }, { "negotiat", STATE_OPEN }, { "propos", STATE_OPEN },
	{ "quot", STATE_OPEN }, { "active", STATE_NONE }, { "registered", STATE_NONE }, { "正常", STATE_NONE }, { "启用", STATE_NONE }, { "有效", STATE_NONE },
};

struct conflicts {
	const struct findings *findings;
	size_t name, owner, stage;   /* columns, or records->columns */
	struct arena arena;          /* of one customer */
};

/* The different values of a column among the members of a customer. */
struct values {
	struct slice list;           /* joined with ';', the first VALUES_MOST */
	struct map keys;             /* without case, width and signs; of stages what they say, where that is known */
	size_t count;
};

static struct slice cell_of(const struct conflicts *conflicts, uint32_t record, size_t column)
{
	const struct records *records = conflicts->findings->records;
	struct slice cell = column < records->columns ? slice_trim(records_cell(records, record, column)) : (struct slice){ NULL, 0 };

	return text_is_empty(cell) ? (struct slice){ NULL, 0 } : cell;
}

static enum state state_of(struct slice key)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_find(key, slice_of(words[i].word)) < key.len)
			return words[i].state;
	return STATE_UNKNOWN;
}

static void add_value(struct conflicts *conflicts, struct values *values, struct slice value)
{
	struct slice key = text_key(value, false, &conflicts->arena);

	if (key.len == 0)
		key = value;
	if (map_find(&values->keys, key) != MAP_NONE)
		return;
	map_add(&values->keys, key);
	if (values->count++ < VALUES_MOST)
		values->list = arena_format(&conflicts->arena, "%.*s%s%.*s", SLICE_ARG(values->list), values->list.len ? ";" : "", SLICE_ARG(value));
}

/* Values are collected, and of stages the different things that they say counted. */
static size_t collect(struct conflicts *conflicts, size_t c, size_t column, bool stages, struct values *values)
{
	const struct customers *customers = conflicts->findings->customers;
	bool said[STATES] = { false };
	size_t different;

	*values = (struct values){ .list = { NULL, 0 } };
	map_init(&values->keys);
	for (uint32_t i = customers->begin[c]; i < customers->begin[c + 1]; i++) {
		struct slice value = cell_of(conflicts, customers->members[i], column);

		if (value.len)
			add_value(conflicts, values, value);
	}
	different = values->count;
	for (size_t i = 0; i < values->keys.count && stages; i++) {
		enum state state = state_of(values->keys.keys[i]);

		different -= state == STATE_NONE || (state != STATE_UNKNOWN && said[state]);
		said[state] = true;
	}
	map_release(&values->keys);
	return different;
}

/* The record with an owner that has the latest time; none of that: the customer's first record. */
static uint32_t last_touched(const struct conflicts *conflicts, size_t c, int64_t *when)
{
	const struct customers *customers = conflicts->findings->customers;
	uint32_t last = customers->members[customers->begin[c]];

	*when = MOMENT_NONE;
	for (uint32_t i = customers->begin[c]; i < customers->begin[c + 1]; i++) {
		uint32_t record = customers->members[i];
		int64_t time = moment_of(cell_of(conflicts, record, conflicts->findings->golden->time));

		if (time > *when && cell_of(conflicts, record, conflicts->owner).len) {
			*when = time;
			last = record;
		}
	}
	return last;
}

static int write_customer(struct conflicts *conflicts, size_t c, struct side *side, struct diag *diag)
{
	const struct findings *findings = conflicts->findings;
	struct values owners, stages;
	bool several = collect(conflicts, c, conflicts->owner, false, &owners) > 1, contradict = collect(conflicts, c, conflicts->stage, true, &stages) > 1;
	uint32_t last;
	int64_t when;

	if (!several && !contradict)
		return 0;
	last = last_touched(conflicts, c, &when);
	rows_begin(&side->rows);
	rows_cell(&side->rows, findings->customers->ids[c]);
	rows_cell(&side->rows, cell_of(conflicts, findings->main[c], conflicts->name));
	rows_i64(&side->rows, (int64_t)customers_size(findings->customers, c));
	rows_cell(&side->rows, several && contradict ? SLICE("owner;stage") : several ? SLICE("owner") : SLICE("stage"));
	rows_cell(&side->rows, owners.list);
	rows_cell(&side->rows, stages.list);
	rows_cell(&side->rows, when == MOMENT_NONE ? SLICE("") : cell_of(conflicts, last, conflicts->owner));
	rows_cell(&side->rows, when == MOMENT_NONE ? SLICE("") : cell_of(conflicts, last, findings->golden->time));
	return side_row_end(side, diag);
}

int report_conflicts(const struct findings *findings, const char *path, struct diag *diag)
{
	static const struct column columns[] = {
		{ SLICE("customer_id"), COLUMN_TEXT }, { SLICE("name"), COLUMN_TEXT }, { SLICE("record_count"), COLUMN_NUMBER },
		{ SLICE("conflict"), COLUMN_LIST }, { SLICE("owners"), COLUMN_LIST }, { SLICE("stages"), COLUMN_LIST },
		{ SLICE("last_touched_by"), COLUMN_TEXT }, { SLICE("last_touched_at"), COLUMN_TEXT },
	};
	const struct records *records = findings->records;
	struct conflicts conflicts = { .findings = findings, .name = records_find_role(records, ROLE_COMPANY),
				       .owner = records_find_role(records, ROLE_OWNER), .stage = records_find_role(records, ROLE_STAGE) };
	struct side side;
	int failed = 0;

	if (conflicts.name == records->columns)
		conflicts.name = records_find_role(records, ROLE_NAME);
	if (side_open_for_people(&side, path, findings->sink, columns, sizeof columns / sizeof columns[0], diag) < 0)
		return -1;
	arena_init(&conflicts.arena);
	for (size_t c = 0; c < findings->customers->count && !failed; c++) {
		if (customers_size(findings->customers, c) > 1)
			failed = write_customer(&conflicts, c, &side, diag);
		arena_reset(&conflicts.arena);
	}
	arena_release(&conflicts.arena);
	return side_close(&side, failed, diag);
}
