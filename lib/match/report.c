#include "match/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
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
	return side_open_for_people(side, path, findings->sink, columns, count, diag);
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
