#include "match/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"
#include "match/fixed.h"
#include "match/side.h"

/* Yesterday's links. A customer that is not in the input keeps its id. */
static int carry_links(const struct findings *findings, struct side *side, struct diag *diag)
{
	const struct master *master = findings->master;
	int failed = 0;

	for (size_t i = 0; i < master->link_count && !failed; i++) {
		const struct old_link *link = &master->links[i];
		uint32_t record = findings->incremental->standing[link->customer];

		rows_begin(&side->rows);
		rows_cell(&side->rows, link->source);
		rows_cell(&side->rows, link->row);
		rows_cell(&side->rows, link->id);
		rows_cell(&side->rows, record == UINT32_MAX ? master->ids.keys[link->customer]
							    : findings->customers->ids[findings->customers->of[record]]);
		failed = side_row_end(side, diag);
	}
	return failed;
}

int report_links(const struct findings *findings, const char *path, struct diag *diag)
{
	static const struct column columns[] = { { SLICE("source"), COLUMN_TEXT }, { SLICE("source_row"), COLUMN_TEXT },
						 { SLICE("source_id"), COLUMN_TEXT }, { SLICE("customer_id"), COLUMN_TEXT } };
	struct side side;
	int failed = 0;

	if (side_open(&side, path, columns, 4, diag) < 0)
		return -1;
	if (findings->incremental)
		failed = carry_links(findings, &side, diag);
	for (size_t i = 0; i < findings->records->count && !failed; i++) {
		/* Without yesterday's links all that is known are the records here. */
		if (findings->incremental && findings->master->link_count && !findings->incremental->fresh[i])
			continue;
		rows_begin(&side.rows);
		side_origin(&side, findings->records, (uint32_t)i);
		rows_cell(&side.rows, findings->customers->ids[findings->customers->of[i]]);
		failed = side_row_end(&side, diag);
	}
	return side_close(&side, failed, diag);
}

/* A pair's reasons in words: name=exact +7.1; phone=near +5.0 */
static struct slice reasons(const struct findings *findings, const struct link *link, uint64_t pattern, const double *weights, struct arena *arena)
{
	const struct match *match = findings->match;
	struct buf text;
	struct slice copy;

	buf_init(&text, 1 << 16);
	if (match->rules)
		buf_format(&text, "rule in line %" PRIu64, fixed_line(match->rules, &match->fields, link->a, link->b));
	for (unsigned i = 0; i < match->fields.count; i++) {
		unsigned level = pattern_level(pattern, i);

		if (level == LEVEL_MISSING)
			continue;
		buf_add(&text, text.len ? SLICE("; ") : SLICE(""));
		buf_add(&text, findings->records->headers[match->fields.all[i].column]);
		buf_format(&text, "=%s", level_name(level));
		if (!match->rules)
			buf_format(&text, " %+.1f", weights[i]);
	}
	copy = arena_copy(arena, buf_slice(&text));
	buf_release(&text);
	return copy;
}

enum { PAIR_COLUMNS = 11 };

static int open_pairs(struct side *side, const char *path, const struct findings *findings, struct arena *arena, struct diag *diag)
{
	static const char *const first[PAIR_COLUMNS] = { "source_a", "source_row_a", "source_id_a", "source_b", "source_row_b", "source_id_b",
							 "probability", "weight", "merged", "reasons", "prior" };
	const struct fields *fields = &findings->match->fields;
	struct column *columns = arena_get(arena, PAIR_COLUMNS + 2 * (size_t)fields->count, sizeof *columns);
	size_t count = 0;

	for (; count < PAIR_COLUMNS; count++)
		columns[count] = (struct column){ slice_of(first[count]), count >= 6 && count != 9 ? COLUMN_NUMBER : COLUMN_TEXT };
	for (unsigned i = 0; i < fields->count; i++) {
		struct slice name = findings->records->headers[fields->all[i].column];

		columns[count++] = (struct column){ arena_format(arena, "%.*s_comparison", SLICE_ARG(name)), COLUMN_TEXT };
		columns[count++] = (struct column){ arena_format(arena, "%.*s_weight", SLICE_ARG(name)), COLUMN_NUMBER };
	}
	return side_open(side, path, columns, count, diag);
}

static int write_pair(const struct findings *findings, struct side *side, const struct link *link, struct arena *arena, struct diag *diag)
{
	const struct match *match = findings->match;
	const struct fields *fields = &match->fields;
	uint64_t pattern = compare_rows(fields, link->a, link->b);
	double weights[FIELD_MOST];

	for (unsigned i = 0; i < fields->count; i++)
		weights[i] = match->rules ? NAN : model_field_weight(&match->model, fields, i, pattern, link->a, link->b);
	rows_begin(&side->rows);
	side_origin(side, findings->records, link->a);
	side_origin(side, findings->records, link->b);
	rows_real(&side->rows, 1 / (1 + exp2(-(double)link->bits)), 4);
	rows_real(&side->rows, match->rules ? NAN : (double)link->bits, 2);
	rows_i64(&side->rows, match->cluster[link->a] == match->cluster[link->b]);
	rows_cell(&side->rows, reasons(findings, link, pattern, weights, arena));
	rows_real(&side->rows, match->rules ? NAN : (double)match->model.prior, 2);
	for (unsigned i = 0; i < fields->count; i++) {
		rows_cell(&side->rows, slice_of(level_name(pattern_level(pattern, i))));
		rows_real(&side->rows, weights[i], 2);
	}
	arena_reset(arena);
	return side_row_end(side, diag);
}

