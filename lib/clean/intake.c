#include "clean/intake.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "clean/layout.h"
#include "clean/pick.h"
#include "clean/text.h"
#include "clean/two_rows.h"

enum { INSTRUCTION_ROWS = 3 };  /* below the header, where instructions and examples may stand */

static bool is_date(const struct intake *intake, size_t column)
{
	return intake->roles[column].measure == MEASURE_DATE;
}

/* --- headers --- */

/* Names of columns, each once. */
struct names {
	struct map seen;
	unsigned *next;     /* by number: what to try after the name for the next one of it */
	size_t capacity;
};

static void see(struct names *names, struct slice name)
{
	uint32_t number = map_add(&names->seen, name);

	names->next = memory_grow(names->next, &names->capacity, number + 1, sizeof *names->next);
	names->next[number] = 2;
}

/* A name that no earlier column has: itself, or with _2, _3 … */
static struct slice unique_name(struct names *names, struct slice name, struct arena *arena)
{
	uint32_t number = map_find(&names->seen, name);
	struct slice candidate = name;

	while (map_find(&names->seen, candidate) != MAP_NONE)
		candidate = arena_format(arena, "%.*s_%u", SLICE_ARG(name), names->next[number]++);
	see(names, candidate);
	return candidate;
}

/* Without the marks of required columns: *姓名. */
static struct slice drop_marks(struct slice header)
{
	while (header.len > 1 && header.ptr[0] == '*')
		header = slice_trim(slice_skip(header, 1));
	while (header.len > 1 && header.ptr[header.len - 1] == '*')
		header = slice_trim(slice_first(header, header.len - 1));
	return header;
}

/* The columns, by `count` texts; those without one are c1, c2 … */
static void name_columns(struct intake *intake, const struct slice *texts, size_t count)
{
	struct names names = { .next = NULL };

	map_init(&names.seen);
	intake->headers = arena_get(&intake->arena, intake->columns, sizeof *intake->headers);
	for (size_t i = 0; i < intake->columns; i++) {
		struct slice name = { NULL, 0 };

		if (i < count)
			name = drop_marks(text_clean(arena_copy(&intake->arena, slice_trim(texts[i])), &intake->arena));
		if (name.len == 0)
			name = arena_format(&intake->arena, "c%zu", i + 1);
		intake->headers[i] = unique_name(&names, name, &intake->arena);
	}
	map_release(&names.seen);
	free(names.next);
}

/* The cells of a header row, to know them again further down. */
static struct slice *keep_cells(struct intake *intake, const struct record *record)
{
	struct slice *cells = arena_zero(&intake->arena, intake->columns, sizeof *cells);

	for (size_t i = 0; i < intake->columns && i < record->value_count; i++)
		cells[i] = arena_copy(&intake->arena, slice_trim(record->values[i]));
	return cells;
}

/*
 * Columns up to the last one that has a header or, in the rows in sight, a value: `count` is how many cells the header has.
 * In a sheet, cells beyond the header are a column without one; in CSV such a row is a broken one.
 */
static size_t count_columns(const struct batch *batch, size_t header, size_t count)
{
	size_t columns = 1;

	for (size_t r = header; r < batch->count; r++) {
		const struct record *record = &batch->records[r];
		size_t filled = record->value_count;

		if (batch->form != FORM_VALUE && filled > count)
			filled = count;
		while (filled > columns && slice_trim(record->values[filled - 1]).len == 0)
			filled--;
		columns = filled > columns ? filled : columns;
	}
	return columns;
}

static size_t most_cells(const struct batch *batch)
{
	size_t most = 1;

	for (size_t r = 0; r < batch->count; r++)
		if (batch->records[r].value_count > most)
			most = batch->records[r].value_count;
	return most;
}

