#include "io/sheet_row.h"

#include <stdlib.h>

#include "base/memory.h"
#include "io/sink.h"

enum { CELLS_MAXIMUM = 128 << 10 };  /* in a batch: bounds its memory when there are many columns */

struct sheet_cell {
	size_t at, len;  /* in text */
};

void sheet_row_init(struct sheet_row *row)
{
	*row = (struct sheet_row){ 0 };
	buf_init(&row->text, BUF_UNLIMITED);
	buf_init(&row->csv, BUF_UNLIMITED);
}

void sheet_row_release(struct sheet_row *row)
{
	free(row->cells);
	buf_release(&row->text);
	buf_release(&row->csv);
}

void sheet_row_begin(struct sheet_row *row, uint64_t number)
{
	row->number = number;
	row->width = 0;
	buf_clear(&row->text);
}

void sheet_row_set(struct sheet_row *row, size_t column, size_t from)
{
	struct sheet_cell cell = { from, row->text.len - from };

	if (cell.len == 0 && column >= row->width)
		return;
	if (column >= row->width) {
		row->cells = memory_grow(row->cells, &row->capacity, column + 1, sizeof *row->cells);
		memset(row->cells + row->width, 0, (column - row->width) * sizeof *row->cells);
		row->width = column + 1;
	}
	row->cells[column] = cell;
}

struct slice sheet_row_value(const struct sheet_row *row, size_t column)
{
	if (column >= row->width)
		return (struct slice){ NULL, 0 };
	return (struct slice){ row->text.ptr + row->cells[column].at, row->cells[column].len };
}

/* The row as CSV in `csv`, and the values: mostly pieces of it, else copies in the arena. */
static void encode(struct sheet_row *row, struct slice *values, struct arena *arena)
{
	buf_clear(&row->csv);
	for (size_t c = 0; c < row->width; c++) {
		struct slice value = { row->text.ptr + row->cells[c].at, row->cells[c].len };
		size_t begin;

		if (c)
			buf_add_byte(&row->csv, ',');
		begin = row->csv.len;
		rows_csv_cell(&row->csv, value, ',');
		if (row->csv.len - begin > value.len) /* it needed quotes */
			values[c] = arena_copy(arena, value);
		else
			values[c] = (struct slice){ NULL, value.len };  /* where it will be is not known yet */
	}
}

static void place_values(const struct sheet_row *row, struct slice raw, struct slice *values)
{
	const char *at = raw.ptr;

	for (size_t c = 0; c < row->width; c++) {
		if (values[c].ptr) {  /* quoted: find its end by its own length */
			at += 2;
			for (size_t i = 0; i < values[c].len; i++)
				at += 1 + (values[c].ptr[i] == '"');
		} else {
			values[c].ptr = at;
			at += values[c].len;
		}
		at++;
	}
}

bool sheet_row_add(struct sheet_row *row, struct batch *batch, size_t columns, size_t batch_bytes)
{
	size_t count = row->width > columns ? row->width : columns;
	struct record *record;
	struct slice *values;

	if (batch->count == 0)
		row->filled = 0;
	else if (row->filled >= batch_bytes || (batch->count + 1) * count > CELLS_MAXIMUM)
		return false;
	record = batch_add_record(batch);
	values = arena_zero(&batch->arena, count, sizeof *values);
	encode(row, values, &batch->arena);
	record->raw = arena_copy(&batch->arena, buf_slice(&row->csv));
	row->filled += record->raw.len;
	place_values(row, record->raw, values);
	record->values = values;
	record->value_count = (uint32_t)count;
	record->line = record->row = row->number;
	return true;
}

void sheet_pad(struct batch *batch, size_t columns)
{
	for (size_t r = 0; r < batch->count; r++) {
		struct record *record = &batch->records[r];
		struct slice *values;

		if (record->value_count >= columns)
			continue;
		values = arena_zero(&batch->arena, columns, sizeof *values);
		memcpy(values, record->values, record->value_count * sizeof *values);
		record->values = values;
		record->value_count = (uint32_t)columns;
	}
}
