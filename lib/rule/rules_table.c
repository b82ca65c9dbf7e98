#include "rule/rules_table.h"

#include "base/civil.h"
#include "clean/text.h"
#include "io/table.h"
#include "rule/convert.h"
#include "rule/parse.h"

enum { COLUMNS_MOST = 1000, ROWS_MOST = 10000 };

/* What a column of the table is; FIELD_CONDITION: about a column of the input. */
enum field {
	FIELD_TAG, FIELD_COLUMN, FIELD_WHEN, FIELD_ACTION, FIELD_PRIORITY, FIELD_OWNER, FIELD_PURPOSE, FIELD_FROM, FIELD_UNTIL, FIELD_LEAVE,
	FIELD_CONDITION,
};
static const struct { const char *en, *zh; } field_names[FIELD_CONDITION] = {
	[FIELD_TAG] = { "tag", "标签" }, [FIELD_COLUMN] = { "column", "列" }, [FIELD_WHEN] = { "when", "条件" },
	[FIELD_ACTION] = { "action", "动作" }, [FIELD_PRIORITY] = { "priority", "优先级" }, [FIELD_OWNER] = { "owner", "负责人" },
	[FIELD_PURPOSE] = { "purpose", "用途" }, [FIELD_FROM] = { "valid_from", "生效日期" }, [FIELD_UNTIL] = { "valid_until", "失效日期" },
	[FIELD_LEAVE] = { "leave_when", "退出条件" },
};

struct table_reader {
	struct rules *rules;
	struct rules_file *file;
	struct arena *arena;
	struct diag *diag;
	struct slice headers[COLUMNS_MOST];
	enum field fields[COLUMNS_MOST];
	size_t columns;
};

bool rules_table_is(const char *path)
{
	static const char *const endings[] = { ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods" };
	struct slice name = slice_first(slice_of(path), slice_find_byte(slice_of(path), '#'));

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (name.len > strlen(endings[i]) && slice_equal_nocase(slice_skip(name, name.len - strlen(endings[i])), slice_of(endings[i])))
			return true;
	return false;
}

/* The name in backticks, those within doubled. */
static void add_column(struct buf *out, struct slice column)
{
	buf_add_byte(out, '`');
	for (size_t i = 0; i < column.len; i++) {
		if (column.ptr[i] == '`')
			buf_add_byte(out, '`');
		buf_add_byte(out, column.ptr[i]);
	}
	buf_add_byte(out, '`');
}

static void add_text(struct buf *out, struct slice value)
{
	buf_add_byte(out, '"');
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, value.ptr[i]);
	}
	buf_add_byte(out, '"');
}

/* Numbers and dates stand without quotes; 007 and what has too many digits are neither. */
static bool is_plain(struct slice value)
{
	double number;
	int32_t days;
	bool digit = value.len && ((value.ptr[0] >= '0' && value.ptr[0] <= '9') || value.ptr[0] == '-');
	bool code = value.len > 1 && value.ptr[0] == '0' && value.ptr[1] != '.';

	if (!digit || code)
		return false;
	if (convert_number(value, 1, &number) == CONVERT_OK)
		return value.len < 16;
	return convert_date(value, DATE_ORDER_UNKNOWN, &days) == CONVERT_OK &&
	       (value.ptr[4 % value.len] == '-' || value.ptr[4 % value.len] == '/' || slice_find(value, SLICE("年")) < value.len);
}

/* A value as a literal: numbers and dates as they are, all else as text. */
static void add_literal(struct buf *out, struct slice value)
{
	if (!is_plain(value)) {
		add_text(out, value);
		return;
	}
	for (size_t i = 0; i < value.len; i++) /* 1,000 */
		if (value.ptr[i] != ',')
			buf_add_byte(out, value.ptr[i]);
}

static bool is_quoted(struct slice s)
{
	return slice_starts_with(s, SLICE("\"")) || slice_starts_with(s, SLICE("'")) || slice_starts_with(s, SLICE("`")) ||
	       slice_starts_with(s, SLICE("“")) || slice_starts_with(s, SLICE("‘"));
}

