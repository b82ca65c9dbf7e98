/*
 * XLSX (ECMA-376, SpreadsheetML). The small parts of the package say where the sheets are and which styles are dates;
 * the shared strings are kept; then the sheet itself is pulled through the parser a row at a time.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/reader.h"
#include "io/merged.h"
#include "io/sheet_row.h"
#include "io/sheet_value.h"
#include "io/sheets.h"
#include "io/strings.h"
#include "io/zip_xml.h"

enum {
	DEFAULT_BATCH = 256 << 10,
	STYLES_MAXIMUM = 1 << 16,   /* cell formats; Excel allows 65,490 */
	SHEETS_MAXIMUM = 4096,
	MERGED_NOTED = 4096,        /* ranges that are counted for the warning of them */
};
static const uint64_t STRINGS_MAXIMUM = UINT64_C(4) << 30;  /* bytes of shared strings */
static const size_t STRINGS_IN_MEMORY = 32 << 20;

struct custom_format {
	uint64_t id;
	enum number_style style;
	const char *currency;       /* or NULL */
};

/* What the text in sight belongs to. */
enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOLEAN, CELL_DATE };

struct xlsx {
	struct reader reader;       /* first */
	struct source *source;
	zip_t *zip;
	const char *file;
	size_t batch_bytes;
	struct arena arena;
	struct diag held;           /* an error, until the rows before it have been handed out */
	/* the workbook */
	const char *workbook_path, *styles_path, *strings_path;
	struct sheet *sheets;
	size_t sheet_count, sheet_capacity;
	bool date1904;
	/* styles */
	struct custom_format *formats;
	size_t format_count, format_capacity;
	struct custom_format *styles;   /* of each cell format; its id does not count */
	size_t style_count, style_capacity;
	bool in_cell_formats;
	/* shared strings */
	struct strings *strings;
	/* the sheet being read */
	struct part part;
	const char *sheet_path;
	struct sheet_row row;
	bool row_waits;             /* it is complete, and not yet in a batch */
	bool fill_merged;
	struct merged merged;       /* where they are to be filled, all of the sheet; else the first ones, as they come */
	uint64_t data_row;          /* the first that is no title or header */
	bool warned_merged;
	bool at_end;
	/* the cell, or shared string, being read */
	struct buf text;
	bool collecting;            /* in an element whose text counts */
	bool in_phonetic;
	bool has_formula;
	bool warned;                /* of formulas without values */
	size_t column;
	enum cell_type type;
	struct custom_format style;
	uint64_t progress;          /* part_progress already told */
};

/* --- text --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* The character of an escape _xHHHH_ at the start of s (ST_Xstring), or 0. */
static uint32_t escaped_character(struct slice s)
{
	uint32_t character = 0;

	if (s.len < 7 || s.ptr[1] != 'x' || s.ptr[6] != '_')
		return 0;
	for (int i = 2; i < 6; i++) {
		if (hex_digit(s.ptr[i]) < 0)
			return 0;
		character = character * 16 + (uint32_t)hex_digit(s.ptr[i]);
	}
	return character >= 0xD800 && character <= 0xDFFF ? 0 : character;
}

static void add_unescaped(struct buf *out, struct slice text)
{
	while (text.len) {
		size_t plain = slice_find_byte(text, '_');
		uint32_t character;
		char bytes[UTF8_LONGEST];

		buf_add(out, slice_first(text, plain));
		text = slice_skip(text, plain);
		if (!text.len)
			return;
		character = escaped_character(text);
		buf_add(out, character ? (struct slice){ bytes, utf8_put(bytes, character) } : slice_first(text, 1));
		text = slice_skip(text, character ? 7 : 1);
	}
}

static void on_text(void *context, struct slice text)
{
	struct xlsx *xlsx = context;

	if (!xlsx->collecting)
		return;
	buf_add(&xlsx->text, text);
	if (xlsx->text.full)
		part_fail(&xlsx->part, "a cell has more than 1 MiB of text");
}

/* t holds text, unless it is the reading aid of the text beside it (rPh). */
static void start_text_element(struct xlsx *xlsx, const char *name)
{
	if (strcmp(name, "rPh") == 0)
		xlsx->in_phonetic = true;
	else if (strcmp(name, "t") == 0)
		xlsx->collecting = !xlsx->in_phonetic;
}

