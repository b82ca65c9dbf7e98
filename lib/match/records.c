#include "match/records.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "io/stream.h"

const char *const own_column_names[OWN_COUNT] = { "customer_id", "record_count", "match_probability", "golden" };

/* One operand: its columns' places in the union. */
struct operand {
	struct intake *intake;
	size_t *places;
	bool direct;   /* its columns are those of the union, in order */
};

struct reading {
	struct records *records;
	const struct records_options *options;
	struct operand *operands;
	size_t count, capacity;
	const struct operand *current;
};

static int next_batch(void *context, struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;

	return intake_read(reading->current->intake, batch, diag);
}

/* Brings the cells of a batch to the places that they have in the union. */
static void place_cells(struct batch *batch, const struct operand *operand, size_t columns)
{
	size_t own = batch->columns, cells = batch->count * own;
	struct slice *before = arena_get(&batch->arena, cells + 1, sizeof *before);

	if (cells)
		memcpy(before, batch->cells, cells * sizeof *before);
	batch->cells = memory_grow(batch->cells, &batch->cell_capacity, batch->count * columns + 1, sizeof *batch->cells);
	memset(batch->cells, 0, batch->count * columns * sizeof *batch->cells);
	for (size_t r = 0; r < batch->count; r++) {
		struct record *record = &batch->records[r];
		struct slice *raws = NULL;

		if (record->dropped)
			continue;
		if (record->raw_cells)
			raws = arena_zero(&batch->arena, columns, sizeof *raws);
		for (size_t c = 0; c < own; c++) {
			batch->cells[r * columns + operand->places[c]] = before[r * own + c];
			if (raws)
				raws[operand->places[c]] = record->raw_cells[c];
		}
		record->raw_cells = raws;
	}
	batch->columns = columns;
}

static int split_batch(void *context, struct batch *batch, struct rows *rows, unsigned worker, struct diag *diag)
{
	struct reading *reading = context;

	(void)rows;
	(void)worker;
	(void)diag;
	intake_split(reading->current->intake, batch);
	if (!reading->current->direct)
		place_cells(batch, reading->current, reading->records->columns);
	return 0;
}

static int keep_batch(void *context, const struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;

	for (size_t r = 0; r < batch->count; r++)
		if (!batch->records[r].dropped && store_add(reading->records->store, batch, r, diag) < 0)
			return -1;
	return 0;
}

/* Opens one operand and adds its columns to the union. */
static int open_operand(struct reading *reading, const char *path, struct diag *diag)
{
	struct records *records = reading->records;
	struct operand *operand = &reading->operands[reading->count];
	size_t number;

	if (intake_open(&operand->intake, path, &reading->options->intake, diag) < 0)
		return -1;
	number = reading->count++;
	if (reading->options->opened)
		reading->options->opened(reading->options->context, operand->intake);
	operand->places = arena_get(&records->arena, operand->intake->columns + 1, sizeof *operand->places);
	for (size_t c = 0; c < operand->intake->columns; c++) {
		size_t place = records_find(records, operand->intake->headers[c]);

		if (place == records->columns) {
			records->headers = memory_grow(records->headers, &reading->capacity, place + 1, sizeof *records->headers);
			records->roles = memory_resize(records->roles, reading->capacity, sizeof *records->roles);
			records->inputs = memory_resize(records->inputs, reading->capacity, sizeof *records->inputs);
			records->inputs[place] = 0;
			records->headers[place] = arena_copy(&records->arena, operand->intake->headers[c]);
			records->roles[place] = operand->intake->roles[c].role;
			records->columns++;
		}
		operand->places[c] = place;
		records->inputs[place] |= UINT64_C(1) << (number < 63 ? number : 63);
	}
	return 0;
}

static int read_operand(struct reading *reading, struct diag *diag)
{
	const struct records_options *options = reading->options;
	struct stream stream = {
		.next = next_batch, .work = split_batch, .after = keep_batch, .context = reading, .rejects = options->rejects,
		.threads = options->threads, .progress = options->progress, .progress_context = options->context,
	};

	return stream_run(&stream, diag);
}

