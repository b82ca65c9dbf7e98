/*
 * ODS (OpenDocument 1.2, part 1, chapters 8, 9 and 19). All sheets stand in content.xml, one after the other. It is
 * read once for their names, then again for the rows of the one that is wanted. Rows and cells may stand for many
 * equal ones (…-repeated).
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "io/reader.h"
#include "io/merged.h"
#include "io/sheet_row.h"
#include "io/sheet_value.h"
#include "io/sheets.h"
#include "io/zip_xml.h"

enum { DEFAULT_BATCH = 256 << 10, SHEETS_MAXIMUM = 4096, STYLES_MAXIMUM = 1 << 16 };

enum value_type { VALUE_TEXT, VALUE_NUMBER, VALUE_DATE, VALUE_TIME, VALUE_BOOLEAN };

struct ods {
	struct reader reader;       /* first */
	zip_t *zip;
	const char *file;
	size_t batch_bytes;
	struct arena arena;
	struct diag held;           /* an error, until the rows before it have been handed out */
	struct sheet *sheets;
	size_t sheet_count, sheet_capacity;
	struct map hidden_styles;   /* names of the styles of tables that are not shown */
	struct buf style;           /* name of the style element being read */
	size_t wanted;              /* index of the sheet to be read */
	/* the sheet being read */
	struct part part;
	size_t sheet;               /* tables begun so far */
	bool in_sheet;              /* in the wanted one, not in a table inside a cell of it */
	unsigned tables;            /* open table elements */
	struct sheet_row row;
	uint64_t row_repeats;       /* times that the row in `row` is still to be added */
	bool at_end;
	uint64_t progress;
	/* the cell being read */
	bool in_cell, in_paragraph;
	unsigned skipped;           /* depth inside annotations and the like */
	struct buf text;
	size_t column;
	uint64_t cell_repeats;
	uint64_t rows_spanned;
	bool fill_merged;
	struct merged merged;       /* the cells that span several rows, as they come */
	enum value_type type;
	const char *currency;       /* of the number, or NULL */
	struct buf value;           /* what its attributes say */
};

static uint64_t repeats(const char **attributes, const char *name)
{
	const char *text = part_attribute(attributes, name);
	uint64_t number;

	return text && slice_to_u64(slice_of(text), &number) && number ? number : 1;
}

/* --- names of the sheets --- */

static void add_sheet(struct ods *ods, const char **attributes)
{
	const char *name = part_attribute(attributes, "name"), *style = part_attribute(attributes, "style-name");

	if (ods->sheet_count == SHEETS_MAXIMUM) {
		part_fail(&ods->part, "there are too many sheets");
		return;
	}
	ods->sheets = memory_grow(ods->sheets, &ods->sheet_capacity, ods->sheet_count + 1, sizeof *ods->sheets);
	ods->sheets[ods->sheet_count++] = (struct sheet){
		.name = slice_of(arena_cstr(&ods->arena, slice_of(name ? name : ""))),
		.hidden = style && map_find(&ods->hidden_styles, slice_of(style)) != MAP_NONE,
	};
}

static void start_names(void *context, const char *name, const char **attributes)
{
	struct ods *ods = context;
	const char *display;

	if (strcmp(name, "style") == 0) {
		buf_clear(&ods->style);
		buf_add(&ods->style, slice_of(part_attribute(attributes, "name")));
	} else if (strcmp(name, "table-properties") == 0) {
		display = part_attribute(attributes, "display");
		if (display && strcmp(display, "false") == 0 && ods->hidden_styles.count < STYLES_MAXIMUM)
			map_add(&ods->hidden_styles, buf_slice(&ods->style));
	} else if (strcmp(name, "table") == 0 && ods->tables++ == 0) {
		add_sheet(ods, attributes);
	} else if (ods->tables && strcmp(name, "table-cell") == 0 && part_attribute(attributes, "value-type")) {
		ods->sheets[ods->sheet_count - 1].filled = true;
	}
}

static void end_names(void *context, const char *name)
{
	struct ods *ods = context;

	ods->tables -= strcmp(name, "table") == 0;
}

