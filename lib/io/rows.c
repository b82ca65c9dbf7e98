/*
 * Encoding of rows. What a row becomes depends on the sink's format:
 *   csv, tsv     cells between delimiters, quoted where they must be
 *   json, jsonl  an object; for json each row begins with ",\n", of which the sink drops the first comma
 *   xlsx         for each cell its length as uint32_t and its bytes, which the sink takes apart again
 */
#include <math.h>
#include <stdio.h>

#include "base/civil.h"
#include "io/json.h"
#include "io/sink_private.h"

void rows_init(struct rows *rows, const struct sink *sink)
{
	*rows = (struct rows){ .sink = sink };
	buf_init(&rows->out, BUF_UNLIMITED);
	buf_init(&rows->scratch, BUF_UNLIMITED);
}

void rows_release(struct rows *rows)
{
	buf_release(&rows->out);
	buf_release(&rows->scratch);
}

void rows_begin(struct rows *rows)
{
	rows->cell = 0;
	rows->row_start = rows->out.len;
	if (rows->sink->format == FORMAT_JSON)
		buf_add(&rows->out, SLICE(",\n{"));
	else if (rows->sink->format == FORMAT_JSONL)
		buf_add_byte(&rows->out, '{');
}

void rows_end(struct rows *rows)
{
	enum format format = rows->sink->format;

	if (format == FORMAT_JSON || format == FORMAT_JSONL)
		buf_add_byte(&rows->out, '}');
	/* An empty line would be no record at all for whoever reads it. */
	if (sink_is_text(rows->sink) && rows->out.len == rows->row_start)
		buf_add(&rows->out, SLICE("\"\""));
	if (format != FORMAT_XLSX && format != FORMAT_JSON)
		buf_add_byte(&rows->out, '\n');
	rows->count++;
}

/* --- CSV --- */

static bool needs_quotes(struct slice value, char delimiter)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == delimiter || c == '"' || c == '\n' || c == '\r')
			return true;
	}
	return false;
}

static void add_quoted(struct buf *out, struct slice value)
{
	buf_add_byte(out, '"');
	while (value.len) {
		size_t at = slice_find_byte(value, '"');

		buf_add(out, slice_first(value, at));
		if (at < value.len)
			buf_add(out, SLICE("\"\""));
		value = slice_skip(value, at + 1);
	}
	buf_add_byte(out, '"');
}

/* A plain signed number such as -12.50 or +8613812345678: harmless, and escaping would damage it. */
static bool is_plain_number(struct slice value)
{
	bool digit = false;

	for (size_t i = 1; i < value.len; i++) {
		char c = value.ptr[i];

		if ((c < '0' || c > '9') && c != '.' && c != ',')
			return false;
		digit |= c >= '0' && c <= '9';
	}
	return digit && (value.ptr[0] == '-' || value.ptr[0] == '+');
}

static bool is_formula(struct slice value)
{
	return value.len && memchr("=+-@\t\r", value.ptr[0], 6) && !is_plain_number(value);
}

void rows_csv_cell(struct buf *out, struct slice value, char delimiter)
{
	if (needs_quotes(value, delimiter))
		add_quoted(out, value);
	else
		buf_add(out, value);
}

static void text_cell(struct rows *rows, struct slice value)
{
	const struct sink *sink = rows->sink;

	if (rows->cell)
		buf_add_byte(&rows->out, sink->delimiter);
	if (sink->excel_safe && is_formula(value)) {
		buf_clear(&rows->scratch);
		buf_add_byte(&rows->scratch, '\'');
		buf_add(&rows->scratch, value);
		value = buf_slice(&rows->scratch);
	}
	rows_csv_cell(&rows->out, value, sink->delimiter);
}

/* --- JSON --- */

static void json_key(struct rows *rows)
{
	if (rows->out.ptr[rows->out.len - 1] != '{')
		buf_add_byte(&rows->out, ',');
	buf_add(&rows->out, rows->sink->keys[rows->cell]);
}

/* The grammar of a JSON number (RFC 8259, 6). */
static bool is_json_number(struct slice s)
{
	size_t i = s.len && s.ptr[0] == '-', first = i;
	double ignored;

	if (i == s.len || s.ptr[i] < '0' || s.ptr[i] > '9' || s.ptr[s.len - 1] < '0' || s.ptr[s.len - 1] > '9')
		return false;
	if (s.ptr[first] == '0' && first + 1 < s.len && s.ptr[first + 1] >= '0' && s.ptr[first + 1] <= '9')
		return false;
	for (i = first; i + 1 < s.len; i++)
		if (s.ptr[i] == '.' && (s.ptr[i + 1] < '0' || s.ptr[i + 1] > '9'))
			return false;
	return slice_to_double(s, &ignored);
}

static void json_list(struct buf *out, struct slice value)
{
	buf_add_byte(out, '[');
	while (value.len) {
		json_write_string(out, slice_cut(&value, ';'));
		if (value.len)
			buf_add_byte(out, ',');
	}
	buf_add_byte(out, ']');
}