static void end_text_element(struct xlsx *xlsx, const char *name)
{
	if (strcmp(name, "rPh") == 0)
		xlsx->in_phonetic = false;
	else if (strcmp(name, "t") == 0)
		xlsx->collecting = false;
}

/* --- relations --- */

/* The relation's target as a name in the archive: relative to the folder of `base`, or from the top. */
static const char *resolve(struct arena *arena, const char *base, const char *target)
{
	const char *slash = strrchr(base, '/');
	struct slice folder = { base, slash ? (size_t)(slash - base) : 0 };

	if (target[0] == '/')
		return arena_cstr(arena, slice_of(target + 1));
	for (; strncmp(target, "../", 3) == 0; target += 3) {
		while (folder.len && folder.ptr[folder.len - 1] != '/')
			folder.len--;
		folder.len -= folder.len > 0;
	}
	target += strncmp(target, "./", 2) == 0 ? 2 : 0;
	return arena_format(arena, folder.len ? "%.*s/%s%c" : "%.*s%s%c", SLICE_ARG(folder), target, '\0').ptr;
}

static bool is_type(const char *type, const char *ending)
{
	return type && slice_ends_with(slice_of(type), slice_of(ending));
}

static void start_top_relation(void *context, const char *name, const char **attributes)
{
	struct xlsx *xlsx = context;
	const char *target = part_attribute(attributes, "Target"), *type = part_attribute(attributes, "Type");

	if (strcmp(name, "Relationship") == 0 && target && is_type(type, "/officeDocument"))
		xlsx->workbook_path = resolve(&xlsx->arena, "", target);
}

static void start_workbook_relation(void *context, const char *name, const char **attributes)
{
	struct xlsx *xlsx = context;
	const char *target = part_attribute(attributes, "Target"), *type = part_attribute(attributes, "Type");
	const char *id = part_attribute(attributes, "Id"), *path;

	if (strcmp(name, "Relationship") != 0 || !target || !type)
		return;
	path = resolve(&xlsx->arena, xlsx->workbook_path, target);
	if (is_type(type, "/styles"))
		xlsx->styles_path = path;
	else if (is_type(type, "/sharedStrings"))
		xlsx->strings_path = path;
	for (size_t i = 0; i < xlsx->sheet_count && is_type(type, "/worksheet") && id; i++)
		if (slice_equal(xlsx->sheets[i].relation, slice_of(id)))
			xlsx->sheets[i].path = path;
}

