#include "io/rejects.h"

#include <stdlib.h>

#include "base/memory.h"
#include "io/sink.h"

struct rejects {
	struct sink *sink;     /* NULL: no file */
	struct rows rows;
	bool strict;
	bool tables_warned;    /* once is enough */
	uint64_t count;
	const char *codes[REJECT_CODES_MOST];
	uint64_t counts[REJECT_CODES_MOST];
	size_t code_count;
};

int rejects_open(struct rejects **opened, const char *path, bool strict, struct diag *diag)
{
	static const struct column columns[] = {
		{ { "source", 6 }, COLUMN_TEXT }, { { "line", 4 }, COLUMN_NUMBER },   { { "column", 6 }, COLUMN_NUMBER },
		{ { "code", 4 }, COLUMN_TEXT },   { { "reason", 6 }, COLUMN_TEXT },   { { "record", 6 }, COLUMN_TEXT },
	};
	struct sink_options options = { .to = FORMAT_CSV };
	struct rejects *rejects = memory_zero(1, sizeof *rejects);

	rejects->strict = strict;
	if (path && sink_open(&rejects->sink, path, &options, diag) < 0) {
		free(rejects);
		return -1;
	}
	if (rejects->sink)
		sink_header(rejects->sink, columns, sizeof columns / sizeof *columns);
	rows_init(&rejects->rows, rejects->sink);
	*opened = rejects;
	return 0;
}

/* Rows that are no data, such as totals: set aside, but no fault. */
static bool is_harmless(const char *code)
{
	return strcmp(code, "total-row") == 0 || strcmp(code, "note-row") == 0 || strcmp(code, "repeated-header") == 0;
}

static void count_code(struct rejects *rejects, const char *code)
{
	size_t i = 0;

	rejects->count++;
	while (i < rejects->code_count && strcmp(rejects->codes[i], code) != 0)
		i++;
	if (i == REJECT_CODES_MOST)
		return;
	if (i == rejects->code_count)
		rejects->codes[rejects->code_count++] = code;
	rejects->counts[i]++;
}

static int write_reject(struct rejects *rejects, const struct reject *reject, struct diag *diag)
{
	struct rows *rows = &rejects->rows;

	rows_begin(rows);
	rows_cell(rows, slice_of(reject->source));
	rows_i64(rows, (int64_t)reject->line);
	if (reject->column)
		rows_i64(rows, (int64_t)reject->column);
	else
		rows_empty(rows);
	rows_cell(rows, slice_of(reject->code));
	rows_cell(rows, reject->reason);
	rows_cell(rows, reject->record);
	rows_end(rows);
	return sink_write(rejects->sink, rows, diag);
}

/* With a file of rejects the run goes on below the header of another table, whose rows are then read under the first one: never unsaid. */
static void warn_of_table(struct rejects *rejects, const struct reject *reject, const struct place *place, struct diag *diag)
{
	if (!rejects->sink || rejects->strict || rejects->tables_warned || strcmp(reject->code, "second-header") != 0)
		return;
	rejects->tables_warned = true;
	diag_warn(diag, place, reject->code, "the rows below this header of another table, the first one here, are read under the header above "
		  "and may be wrong; put each table on a sheet or in a file of its own");
}

int rejects_add(struct rejects *rejects, const struct reject *reject, struct diag *diag)
{
	struct place place = { reject->source, reject->line, reject->column };
	bool harmless = is_harmless(reject->code);

	count_code(rejects, reject->code);
	warn_of_table(rejects, reject, &place, diag);
	if (rejects->sink && write_reject(rejects, reject, diag) < 0)
		return -1;
	if (harmless || (rejects->sink && !rejects->strict))
		return 0;
	return diag_fail(diag, STATUS_INPUT, &place, reject->code, "%.*s%s", SLICE_ARG(reject->reason),
			 rejects->sink ? "" : "; use --rejects FILE to set such rows aside");
}

int rejects_note(struct rejects *rejects, const struct reject *reject, struct diag *diag)
{
	if (!rejects->sink)
		return 0;
	count_code(rejects, reject->code);
	return write_reject(rejects, reject, diag);
}

int rejects_take(struct rejects *rejects, const struct batch *batch, struct diag *diag)
{
	for (size_t i = 0; i < batch->reject_count; i++)
		if (rejects_add(rejects, &batch->rejects[i], diag) < 0)
			return -1;
	return 0;
}

int rejects_close(struct rejects *rejects, struct diag *diag)
{
	struct sink *sink = rejects->sink;

	rejects->sink = NULL;
	rejects_abort(rejects);
	return sink ? sink_close(sink, diag) : 0;
}

void rejects_abort(struct rejects *rejects)
{
	if (!rejects)
		return;
	rows_release(&rejects->rows);
	sink_abort(rejects->sink);
	free(rejects);
}

uint64_t rejects_count(const struct rejects *rejects)
{
	return rejects->count;
}

size_t rejects_by_code(const struct rejects *rejects, const char **names, uint64_t *counts, size_t room)
{
	size_t n = rejects->code_count < room ? rejects->code_count : room;

	for (size_t i = 0; i < n; i++) {
		names[i] = rejects->codes[i];
		counts[i] = rejects->counts[i];
	}
	return n;
}
