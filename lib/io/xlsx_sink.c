/*
 * libxlsxwriter keeps each row in a temporary file in TMPDIR and puts them together at the end, without looking
 * whether that file could be written. So its stream is checked here, and the finished workbook is opened once more to
 * see that every sheet is as long as what was written for it.
 */
#include "io/xlsx_sink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <xlsxwriter.h>
#include <zip.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/json.h"

enum {
	SHEET_ROWS = 1048576,    /* the header included */
	SHEET_COLUMNS = 16384,
	CELL_CHARACTERS = 32767, /* UTF-16 units */
	SIGNIFICANT_DIGITS = 15,
	SHEETS_MAXIMUM = 255,
	FIXED_TIME = 315532800,  /* 1980-01-01, the earliest of a zip: the same rows give the same bytes */
};

struct xlsx_sink {
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_worksheet *sheets[SHEETS_MAXIMUM];
	uint64_t sizes[SHEETS_MAXIMUM];  /* bytes of rows, at the end */
	unsigned sheet_count;
	char *path;
	const struct column *columns;
	size_t column_count;
	uint32_t row;              /* next one of the sheet */
	uint64_t rows;             /* of data, in all sheets */
	struct buf text;           /* a cell as libxlsxwriter wants it */
};

static int fail(struct diag *diag, const char *doing)
{
	return diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "cannot %s the workbook: %s", doing,
			 strerror(errno ? errno : EIO));
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* _xHHHH_ stands for a character in a workbook (ECMA-376, ST_Xstring). */
static bool is_escape(struct slice s)
{
	return s.len >= 7 && s.ptr[0] == '_' && s.ptr[1] == 'x' && is_hex(s.ptr[2]) && is_hex(s.ptr[3]) &&
	       is_hex(s.ptr[4]) && is_hex(s.ptr[5]) && s.ptr[6] == '_';
}

/* U+FFFE and U+FFFF, three bytes. */
static bool is_no_xml(struct slice s)
{
	return slice_starts_with(s, SLICE("\xEF\xBF\xBE")) || slice_starts_with(s, SLICE("\xEF\xBF\xBF"));
}

static bool may_need_escape(char c)
{
	return c == '_' || c == '\0' || c == '\xEF';
}

/* Text that looks like an escape, and what XML cannot hold and the library does not see to, escaped; ended by NUL. */
static void escape(struct buf *out, struct slice text)
{
	buf_clear(out);
	while (text.len) {
		size_t plain = 0;

		while (plain < text.len && !may_need_escape(text.ptr[plain]))
			plain++;
		buf_add(out, slice_first(text, plain));
		text = slice_skip(text, plain);
		if (!text.len)
			break;
		if (text.ptr[0] == '\0')
			buf_add(out, SLICE("_x0000_"));
		else if (slice_starts_with(text, SLICE("\xEF\xBF\xBE")))
			buf_add(out, SLICE("_xFFFE_"));
		else if (slice_starts_with(text, SLICE("\xEF\xBF\xBF")))
			buf_add(out, SLICE("_xFFFF_"));
		else
			buf_add(out, is_escape(text) ? SLICE("_x005F_") : slice_first(text, 1));
		text = slice_skip(text, is_no_xml(text) ? 3 : 1);
	}
	buf_add_byte(out, '\0');
}

static size_t utf16_units(struct slice text)
{
	size_t units = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		units += (size_t)((c & 0xC0) != 0x80) + (c >= 0xF0);
	}
	return units;
}

/* A number as JSON writes them, which a double holds to the digit. */
static bool is_exact_number(struct slice text, double *number)
{
	struct json_scan scan;
	size_t digits = 0;

	json_scan_init(&scan, text, JSON_STRICT);
	if (json_scan_next(&scan) != JSON_NUMBER || json_scan_next(&scan) != JSON_END || scan.token.len != text.len)
		return false;
	for (size_t i = 0; i < text.len && (text.ptr[i] | 0x20) != 'e'; i++)
		digits += text.ptr[i] >= '0' && text.ptr[i] <= '9' && (digits || text.ptr[i] != '0');
	return digits <= SIGNIFICANT_DIGITS && slice_to_double(text, number);
}

static int fail_long_cell(const struct xlsx_sink *sink, size_t column, size_t characters, struct diag *diag)
{
	return diag_fail(diag, STATUS_INPUT, NULL, "cell-too-long",
			 "row %llu: the cell of column %.*s has %zu characters, "
			 "a workbook takes 32,767; write csv instead", (unsigned long long)sink->rows + 1,
			 SLICE_ARG(sink->columns[column].name), characters);
}

static int write_cell(struct xlsx_sink *sink, size_t column, enum column_type type, struct slice value,
		      struct diag *diag)
{
	lxw_error error;
	double number;