static bool is_true(const char *value)
{
	return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static void start_workbook(void *context, const char *name, const char **attributes)
{
	struct xlsx *xlsx = context;
	const char *sheet = part_attribute(attributes, "name"), *id = part_attribute(attributes, "id");
	const char *state = part_attribute(attributes, "state");

	if (strcmp(name, "workbookPr") == 0)
		xlsx->date1904 = is_true(part_attribute(attributes, "date1904"));
	if (strcmp(name, "sheet") != 0 || !sheet || !id)
		return;
	if (xlsx->sheet_count == SHEETS_MAXIMUM) {
		part_fail(&xlsx->part, "there are too many sheets");
		return;
	}
	xlsx->sheets = memory_grow(xlsx->sheets, &xlsx->sheet_capacity, xlsx->sheet_count + 1, sizeof *xlsx->sheets);
	xlsx->sheets[xlsx->sheet_count++] = (struct sheet){
		.name = slice_of(arena_cstr(&xlsx->arena, slice_of(sheet))),
		.relation = arena_copy(&xlsx->arena, slice_of(id)),
		.hidden = state && strcmp(state, "visible") != 0,
	};
}

static void end_nothing(void *context, const char *name)
{
	(void)context, (void)name;
}

/* --- styles --- */

static struct custom_format find_format(const struct xlsx *xlsx, uint64_t id)
{
	for (size_t i = 0; i < xlsx->format_count; i++)
		if (xlsx->formats[i].id == id)
			return xlsx->formats[i];
	return (struct custom_format){ id, number_style_builtin(id), NULL };
}

static bool attribute_number(const char **attributes, const char *name, uint64_t *number)
{
	const char *text = part_attribute(attributes, name);

	return text && slice_to_u64(slice_of(text), number);
}

static void add_format(struct xlsx *xlsx, const char **attributes)
{
	const char *code = part_attribute(attributes, "formatCode");
	uint64_t id;

	if (!code || !attribute_number(attributes, "numFmtId", &id))
		return;
	xlsx->formats = memory_grow(xlsx->formats, &xlsx->format_capacity, xlsx->format_count + 1,
				    sizeof *xlsx->formats);
	xlsx->formats[xlsx->format_count++] = (struct custom_format){ id, number_style_of_code(slice_of(code)),
										number_currency_of_code(slice_of(code)) };
}

static void start_styles(void *context, const char *name, const char **attributes)
{
	struct xlsx *xlsx = context;
	uint64_t id = 0;

	if (strcmp(name, "cellXfs") == 0)
		xlsx->in_cell_formats = true;
	if (strcmp(name, "numFmt") == 0 && xlsx->format_count < STYLES_MAXIMUM)
		add_format(xlsx, attributes);
	if (strcmp(name, "xf") != 0 || !xlsx->in_cell_formats || xlsx->style_count == STYLES_MAXIMUM)
		return;
	attribute_number(attributes, "numFmtId", &id);
	xlsx->styles = memory_grow(xlsx->styles, &xlsx->style_capacity, xlsx->style_count + 1, sizeof *xlsx->styles);
	xlsx->styles[xlsx->style_count++] = find_format(xlsx, id);
}

static void end_styles(void *context, const char *name)
{
	struct xlsx *xlsx = context;

	if (strcmp(name, "cellXfs") == 0)
		xlsx->in_cell_formats = false;
}

/* --- shared strings --- */

static void start_strings(void *context, const char *name, const char **attributes)
{
	(void)attributes;
	start_text_element(context, name);
}

static void end_strings(void *context, const char *name)
{
	struct xlsx *xlsx = context;
	struct slice text = buf_slice(&xlsx->text);
	struct buf plain;

	end_text_element(xlsx, name);
	if (strcmp(name, "si") != 0)
		return;
	buf_init(&plain, BUF_UNLIMITED);
	if (slice_find_byte(text, '_') < text.len)
		add_unescaped(&plain, text);
	if (strings_add(xlsx->strings, plain.len ? buf_slice(&plain) : text, xlsx->part.diag) < 0)
		part_stop(&xlsx->part);
	buf_release(&plain);
	buf_clear(&xlsx->text);
	if (strings_bytes(xlsx->strings) > STRINGS_MAXIMUM)
		part_fail(&xlsx->part, "there are more than 4 GiB of texts");
}

/* --- the sheet --- */

static void start_row(struct xlsx *xlsx, const char **attributes)
{
	uint64_t number;

	if (!attribute_number(attributes, "r", &number) || number <= xlsx->row.number)
		number = xlsx->row.number + 1;
	xlsx->part.row = number;
	xlsx->column = SIZE_MAX;
	sheet_row_begin(&xlsx->row, number);
	if (number > SHEET_ROWS)
		part_fail(&xlsx->part, "a sheet has at most 1,048,576 rows");
}

/* Column of a reference such as AB12, from 0; SIZE_MAX when it is none. */
static size_t column_of(const char *reference)
{
	size_t column = 0;

	if (!reference)
		return SIZE_MAX;
	for (; *reference >= 'A' && *reference <= 'Z' && column <= SHEET_COLUMNS; reference++)
		column = column * 26 + (size_t)(*reference - 'A' + 1);
	return column - 1;
}

/* The row of a reference such as AB12; 0 when it has none. */
static uint64_t row_of(const char *reference)
{
	uint64_t row;

	while (*reference >= 'A' && *reference <= 'Z')
		reference++;
	return slice_to_u64(slice_of(reference), &row) && row <= SHEET_ROWS ? row : 0;
}

/* A2:C5 */
static bool range_of(const char *reference, struct merged_range *range)
{
	char first[16];
	size_t length = reference ? strcspn(reference, ":") : 0;

	if (!reference || reference[length] != ':' || length >= sizeof first)
		return false;
	memcpy(first, reference, length);
	first[length] = '\0';
	*range = (struct merged_range){ .top = row_of(first), .bottom = row_of(reference + length + 1), .column = column_of(first) };
	return range->top && range->bottom && range->column < SHEET_COLUMNS;
}

static void note_merged(struct xlsx *xlsx, const struct merged_range *range)
{
	if (!xlsx->fill_merged && xlsx->merged.count < MERGED_NOTED)
		(void)merged_add(&xlsx->merged, range->top, range->bottom, range->column);
}

static enum cell_type type_of(const char *text)
{
	static const struct { const char *name; enum cell_type type; } types[] = {
		{ "n", CELL_NUMBER }, { "s", CELL_SHARED }, { "inlineStr", CELL_TEXT }, { "str", CELL_TEXT },
		{ "b", CELL_BOOLEAN }, { "d", CELL_DATE },
	};

	for (size_t i = 0; text && i < sizeof types / sizeof *types; i++)
		if (strcmp(text, types[i].name) == 0)
			return types[i].type;
	return text ? CELL_TEXT : CELL_NUMBER;  /* e: an error such as #N/A, as it stands */
}

static void start_cell(struct xlsx *xlsx, const char **attributes)
{
	size_t column = column_of(part_attribute(attributes, "r"));
	uint64_t style;

	xlsx->column = column == SIZE_MAX ? xlsx->column + 1 : column;
	xlsx->type = type_of(part_attribute(attributes, "t"));
	xlsx->style = (struct custom_format){ 0, STYLE_NUMBER, NULL };
	xlsx->has_formula = false;
	if (attribute_number(attributes, "s", &style) && style < xlsx->style_count)
		xlsx->style = xlsx->styles[style];
	buf_clear(&xlsx->text);
	if (xlsx->column >= SHEET_COLUMNS)
		part_fail(&xlsx->part, "a sheet has at most 16,384 columns");
}

static void start_sheet(void *context, const char *name, const char **attributes)
{
	struct xlsx *xlsx = context;
	struct merged_range range;

	if (strcmp(name, "c") == 0)
		start_cell(xlsx, attributes);
	else if (strcmp(name, "row") == 0)
		start_row(xlsx, attributes);
	else if (strcmp(name, "mergeCell") == 0 && range_of(part_attribute(attributes, "ref"), &range))
		note_merged(xlsx, &range);
	else if (strcmp(name, "v") == 0)
		xlsx->collecting = true;
	else if (strcmp(name, "f") == 0)
		xlsx->has_formula = true;
	else
		start_text_element(xlsx, name);
}

static void add_shared(struct xlsx *xlsx, struct buf *out)
{
	struct slice text;
	uint64_t index;

	if (xlsx->text.len == 0)
		return;
	if (!slice_to_u64(buf_slice(&xlsx->text), &index) || index >= strings_count(xlsx->strings))
		part_fail(&xlsx->part, "a cell refers to a shared string that is not there");
	else if (strings_get(xlsx->strings, index, &text, xlsx->part.diag) < 0)
		part_stop(&xlsx->part);
	else
		buf_add(out, text);
}

static void add_number(struct xlsx *xlsx, struct buf *out)
{
	struct slice text = slice_trim(buf_slice(&xlsx->text));
	enum number_style style = xlsx->style.style;
	double number;

	if (style == STYLE_NUMBER || style > STYLE_DIGITS || !slice_to_double(text, &number))
		sheet_number_text(out, text, style);
	else
		sheet_serial(out, number, style, xlsx->date1904);
	if (style == STYLE_NUMBER && text.len)
		sheet_currency(out, xlsx->style.currency);
}

/* An ISO 8601 date, without the time if that is midnight. */
static void add_iso_date(struct buf *out, struct slice text)
{
	size_t time = slice_find_byte(text, 'T');
	struct slice clock = slice_first(slice_skip(text, time), 9);

	buf_add(out, slice_equal(clock, SLICE("T00:00:00")) ? slice_first(text, time) : slice_first(text, time + 9));
}

/* Programs that write formulas without computing them leave it to Excel to do so when it opens and saves the file. */
static void warn_of_formula(struct xlsx *xlsx)
{
	struct place place = { xlsx->file, xlsx->row.number, xlsx->column + 1 };

	if (!xlsx->warned)
		diag_warn(xlsx->part.diag, &place, "no-value", "a formula without its value is read as empty; open the "
			  "workbook in a spreadsheet program and save it, to have formulas computed");
	xlsx->warned = true;
}

static void end_cell(struct xlsx *xlsx)
{
	struct slice text = buf_slice(&xlsx->text);
	struct buf *out = &xlsx->row.text;
	size_t from = out->len;

	if (text.len == 0 && xlsx->has_formula && xlsx->type != CELL_TEXT)
		warn_of_formula(xlsx);
	if (xlsx->column >= SHEET_COLUMNS || text.len == 0)
		return;
	switch (xlsx->type) {
	case CELL_SHARED:  add_shared(xlsx, out); break;
	case CELL_NUMBER:  add_number(xlsx, out); break;
	case CELL_TEXT:    add_unescaped(out, text); break;
	case CELL_BOOLEAN: buf_add(out, text.ptr[0] == '0' ? SLICE("FALSE") : SLICE("TRUE")); break;
	case CELL_DATE:    add_iso_date(out, text); break;
	}
	sheet_row_set(&xlsx->row, xlsx->column, from);
}

static void end_sheet(void *context, const char *name)
{
	struct xlsx *xlsx = context;

	if (strcmp(name, "c") == 0) {
		end_cell(xlsx);
	} else if (strcmp(name, "v") == 0) {
		xlsx->collecting = false;
	} else if (strcmp(name, "row") == 0) {
		if (xlsx->fill_merged)
			merged_fill(&xlsx->merged, &xlsx->row);
		xlsx->row_waits = xlsx->row.width > 0;
		if (xlsx->row_waits)
			part_suspend(&xlsx->part);
	} else {
		end_text_element(xlsx, name);
	}
}

/* --- opening --- */

/* Reads a whole part. 1: done; 0: there is none; -1. */
static int read_part(struct xlsx *xlsx, const char *path, const struct part_handlers *handlers, struct diag *diag)
{
	int result = part_open(&xlsx->part, xlsx->zip, xlsx->file, path, PART_KEPT, handlers, xlsx, diag);

	if (result == 1)
		result = part_run(&xlsx->part, diag) < 0 ? -1 : 1;
	part_close(&xlsx->part);
	xlsx->collecting = xlsx->in_phonetic = false;
	buf_clear(&xlsx->text);
	return result;
}

static int bad_workbook(const struct xlsx *xlsx, struct diag *diag, const char *why)
{
	struct place place = { .file = xlsx->file };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook", "%s", why);
}

/* xl/_rels/workbook.xml.rels of xl/workbook.xml */
static const char *relations_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t folder = slash ? (size_t)(slash - path) + 1 : 0;

	return arena_format(arena, "%.*s_rels/%s.rels%c", (int)folder, path, path + folder, '\0').ptr;
}