static void find_own_columns(struct records *records)
{
	bool ours = false;

	for (int own = 0; own < OWN_COUNT; own++) {
		records->own[own] = records_find(records, slice_of(own_column_names[own]));
		ours |= own > OWN_CUSTOMER_ID && records->own[own] < records->columns;
	}
	if (!ours)
		records->own[OWN_CUSTOMER_ID] = records->columns;
	for (int own = 0; own < OWN_COUNT; own++)
		if (records->own[OWN_CUSTOMER_ID] == records->columns)
			records->own[own] = records->columns;
	records->source = records_find_role(records, ROLE_SOURCE);
	records->source_row = records_find_role(records, ROLE_SOURCE_ROW);
	records->source_id = records_find_role(records, ROLE_SOURCE_ID);
	/* An input's own customer_id is the source's id. */
	if (records->source_id == records->columns && records->own[OWN_CUSTOMER_ID] == records->columns)
		records->source_id = records_find_role(records, ROLE_CUSTOMER_ID);
}

/* What records_origin looks for. */
static void put_origin_first(const struct records *records)
{
	const size_t wanted[] = { records->source, records->source_id, records->source_row };
	size_t columns[sizeof wanted / sizeof *wanted], count = 0;

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		bool there = wanted[i] == records->columns;

		for (size_t k = 0; k < count; k++)
			there |= columns[k] == wanted[i];
		if (!there)
			columns[count++] = wanted[i];
	}
	store_put_first(records->store, columns, count);
}

static int read_all(struct reading *reading, struct diag *diag)
{
	const struct records_options *options = reading->options;
	struct records *records = reading->records;
	size_t count = options->path_count ? options->path_count : 1;

	reading->operands = arena_zero(&records->arena, count, sizeof *reading->operands);
	for (size_t i = 0; i < count; i++)
		if (open_operand(reading, options->path_count ? options->paths[i] : "-", diag) < 0)
			return -1;
	find_own_columns(records);
	records->store = store_new(records->columns, options->memory, options->tmpdir);
	put_origin_first(records);
	for (size_t i = 0; i < count; i++) {
		struct operand *operand = &reading->operands[i];

		operand->direct = operand->intake->columns == records->columns;
		for (size_t c = 0; c < operand->intake->columns; c++)
			operand->direct &= operand->places[c] == c;
		reading->current = operand;
		if (read_operand(reading, diag) < 0)
			return -1;
	}
	return store_seal(records->store, diag);
}

/* A record to be put in order: by the source's name, the length and the bytes of the id. */
struct sort_key {
	struct slice source, id;
	uint64_t head;         /* the first bytes of the id: the greater, the later */
	uint32_t rank;         /* of the source, by its name */
	uint32_t number;
};

static int compare_keys(const void *left, const void *right)
{
	const struct sort_key *x = left, *y = right;
	int order;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->id.len != y->id.len)
		return x->id.len < y->id.len ? -1 : 1;
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	order = slice_compare(x->id, y->id);
	return order ? order : (x->number > y->number) - (x->number < y->number);
}

struct keying {
	const struct records *records;
	struct sort_key *keys;
};

enum { CHUNK = 16384 };

static int make_keys(void *context, size_t chunk, unsigned worker, struct diag *diag)
{
	const struct keying *keying = context;
	size_t end = (chunk + 1) * CHUNK < keying->records->count ? (chunk + 1) * CHUNK : keying->records->count;

	(void)worker;
	(void)diag;
	for (size_t i = chunk * CHUNK; i < end; i++) {
		struct sort_key *key = &keying->keys[i];
		struct origin origin;

		records_origin(keying->records, i, &origin);
		*key = (struct sort_key){ .source = origin.source, .id = origin.id, .number = (uint32_t)i };
		key->head = __builtin_bswap64(hash_word(origin.id.ptr, origin.id.len < 8 ? origin.id.len : 8));
	}
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	const struct sort_key *x = left, *y = right;

	return slice_compare(x->source, y->source);
}

/* The ranks of sources by name. Most records have that of the record before. */
static void rank_sources(const struct records *records, struct sort_key *keys)
{
	size_t count = records->source_names.count;
	struct sort_key *names = memory_get(count + 1, sizeof *names);
	uint32_t *ranks = memory_get(count + 1, sizeof *ranks);

	for (size_t s = 0; s < count; s++)
		names[s] = (struct sort_key){ .source = records->source_names.keys[s], .number = (uint32_t)s };
	qsort(names, count, sizeof *names, compare_names);
	for (size_t s = 0; s < count; s++)
		ranks[names[s].number] = (uint32_t)s;
	for (size_t i = 0; i < records->count; i++)
		keys[i].rank = ranks[records->sources[i]];
	free(names);
	free(ranks);
}