/* A row that is no data, for people. */
static void keep_title(struct intake *intake, const struct record *record)
{
	char quoted[DIAG_QUOTE_SIZE];
	struct buf text;

	buf_init(&text, BUF_UNLIMITED);
	for (size_t c = 0; c < record->value_count && text.len < DIAG_QUOTE_SIZE; c++) {
		struct slice cell = slice_trim(record->values[c]);

		if (intake->title_unit <= 1)
			intake->title_unit = role_unit_of_title(cell);
		if (cell.len && text.len)
			buf_add(&text, SLICE(" | "));
		buf_add(&text, slice_first(cell, DIAG_QUOTE_SIZE));
	}
	if (text.len)
		intake->titles[intake->title_count++] = (struct intake_title){
			record->row, arena_copy(&intake->arena, slice_of(diag_quote(buf_slice(&text), quoted)))
		};
	buf_release(&text);
}

/* The rows above the header; room for one below it. */
static void keep_titles(struct intake *intake, const struct batch *batch, size_t count)
{
	intake->titles = arena_get(&intake->arena, count + 1, sizeof *intake->titles);
	for (size_t r = 0; r < count; r++)
		keep_title(intake, &batch->records[r]);
}

static bool any_unreadable(const struct batch *batch, size_t count)
{
	for (size_t r = 0; r < count; r++)
		if (layout_is_unreadable(&batch->records[r]))
			return true;
	return false;
}

/* Columns that neither row names, where the header has a third row above: merged over all three. */
static void name_from_above(struct slice *names, size_t count, const struct record *above, const struct record *upper)
{
	for (size_t c = 0; c < count && c < above->value_count && above->row + 1 == upper->row; c++)
		if (names[c].len == 0)
			names[c] = slice_trim(above->values[c]);
}

/* Takes the rows found to be the header for it. */
static void take_header(struct intake *intake, const struct batch *first, const struct layout_header *header,
			struct role_dictionary *dictionary)
{
	const struct record *last = &first->records[header->last], *upper = &first->records[header->first];
	size_t count = last->value_count > upper->value_count ? last->value_count : upper->value_count;
	struct slice *names = last->values;

	intake->columns = count_columns(first, header->first, count);
	intake->header_row = last->row;
	intake->two_rows = header->first < header->last;
	intake->header_cells[0] = keep_cells(intake, last);
	if (intake->two_rows) {
		intake->header_cells[1] = keep_cells(intake, upper);
		names = arena_get(&intake->arena, count, sizeof *names);
		two_rows_names(upper, last, dictionary, names, &intake->arena);
		if (header->first > 0)
			name_from_above(names, count, &first->records[header->first - 1], upper);
	}
	name_columns(intake, names, count);
	keep_titles(intake, first, header->first);
}

/* Finds the header in the first rows; returns how many records to skip. */
static size_t find_header(struct intake *intake, const struct batch *first, enum kind kind, struct diag *diag)
{
	struct role_dictionary *dictionary = role_dictionary_new(kind);
	struct layout_header header = layout_find_header(first, dictionary);
	struct place place = { .file = intake->name, .line = first->records[header.first].line };
	size_t skip = header.last + 1;

	bool unreadable = header.known == 0 && any_unreadable(first, header.first + 1); /* it was the header, probably */

	if (unreadable || header.data) {
		intake->columns = count_columns(first, header.first, most_cells(first));
		name_columns(intake, NULL, 0);
		keep_titles(intake, first, header.first);
		diag_warn(diag, &place, "no-header",
			  unreadable ? "the header above cannot be read, so columns are named c1, c2 …; repair it" :
				       "this row is data and there is no header, so columns are named c1, c2 …; give them a meaning "
				       "with --map ROLE=c1");
		skip = header.first + layout_is_unreadable(&first->records[header.first]);
	} else {
		take_header(intake, first, &header, dictionary);
		if (!header.found)
			diag_warn(diag, &place, "no-header",
				  "this row is taken for the header, but looks like data; use --no-header "
				  "if there is none");
	}
	role_dictionary_free(dictionary);
	return skip;
}