static int read_workbook(struct xlsx *xlsx, struct diag *diag)
{
	static const struct part_handlers top = { start_top_relation, end_nothing, on_text };
	static const struct part_handlers workbook = { start_workbook, end_nothing, on_text };
	static const struct part_handlers relations = { start_workbook_relation, end_nothing, on_text };
	int found;

	xlsx->workbook_path = "xl/workbook.xml";
	if (read_part(xlsx, "_rels/.rels", &top, diag) < 0)
		return -1;
	found = read_part(xlsx, xlsx->workbook_path, &workbook, diag);
	if (found == 0)
		return bad_workbook(xlsx, diag,
				    "this is no workbook: the zip archive has no list of sheets (xl/workbook.xml); "
				    "if it holds tables, unpack it");
	if (found > 0)
		found = read_part(xlsx, relations_of(&xlsx->arena, xlsx->workbook_path), &relations, diag);
	if (found == 0)
		return bad_workbook(xlsx, diag, "the archive does not say where its sheets are (workbook.xml.rels)");
	return found < 0 ? -1 : 0;
}

static int read_styles_and_strings(struct xlsx *xlsx, struct diag *diag)
{
	static const struct part_handlers styles = { start_styles, end_styles, on_text };
	static const struct part_handlers strings = { start_strings, end_strings, on_text };

	if (xlsx->styles_path && read_part(xlsx, xlsx->styles_path, &styles, diag) < 0)
		return -1;
	if (xlsx->strings_path && read_part(xlsx, xlsx->strings_path, &strings, diag) < 0)
		return -1;
	return 0;
}

