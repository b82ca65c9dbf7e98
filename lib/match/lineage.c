/* Where every value of the golden records comes from. */
#include "match/report.h"

#include "clean/text.h"
#include "match/side.h"

struct lineage {
	const struct findings *findings;
	struct side side;
};

static int write_value(struct lineage *lineage, size_t c, size_t column, struct slice value, const char *rule, uint32_t record, struct diag *diag)
{
	const struct findings *findings = lineage->findings;
	struct rows *rows = &lineage->side.rows;

	rows_begin(rows);
	rows_cell(rows, findings->customers->ids[c]);
	rows_cell(rows, findings->records->headers[column]);
	rows_cell(rows, value);
	rows_cell(rows, slice_of(rule));
	side_origin(&lineage->side, findings->records, record);
	return side_row_end(&lineage->side, diag);
}

static int write_customer(struct lineage *lineage, size_t c, struct arena *arena, struct diag *diag)
{
	const struct findings *findings = lineage->findings;
	const struct records *records = findings->records;
	const uint32_t *members = findings->customers->members + findings->customers->begin[c];
	struct group group;
	int failed = 0;

	group_open(&group, findings->golden, members, customers_size(findings->customers, c), arena);
	while (members[group.main] != findings->main[c])
		group.main++;
	for (size_t column = 0; column < records->columns && !failed; column++) {
		const char *rule = survive_name(findings->golden->rules[column].survive);
		struct survivor survivor;
		struct slice value;

		if (records_is_own(records, column))
			continue;
		survivor = golden_choose(&group, column, arena);
		for (size_t p = 0; p < survivor.part_count && !failed; p++)
			failed = write_value(lineage, c, column, survivor.parts[p].value, rule, members[survivor.parts[p].member], diag);
		value = records_cell(records, members[survivor.member], column);
		if (!survivor.made.ptr && !text_is_empty(value) && !failed)
			failed = write_value(lineage, c, column, value, survivor.fuller ? "fuller" : group.count == 1 ? "only" : rule,
					     members[survivor.member], diag);
	}
	arena_reset(arena);
	return failed;
}

int report_lineage(const struct findings *findings, const char *path, struct diag *diag)
{
	static const struct column columns[] = {
		{ SLICE("customer_id"), COLUMN_TEXT }, { SLICE("column"), COLUMN_TEXT }, { SLICE("value"), COLUMN_TEXT }, { SLICE("rule"), COLUMN_TEXT },
		{ SLICE("source"), COLUMN_TEXT }, { SLICE("source_row"), COLUMN_TEXT }, { SLICE("source_id"), COLUMN_TEXT },
	};
	struct lineage lineage = { .findings = findings };
	struct arena arena;
	int failed = 0;

	if (side_open_for_people(&lineage.side, path, findings->sink, columns, sizeof columns / sizeof columns[0], diag) < 0)
		return -1;
	arena_init(&arena);
	for (size_t c = 0; c < findings->customers->count && !failed; c++)
		failed = write_customer(&lineage, c, &arena, diag);
	arena_release(&arena);
	return side_close(&lineage.side, failed, diag);
}