/* Names the columns; returns how many records to skip. */
static size_t find_columns(struct intake *intake, const struct batch *first, const struct intake_options *options,
			   struct diag *diag)
{
	size_t keys;
	const struct slice *names = table_keys(intake->table, &keys);

	if (!keys && !options->no_header)
		return find_header(intake, first, options->kind, diag);
	intake->columns = keys ? keys : most_cells(first);
	name_columns(intake, names, keys);
	return 0;
}

/* --- values inside JSON text --- */

static size_t find_exactly(const struct intake *intake, struct slice header)
{
	size_t c = 0;

	while (c < intake->columns && !slice_equal(intake->headers[c], header))
		c++;
	return c;
}

/* Whether --map says where the role comes from, or what the column is. */
static bool is_mapped(const struct intake_options *options, enum role role, struct slice column)
{
	for (size_t i = 0; i < options->map_count; i++)
		if (options->maps[i].role == role || slice_equal(options->maps[i].column, column))
			return true;
	return false;
}

/* The profile's headers with [] whose column is there: a number each behind those of the columns. */
static void add_picks(struct intake *intake, const struct intake_options *options)
{
	const struct profile_table *table = intake->profile.table;
	size_t most = intake->columns + (table ? table->count : 0);
	struct slice *headers = arena_get(&intake->arena, most, sizeof *headers), name;

	memcpy(headers, intake->headers, intake->columns * sizeof *headers);
	intake->headers = headers;
	intake->roles = arena_zero(&intake->arena, most, sizeof *intake->roles);
	intake->picks = arena_get(&intake->arena, most, sizeof *intake->picks);
	for (size_t i = 0; table && i < table->count; i++) {
		const struct profile_header *header = &table->headers[i];
		struct pick pick;

		if (header->role == ROLE_NONE || is_mapped(options, header->role, header->name) || !pick_cut(header->name, &name, &pick.path))
			continue;
		pick.column = find_exactly(intake, name);
		if (pick.column == intake->columns)
			continue;
		headers[intake->columns + intake->pick_count] = header->name;
		intake->roles[intake->columns + intake->pick_count] = (struct column_role){ header->role, 1, header->measure };
		intake->picks[intake->pick_count++] = pick;
	}
}

struct slice intake_cell(const struct intake *intake, struct batch *batch, size_t r, size_t column)
{
	const struct pick *pick;

	if (column < intake->columns)
		return batch_cell(batch, r, column);
	pick = &intake->picks[column - intake->columns];
	return pick_values(batch_cell(batch, r, pick->column), pick->path, role_is_list(intake->roles[column].role), &batch->arena);
}

/* --- roles --- */

static bool is_masked(struct slice cell)
{
	return slice_find(cell, SLICE("***")) < cell.len;
}

/* 10:20 or 10:20:30, of no day. */
static bool is_time_of_day(struct slice cell)
{
	size_t colon;

	cell = slice_trim(cell);
	colon = slice_find_byte(cell, ':');
	for (size_t i = 0; i < cell.len; i++)
		if (cell.ptr[i] != ':' && (cell.ptr[i] < '0' || cell.ptr[i] > '9'))
			return false;
	return colon > 0 && colon <= 2 && colon < cell.len;
}

/* Whether most of the rows in sight that say something in this column say something like that. */
static bool holds_mostly(const struct batch *batch, size_t from, size_t column, bool (*is_like)(struct slice))
{
	size_t like = 0, filled = 0;

	for (size_t r = from; batch && r < batch->count; r++) {
		struct slice cell = { "", 0 };

		if (column < batch->records[r].value_count)
			cell = batch->records[r].values[column];
		filled += !text_is_empty(cell);
		like += is_like(cell);
	}
	return like * 2 > filled;
}