static void start_merged(void *context, const char *name, const char **attributes)
{
	struct xlsx *xlsx = context;
	struct merged_range range;

	if (strcmp(name, "mergeCell") == 0 && range_of(part_attribute(attributes, "ref"), &range) &&
	    !merged_add(&xlsx->merged, range.top, range.bottom, range.column))
		part_fail(&xlsx->part, "there are too many merged cells");
}

/* The merged cells stand after the rows: a pass of its own, for those who want them filled. */
static int find_merged(struct xlsx *xlsx, struct diag *diag)
{
	static const struct part_handlers handlers = { start_merged, end_nothing, on_text };
	int result;

	result = part_open(&xlsx->part, xlsx->zip, xlsx->file, xlsx->sheet_path, PART_STREAMED, &handlers, xlsx, diag);
	if (result == 1)
		result = part_run(&xlsx->part, diag);
	part_close(&xlsx->part);
	merged_sort(&xlsx->merged);
	return result;
}

static int begin_sheet(struct xlsx *xlsx, struct diag *diag)
{
	static const struct part_handlers sheet = { start_sheet, end_sheet, on_text };
	int found = part_open(&xlsx->part, xlsx->zip, xlsx->file, xlsx->sheet_path, PART_STREAMED, &sheet, xlsx, diag);

	sheet_row_begin(&xlsx->row, 0);
	xlsx->row_waits = xlsx->at_end = xlsx->collecting = xlsx->in_phonetic = false;
	xlsx->progress = 0;
	if (found == 0)
		return bad_workbook(xlsx, diag, "the part of its sheet is missing in the archive; open it in a spreadsheet program and save it again");
	return found < 0 ? -1 : 0;
}