static void ignore_text(void *context, struct slice text)
{
	(void)context, (void)text;
}

/* --- the sheet --- */

static void start_row(struct ods *ods, const char **attributes)
{
	sheet_row_begin(&ods->row, ods->row.number);
	ods->part.row = ods->row.number;
	ods->row_repeats = repeats(attributes, "number-rows-repeated");
	ods->column = 0;
}

static enum value_type type_of(const char *name)
{
	if (!name || strcmp(name, "string") == 0)
		return VALUE_TEXT;
	if (strcmp(name, "date") == 0)
		return VALUE_DATE;
	if (strcmp(name, "time") == 0)
		return VALUE_TIME;
	return strcmp(name, "boolean") == 0 ? VALUE_BOOLEAN : VALUE_NUMBER;
}

static void start_cell(struct ods *ods, const char **attributes)
{
	static const char *const names[] = { "string-value", "value", "date-value", "time-value", "boolean-value" };
	const char *value;

	ods->in_cell = true;
	ods->type = type_of(part_attribute(attributes, "value-type"));
	ods->cell_repeats = repeats(attributes, "number-columns-repeated");
	ods->rows_spanned = repeats(attributes, "number-rows-spanned");
	value = part_attribute(attributes, names[ods->type]);
	ods->currency = number_currency_of_name(slice_of(part_attribute(attributes, "currency")));
	buf_clear(&ods->text);
	buf_clear(&ods->value);
	buf_add(&ods->value, slice_of(value));
}

/* text:s stands for spaces, of which XML would keep but one. */
static void add_spaces(struct ods *ods, const char **attributes)
{
	for (uint64_t n = repeats(attributes, "c"); n && !ods->text.full; n--)
		buf_add_byte(&ods->text, ' ');
}

/* Elements in a cell whose text is not the cell's. */
static bool is_beside(const char *name)
{
	return strcmp(name, "annotation") == 0 || strcmp(name, "table") == 0 || strcmp(name, "shapes") == 0;
}

static void start_in_cell(struct ods *ods, const char *name, const char **attributes)
{
	if (ods->skipped || is_beside(name)) {
		ods->skipped++;
	} else if (strcmp(name, "p") == 0) {
		if (ods->text.len)
			buf_add_byte(&ods->text, '\n');
		ods->in_paragraph = true;
	} else if (strcmp(name, "s") == 0) {
		add_spaces(ods, attributes);
	} else if (strcmp(name, "tab") == 0) {
		buf_add_byte(&ods->text, '\t');
	} else if (strcmp(name, "line-break") == 0) {
		buf_add_byte(&ods->text, '\n');
	}
}

static void start_sheet(void *context, const char *name, const char **attributes)
{
	struct ods *ods = context;
	bool table = strcmp(name, "table") == 0;

	if (table && ods->tables == 0)
		ods->in_sheet = ods->sheet++ == ods->wanted;
	ods->tables += table;
	if (!ods->in_sheet)
		return;
	if (ods->in_cell)
		start_in_cell(ods, name, attributes);
	else if (strcmp(name, "table-row") == 0)
		start_row(ods, attributes);
	else if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0)
		start_cell(ods, attributes);
}

/* PT36H05M00S is 36:05:00 (xsd:duration without days). False when it is something else. */
static bool add_duration(struct buf *out, struct slice text)
{
	static const char units[] = "HMS";
	uint64_t parts[3] = { 0 };

	if (!slice_starts_with(text, SLICE("PT")))
		return false;
	text = slice_skip(text, 2);
	for (int i = 0; i < 3; i++) {
		struct slice number = slice_first(text, slice_find_byte(text, units[i]));

		if (number.len == text.len)
			continue;
		text = slice_skip(text, number.len + 1);
		if (!slice_to_u64(slice_first(number, slice_find_byte(number, '.')), &parts[i]))
			return false;
	}
	buf_format(out, "%02llu:%02llu:%02llu", (unsigned long long)parts[0], (unsigned long long)parts[1],
		   (unsigned long long)parts[2]);
	return true;
}