/* A column that cannot be what its header says: masked numbers name no customer, and times of day are no date. Or intake->columns. */
static size_t find_unfit(const struct intake *intake, const struct batch *first, size_t skip, const struct intake_options *options)
{
	static const struct { enum role role; bool (*is_unfit)(struct slice); } tests[] = {
		{ ROLE_CUSTOMER_ID, is_masked }, { ROLE_ORDER_DATE, is_time_of_day }, { ROLE_EVENT_DATE, is_time_of_day },
	};

	for (size_t i = 0; i < sizeof tests / sizeof *tests && options->kind != KIND_CUSTOMERS; i++) {
		size_t column = intake_find(intake, tests[i].role);

		if (column < intake->columns && !is_mapped(options, tests[i].role, intake->headers[column]) &&
		    holds_mostly(first, skip, column, tests[i].is_unfit))
			return column;
	}
	return intake->columns;
}

/*
 * Binds the roles. Where a column cannot be the customer or the day of an order or event, the next best one is, unless the user says which.
 */
static int bind_roles(struct intake *intake, const struct batch *first, size_t skip, const struct intake_options *options,
		      struct diag *diag)
{
	struct place place = { .file = intake->name };
	struct slice *headers = arena_get(&intake->arena, intake->columns, sizeof *headers);
	char quoted[DIAG_QUOTE_SIZE];

	memcpy(headers, intake->headers, intake->columns * sizeof *headers);
	for (;;) {
		size_t column;

		if (roles_bind(options->kind, intake->profile.table, headers, intake->columns, options->maps, options->map_count,
			       place.file, intake->roles, diag) < 0)
			return -1;
		column = find_unfit(intake, first, skip, options);
		if (column == intake->columns)
			return 0;
		if (intake->roles[column].role == ROLE_CUSTOMER_ID)
			diag_warn(diag, &place, "masked-id",
				  "the numbers in %s are masked and tell no customer; use --map customer_id=COLUMN to say which "
				  "column does", diag_quote(intake->headers[column], quoted));
		headers[column] = (struct slice){ "", 0 };
	}
}

enum { LABELS_LEAST = 3 };

/*
 * Whether the row below a header of keys says the same to people: FNumber, FName over 客户编码, 客户名称. Three cells or more, and two
 * thirds of those in columns with a role, are headers of that role.
 */
static bool is_labels(const struct intake *intake, const struct record *record, enum kind kind)
{
	struct role_dictionary *dictionary = role_dictionary_new(kind);
	size_t filled = 0, same = 0;

	for (size_t c = 0; c < intake->columns && c < record->value_count; c++) {
		if (intake->roles[c].role == ROLE_NONE || slice_trim(record->values[c]).len == 0)
			continue;
		filled++;
		same += role_dictionary_find(dictionary, record->values[c]).role == intake->roles[c].role;
	}
	role_dictionary_free(dictionary);
	return same >= LABELS_LEAST && same * 3 >= filled * 2;
}

static void skip_labels(struct intake *intake, const struct batch *first, enum kind kind)
{
	if (!intake->profile.table || !intake->header_row || !first || intake->skip >= first->count ||
	    !is_labels(intake, &first->records[intake->skip], kind))
		return;
	keep_title(intake, &first->records[intake->skip]);
	intake->skip++;
}

/* --- order of day and month --- */

static void observe_sample(const struct intake *intake, const struct batch *batch, size_t from,
			   struct date_evidence *evidence, size_t *filled, struct arena *arena)
{
	for (size_t r = from; r < batch->count; r++) {
		const struct record *record = &batch->records[r];

		for (size_t c = 0; c < intake->columns && c < record->value_count; c++)
			if (is_date(intake, c)) {
				date_observe(&evidence[c], text_clean(record->values[c], arena));
				filled[c] += !text_is_empty(record->values[c]);
			}
	}
}

/* Whether the first rows leave the order of a date column open: values that can be read both ways, or no values. */
static bool is_open(const struct intake *intake, const struct date_evidence *evidence, const size_t *filled)
{
	for (size_t c = 0; c < intake->columns; c++)
		if (is_date(intake, c) && !evidence[c].day_first && !evidence[c].month_first && !evidence[c].year_first &&
		    (evidence[c].ambiguous || filled[c] == 0) && date_decide(&evidence[c]) == DATE_ORDER_UNKNOWN)
			return true;
	return false;
}

