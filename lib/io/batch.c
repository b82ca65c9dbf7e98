#include "io/batch.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "io/encoding.h"
#include "io/quoted.h"
#include "io/split.h"

void batch_init(struct batch *batch)
{
	*batch = (struct batch){ 0 };
	arena_init(&batch->arena);
}

void batch_release(struct batch *batch)
{
	free(batch->records);
	free(batch->cells);
	free(batch->rejects);
	free(batch->text);
	quoted_free(batch->quoted);
	arena_release(&batch->arena);
	batch_init(batch);
}

void batch_reset(struct batch *batch)
{
	batch->count = 0;
	batch->columns = 0;
	batch->form = FORM_VALUE;
	batch->delimiter = 0;
	batch->source = NULL;
	batch->origin = NULL;
	batch->noted = NULL;
	batch->bytes = 0;
	batch->reject_count = 0;
	batch->text_length = 0;
	arena_reset(&batch->arena);
}

struct record *batch_add_record(struct batch *batch)
{
	batch->records = memory_grow(batch->records, &batch->record_capacity, batch->count + 1, sizeof *batch->records);
	batch->records[batch->count] = (struct record){ 0 };
	return &batch->records[batch->count++];
}

static void add_reject(struct batch *batch, const struct record *record, uint64_t column, const char *code,
		       struct slice reason)
{
	size_t at;

	batch->rejects = memory_grow(batch->rejects, &batch->reject_capacity, batch->reject_count + 1,
				     sizeof *batch->rejects);
	/* In the order of the input, whoever finds them first: splitting, then judging. */
	for (at = batch->reject_count++; at > 0 && batch->rejects[at - 1].line > record->line; at--)
		batch->rejects[at] = batch->rejects[at - 1];
	batch->rejects[at] = (struct reject){
		.source = batch->source, .line = record->line, .column = column, .code = code,
		.reason = reason, .record = record->raw,
	};
}

void batch_reject(struct batch *batch, size_t r, uint64_t column, const char *code, struct slice reason)
{
	struct record *record = &batch->records[r];

	if (record->dropped)
		return;
	record->dropped = true;
	add_reject(batch, record, column, code, reason);
}

/* Bad bytes and NULs, looked for in the text as a whole first, since nearly always there are none. */
static bool text_is_sound(struct slice text)
{
	return slice_find_byte(text, '\0') == text.len && utf8_is_valid(text);
}

static void check_text(struct batch *batch)
{
	if (batch->form != FORM_CSV || text_is_sound((struct slice){ batch->text, batch->text_length }))
		return;
	for (size_t r = 0; r < batch->count; r++) {
		struct slice raw = batch->records[r].raw;

		if (text_is_sound(raw))
			continue;
		if (utf8_is_valid(raw)) {
			batch_reject(batch, r, 0, "nul-byte", SLICE("the record holds a NUL byte"));
			continue;
		}
		batch->records[r].raw = encoding_rescue(raw, &batch->arena);
		batch_reject(batch, r, 0, "encoding-error",
			     SLICE("bytes that are not of the file's encoding; the record is shown as GB18030, "
				   "or with a mark for each bad byte"));
	}
}

bool batch_values_fit(const struct slice *values, size_t count, size_t columns)
{
	while (count > columns && values[count - 1].len == 0)
		count--;
	return count == columns;
}

/* Copies split values into the row of cells; false when their number does not fit. */
static bool take_values(struct batch *batch, size_t r, const struct slice *values, size_t count)
{
	struct slice *cells = batch->cells + r * batch->columns;

	if (count < batch->columns && batch->form == FORM_VALUE) { /* a sheet leaves out empty cells */
		memcpy(cells, values, count * sizeof *cells);
		memset(cells + count, 0, (batch->columns - count) * sizeof *cells);
		return true;
	}
	if (count < batch->columns) {
		batch_reject(batch, r, count, "missing-cell",
			     arena_format(&batch->arena, "%zu cells where the header has %zu", count, batch->columns));
		return false;
	}
	if (!batch_values_fit(values, count, batch->columns)) {
		batch_reject(batch, r, batch->columns + 1, "extra-cell",
			     arena_format(&batch->arena, "%zu cells where the header has %zu", count, batch->columns));
		return false;
	}
	memcpy(cells, values, batch->columns * sizeof *cells);
	return true;
}

/* Records whose number of cells is not the header's: counted again in full, for the message. */
static void split_odd(struct batch *batch, size_t r)
{
	struct slice raw = batch->records[r].raw;
	size_t count = 1 + split_count(raw, batch->delimiter);
	struct slice *values = arena_get(&batch->arena, count, sizeof *values);

	split_plain(raw, batch->delimiter, values, count);
	take_values(batch, r, values, count);
}

/* A line with quotes: strictly, or leniently if that gives as many cells as there are columns (0: any number). */
static enum quoted_outcome parse_quoted(struct batch *batch, struct slice line)
{
	enum quoted_outcome strict, lenient;
	const struct slice *values;
	size_t count;