/* Whether all records have an id, and come in another order than that of the ids. */
static bool needs_order(const struct records *records, const struct sort_key *keys)
{
	bool sorted = true;

	for (size_t i = 0; i < records->count; i++) {
		if (keys[i].id.len == 0)
			return false;
		sorted = sorted && (i == 0 || compare_keys(&keys[i - 1], &keys[i]) < 0);
	}
	return !sorted;
}

/* Numbers of sources as they come, by record in the order of `keys`. */
static void number_sources(struct records *records, const struct sort_key *keys)
{
	map_release(&records->source_names);
	map_init(&records->source_names);
	for (size_t i = 0; i < records->count; i++)
		records->sources[i] = i > 0 && slice_equal(keys[i].source, keys[i - 1].source) ? records->sources[i - 1] :
												   map_add(&records->source_names, keys[i].source);
}

/* Numbers the records by their ids, if all have one. */
static int number_records(struct records *records, unsigned threads, struct diag *diag)
{
	struct keying keying = { records, memory_get(records->count + 1, sizeof *keying.keys) };
	struct sort_key *keys = keying.keys;
	int failed = pool_each(make_keys, &keying, (records->count + CHUNK - 1) / CHUNK, threads, diag);

	map_init(&records->source_names);
	records->sources = memory_get(records->count + 1, sizeof *records->sources);
	if (!failed)
		number_sources(records, keys);
	if (!failed && records->source_id < records->columns) {
		rank_sources(records, keys);
		if (needs_order(records, keys)) {
			qsort(keys, records->count, sizeof *keys, compare_keys);
			records->places = memory_get(records->count + 1, sizeof *records->places);
			for (size_t i = 0; i < records->count; i++)
				records->places[i] = keys[i].number;
			number_sources(records, keys);
		}
	}
	free(keys);
	return failed;
}

int records_read(struct records *records, const struct records_options *options, struct diag *diag)
{
	struct reading reading = { .records = records, .options = options };
	int result;

	*records = (struct records){ 0 };
	arena_init(&records->arena);
	result = read_all(&reading, diag);
	for (size_t i = 0; i < reading.count; i++)
		intake_free(reading.operands[i].intake);
	if (result == 0) {
		records->count = store_count(records->store);
		result = number_records(records, options->threads, diag);
	}
	return result;
}

void records_release(struct records *records)
{
	store_free(records->store);
	free(records->headers);
	free(records->roles);
	free(records->inputs);
	free(records->sources);
	free(records->places);
	if (records->source_names.slots)
		map_release(&records->source_names);
	arena_release(&records->arena);
}

static struct slice base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slice_of(slash ? slash + 1 : path);
}

void records_origin(const struct records *records, size_t number, struct origin *origin)
{
	size_t place = records_place(records, number);
	struct store_origin from = store_origin(records->store, place);
	struct buf digits = { origin->digits, 0, sizeof origin->digits, sizeof origin->digits, false };

	*origin = (struct origin){ .source = base_name(from.source) };
	/* Of several inputs not all may have the column. */
	if (records->source < records->columns && store_cell(records->store, place, records->source).len)
		origin->source = store_cell(records->store, place, records->source);
	if (records->source_id < records->columns)
		origin->id = store_cell(records->store, place, records->source_id);
	if (records->source_row < records->columns)
		origin->row = store_cell(records->store, place, records->source_row);
	if (origin->row.len == 0) {
		buf_add_u64(&digits, from.row);
		origin->row = buf_slice(&digits);
	}
}

size_t records_find(const struct records *records, struct slice name)
{
	size_t c = 0;

	while (c < records->columns && !slice_equal(records->headers[c], name))
		c++;
	return c;
}

size_t records_find_role(const struct records *records, enum role role)
{
	size_t c = 0;

	while (c < records->columns && records->roles[c] != role)
		c++;
	return c;
}

struct slice records_cell(const void *context, size_t row, size_t column)
{
	const struct records *records = context;

	return store_cell(records->store, records_place(records, row), column);
}

void records_cells(const void *context, size_t row, struct slice *cells)
{
	const struct records *records = context;

	store_get(records->store, records_place(records, row), cells, NULL);
}