static int observe_all(struct intake *intake, size_t skip, struct date_evidence *evidence, struct diag *diag)
{
	struct batch batch;
	int got;

	batch_init(&batch);
	table_begin(intake->table, skip, intake->columns);
	while ((got = table_read(intake->table, &batch, diag)) == 1) {
		batch_split(&batch);
		for (size_t r = 0; r < batch.count; r++)
			for (size_t c = 0; c < intake->columns && !batch.records[r].dropped; c++)
				if (is_date(intake, c))
					date_observe(&evidence[c], text_clean(batch_cell(&batch, r, c), &batch.arena));
	}
	batch_release(&batch);
	return got < 0 ? -1 : table_rewind(intake->table, diag);
}

static int decide_dates(struct intake *intake, const struct batch *first, size_t skip,
			const struct intake_options *options, struct diag *diag)
{
	struct date_evidence *evidence = memory_zero(intake->columns, sizeof *evidence);
	size_t *filled = memory_zero(intake->columns, sizeof *filled);
	struct arena arena;
	int result = 0;

	arena_init(&arena);
	intake->date_orders = arena_zero(&intake->arena, intake->columns + intake->pick_count, sizeof *intake->date_orders);
	observe_sample(intake, first, skip, evidence, filled, &arena);
	if (options->decide_dates && options->date_order == DATE_ORDER_UNKNOWN && is_open(intake, evidence, filled)) {
		memset(evidence, 0, intake->columns * sizeof *evidence);
		result = observe_all(intake, skip, evidence, diag);
	}
	for (size_t c = 0; c < intake->columns + intake->pick_count; c++) {
		intake->date_orders[c] = options->date_order ? options->date_order
					 : c < intake->columns ? date_decide(&evidence[c])
							       : DATE_ORDER_UNKNOWN;
		if (intake->date_orders[c] == DATE_ORDER_UNKNOWN && intake->profile.profile)
			intake->date_orders[c] = intake->profile.profile->date_order;
	}
	arena_release(&arena);
	free(evidence);
	free(filled);
	return result;
}

/* --- opening and reading --- */

/* What is known of the table, where it outlives the table. */
static void take_info(struct intake *intake)
{
	struct table_info info = *table_info(intake->table);
	const char **texts[] = { &info.encoding, &info.sheet, &info.hidden, &info.others, &info.line_end };
	struct slice *more = arena_get(&intake->arena, info.more_count, sizeof *more);

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (*texts[i])
			*texts[i] = arena_cstr(&intake->arena, slice_of(*texts[i]));
	for (size_t i = 0; i < info.more_count; i++)
		more[i] = slice_of(arena_cstr(&intake->arena, info.more[i]));
	info.more = more;
	intake->info = info;
	intake->name = arena_cstr(&intake->arena, slice_of(table_name(intake->table)));
	intake->size = table_size(intake->table);
	intake->marked = table_mark(intake->table, &intake->mark);
}

/* A title such as 单位：万元 is of all amounts whose own header has no unit. */
static void apply_title_unit(struct intake *intake)
{
	for (size_t c = 0; c < intake->columns && intake->title_unit > 1; c++)
		if (intake->roles[c].measure == MEASURE_AMOUNT && intake->roles[c].unit == 1 &&
		    slice_equal(role_without_unit(intake->headers[c]), intake->headers[c]))
			intake->roles[c].unit = intake->title_unit;
}

enum { COLUMNS_MOST = 16384 };