	if (value.len == 0)
		return 0;
	if (value.len > CELL_CHARACTERS && utf16_units(value) > CELL_CHARACTERS)
		return fail_long_cell(sink, column, utf16_units(value), diag);
	if (type == COLUMN_NUMBER && is_exact_number(value, &number)) {
		error = worksheet_write_number(sink->sheet, sink->row, (lxw_col_t)column, number, NULL);
	} else {
		escape(&sink->text, value);
		error = worksheet_write_string(sink->sheet, sink->row, (lxw_col_t)column, sink->text.ptr, NULL);
	}
	/* Escapes may make a text too long that was not. */
	return error == LXW_NO_ERROR ? 0 : fail_long_cell(sink, column, sink->text.len, diag);
}

static int begin_sheet(struct xlsx_sink *sink, struct diag *diag)
{
	errno = 0;
	if (sink->sheet_count == SHEETS_MAXIMUM)
		return diag_fail(diag, STATUS_INPUT, NULL, NULL,
				 "the rows are too many for a workbook; write csv instead");
	sink->sheet = workbook_add_worksheet(sink->workbook, NULL);
	if (!sink->sheet)
		return fail(diag, "make a temporary file for");
	sink->sheets[sink->sheet_count++] = sink->sheet;
	worksheet_freeze_panes(sink->sheet, 1, 0);
	sink->row = 0;
	for (size_t c = 0; c < sink->column_count; c++)
		if (write_cell(sink, c, COLUMN_TEXT, sink->columns[c].name, diag) < 0)
			return -1;
	sink->row = 1;
	return 0;
}

int xlsx_sink_open(struct xlsx_sink **opened, const char *path, const char *tmpdir,
		   const struct column *columns, size_t count, struct diag *diag)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = (char *)(uintptr_t)tmpdir };
	lxw_doc_properties properties = { .created = FIXED_TIME };
	struct xlsx_sink *sink;

	if (count > SHEET_COLUMNS)
		return diag_fail(diag, STATUS_INPUT, NULL, NULL, "%zu columns; a workbook takes 16,384", count);
	sink = memory_zero(1, sizeof *sink);
	sink->path = memory_text(path);
	sink->columns = columns;
	sink->column_count = count;
	buf_init(&sink->text, BUF_UNLIMITED);
	sink->workbook = workbook_new_opt(path, &options);
	if (!sink->workbook)
		memory_exhausted();
	workbook_set_properties(sink->workbook, &properties);
	if (begin_sheet(sink, diag) < 0) {
		xlsx_sink_abort(sink);
		return -1;
	}
	*opened = sink;
	return 0;
}

int xlsx_sink_row(struct xlsx_sink *sink, const struct slice *cells, struct diag *diag)
{
	if (sink->row == SHEET_ROWS && begin_sheet(sink, diag) < 0)
		return -1;
	for (size_t c = 0; c < sink->column_count; c++)
		if (write_cell(sink, c, sink->columns[c].type, cells[c], diag) < 0)
			return -1;
	sink->row++;
	sink->rows++;
	return 0;
}

static int check_rows_written(struct xlsx_sink *sink, struct diag *diag)
{
	for (unsigned i = 0; i < sink->sheet_count; i++) {
		FILE *rows = sink->sheets[i]->optimize_tmpfile;
		off_t size;

		errno = 0;
		if (!rows)
			continue;
		size = fflush(rows) == 0 && !ferror(rows) ? ftello(rows) : -1;
		if (size < 0)
			return fail(diag, "write the temporary file of");
		sink->sizes[i] = (uint64_t)size;
	}
	return 0;
}

static bool parts_are_whole(const struct xlsx_sink *sink, zip_t *zip)
{
	zip_int64_t count = zip_get_num_entries(zip, 0);

	for (zip_int64_t i = 0; i < count; i++) {
		unsigned number;
		zip_stat_t part;

		if (zip_stat_index(zip, (zip_uint64_t)i, 0, &part) != 0 || part.size == 0)
			return false;
		if (sscanf(part.name, "xl/worksheets/sheet%u.xml", &number) == 1 && number >= 1 &&
		    number <= sink->sheet_count && part.size <= sink->sizes[number - 1])
			return false;
	}
	return count > (zip_int64_t)sink->sheet_count;
}

static int check_workbook(const struct xlsx_sink *sink, struct diag *diag)
{
	zip_t *zip = zip_open(sink->path, ZIP_RDONLY, NULL);
	bool whole = zip && parts_are_whole(sink, zip);

	if (zip)
		zip_discard(zip);
	return whole ? 0 : diag_fail(diag, STATUS_SYSTEM, NULL, NULL,
				     "cannot write the workbook: it did not come out whole "
				     "(is the disk of --tmpdir full?)");
}

static void release(struct xlsx_sink *sink)
{
	free(sink->path);
	buf_release(&sink->text);
	free(sink);
}

int xlsx_sink_close(struct xlsx_sink *sink, struct diag *diag)
{
	lxw_error error;
	int result;

	if (check_rows_written(sink, diag) < 0) {
		xlsx_sink_abort(sink);
		return -1;
	}
	errno = 0;
	error = workbook_close(sink->workbook);
	result = error ? fail(diag, "write") : check_workbook(sink, diag);
	release(sink);
	return result;
}

void xlsx_sink_abort(struct xlsx_sink *sink)
{
	lxw_workbook_free(sink->workbook);
	release(sink);
}
