/* The stream of crm-dedupe, encoded by several threads in order. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "match/report.h"

enum { CHUNK = 2048 };

struct writing {
	const struct findings *findings;
	struct sink *sink;
	bool mark;
	size_t count, next;        /* of rows to write */
	size_t own[OWN_COUNT];     /* where the own columns are written: input column, or past the end */
	size_t columns;            /* of the output */
	uint32_t *numbers;         /* mark: place in the input → record; NULL: the same */
};

struct chunk {
	size_t begin, end;
	struct rows rows;
	struct slice *values, *raws;   /* of one record, and after it of another that it takes a cell from */
	bool *made;                    /* per column: the value stood nowhere */
	struct arena arena;
};

static int next_chunk(void *context, void *item, struct diag *diag)
{
	struct writing *writing = context;
	struct chunk *chunk = item;

	(void)diag;
	if (writing->next == writing->count)
		return 0;
	chunk->begin = writing->next;
	writing->next += writing->count - writing->next < CHUNK ? writing->count - writing->next : CHUNK;
	chunk->end = writing->next;
	return 1;
}

/* The records of a customer, those that a golden record of yesterday stands for included. */
static uint64_t record_count(const struct findings *findings, uint32_t c)
{
	const struct customers *customers = findings->customers;
	uint64_t count = 0;

	if (!findings->incremental)
		return customers_size(customers, c);
	for (uint32_t i = customers->begin[c]; i < customers->begin[c + 1]; i++)
		count += findings->incremental->counts[customers->members[i]];
	return count;
}

static void own_cell(struct rows *rows, const struct writing *writing, enum own_column own, uint32_t record)
{
	const struct findings *findings = writing->findings;
	uint32_t c = findings->customers->of[record];

	switch (own) {
	case OWN_CUSTOMER_ID:
		rows_cell(rows, findings->customers->ids[c]);
		break;
	case OWN_RECORD_COUNT:
		rows_i64(rows, (int64_t)record_count(findings, c));
		break;
	case OWN_PROBABILITY:
		rows_real(rows, findings->probability[record], 4);
		break;
	default:
		rows_i64(rows, findings->main[c] == record);
	}
}

/* Which own column stands in an output column, or OWN_COUNT. */
static enum own_column own_at(const struct writing *writing, size_t column)
{
	int own = 0;

	while (own < OWN_COUNT && writing->own[own] != column)
		own++;
	return (enum own_column)own;
}

/* One row: values and raws hold what the input's columns get. */
static void write_row(const struct writing *writing, struct chunk *chunk, uint32_t record)
{
	const struct records *records = writing->findings->records;
	enum form form = store_form(records->store);
	char delimiter = store_delimiter(records->store);

	rows_begin(&chunk->rows);
	for (size_t c = 0; c < records->columns; c++) {
		enum own_column own = own_at(writing, c);

		if (own < OWN_COUNT)
			own_cell(&chunk->rows, writing, own, record);
		else if (chunk->made[c])
			rows_cell(&chunk->rows, chunk->values[c]);
		else
			rows_raw_cell(&chunk->rows, chunk->values[c], chunk->raws[c], form, delimiter);
	}
	for (size_t c = records->columns; c < writing->columns; c++)
		own_cell(&chunk->rows, writing, own_at(writing, c), record);
	rows_end(&chunk->rows);
}

/* The golden record of customer c: its main record with cells of others put in. */
static uint32_t fill_golden(const struct writing *writing, struct chunk *chunk, size_t c)
{
	const struct findings *findings = writing->findings;
	const struct records *records = findings->records;
	const uint32_t *members = findings->customers->members + findings->customers->begin[c];
	struct slice *values = chunk->values + records->columns, *raws = chunk->raws + records->columns;
	size_t other = SIZE_MAX;   /* the member whose cells these are */
	struct group group;

	store_get(records->store, records_place(records, findings->main[c]), chunk->values, chunk->raws);
	memset(chunk->made, 0, records->columns * sizeof *chunk->made);
	if (customers_size(findings->customers, c) == 1)
		return findings->main[c];
	group_open(&group, findings->golden, members, customers_size(findings->customers, c), &chunk->arena);
	while (members[group.main] != findings->main[c])
		group.main++;
	for (size_t column = 0; column < records->columns; column++) {
		struct survivor survivor = golden_choose(&group, column, &chunk->arena);

		if (survivor.made.ptr) {
			chunk->values[column] = survivor.made;
			chunk->made[column] = true;
		} else if (survivor.member != group.main) {
			if (survivor.member != other)
				store_get(records->store, records_place(records, members[survivor.member]), values, raws);
			other = survivor.member;
			chunk->values[column] = values[column];
			chunk->raws[column] = raws[column];
		}
	}
	return findings->main[c];
}