	if (!batch->quoted)
		batch->quoted = quoted_new();
	strict = quoted_parse(batch->quoted, line, batch->delimiter, true, &batch->arena);
	if (strict == QUOTED_WHOLE)
		return strict;
	lenient = quoted_parse(batch->quoted, line, batch->delimiter, false, &batch->arena);
	values = quoted_values(batch->quoted, &count);
	return lenient == QUOTED_WHOLE && (batch->columns == 0 || batch_values_fit(values, count, batch->columns)) ? lenient : strict;
}

static void reject_quote(struct batch *batch, size_t r, enum quoted_outcome outcome)
{
	if (outcome == QUOTED_OPEN)
		batch_reject(batch, r, 0, "unterminated-quote",
			     SLICE("a quote that is opened in this line is not closed where a cell ends"));
	else
		batch_reject(batch, r, 0, "stray-quote",
			     SLICE("text follows a closing quote; a quote inside quotes must be doubled"));
}

/* ="007" is how systems keep a spreadsheet from making a number of an id: the value is what it shows; how it stood is the raw cell. */
static void take_shown_texts(struct slice *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slice text = cells[i];

		if (text.len < 3 || text.ptr[0] != '=' || text.ptr[1] != '"' || text.ptr[text.len - 1] != '"')
			continue;
		text = (struct slice){ text.ptr + 2, text.len - 3 };
		if (slice_find_byte(text, '"') == text.len)
			cells[i] = text;
	}
}

static void split_quoted(struct batch *batch, size_t r)
{
	struct record *record = &batch->records[r];
	enum quoted_outcome outcome = parse_quoted(batch, record->raw);
	const struct slice *values;
	size_t count;

	if (outcome != QUOTED_WHOLE) {
		reject_quote(batch, r, outcome);
		return;
	}
	values = quoted_values(batch->quoted, &count);
	if (!take_values(batch, r, values, count))
		return;
	record->raw_cells = split_raw_cells(record->raw, batch->delimiter, values, count, &batch->arena);
	take_shown_texts(batch->cells + r * batch->columns, batch->columns);
}

/* A record that its reader has split. */
static void take_split(struct batch *batch, size_t r)
{
	struct record *record = &batch->records[r];

	if (!take_values(batch, r, record->values, record->value_count) || batch->form != FORM_CSV)
		return;
	if (!record->raw_cells)
		record->raw_cells = split_raw_cells(record->raw, batch->delimiter, record->values, record->value_count,
						    &batch->arena);
	take_shown_texts(batch->cells + r * batch->columns, batch->columns);
}

void batch_split_freely(struct batch *batch, size_t r)
{
	struct record *record = &batch->records[r];
	const struct slice *values = NULL;
	size_t count = 0;

	if (record->values)
		return;
	if (record->dropped) /* given up by its reader */
		count = 0;
	else if (!record->quoted)
		count = 1 + split_count(record->raw, batch->delimiter);
	else if (parse_quoted(batch, record->raw) == QUOTED_WHOLE)
		values = quoted_values(batch->quoted, &count);
	record->values = arena_get(&batch->arena, count, sizeof *record->values);
	record->value_count = (uint32_t)count;
	if (values)
		memcpy(record->values, values, count * sizeof *values);
	else if (count)
		split_plain(record->raw, batch->delimiter, record->values, count);
}

void batch_skip(struct batch *batch, size_t count)
{
	size_t columns = batch->columns;

	batch->columns = 0; /* titles may have any number of cells */
	for (size_t r = 0; r < count; r++) {
		struct record *record = &batch->records[r];
		enum quoted_outcome outcome;

		if (record->dropped || !record->quoted || record->values)
			continue;
		outcome = parse_quoted(batch, record->raw);
		if (outcome != QUOTED_WHOLE)
			reject_quote(batch, r, outcome);
	}
	batch->columns = columns;
	memmove(batch->records, batch->records + count, (batch->count - count) * sizeof *batch->records);
	batch->count -= count;
}

static void clear_cells(struct batch *batch, size_t r)
{
	memset(batch->cells + r * batch->columns, 0, batch->columns * sizeof *batch->cells);
}

void batch_split(struct batch *batch)
{
	size_t wanted;

	if (__builtin_mul_overflow(batch->count, batch->columns, &wanted))
		memory_exhausted();
	batch->cells = memory_grow(batch->cells, &batch->cell_capacity, wanted, sizeof *batch->cells);
	check_text(batch);
	for (size_t r = 0; r < batch->count; r++) {
		struct record *record = &batch->records[r];
		struct slice *cells = batch->cells + r * batch->columns;

		if (record->dropped)
			clear_cells(batch, r);
		else if (record->values)
			take_split(batch, r);
		else if (record->quoted)
			split_quoted(batch, r);
		else if (split_plain(record->raw, batch->delimiter, cells, batch->columns) != batch->columns)
			split_odd(batch, r);
	}
}