/* The sheet from its first row, with what is known of merged cells. */
static int begin_reading(struct xlsx *xlsx, struct diag *diag)
{
	merged_release(&xlsx->merged);
	return xlsx->fill_merged && find_merged(xlsx, diag) < 0 ? -1 : begin_sheet(xlsx, diag);
}

/* Whether some cell of the sheet has a value; a fault counts as one, for the reading to find. What it warns of is said there. */
static bool is_filled(struct xlsx *xlsx, const struct sheet *sheet)
{
	struct diag unsaid;
	bool filled;

	diag_init(&unsaid);
	xlsx->sheet_path = sheet->path;
	filled = begin_sheet(xlsx, &unsaid) < 0 || part_run(&xlsx->part, &unsaid) != 0;
	part_close(&xlsx->part);
	diag_release(&unsaid);
	xlsx->warned = false;
	return filled;
}

static int choose_sheet(struct xlsx *xlsx, const char *wanted, const struct table_options *options, struct diag *diag)
{
	size_t chosen;

	for (size_t i = 0; i < xlsx->sheet_count; i++)
		xlsx->sheets[i].unreadable = !xlsx->sheets[i].path;
	if (!wanted && sheets_are_several(xlsx->sheets, xlsx->sheet_count))
		for (size_t i = 0; i < xlsx->sheet_count; i++) {
			struct sheet *sheet = &xlsx->sheets[i];

			sheet->filled = !sheet->hidden && !sheet->unreadable && is_filled(xlsx, sheet);
		}
	if (sheets_choose(xlsx->sheets, xlsx->sheet_count, wanted, xlsx->file, options, &xlsx->reader.info, &xlsx->arena,
			  &chosen, diag) < 0)
		return -1;
	xlsx->sheet_path = xlsx->sheets[chosen].path;
	return 0;
}

/* --- reading --- */

/* Rows into the batch until it has its fill or the sheet ends. */
static void fill_batch(struct xlsx *xlsx, struct batch *batch)
{
	while (!xlsx->at_end) {
		if (xlsx->row_waits && !sheet_row_add(&xlsx->row, batch, xlsx->reader.columns, xlsx->batch_bytes))
			return;
		xlsx->row_waits = false;
		xlsx->at_end = part_run(&xlsx->part, &xlsx->held) != 1;
	}
}