static uint32_t fill_marked(const struct writing *writing, struct chunk *chunk, size_t place)
{
	store_get(writing->findings->records->store, place, chunk->values, chunk->raws);
	return writing->numbers ? writing->numbers[place] : (uint32_t)place;
}

static int encode_chunk(void *context, void *item, unsigned worker, struct diag *diag)
{
	const struct writing *writing = context;
	struct chunk *chunk = item;

	(void)worker;
	(void)diag;
	for (size_t i = chunk->begin; i < chunk->end; i++) {
		uint32_t record = writing->mark ? fill_marked(writing, chunk, i) : fill_golden(writing, chunk, i);

		write_row(writing, chunk, record);
	}
	arena_reset(&chunk->arena);
	return 0;
}

static int write_chunk(void *context, void *item, struct diag *diag)
{
	struct writing *writing = context;
	struct chunk *chunk = item;

	return sink_write(writing->sink, &chunk->rows, diag);
}

/* The input's columns, those that an earlier run wrote in their places, the others at the end. */
static void plan_columns(struct writing *writing, struct column *columns)
{
	const struct records *records = writing->findings->records;
	size_t customer_id = records_find(records, slice_of(own_column_names[OWN_CUSTOMER_ID]));

	for (size_t c = 0; c < records->columns; c++)
		columns[c] = (struct column){ records->headers[c], records->roles[c] == ROLE_TAGS ? COLUMN_LIST : COLUMN_TEXT };
	/* A customer_id of the source's own makes room for ours. */
	if (customer_id < records->columns && records->own[OWN_CUSTOMER_ID] == records->columns)
		columns[customer_id].name = records_find(records, SLICE("source_id")) == records->columns ? SLICE("source_id") : SLICE("customer_id_2");
	writing->columns = records->columns;
	for (int own = 0; own < OWN_COUNT; own++) {
		bool wanted = own == OWN_CUSTOMER_ID || (own == OWN_RECORD_COUNT) != writing->mark;

		writing->own[own] = SIZE_MAX;
		if (records->own[own] < records->columns)
			writing->own[own] = records->own[own];
		else if (wanted)
			writing->own[own] = writing->columns++;
		if (writing->own[own] != SIZE_MAX)
			columns[writing->own[own]] = (struct column){ slice_of(own_column_names[own]),
								      own == OWN_CUSTOMER_ID ? COLUMN_TEXT : COLUMN_NUMBER };
	}
}

static int write_all(struct writing *writing, unsigned threads, struct diag *diag)
{
	static const struct pool_stages stages = { next_chunk, encode_chunk, write_chunk };
	size_t columns = writing->findings->records->columns + 1, count = threads > 1 ? 2 * threads : 1;
	struct chunk *chunks = memory_zero(count, sizeof *chunks);
	void **items = memory_get(count, sizeof *items);
	int result;

	for (size_t i = 0; i < count; i++) {
		rows_init(&chunks[i].rows, writing->sink);
		arena_init(&chunks[i].arena);
		chunks[i].values = memory_get(4 * columns, sizeof *chunks[i].values);
		chunks[i].raws = chunks[i].values + 2 * columns;
		chunks[i].made = memory_zero(columns, sizeof *chunks[i].made);
		items[i] = &chunks[i];
	}
	result = pool_pipeline(&stages, writing, items, count, threads, diag);
	for (size_t i = 0; i < count; i++) {
		rows_release(&chunks[i].rows);
		arena_release(&chunks[i].arena);
		free(chunks[i].values);
		free(chunks[i].made);
	}
	free(items);
	free(chunks);
	return result;
}

int report_stream(const struct findings *findings, const char *path, const struct sink_options *options, bool mark, struct diag *diag)
{
	const struct records *records = findings->records;
	struct writing writing = { .findings = findings, .mark = mark, .count = mark ? records->count : findings->customers->count };
	struct column *columns = memory_get(records->columns + OWN_COUNT, sizeof *columns);
	int result;

	if (sink_open(&writing.sink, path, options, diag) < 0) {
		free(columns);
		return -1;
	}
	plan_columns(&writing, columns);
	sink_header(writing.sink, columns, writing.columns);
	if (mark && records->places) {
		writing.numbers = memory_get(records->count + 1, sizeof *writing.numbers);
		for (size_t i = 0; i < records->count; i++)
			writing.numbers[records->places[i]] = (uint32_t)i;
	}
	result = write_all(&writing, findings->threads, diag);
	free(writing.numbers);
	free(columns);
	if (result < 0) {
		sink_abort(writing.sink);
		return -1;
	}
	return sink_close(writing.sink, diag);
}
