#include "io/merged.h"

#include <stdlib.h>

#include "base/memory.h"

enum { RANGES_MOST = 1 << 20 };

void merged_init(struct merged *merged)
{
	*merged = (struct merged){ 0 };
}

void merged_release(struct merged *merged)
{
	for (size_t i = 0; i < merged->count; i++)
		free(merged->ranges[i].text);
	free(merged->ranges);
	free(merged->active);
	merged_init(merged);
}

bool merged_add(struct merged *merged, uint64_t top, uint64_t bottom, size_t column)
{
	if (bottom <= top || column >= SHEET_COLUMNS)
		return true;
	if (merged->count == RANGES_MOST)
		return false;
	merged->ranges = memory_grow(merged->ranges, &merged->capacity, merged->count + 1, sizeof *merged->ranges);
	merged->ranges[merged->count++] = (struct merged_range){ .top = top, .bottom = bottom, .column = column };
	return true;
}

static int by_top(const void *a, const void *b)
{
	const struct merged_range *x = a, *y = b;

	if (x->top != y->top)
		return x->top < y->top ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

void merged_sort(struct merged *merged)
{
	if (merged->count)
		qsort(merged->ranges, merged->count, sizeof *merged->ranges, by_top);
}

static void take_up(struct merged *merged, size_t number, const struct sheet_row *row)
{
	struct merged_range *range = &merged->ranges[number];
	struct slice value = sheet_row_value(row, range->column);

	if (range->top != row->number || value.len == 0) /* its row is not there, or has no value */
		return;
	range->text = memory_get(value.len, 1);
	range->length = value.len;
	memcpy(range->text, value.ptr, value.len);
	merged->active = memory_grow(merged->active, &merged->active_capacity, merged->active_count + 1, sizeof *merged->active);
	merged->active[merged->active_count++] = number;
}

void merged_fill(struct merged *merged, struct sheet_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < merged->active_count; i++) {
		struct merged_range *range = &merged->ranges[merged->active[i]];
		size_t from = row->text.len;

		if (row->number > range->bottom) {
			free(range->text);
			range->text = NULL;
			continue;
		}
		merged->active[kept++] = merged->active[i];
		if (sheet_row_value(row, range->column).len)
			continue;
		buf_add(&row->text, (struct slice){ range->text, range->length });
		sheet_row_set(row, range->column, from);
	}
	merged->active_count = kept;
	while (merged->next < merged->count && merged->ranges[merged->next].top <= row->number)
		take_up(merged, merged->next++, row);
}