/* 1; 0: there is nothing in it; -1. */
static int prepare(struct intake *intake, const struct intake_options *options, struct diag *diag)
{
	struct place place = { NULL, 0, 0 };
	const struct batch *first;
	size_t keys;

	if ((options->decide_dates || options->keep) && table_keep(intake->table, diag) < 0)
		return -1;
	first = table_peek(intake->table, diag);
	take_info(intake);
	place.file = intake->name;
	table_keys(intake->table, &keys);
	if (!first && diag->status == STATUS_OK && options->skip_empty && keys == 0)
		return 0;
	if (!first && (diag->status != STATUS_OK || keys == 0)) /* a JSON table without records has no keys either */
		return diag_fail(diag, STATUS_INPUT, &place, "empty-input", strcmp(intake->name, "-") == 0 ?
				 "standard input is empty; name the files to read, or see why the command before wrote nothing" :
				 "there is nothing in it, not even a header");
	intake->skip = find_columns(intake, first, options, diag);
	if (intake->columns > COLUMNS_MOST)
		return diag_fail(diag, STATUS_INPUT, &place, "too-many-columns",
				 "%zu columns, and at most 16,384 are read, as a workbook has; see whether the delimiter is the right one", intake->columns);
	intake->has_profiles = options->profiles != NULL;
	if (!roles_are_merged(options->kind, intake->headers, intake->columns) && /* that has no habits any more */
	    profile_choose(options->profiles, options->kind, intake->headers, intake->columns, place.file,
			   &intake->profile, diag) < 0)
		return -1;
	add_picks(intake, options);
	if (bind_roles(intake, first, intake->skip, options, diag) < 0)
		return -1;
	apply_title_unit(intake);
	skip_labels(intake, first, options->kind);
	glance_look(&intake->glance, intake->roles, intake->columns + intake->pick_count, first, intake->skip, &intake->arena);
	if (decide_dates(intake, first, intake->skip, options, diag) < 0) /* may read on: `first` is no more */
		return -1;
	intake->info.encoding = arena_cstr(&intake->arena, slice_of(table_info(intake->table)->encoding)); /* more was read */
	table_begin(intake->table, intake->skip, intake->columns);
	return 1;
}

int intake_rewind(struct intake *intake, struct diag *diag)
{
	if (table_rewind(intake->table, diag) < 0)
		return -1;
	table_begin(intake->table, intake->skip, intake->columns);
	return 0;
}

int intake_open(struct intake **opened, const char *path, const struct intake_options *options, struct diag *diag)
{
	struct intake *intake = memory_zero(1, sizeof *intake);
	int got;

	*opened = NULL;
	arena_init(&intake->arena);
	intake->options = options->table;
	intake->kind = options->kind;
	got = table_open(&intake->table, path, &options->table, diag) < 0 ? -1 : prepare(intake, options, diag);
	if (got != 1) {
		intake_free(intake);
		return got;
	}
	*opened = intake;
	return 0;
}

void intake_close(struct intake *intake)
{
	table_free(intake->table);
	intake->table = NULL;
}

void intake_suspend(struct intake *intake)
{
	if (intake->marked)
		intake_close(intake);
}

static int check_mark(const struct intake *intake, struct diag *diag)
{
	struct place place = { .file = intake->name };
	struct source_mark mark;

	if (table_mark(intake->table, &mark) && source_mark_equal(&mark, &intake->mark))
		return 0;
	return diag_fail(diag, STATUS_INPUT, &place, "changed-input",
			 "the file was changed or replaced during the run; run again when nobody writes it");
}

/* Opens the file again and goes to where intake_open left it. What opening it warns of has been said then. */
static int resume(struct intake *intake, struct diag *diag)
{
	struct diag again;
	int result;

	diag_init(&again);
	if (table_open(&intake->table, intake->name, &intake->options, &again) == 0 &&
	    check_mark(intake, &again) == 0) {
		table_peek(intake->table, &again);
		table_begin(intake->table, intake->skip, intake->columns);
	}
	result = again.status == STATUS_OK ? 0 : -1;
	buf_clear(&again.warnings);
	diag_merge(diag, &again);
	diag_release(&again);
	return result;
}

void intake_free(struct intake *intake)
{
	if (!intake)
		return;
	table_free(intake->table);
	arena_release(&intake->arena);
	free(intake);
}

