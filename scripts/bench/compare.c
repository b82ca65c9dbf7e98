/*
 * How many pairs of records are compared in a second: compare THREADS FILE COLUMN… takes the named columns of a CSV, each of which is
 * a role by its name or has none, and compares pairs of neighbours by each column in turn (as blocking finds them, alike in something), then pairs
 * at random. Prints pairs per second, compared field by field without a model.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "clean/roles.h"
#include "io/table.h"
#include "match/compare.h"

enum { COLUMNS_MOST = 16, NEIGHBOURS = 8, CHUNK = 1 << 16 };

struct data {
	struct match_input input;
	struct fields fields;
	struct slice *cells;
	struct slice headers[COLUMNS_MOST];
	enum role roles[COLUMNS_MOST];
	size_t room, pairs;
	uint32_t *pair;        /* two rows each */
	uint64_t sums[64];     /* of what was found, so that nothing is optimised away */
};

static struct slice cell_of(const void *context, size_t row, size_t column)
{
	const struct data *data = context;

	return data->cells[row * data->input.columns + column];
}

static void take_rows(struct data *data, struct batch *batch, const size_t *at, struct arena *arena)
{
	batch_split(batch);
	for (size_t r = 0; r < batch->count; r++) {
		if (data->input.rows == data->room) {
			data->room = data->room * 2 + 1024;
			data->cells = memory_resize(data->cells, data->room * data->input.columns, sizeof *data->cells);
		}
		for (size_t c = 0; c < data->input.columns; c++)
			data->cells[data->input.rows * data->input.columns + c] = arena_copy(arena, batch_cell(batch, r, at[c]));
		data->input.rows++;
	}
}

static int read_rows(struct data *data, const char *path, struct arena *arena, struct diag *diag)
{
	size_t at[COLUMNS_MOST];
	const struct batch *first;
	struct table *table;
	struct batch batch;
	int got;

	if (table_open(&table, path, &(struct table_options){ 0 }, diag) < 0 || !(first = table_peek(table, diag)) || first->count == 0)
		return -1;
	for (size_t c = 0; c < data->input.columns; c++) {
		for (at[c] = 0; at[c] < first->records[0].value_count; at[c]++)
			if (slice_equal(first->records[0].values[at[c]], data->headers[c]))
				break;
		if (at[c] == first->records[0].value_count)
			return diag_fail(diag, STATUS_USAGE, NULL, NULL, "no column %.*s", SLICE_ARG(data->headers[c]));
	}
	table_begin(table, 1, first->records[0].value_count);
	batch_init(&batch);
	while ((got = table_read(table, &batch, diag)) == 1)
		take_rows(data, &batch, at, arena);
	batch_release(&batch);
	table_free(table);
	return got;
}

static const struct data *sorted;
static size_t sorted_column;

static int compare_cells(const void *left, const void *right)
{
	return slice_compare(cell_of(sorted, *(const uint32_t *)left, sorted_column), cell_of(sorted, *(const uint32_t *)right, sorted_column));
}

static void take_neighbours(struct data *data)
{
	size_t rows = data->input.rows;
	uint32_t *order = memory_get(rows, sizeof *order);

	for (sorted = data, sorted_column = 0; sorted_column < data->input.columns; sorted_column++) {
		for (uint32_t i = 0; i < rows; i++)
			order[i] = i;
		qsort(order, rows, sizeof *order, compare_cells);
		for (size_t i = 0; i < rows; i++)
			for (size_t j = i + 1; j < rows && j <= i + NEIGHBOURS; j++, data->pairs++) {
				data->pair[2 * data->pairs] = order[i];
				data->pair[2 * data->pairs + 1] = order[j];
			}
	}
	free(order);
}

static int compare_chunk(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct data *data = context;
	size_t end = (index + 1) * CHUNK < data->pairs ? (index + 1) * CHUNK : data->pairs;
	uint64_t sum = 0;

	(void)diag;
	for (size_t i = index * CHUNK; i < end; i++)
		sum += compare_rows(&data->fields, data->pair[2 * i], data->pair[2 * i + 1]);
	data->sums[worker] += sum;
	return 0;
}

static int time_pairs(struct data *data, unsigned threads, const char *what, struct diag *diag)
{
	struct timespec from, to;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (pool_each(compare_chunk, data, (data->pairs + CHUNK - 1) / CHUNK, threads, diag) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
	printf("%s: %zu pairs of %zu records, %u fields, %u threads: %.3f s, %.1f million a second\n", what, data->pairs, data->input.rows,
	       data->fields.count, threads, seconds, (double)data->pairs / seconds / 1e6);
	return 0;
}

static int build(struct data *data, unsigned threads, struct diag *diag)
{
	struct profile *profiles = memory_zero(data->input.columns + 1, sizeof *profiles);

	profile_columns(&data->input, profiles);
	data->fields.count = (unsigned)data->input.columns;
	data->fields.all = memory_zero(data->fields.count + 1, sizeof *data->fields.all);
	for (unsigned i = 0; i < data->fields.count; i++)
		field_init(&data->fields.all[i], i, &profiles[i]);
	return fields_build(&data->fields, &data->input, threads, diag);
}

static int run(struct data *data, const char *path, unsigned threads, struct arena *arena, struct diag *diag)
{
	if (read_rows(data, path, arena, diag) < 0 || data->input.rows < 2 || build(data, threads, diag) < 0)
		return -1;
	compare_find_partners(&data->fields);
	data->pair = memory_get(data->input.rows * data->input.columns * NEIGHBOURS * 2, sizeof *data->pair);
	take_neighbours(data);
	for (int run = 0; run < 3; run++)
		if (time_pairs(data, threads, "neighbours", diag) < 0)
			return -1;
	for (size_t i = 0; i < 2 * data->pairs; i++)
		data->pair[i] = (uint32_t)(hash_mix(i, 7) % data->input.rows);
	for (int run = 0; run < 3; run++)
		if (time_pairs(data, threads, "at random", diag) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	static struct data data;
	struct arena arena;
	struct diag diag;

	if (argc < 4 || argc > 3 + COLUMNS_MOST)
		return 2;
	diag_init(&diag);
	arena_init(&arena);
	data.input = (struct match_input){ .columns = (size_t)argc - 3, .headers = data.headers, .roles = data.roles, .cell = cell_of, .context = &data };
	for (size_t c = 0; c < data.input.columns; c++) {
		data.headers[c] = slice_of(argv[c + 3]);
		data.roles[c] = role_by_name(data.headers[c]);
	}
	if (run(&data, argv[2], (unsigned)strtoul(argv[1], NULL, 10), &arena, &diag) < 0) {
		fprintf(stderr, "compare: %s\n", diag.error);
		return 1;
	}
	return 0;
}