static void warn_of_merged(struct xlsx *xlsx, struct diag *diag)
{
	struct place place = { xlsx->file, 0, 0 };
	size_t count = 0;

	for (size_t i = 0; i < xlsx->merged.count; i++) {
		const struct merged_range *range = &xlsx->merged.ranges[i];

		if (range->top < xlsx->data_row)
			continue;
		place.line = count++ && place.line < range->top ? place.line : range->top;
	}
	if (count && !xlsx->warned_merged && !xlsx->fill_merged)
		diag_warn(diag, &place, "merged-cells", "%zu cell%s merged over several rows, the first here; only the first of "
			  "these rows has the value; let crm-merge --fill-merged give it to all", count, count == 1 ? " is" : "s are");
	xlsx->warned_merged = true;
}

static int xlsx_read(struct reader *reader, struct batch *batch, struct diag *diag)
{
	struct xlsx *xlsx = (struct xlsx *)reader;
	uint64_t progress;

	batch->form = FORM_VALUE;
	fill_batch(xlsx, batch);
	progress = part_progress(&xlsx->part);
	batch->bytes = progress - xlsx->progress;
	xlsx->progress = progress;
	if (batch->count == 0 || xlsx->held.status == STATUS_OK)
		diag_merge(diag, &xlsx->held);  /* an error waits; warnings do not */
	if (batch->count)
		return 1;
	if (diag->status == STATUS_OK)
		warn_of_merged(xlsx, diag);
	return diag->status == STATUS_OK ? 0 : -1;
}

static void xlsx_rescan(struct reader *reader, struct batch *batch)
{
	((struct xlsx *)reader)->data_row = reader->skip < batch->count ? batch->records[reader->skip].row : SHEET_ROWS + 1;
	sheet_pad(batch, reader->columns);
}

static int xlsx_rewind(struct reader *reader, struct diag *diag)
{
	struct xlsx *xlsx = (struct xlsx *)reader;

	part_close(&xlsx->part);
	return begin_reading(xlsx, diag);
}

static void xlsx_free(struct reader *reader)
{
	struct xlsx *xlsx = (struct xlsx *)reader;

	part_close(&xlsx->part);
	if (xlsx->zip)
		zip_discard(xlsx->zip);
	free(xlsx->sheets);
	free(xlsx->formats);
	free(xlsx->styles);
	strings_free(xlsx->strings);
	merged_release(&xlsx->merged);
	sheet_row_release(&xlsx->row);
	buf_release(&xlsx->text);
	arena_release(&xlsx->arena);
	diag_release(&xlsx->held);
	free(xlsx);
}

int xlsx_reader_open(struct reader **opened, struct source *source, const char *sheet,
		     const struct table_options *options, struct diag *diag)
{
	static const struct reader_class class = {
		.read = xlsx_read, .rescan = xlsx_rescan, .rewind = xlsx_rewind, .free = xlsx_free,
	};
	struct xlsx *xlsx = memory_zero(1, sizeof *xlsx);

	xlsx->reader.class = &class;
	xlsx->reader.info.format = FORMAT_XLSX;
	xlsx->reader.info.encoding = "UTF-8";
	xlsx->source = source;
	xlsx->file = source_name(source);
	xlsx->batch_bytes = options->batch_bytes ? options->batch_bytes : DEFAULT_BATCH;
	arena_init(&xlsx->arena);
	diag_init(&xlsx->held);
	buf_init(&xlsx->text, SHEET_CELL_BYTES);
	sheet_row_init(&xlsx->row);
	merged_init(&xlsx->merged);
	xlsx->fill_merged = options->fill_merged;
	xlsx->strings = strings_new(STRINGS_IN_MEMORY, options->tmpdir);
	if (zip_xml_open(&xlsx->zip, source, options->tmpdir, diag) < 0 || read_workbook(xlsx, diag) < 0 ||
	    read_styles_and_strings(xlsx, diag) < 0 || choose_sheet(xlsx, sheet, options, diag) < 0 ||
	    begin_reading(xlsx, diag) < 0) {
		xlsx_free(&xlsx->reader);
		return -1;
	}
	*opened = &xlsx->reader;
	return 0;
}