static void add_value(struct ods *ods, struct buf *out)
{
	struct slice value = buf_slice(&ods->value), text = buf_slice(&ods->text);
	size_t time = slice_find_byte(value, 'T');

	if (ods->type == VALUE_TEXT || value.len == 0)
		buf_add(out, ods->type == VALUE_TEXT && value.len ? value : text);
	else if (ods->type == VALUE_NUMBER) {
		sheet_number_text(out, value, STYLE_NUMBER);
		sheet_currency(out, ods->currency);
	} else if (ods->type == VALUE_BOOLEAN)
		buf_add(out, slice_equal(value, SLICE("true")) ? SLICE("TRUE") : SLICE("FALSE"));
	else if (ods->type == VALUE_DATE)
		buf_add(out, slice_starts_with(slice_skip(value, time), SLICE("T00:00:00")) ? slice_first(value, time) :
			slice_first(value, time + 9));
	else if (!add_duration(out, value))
		buf_add(out, text);
}

static void end_cell(struct ods *ods)
{
	size_t from = ods->row.text.len;

	ods->in_cell = false;
	if (ods->text.full || ods->value.full) {
		part_fail(&ods->part, "a cell has more than 1 MiB of text");
		return;
	}
	if (ods->fill_merged && ods->rows_spanned <= SHEET_ROWS &&
	    !merged_add(&ods->merged, ods->row.number, ods->row.number + ods->rows_spanned - 1, ods->column)) {
		part_fail(&ods->part, "there are too many merged cells");
		return;
	}
	add_value(ods, &ods->row.text);
	if (ods->row.text.len == from || ods->column >= SHEET_COLUMNS) {
		ods->column += ods->cell_repeats < SHEET_COLUMNS ? ods->cell_repeats : SHEET_COLUMNS;
	} else if (ods->cell_repeats > SHEET_COLUMNS - ods->column) {
		part_fail(&ods->part, "a sheet has at most 16,384 columns");
	} else {
		for (uint64_t i = 0; i < ods->cell_repeats; i++)
			sheet_row_set(&ods->row, ods->column++, from);
	}
	if (ods->column > SHEET_COLUMNS)
		ods->column = SHEET_COLUMNS;
}

static void end_row(struct ods *ods)
{
	if (ods->fill_merged)
		merged_fill(&ods->merged, &ods->row);
	if (ods->row.width && (ods->row_repeats > SHEET_ROWS || ods->row.number + ods->row_repeats - 1 > SHEET_ROWS))
		part_fail(&ods->part, "a sheet has at most 1,048,576 rows");
	else if (ods->row.width)
		part_suspend(&ods->part);
	else
		ods->row.number += ods->row_repeats < SHEET_ROWS ? ods->row_repeats : SHEET_ROWS;
}

static void end_sheet(void *context, const char *name)
{
	struct ods *ods = context;
	bool table = strcmp(name, "table") == 0;

	ods->tables -= table;
	if (table && ods->tables == 0)
		ods->in_sheet = false;
	if (!ods->in_sheet)
		return;
	if (ods->skipped)
		ods->skipped--;
	else if (strcmp(name, "p") == 0)
		ods->in_paragraph = false;
	else if (strcmp(name, "table-cell") == 0 || strcmp(name, "covered-table-cell") == 0)
		end_cell(ods);
	else if (strcmp(name, "table-row") == 0 && !ods->in_cell)
		end_row(ods);
}

static void on_text(void *context, struct slice text)
{
	struct ods *ods = context;

	if (ods->in_cell && ods->in_paragraph && !ods->skipped)
		buf_add(&ods->text, text);
}

/* --- opening --- */

static int bad_workbook(const struct ods *ods, struct diag *diag, const char *why)
{
	struct place place = { .file = ods->file };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook", "%s", why);
}

static int read_names(struct ods *ods, struct diag *diag)
{
	static const struct part_handlers names = { start_names, end_names, ignore_text };
	int found = part_open(&ods->part, ods->zip, ods->file, "content.xml", PART_STREAMED, &names, ods, diag);

	if (found == 0)
		return bad_workbook(ods, diag, "this is no spreadsheet: the zip archive has no content.xml");
	if (found == 1)
		found = part_run(&ods->part, diag);
	part_close(&ods->part);
	ods->tables = 0;
	return found;
}