int intake_read(struct intake *intake, struct batch *batch, struct diag *diag)
{
	int got;

	if (!intake->table && resume(intake, diag) < 0)
		return -1;
	got = table_read(intake->table, batch, diag);
	batch->origin = intake;
	batch->source = intake->name; /* a batch may outlive the table */
	for (size_t i = 0; i < batch->reject_count; i++)
		batch->rejects[i].source = intake->name;
	return got;
}

/* Whether the row is that of the header. Where both rows of a header say the same, the lower may as well be empty. */
static bool is_same_row(const struct slice *header, const struct slice *upper, const struct slice *cells, size_t count)
{
	size_t same = 0;

	for (size_t c = 0; c < count; c++) {
		struct slice cell = slice_trim(cells[c]);

		if (c == 0 && slice_starts_with(cell, SLICE("\xEF\xBB\xBF"))) /* of the next of several files put together */
			cell = slice_skip(cell, 3);
		if (!slice_equal(cell, header[c]) && !(upper && cell.len == 0 && slice_equal(header[c], upper[c])))
			return false;
		same += cell.len > 0;
	}
	return same > 1;
}

static bool repeats_header(const struct intake *intake, const struct slice *cells)
{
	const struct slice *lower = intake->header_cells[0], *upper = intake->header_cells[1];

	return intake->header_row && (is_same_row(lower, upper, cells, intake->columns) ||
				      (upper && is_same_row(upper, NULL, cells, intake->columns)));
}

/* Whether blank rows, or others that are no data, stand before record r. What was before the first of a later batch is not known: then no. */
static bool follows_gap(const struct intake *intake, const struct batch *batch, size_t r)
{
	return intake->header_row && r &&
	       (batch->records[r - 1].dropped || batch->records[r].row > batch->records[r - 1].row + 1);
}

/* Whether all cells are known headers, two at least: another table begins. The dictionary is made when it is first needed. */
static bool begins_table(const struct intake *intake, const struct slice *cells, struct role_dictionary **dictionary)
{
	size_t known = 0;

	for (size_t c = 0; c < intake->columns; c++)
		if (two_rows_is_numeric(slice_trim(cells[c])))
			return false;
	if (!*dictionary)
		*dictionary = role_dictionary_new(intake->kind);
	for (size_t c = 0; c < intake->columns; c++) {
		struct slice cell = slice_trim(cells[c]);

		if (cell.len == 0)
			continue;
		if (role_dictionary_find(*dictionary, cell).role == ROLE_NONE)
			return false;
		known++;
	}
	return known > 1;
}

/* Whether the row is data at first sight: it is none of what intake_split looks for. */
static bool is_plainly_data(const struct intake *intake, const struct batch *batch, size_t r)
{
	struct slice first = batch->cells[r * batch->columns], lower, upper;

	if (!layout_is_plainly_data(first))
		return false;
	if (!intake->header_row)
		return true;
	lower = intake->header_cells[0][0];
	upper = intake->header_cells[1] ? intake->header_cells[1][0] : lower;
	return batch->records[r].row > intake->header_row + INSTRUCTION_ROWS && !follows_gap(intake, batch, r) &&
	       !(lower.len && lower.ptr[0] == first.ptr[0]) && !(upper.len && upper.ptr[0] == first.ptr[0]);
}