/* A copy of the links; to be freed. */
static struct link *best_first(const struct match *match)
{
	struct link *links = memory_get(match->link_count + 1, sizeof *links);

	if (match->link_count)
		memcpy(links, match->links, match->link_count * sizeof *links);
	qsort(links, match->link_count, sizeof *links, link_compare);
	return links;
}

int report_pairs(const struct findings *findings, const char *path, struct diag *diag)
{
	const struct match *match = findings->match;
	struct side side;
	struct arena arena, names;
	int failed;

	arena_init(&arena);
	arena_init(&names);
	failed = open_pairs(&side, path, findings, &names, diag);
	if (failed == 0) {
		struct link *links = best_first(match);

		for (size_t i = 0; i < match->link_count && !failed; i++)
			failed = write_pair(findings, &side, &links[i], &arena, diag);
		failed = side_close(&side, failed, diag);
		free(links);
	}
	arena_release(&names);
	arena_release(&arena);
	return failed;
}

/* The distinct values of a column among the members, joined with ';', in their order, the first VALUES_MOST; how many in *count. */
enum { VALUES_MOST = 50 };

static struct slice distinct_values(const struct findings *findings, size_t c, size_t column, size_t *count, struct arena *arena)
{
	const struct customers *customers = findings->customers;
	struct map values;
	struct slice list = { NULL, 0 };

	*count = 0;
	if (column == findings->records->columns)
		return list;
	map_init(&values);
	for (uint32_t i = customers->begin[c]; i < customers->begin[c + 1]; i++) {
		struct slice value = slice_trim(records_cell(findings->records, customers->members[i], column));

		if (!text_is_empty(value) && map_find(&values, value) == MAP_NONE) {
			if (values.count < VALUES_MOST)
				list = arena_format(arena, "%.*s%s%.*s", SLICE_ARG(list), list.len ? ";" : "", SLICE_ARG(value));
			map_add(&values, value);
		}
	}
	*count = values.count;
	map_release(&values);
	return list;
}

int report_conflicts(const struct findings *findings, const char *path, struct diag *diag)
{
	static const struct column columns[] = {
		{ SLICE("customer_id"), COLUMN_TEXT }, { SLICE("name"), COLUMN_TEXT }, { SLICE("record_count"), COLUMN_NUMBER },
		{ SLICE("conflict"), COLUMN_LIST }, { SLICE("owners"), COLUMN_LIST }, { SLICE("stages"), COLUMN_LIST },
		{ SLICE("last_touched_by"), COLUMN_TEXT }, { SLICE("last_touched_at"), COLUMN_TEXT },
	};
	const struct records *records = findings->records;
	size_t owner = records_find_role(records, ROLE_OWNER), stage = records_find_role(records, ROLE_STAGE);
	size_t name = records_find_role(records, ROLE_COMPANY), owner_count, stage_count;
	struct side side;
	struct arena arena;
	int failed = 0;

	if (name == records->columns)
		name = records_find_role(records, ROLE_NAME);
	if (side_open(&side, path, columns, sizeof columns / sizeof columns[0], diag) < 0)
		return -1;
	arena_init(&arena);
	for (size_t c = 0; c < findings->customers->count && !failed; c++) {
		struct slice owners, stages;
		uint32_t main = findings->main[c];

		if (customers_size(findings->customers, c) < 2)
			continue;
		owners = distinct_values(findings, c, owner, &owner_count, &arena);
		stages = distinct_values(findings, c, stage, &stage_count, &arena);
		if (owner_count > 1 || stage_count > 1) {
			rows_begin(&side.rows);
			rows_cell(&side.rows, findings->customers->ids[c]);
			rows_cell(&side.rows, name < records->columns ? records_cell(records, main, name) : SLICE(""));
			rows_i64(&side.rows, (int64_t)customers_size(findings->customers, c));
			rows_cell(&side.rows, owner_count > 1 && stage_count > 1 ? SLICE("owner;stage") : owner_count > 1 ? SLICE("owner") : SLICE("stage"));
			rows_cell(&side.rows, owners);
			rows_cell(&side.rows, stages);
			rows_cell(&side.rows, owner < records->columns ? records_cell(records, main, owner) : SLICE(""));
			rows_cell(&side.rows, findings->golden->updated_at < records->columns
						      ? records_cell(records, main, findings->golden->updated_at) : SLICE(""));
			failed = side_row_end(&side, diag);
		}
		arena_reset(&arena);
	}
	arena_release(&arena);
	return side_close(&side, failed, diag);
}