static int begin_sheet(struct ods *ods, struct diag *diag)
{
	static const struct part_handlers sheet = { start_sheet, end_sheet, on_text };

	sheet_row_begin(&ods->row, 1);
	merged_release(&ods->merged);
	ods->in_sheet = ods->in_cell = ods->in_paragraph = ods->at_end = false;
	ods->sheet = ods->row_repeats = ods->progress = 0;
	ods->tables = ods->skipped = 0;
	if (part_open(&ods->part, ods->zip, ods->file, "content.xml", PART_STREAMED, &sheet, ods, diag) != 1)
		return -1;
	return 0;
}

/* --- reading --- */

/* Adds the waiting row as often as it stands for; false when the batch has its fill. */
static bool add_rows(struct ods *ods, struct batch *batch)
{
	for (; ods->row_repeats && ods->row.width; ods->row_repeats--) {
		if (!sheet_row_add(&ods->row, batch, ods->reader.columns, ods->batch_bytes))
			return false;
		ods->row.number++;
	}
	return true;
}

static int ods_read(struct reader *reader, struct batch *batch, struct diag *diag)
{
	struct ods *ods = (struct ods *)reader;
	uint64_t progress;

	batch->form = FORM_VALUE;
	while (!ods->at_end && add_rows(ods, batch))
		ods->at_end = part_run(&ods->part, &ods->held) != 1;
	progress = part_progress(&ods->part);
	batch->bytes = progress - ods->progress;
	ods->progress = progress;
	if (batch->count)
		return 1;
	diag_merge(diag, &ods->held);
	return diag->status == STATUS_OK ? 0 : -1;
}

static void ods_rescan(struct reader *reader, struct batch *batch)
{
	sheet_pad(batch, reader->columns);
}

static int ods_rewind(struct reader *reader, struct diag *diag)
{
	struct ods *ods = (struct ods *)reader;

	part_close(&ods->part);
	return begin_sheet(ods, diag);
}

static void ods_free(struct reader *reader)
{
	struct ods *ods = (struct ods *)reader;

	part_close(&ods->part);
	if (ods->zip)
		zip_discard(ods->zip);
	free(ods->sheets);
	map_release(&ods->hidden_styles);
	sheet_row_release(&ods->row);
	merged_release(&ods->merged);
	buf_release(&ods->text);
	buf_release(&ods->value);
	buf_release(&ods->style);
	arena_release(&ods->arena);
	diag_release(&ods->held);
	free(ods);
}

int ods_reader_open(struct reader **opened, struct source *source, const char *sheet,
		    const struct table_options *options, struct diag *diag)
{
	static const struct reader_class class = {
		.read = ods_read, .rescan = ods_rescan, .rewind = ods_rewind, .free = ods_free,
	};
	struct ods *ods = memory_zero(1, sizeof *ods);

	ods->reader.class = &class;
	ods->reader.info.format = FORMAT_ODS;
	ods->reader.info.encoding = "UTF-8";
	ods->file = source_name(source);
	ods->batch_bytes = options->batch_bytes ? options->batch_bytes : DEFAULT_BATCH;
	arena_init(&ods->arena);
	map_init(&ods->hidden_styles);
	merged_init(&ods->merged);
	ods->fill_merged = options->fill_merged;
	diag_init(&ods->held);
	buf_init(&ods->text, SHEET_CELL_BYTES);
	buf_init(&ods->value, SHEET_CELL_BYTES);
	buf_init(&ods->style, SHEET_CELL_BYTES);
	sheet_row_init(&ods->row);
	if (zip_xml_open(&ods->zip, source, options->tmpdir, diag) < 0 || read_names(ods, diag) < 0 ||
	    sheets_choose(ods->sheets, ods->sheet_count, sheet, ods->file, options, &ods->reader.info, &ods->arena, &ods->wanted,
			  diag) < 0 || begin_sheet(ods, diag) < 0) {
		ods_free(&ods->reader);
		return -1;
	}
	*opened = &ods->reader;
	return 0;
}
