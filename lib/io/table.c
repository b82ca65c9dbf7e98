#include "io/table.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/reader.h"

struct table {
	struct source *source;
	struct reader *reader;
	struct table_options options;
	char *path;            /* of the file, without #Sheet */
	char *name;            /* as given */
	const char *sheet;     /* the one to be read: part of `path`'s memory, or of the options, or NULL */
	bool peeked;           /* `first` holds the first batch, not yet handed out */
	bool at_end;
	size_t skip;           /* records still to be passed over */
	struct batch first;
};

static const char *const format_names[] = { "auto", "csv", "tsv", "json", "jsonl", "xlsx", "xls", "ods" };

const char *format_name(enum format format)
{
	return format_names[format];
}

enum format format_of_path(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	for (enum format format = FORMAT_CSV; dot && format <= FORMAT_XLSX; format++)
		if (slice_equal_nocase(slice_of(dot + 1), slice_of(format_names[format])))
			return format;
	return FORMAT_AUTO;
}

/* --- which format --- */

enum { SNIFF_BYTES = 4096 };

/* "name": [ {: the first member of an object is an array of objects. */
static bool holds_records(struct slice inside)
{
	struct slice rest = slice_skip(inside, 1);

	rest = slice_trim(slice_skip(rest, slice_find_byte(rest, '"') + 1));
	if (rest.len == 0 || rest.ptr[0] != ':')
		return false;
	rest = slice_trim(slice_skip(rest, 1));
	if (rest.len == 0 || rest.ptr[0] != '[')
		return false;
	rest = slice_trim(slice_skip(rest, 1));
	return rest.len && rest.ptr[0] == '{';
}

static enum format sniff_json(struct slice seen)
{
	struct slice rest = slice_trim(slice_skip(seen, slice_starts_with(seen, SLICE("\xEF\xBB\xBF")) ? 3 : 0));

	if (rest.len == 0)
		return FORMAT_AUTO;
	if (rest.ptr[0] == '[') { /* an array of objects, not a cell with a bracket */
		struct slice inside = slice_trim(slice_skip(rest, 1));

		return inside.len == 0 || inside.ptr[0] == '{' || inside.ptr[0] == ']' ? FORMAT_JSON : FORMAT_AUTO;
	}
	if (rest.ptr[0] == '{') {
		struct slice inside = slice_trim(slice_skip(rest, 1));
		struct slice line = slice_trim(slice_first(rest, slice_find_byte(rest, '\n')));

		if (inside.len == 0 || (inside.ptr[0] != '"' && inside.ptr[0] != '}'))
			return FORMAT_AUTO;
		if (line.len == rest.len && (holds_records(inside) || json_is_answer(rest)))
			return FORMAT_JSON;
		/* An object that ends with its line is a record; one that goes on holds the records. */
		return line.len && line.ptr[line.len - 1] == '}' ? FORMAT_JSONL : line.len == rest.len ? FORMAT_JSONL : FORMAT_JSON;
	}
	return FORMAT_AUTO;
}

static enum format sniff(struct slice seen)
{
	if (slice_starts_with(seen, SLICE("PK\003\004")) || slice_starts_with(seen, SLICE("PK\005\006"))) {
		bool ods = slice_find(seen, SLICE("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")) < seen.len;

		return ods ? FORMAT_ODS : FORMAT_XLSX;
	}
	if (slice_starts_with(seen, SLICE("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")))
		return FORMAT_XLS;
	return sniff_json(seen);
}

/* HTML and XML, which some systems name .xls: <html, <!DOCTYPE html, <table, <?xml. In UTF-16 the letters stand apart. */
static bool is_markup(struct slice seen)
{
	static const struct slice marks[] = { { "<html", 5 }, { "<!doctype", 9 }, { "<table", 6 }, { "<?xml", 5 }, { "<meta", 5 },
					      { "<head", 5 }, { "<style", 6 }, { "<div", 4 } };
	char text[32];
	size_t length = 0;

	for (size_t i = 0; i < seen.len && i < SNIFF_BYTES && length < sizeof text; i++)
		if (seen.ptr[i] > ' ' && seen.ptr[i] < 0x7F)
			text[length++] = seen.ptr[i];
		else if (seen.ptr[i] < 0 && i > 2)
			break; /* a letter beyond ASCII, no mark of the encoding */
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (length >= marks[i].len && slice_equal_nocase((struct slice){ text, marks[i].len }, marks[i]))
			return true;
	return false;
}

static int refuse_markup(const struct table *table, struct diag *diag)
{
	struct place place = { .file = table->name };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-workbook",
			 "this is a web page or an XML file, whatever its name; open it in a spreadsheet program and save it as .xlsx");
}