static void json_cell(struct rows *rows, struct slice value)
{
	enum column_type type = rows->sink->columns[rows->cell].type;

	json_key(rows);
	if (type == COLUMN_LIST)
		json_list(&rows->out, value);
	else if (type == COLUMN_NUMBER && value.len == 0)
		buf_add(&rows->out, SLICE("null"));
	else if (type == COLUMN_NUMBER && is_json_number(value))
		buf_add(&rows->out, value);
	else
		json_write_string(&rows->out, value);
}

/* --- any --- */

static void xlsx_cell(struct rows *rows, struct slice value)
{
	uint32_t length = (uint32_t)value.len;

	buf_add(&rows->out, (struct slice){ (const char *)&length, sizeof length });
	buf_add(&rows->out, value);
}

void rows_cell(struct rows *rows, struct slice value)
{
	switch (rows->sink->format) {
	case FORMAT_JSON:
	case FORMAT_JSONL:
		json_cell(rows, value);
		break;
	case FORMAT_XLSX:
		xlsx_cell(rows, value);
		break;
	default:
		text_cell(rows, value);
	}
	rows->cell++;
}

static bool forms_agree(const struct sink *sink, enum form form, char delimiter)
{
	if (form == FORM_CSV)
		return sink_is_text(sink) && delimiter == sink->delimiter && !sink->excel_safe;
	return form == FORM_JSON && (sink->format == FORMAT_JSON || sink->format == FORMAT_JSONL);
}

/* A list or object may stand over several lines, between its tokens; a record of JSON Lines may not. */
static void add_on_one_line(struct buf *out, struct slice json)
{
	while (json.len) {
		struct slice line = slice_cut(&json, '\n');

		while (line.len)
			buf_add(out, slice_cut(&line, '\r'));
	}
}

void rows_raw_cell(struct rows *rows, struct slice value, struct slice raw, enum form form, char delimiter)
{
	if (!forms_agree(rows->sink, form, delimiter)) {
		rows_cell(rows, value);
		return;
	}
	if (form == FORM_CSV) {
		if (rows->cell)
			buf_add_byte(&rows->out, delimiter);
		buf_add(&rows->out, raw);
	} else if (raw.ptr) { /* a member that was absent stays so */
		json_key(rows);
		if (rows->sink->format == FORMAT_JSONL)
			add_on_one_line(&rows->out, raw);
		else
			buf_add(&rows->out, raw);
	}
	rows->cell++;
}

void rows_batch_record(struct rows *rows, const struct batch *batch, size_t r)
{
	const struct record *record = &batch->records[r];

	if (batch->form == FORM_CSV && forms_agree(rows->sink, FORM_CSV, batch->delimiter) && !record->raw_cells) {
		struct slice last = batch_cell(batch, r, batch->columns - 1);

		/* Up to the end of the last column, without extra empty cells. */
		buf_add(&rows->out, slice_first(record->raw, (size_t)(last.ptr + last.len - record->raw.ptr)));
		rows->cell += batch->columns;
		return;
	}
	for (size_t c = 0; c < batch->columns; c++)
		rows_batch_cell(rows, batch, r, c);
}

void rows_empty(struct rows *rows)
{
	rows_cell(rows, (struct slice){ "", 0 });
}

void rows_i64(struct rows *rows, int64_t number)
{
	uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char text[24];
	size_t at = sizeof text;

	do {
		text[--at] = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude);
	if (number < 0)
		text[--at] = '-';
	rows_cell(rows, (struct slice){ text + at, sizeof text - at });
}

/*
 * As printf's %.*f, without its exact arithmetic: of few digits, and where the digit after the last does not lie so near to a tie that the
 * product's rounding could decide. 0: not so.
 */
static size_t print_plainly(double number, int decimals, char *end)
{
	static const double powers[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6 };
	double scaled, whole;
	uint64_t rest;
	char *at = end;

	if (decimals > 6 || !(fabs(number) < 1e5))
		return 0;
	scaled = fabs(number) * powers[decimals];
	whole = floor(scaled + .5);
	if (fabs(scaled - floor(scaled) - .5) < 1e-4)
		return 0;
	rest = (uint64_t)whole;
	for (int i = 0; i < decimals || rest || i == decimals; i++, rest /= 10) {
		if (i == decimals && decimals)
			*--at = '.';
		*--at = (char)('0' + rest % 10);
	}
	if (number < 0)
		*--at = '-';
	return (size_t)(end - at);
}

void rows_real(struct rows *rows, double number, int decimals)
{
	char text[352];
	size_t plain;
	int length;

	if (!isfinite(number)) {
		rows_empty(rows);
		return;
	}
	plain = print_plainly(number, decimals, text + sizeof text);
	if (plain) {
		rows_cell(rows, (struct slice){ text + sizeof text - plain, plain });
		return;
	}
	length = snprintf(text, sizeof text, "%.*f", decimals, number == 0 ? 0.0 : number);
	rows_cell(rows, (struct slice){ text, (size_t)length });
}

void rows_date(struct rows *rows, int32_t days)
{
	char text[CIVIL_TEXT];

	if (days == CIVIL_NONE) {
		rows_empty(rows);
		return;
	}
	civil_print(days, text);
	rows_cell(rows, (struct slice){ text, CIVIL_TEXT });
}