/* What people write in a cell before a value. 0: an expression follows; 1: a value; 2: a text; 3: nothing. */
static bool add_spoken(struct buf *out, struct slice cell)
{
	static const struct { const char *word, *sign; int follows; } words[] = {
		{ "大于等于", ">=", 0 }, { "不小于", ">=", 0 }, { "小于等于", "<=", 0 }, { "不大于", "<=", 0 }, { "不等于", "!=", 1 }, { "大于", ">", 0 },
		{ "小于", "<", 0 }, { "等于", "=", 1 }, { "不包含", "not contains", 2 }, { "包含", "contains", 2 }, { "!=", "!=", 1 }, { "<>", "!=", 1 },
		{ "≠", "!=", 1 }, { "==", "=", 1 }, { "=", "=", 1 }, { "＝", "=", 1 }, { "为空", "is empty", 3 }, { "不为空", "is not empty", 3 },
		{ "非空", "is not empty", 3 },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct slice rest = slice_skip(cell, strlen(words[i].word));

		if (!slice_starts_with(cell, slice_of(words[i].word)) || (words[i].follows == 3 && rest.len))
			continue;
		rest = slice_trim(rest);
		buf_format(out, " %s%s", words[i].sign, words[i].follows == 3 ? "" : " ");
		if (words[i].follows == 0 || is_quoted(rest))
			buf_add(out, rest);
		else if (words[i].follows == 1)
			add_literal(out, rest);
		else if (words[i].follows == 2)
			add_text(out, rest);
		return true;
	}
	return false;
}

/* 1万~10万, 1-5, 2024-01-01至2024-06-30: two numbers or dates, the lesser first. */
static bool add_range(struct buf *out, struct slice cell)
{
	static const char *const signs[] = { "~", "～", "至", "到", "–", "—", "-" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t at = slice_find(cell, slice_of(signs[i]));
		struct slice low = slice_trim(slice_first(cell, at)), high = slice_trim(slice_skip(cell, at + strlen(signs[i])));
		double from, to;

		if (at == 0 || at == cell.len || !is_plain(low) || !is_plain(high) || is_plain(cell))
			continue;
		if (convert_number(low, 1, &from) == CONVERT_OK && convert_number(high, 1, &to) == CONVERT_OK && from >= to)
			continue;
		buf_format(out, " between %.*s and %.*s", SLICE_ARG(low), SLICE_ARG(high));
		return true;
	}
	return false;
}

/* 近30天, 最近 3 个月, 30天内 */
static bool add_recent(struct buf *out, struct slice cell)
{
	static const char *const begins[] = { "最近", "近", "过去", "未来" };
	static const char *const ends[] = { "天内", "日内", "周内", "月内", "年内" };
	struct slice rest = cell;
	bool recent = false;

	for (size_t i = 0; i < sizeof begins / sizeof *begins && !recent; i++)
		if ((recent = slice_starts_with(cell, slice_of(begins[i]))))
			rest = slice_trim(slice_skip(cell, strlen(begins[i])));
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		recent |= slice_ends_with(cell, slice_of(ends[i]));
	if (!recent || rest.len == 0 || rest.ptr[0] < '0' || rest.ptr[0] > '9')
		return false;
	buf_add(out, SLICE(" within "));
	buf_add(out, cell);
	return true;
}

/* Whether a cell begins with an operator of the language. */
static bool has_operator(struct slice cell)
{
	static const char *const signs[] = { ">", "<", "=", "!=", "!~", "~", "≥", "≤", "≠", "＞", "＜", "＝" };
	static const char *const words[] = { "in", "not", "is", "between", "contains", "starts", "ends", "within" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (slice_starts_with(cell, slice_of(signs[i])))
			return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t length = strlen(words[i]);

		if (slice_equal_nocase(slice_first(cell, length), slice_of(words[i])) && cell.len > length &&
		    (cell.ptr[length] == ' ' || cell.ptr[length] == '('))
			return true;
	}
	return false;
}

/* One value, or several between bars or 、. */
static void add_values(struct buf *out, struct slice cell)
{
	bool bars = slice_find_byte(cell, '|') < cell.len, several = bars || slice_find(cell, SLICE("、")) < cell.len, first = true;
	size_t at;

	if (!several) {
		buf_add(out, SLICE(" = "));
		add_literal(out, cell);
		return;
	}
	buf_add(out, SLICE(" in ("));
	while (cell.len) {
		if (!first)
			buf_add(out, SLICE(", "));
		at = bars ? slice_find_byte(cell, '|') : slice_find(cell, SLICE("、"));
		add_literal(out, slice_trim(slice_first(cell, at)));
		cell = slice_skip(cell, at + (bars ? 1 : strlen("、")));
		first = false;
	}
	buf_add_byte(out, ')');
}

struct slice rules_table_condition(struct slice column, struct slice cell, struct arena *arena)
{
	struct slice condition;
	struct buf out;

	cell = slice_trim(cell);
	buf_init(&out, EXPRESSION_LONGEST * 2);
	add_column(&out, column);
	if (add_spoken(&out, cell) || add_range(&out, cell) || add_recent(&out, cell)) {
		/* done */
	} else if (has_operator(cell)) {
		buf_add_byte(&out, ' ');
		buf_add(&out, cell);
	} else {
		add_values(&out, cell);
	}
	condition = arena_copy(arena, buf_slice(&out));
	buf_release(&out);
	return condition;
}