static int open_reader(struct table *table, struct diag *diag)
{
	struct table_options *options = &table->options;
	enum format format = options->from;
	struct slice seen;

	if (format == FORMAT_AUTO) {
		if (source_peek(table->source, SNIFF_BYTES, &seen, diag) < 0)
			return -1;
		format = sniff(seen);
		if (format == FORMAT_AUTO && is_markup(seen))
			return refuse_markup(table, diag);
	}
	switch (format) {
	case FORMAT_JSON:
	case FORMAT_JSONL:
		return json_reader_open(&table->reader, table->source, format, options, diag);
	case FORMAT_XLSX:
		return xlsx_reader_open(&table->reader, table->source, table->sheet, options, diag);
	case FORMAT_ODS:
		return ods_reader_open(&table->reader, table->source, table->sheet, options, diag);
	case FORMAT_XLS:
		return xls_reader_open(&table->reader, table->source, table->sheet, options, diag);
	default:
		return csv_reader_open(&table->reader, table->source, options, diag);
	}
}

/* Cuts #Sheet off, unless a file has the whole name: at the first # before which there is a file, else at the last. */
static void find_sheet(struct table *table)
{
	char *last = strrchr(table->path, '#');

	if (!last || access(table->path, F_OK) == 0)
		return;
	for (char *mark = strchr(table->path, '#'); mark; mark = strchr(mark + 1, '#')) {
		bool is_file;

		*mark = '\0';
		is_file = mark == last || access(table->path, F_OK) == 0;
		if (is_file && mark > table->path) {
			table->sheet = mark + 1;
			return;
		}
		*mark = '#';
	}
}

static void name_table(struct table *table, bool sheet_given)
{
	const char *sheet = table->reader->info.sheet;
	size_t length = strlen(table->path);

	if (sheet_given || !sheet || !(table->options.sheet || table->options.all_sheets))
		return;
	table->name = memory_resize(table->name, length + strlen(sheet) + 2, 1);
	memcpy(table->name + length, "#", 1);
	memcpy(table->name + length + 1, sheet, strlen(sheet) + 1);
}

int table_open(struct table **opened, const char *path, const struct table_options *options, struct diag *diag)
{
	struct table *table = memory_zero(1, sizeof *table);
	struct place place = { .file = path };
	bool sheet_given;

	table->options = *options;
	table->name = memory_text(path);
	table->path = memory_text(path);
	batch_init(&table->first);
	find_sheet(table);
	sheet_given = table->sheet;
	if (!sheet_given)
		table->sheet = options->sheet;
	if (source_open(&table->source, table->path, diag) < 0 || open_reader(table, diag) < 0) {
		table_free(table);
		return -1;
	}
	if (sheet_given && !table->reader->info.sheet) {
		table_free(table);
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "a sheet is named, but the file is no workbook");
	}
	name_table(table, sheet_given);
	*opened = table;
	return 0;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	if (table->reader)
		table->reader->class->free(table->reader);
	source_free(table->source);
	batch_release(&table->first);
	free(table->path);
	free(table->name);
	free(table);
}

const struct table_info *table_info(const struct table *table)
{
	return &table->reader->info;
}

const char *table_name(const struct table *table)
{
	return table->name;
}

const struct slice *table_keys(const struct table *table, size_t *count)
{
	*count = table->reader->key_count;
	return table->reader->keys;
}

/* --- reading --- */

static int read_batch(struct table *table, struct batch *batch, struct diag *diag)
{
	int got;

	batch_reset(batch);
	batch->source = table->name;
	got = table->reader->class->read(table->reader, batch, diag);
	batch->columns = table->reader->columns;
	return got;
}

const struct batch *table_peek(struct table *table, struct diag *diag)
{
	int got;

	if (table->peeked)
		return &table->first;
	got = read_batch(table, &table->first, diag);
	if (got <= 0) {
		table->at_end = true;
		return NULL;
	}
	for (size_t r = 0; r < table->first.count; r++)
		batch_split_freely(&table->first, r);
	table->peeked = true;
	return &table->first;
}

void table_begin(struct table *table, size_t skip, size_t columns)
{
	table->skip = skip;
	table->reader->columns = columns;
	table->reader->skip = skip;
	table->first.columns = columns;
	if (table->peeked && table->reader->class->rescan)
		table->reader->class->rescan(table->reader, &table->first);
}

/* Passes over the first records, title rows and the header. */
static void skip_records(struct table *table, struct batch *batch)
{
	size_t n = table->skip < batch->count ? table->skip : batch->count;

	table->skip -= n;
	if (n)
		batch_skip(batch, n);
}

int table_read(struct table *table, struct batch *batch, struct diag *diag)
{
	int got = 1;

	if (table->peeked) {
		struct batch other = *batch;

		*batch = table->first;
		table->first = other;
		table->peeked = false;
	} else {
		got = table->at_end ? 0 : read_batch(table, batch, diag);
		table->at_end = got <= 0;
	}
	if (got == 1)
		skip_records(table, batch);
	return got;
}

int table_keep(struct table *table, struct diag *diag)
{
	return source_keep(table->source, table->options.tmpdir, diag);
}

int table_rewind(struct table *table, struct diag *diag)
{
	table->peeked = table->at_end = false;
	return table->reader->class->rewind(table->reader, diag);
}

bool table_mark(const struct table *table, struct source_mark *mark)
{
	return source_mark(table->source, mark);
}

uint64_t table_size(const struct table *table)
{
	return source_size(table->source);
}