void intake_split(const struct intake *intake, struct batch *batch)
{
	struct role_dictionary *dictionary = NULL;

	batch_split(batch);
	for (size_t r = 0; r < batch->count; r++) {
		const struct slice *cells = batch->cells + r * batch->columns;

		if (batch->records[r].dropped || is_plainly_data(intake, batch, r))
			continue;
		if (layout_is_blank(cells, batch->columns))
			batch->records[r].dropped = true;
		else if (layout_is_total(cells, batch->columns))
			batch_reject(batch, r, 0, "total-row", SLICE("a row of totals, not a record"));
		else if (layout_is_note(cells, batch->columns))
			batch_reject(batch, r, 0, "note-row", SLICE("a remark, not a record"));
		else if (intake->header_row && batch->records[r].row <= intake->header_row + INSTRUCTION_ROWS &&
			 layout_is_instruction(cells, batch->columns))
			batch_reject(batch, r, 0, "note-row", SLICE("an instruction or an example below the header, not a record"));
		else if (repeats_header(intake, cells))
			batch_reject(batch, r, 0, "repeated-header", SLICE("the header again, not a record"));
		else if (follows_gap(intake, batch, r) && begins_table(intake, cells, &dictionary))
			batch_reject(batch, r, 0, "second-header",
				     SLICE("the header of another table; put each table on a sheet or in a file of its own, since the rows "
					   "below this one are read under the first header"));
	}
	role_dictionary_free(dictionary);
}

size_t intake_find(const struct intake *intake, enum role role)
{
	return roles_find(intake->roles, intake->columns, role);
}

static const char *delimiter_name(char delimiter)
{
	return delimiter == '\t' ? "tab" : delimiter == ',' ? "comma" : delimiter == ';' ? "semicolon" : "bar";
}

static void describe_profile(const struct intake *intake, struct buf *text)
{
	const struct profile_choice *choice = &intake->profile;

	if (!choice->profile)
		buf_add(text, SLICE(", profile generic"));
	else
		buf_format(text, ", profile %.*s (%.*s, %zu of %zu headers)", SLICE_ARG(choice->profile->name),
			   SLICE_ARG(choice->table->name), choice->known, intake->columns);
}

static void describe_rows(const struct intake *intake, struct buf *text)
{
	for (size_t i = 0; i < intake->title_count; i++)
		buf_format(text, ", row %llu is no data: %.*s", (unsigned long long)intake->titles[i].row,
			   SLICE_ARG(intake->titles[i].text));
	if (intake->two_rows)
		buf_format(text, ", header in rows %zu and %zu", intake->header_row - 1, intake->header_row);
	else if (intake->header_row)
		buf_format(text, ", header in row %zu", intake->header_row);
}

static void describe_columns(const struct intake *intake, struct buf *text)
{
	buf_add(text, SLICE(", columns:"));
	for (size_t c = 0; c < intake->columns + intake->pick_count; c++) {
		enum role role = intake->roles[c].role;

		buf_format(text, "%s %.*s", c ? "," : "", SLICE_ARG(intake->headers[c]));
		if (role != ROLE_NONE && !slice_equal(intake->headers[c], slice_of(role_name(role))))
			buf_format(text, " → %s", role_name(role));
		if (intake->date_orders[c] && is_date(intake, c))
			buf_format(text, " (%s first)",
				   intake->date_orders[c] == DATE_ORDER_DMY ? "day" : intake->date_orders[c] == DATE_ORDER_MDY ? "month" : "year");
	}
}

struct slice intake_describe(const struct intake *intake, struct arena *arena)
{
	const struct table_info *info = &intake->info;
	struct slice result;
	struct buf text;

	buf_init(&text, BUF_UNLIMITED);
	buf_format(&text, "%s: %s", intake->name, format_name(info->format));
	if (info->format == FORMAT_CSV || info->format == FORMAT_TSV)
		buf_format(&text, ", %s%s, %s, %s", info->encoding, info->bom ? " with a mark" : "",
			   delimiter_name(info->delimiter), info->line_end);
	if (info->sheet)
		buf_format(&text, ", sheet %s", info->sheet);
	if (info->hidden)
		buf_format(&text, ", hidden sheets passed over: %s", info->hidden);
	describe_rows(intake, &text);
	if (intake->title_unit > 1)
		buf_format(&text, ", amounts times %lld as the title says", (long long)intake->title_unit);
	if (intake->has_profiles)
		describe_profile(intake, &text);
	describe_columns(intake, &text);
	result = arena_copy(arena, buf_slice(&text));
	buf_release(&text);
	return result;
}