static int parse(struct table_reader *reader, struct slice text, struct cell_part *parts, const struct origin *origin,
		 struct expression *expression)
{
	struct fault fault;

	*expression = (struct expression){ .text = text, .origin = *origin, .parts = parts };
	expression->root = expression_parse(text, reader->arena, &fault);
	if (!expression->root)
		return rules_fault(expression, &fault, reader->diag);
	reader->rules->statistical |= expression->root->has_statistic;
	return 0;
}

/* One more part of an expression, which begins at its end. */
static struct cell_part *add_part(struct table_reader *reader, struct cell_part *parts, size_t from, size_t name, size_t column)
{
	struct cell_part *part = arena_get(reader->arena, 1, sizeof *part);

	*part = (struct cell_part){ from, from + name, column, parts };
	return part;
}

static int wrong(struct table_reader *reader, uint64_t line, size_t column, const char *code, const char *text)
{
	struct place place = { reader->file->path, line, column + 1 };

	return diag_fail(reader->diag, STATUS_USAGE, &place, code, "%s", text);
}

static int read_field(struct table_reader *reader, size_t column, struct slice cell, struct tag_rule *rule)
{
	uint64_t line = rule->origin.line;

	switch (reader->fields[column]) {
	case FIELD_TAG: rule->tag = cell; return 0;
	case FIELD_ACTION: rule->action = cell; return 0;
	case FIELD_OWNER: rule->owner = cell; return 0;
	case FIELD_PURPOSE: rule->purpose = cell; return 0;
	case FIELD_PRIORITY:
		return slice_to_double(cell, &rule->priority) ? 0 : wrong(reader, line, column, "bad-value", "a priority is a number");
	case FIELD_FROM:
		return convert_date(cell, DATE_ORDER_UNKNOWN, &rule->valid_from) == CONVERT_OK ? 0 :
		       wrong(reader, line, column, "bad-value", "valid_from is a date: 2024-12-31");
	case FIELD_UNTIL:
		return convert_date(cell, DATE_ORDER_UNKNOWN, &rule->valid_until) == CONVERT_OK ? 0 :
		       wrong(reader, line, column, "bad-value", "valid_until is a date: 2024-12-31");
	case FIELD_LEAVE: return parse(reader, cell, add_part(reader, NULL, 0, 0, column), &rule->origin, &rule->leave_when);
	default: return 0;
	}
}

static struct tag_rules *tags_of(struct table_reader *reader, struct slice column, const struct origin *origin)
{
	struct rules *rules = reader->rules;
	struct group *group;

	if (column.len == 0 || slice_equal(column, SLICE("tags")))
		return &rules->tags;
	for (size_t g = 0; g < rules->groups.count; g++)
		if (slice_equal(rules->groups.items[g].column, column))
			return &rules->groups.items[g].tags;
	group = rules_list_add(reader->arena, &rules->groups, sizeof *group);
	group->origin = *origin;
	group->column = column;
	for (size_t c = 0; c < reader->columns; c++)
		if (reader->fields[c] == FIELD_ACTION)
			group->action_column = arena_format(reader->arena, "%.*s_action", SLICE_ARG(column));
	return &group->tags;
}

/* One more condition of the row, from cell c. */
static void add_condition(struct table_reader *reader, struct expression *when, size_t c, struct slice cell, struct buf *text)
{
	bool whole = reader->fields[c] == FIELD_WHEN;
	struct slice condition = whole ? arena_format(reader->arena, "(%.*s)", SLICE_ARG(cell)) :
				 rules_table_condition(reader->headers[c], cell, reader->arena);

	buf_add(text, text->len ? SLICE(" and ") : SLICE(""));
	when->parts = add_part(reader, when->parts, text->len, whole ? 0 : reader->headers[c].len + 2, c);
	buf_add(text, condition);
}

