#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/json.h"
#include "io/sink_private.h"

int sink_open(struct sink **opened, const char *path, const struct sink_options *options, struct diag *diag)
{
	struct sink *sink = memory_zero(1, sizeof *sink);
	struct place place = { .file = path };

	arena_init(&sink->arena);
	sink->format = options->to == FORMAT_AUTO ? FORMAT_CSV : options->to;
	sink->delimiter = options->delimiter ? options->delimiter : sink->format == FORMAT_TSV ? '\t' : ',';
	sink->bom = options->bom;
	sink->above = options->above;
	sink->excel_safe = options->excel_safe;
	sink->tmpdir = options->tmpdir;
	sink->workbook_copy = -1;
	sink->path = path && strcmp(path, "-") != 0 ? memory_text(path) : NULL;
	if (sink->format == FORMAT_XLS || sink->format == FORMAT_ODS) {
		sink_abort(sink);
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "can be written as csv, tsv, json, jsonl or xlsx only");
	}
	if (outfile_open(&sink->out, sink->path, diag) < 0) {
		sink_abort(sink);
		return -1;
	}
	*opened = sink;
	return 0;
}

static void make_keys(struct sink *sink)
{
	struct buf key;

	buf_init(&key, BUF_UNLIMITED);
	sink->keys = arena_get(&sink->arena, sink->column_count, sizeof *sink->keys);
	for (size_t i = 0; i < sink->column_count; i++) {
		buf_clear(&key);
		json_write_string(&key, sink->columns[i].name);
		buf_add_byte(&key, ':');
		sink->keys[i] = arena_copy(&sink->arena, buf_slice(&key));
	}
	buf_release(&key);
}

void sink_header(struct sink *sink, const struct column *columns, size_t count)
{
	sink->column_count = count;
	sink->columns = arena_get(&sink->arena, count, sizeof *columns);
	memcpy(sink->columns, columns, count * sizeof *columns);
	sink->cells = arena_zero(&sink->arena, count, sizeof *sink->cells);
	make_keys(sink);
}

/* A workbook needs a file that can be opened by name; for standard output that is a temporary one. */
static int begin_workbook(struct sink *sink, struct diag *diag)
{
	const char *path = outfile_temporary(sink->out);

	if (!path) {
		sink->workbook_copy = file_temporary(sink->tmpdir, diag);
		if (sink->workbook_copy < 0)
			return -1;
		path = arena_format(&sink->arena, "/proc/self/fd/%d%c", sink->workbook_copy, '\0').ptr;
	}
	return xlsx_sink_open(&sink->workbook, path, sink->tmpdir, sink->columns, sink->column_count, diag);
}

static int begin_text(struct sink *sink, struct diag *diag)
{
	struct rows header;
	int result;

	rows_init(&header, sink);
	if (sink->bom)
		buf_add(&header.out, SLICE("\xEF\xBB\xBF"));
	if (sink->above.len) {
		rows_csv_cell(&header.out, sink->above, sink->delimiter);
		buf_add_byte(&header.out, '\n');
	}
	rows_begin(&header);
	for (size_t i = 0; i < sink->column_count; i++)
		rows_cell(&header, sink->columns[i].name);
	rows_end(&header);
	result = outfile_write(sink->out, buf_slice(&header.out), diag);
	rows_release(&header);
	return result;
}

static int begin(struct sink *sink, struct diag *diag)
{
	if (sink->begun)
		return 0;
	sink->begun = true;
	if (sink->format == FORMAT_XLSX)
		return begin_workbook(sink, diag);
	if (sink->format == FORMAT_JSON)
		return outfile_write(sink->out, SLICE("["), diag);
	return sink->format == FORMAT_JSONL ? 0 : begin_text(sink, diag);
}

static int write_workbook_rows(struct sink *sink, struct slice encoded, struct diag *diag)
{
	while (encoded.len) {
		for (size_t c = 0; c < sink->column_count; c++) {
			uint32_t length;

			memcpy(&length, encoded.ptr, sizeof length);
			sink->cells[c] = slice_first(slice_skip(encoded, sizeof length), length);
			encoded = slice_skip(encoded, sizeof length + length);
		}
		if (xlsx_sink_row(sink->workbook, sink->cells, diag) < 0)
			return -1;
	}
	return 0;
}

int sink_write(struct sink *sink, struct rows *rows, struct diag *diag)
{
	struct slice bytes = buf_slice(&rows->out);
	int result = begin(sink, diag);

	if (result == 0 && rows->count) {
		bool first_json = sink->format == FORMAT_JSON && sink->count == 0;

		if (sink->format == FORMAT_XLSX)
			result = write_workbook_rows(sink, bytes, diag);
		else
			result = outfile_write(sink->out, slice_skip(bytes, first_json), diag);
		sink->count += rows->count;
	}
	buf_clear(&rows->out);
	rows->count = 0;
	return result;
}

/* A finished workbook in a temporary file goes to standard output. */
static int copy_workbook(struct sink *sink, struct diag *diag)
{
	char bytes[1 << 14];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(sink->workbook_copy, bytes, sizeof bytes, at)) > 0) {
		if (outfile_write(sink->out, (struct slice){ bytes, (size_t)n }, diag) < 0)
			return -1;
		at += n;
	}
	return n < 0 ? diag_errno(diag, "the temporary workbook", "cannot read", errno) : 0;
}

static int finish(struct sink *sink, struct diag *diag)
{
	if (begin(sink, diag) < 0)
		return -1;
	if (sink->format == FORMAT_JSON)
		return outfile_write(sink->out, sink->count ? SLICE("\n]\n") : SLICE("]\n"), diag);
	if (sink->format == FORMAT_XLSX) {
		struct xlsx_sink *workbook = sink->workbook;

		sink->workbook = NULL;
		if (xlsx_sink_close(workbook, diag) < 0)
			return -1;
		return sink->workbook_copy >= 0 ? copy_workbook(sink, diag) : 0;
	}
	return 0;
}

int sink_close(struct sink *sink, struct diag *diag)
{
	struct outfile *out;
	int result;

	if (finish(sink, diag) < 0) {
		sink_abort(sink);
		return -1;
	}
	out = sink->out;
	sink->out = NULL;
	result = outfile_commit(out, diag);
	sink_abort(sink);
	return result;
}

void sink_abort(struct sink *sink)
{
	if (!sink)
		return;
	if (sink->workbook)
		xlsx_sink_abort(sink->workbook);
	if (sink->workbook_copy >= 0)
		close(sink->workbook_copy);
	if (sink->out)
		outfile_abort(sink->out);
	free(sink->path);
	arena_release(&sink->arena);
	free(sink);
}

uint64_t sink_count(const struct sink *sink)
{
	return sink->count;
}