static int read_cells(struct table_reader *reader, const struct slice *cells, struct tag_rule *rule, struct slice *column)
{
	struct buf when;
	int status = 0;

	buf_init(&when, EXPRESSION_LONGEST * 2);
	for (size_t c = 0; c < reader->columns; c++) {
		struct slice cell = arena_copy(reader->arena, slice_trim(cells[c]));

		rules_add_checksum(reader->rules, cell);
		rules_add_checksum(reader->rules, SLICE(","));
		if (cell.len == 0)
			continue;
		if (reader->fields[c] == FIELD_COLUMN)
			*column = cell;
		if (reader->fields[c] == FIELD_CONDITION && convert_is_empty(cell))
			status = wrong(reader, rule->origin.line, c, "bad-value", "this would equal nothing: leave the cell empty, or write: is empty");
		else if (reader->fields[c] == FIELD_WHEN || reader->fields[c] == FIELD_CONDITION)
			add_condition(reader, &rule->when, c, cell, &when);
		else if (read_field(reader, c, cell, rule))
			status = -1;
	}
	if (when.len)
		status |= parse(reader, arena_copy(reader->arena, buf_slice(&when)), rule->when.parts, &rule->origin, &rule->when);
	buf_release(&when);
	return status;
}

static int read_row(struct table_reader *reader, const struct slice *cells, uint64_t line)
{
	struct tag_rule rule = { .origin = { .file = reader->file, .line = line }, .valid_from = CIVIL_NONE, .valid_until = CIVIL_NONE };
	struct slice column = { 0 };
	int status = read_cells(reader, cells, &rule, &column);

	if (!rule.when.text.ptr && column.len == 0)
		status = wrong(reader, line, 0, "bad-rule", "a tag that is in no group needs a condition");
	rule.origin.faulty = status != 0;
	*(struct tag_rule *)rules_list_add(reader->arena, tags_of(reader, column, &rule.origin), sizeof rule) = rule;
	return status;
}

static int read_header(struct table_reader *reader, const struct batch *first)
{
	const struct record *record = &first->records[0];
	bool has_tag = false;

	reader->file->header_line = record->line;
	if (record->value_count > COLUMNS_MOST)
		return wrong(reader, record->line, COLUMNS_MOST, "too-many", "the table has more than 1000 columns");
	for (reader->columns = 0; reader->columns < record->value_count; reader->columns++) {
		struct slice name = arena_copy(reader->arena, text_clean(record->values[reader->columns], reader->arena));
		int field = 0;

		while (field < FIELD_CONDITION && !slice_equal_nocase(name, slice_of(field_names[field].en)) &&
		       !slice_equal(name, slice_of(field_names[field].zh)))
			field++;
		if (name.len == 0)
			return wrong(reader, record->line, reader->columns, "bad-value", "a column of the table needs a name");
		reader->headers[reader->columns] = name;
		reader->fields[reader->columns] = (enum field)field;
		has_tag |= field == FIELD_TAG;
		rules_add_checksum(reader->rules, name);
	}
	return has_tag ? 0 : wrong(reader, record->line, 0, "missing-key", "a table of rules has a column tag");
}

static int read_rows(struct table_reader *reader, struct table *table)
{
	size_t rows = 0;
	bool faulty = false;
	struct batch batch;
	int got = 0, status = 0;

	batch_init(&batch);
	while (status == 0 && (got = table_read(table, &batch, reader->diag)) > 0) {
		batch_split(&batch);
		if (batch.reject_count)
			status = wrong(reader, batch.rejects[0].line, batch.rejects[0].column - 1, batch.rejects[0].code,
				       arena_cstr(reader->arena, batch.rejects[0].reason));
		for (size_t r = 0; r < batch.count && status == 0; r++) {
			const struct slice *cells = batch.cells + r * batch.columns;
			size_t filled = 0;

			for (size_t c = 0; c < batch.columns; c++)
				filled += slice_trim(cells[c]).len > 0;
			if (++rows > ROWS_MOST)
				status = wrong(reader, batch.records[r].line, 0, "too-many", "the table has more than 10000 rules");
			else if (filled && read_row(reader, cells, batch.records[r].line))
				faulty = true;
		}
	}
	batch_release(&batch);
	return status || faulty || got < 0 ? -1 : 0;
}

int rules_table_read(struct rules *rules, struct rules_file *file, struct diag *diag)
{
	struct table_reader *reader = arena_zero(&rules->arena, 1, sizeof *reader);
	struct table_options options = { 0 };
	const struct batch *first;
	struct table *table;
	int status = -1;

	file->unknown = arena_zero(&rules->arena, COLUMNS_MOST, sizeof *file->unknown);
	reader->rules = rules;
	reader->file = file;
	reader->arena = &rules->arena;
	reader->diag = diag;
	if (table_open(&table, file->path, &options, diag))
		return -1;
	first = table_peek(table, diag);
	if (first && first->count)
		status = read_header(reader, first);
	else if (diag->status == STATUS_OK)
		wrong(reader, 1, 0, "empty-input", "there is nothing in it");
	if (status == 0) {
		table_begin(table, 1, reader->columns);
		status = read_rows(reader, table);
	}
	table_free(table);
	return status;
}
