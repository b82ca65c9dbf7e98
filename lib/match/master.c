/* Yesterday's links, and today's records in them. */
#include <stdlib.h>

#include "base/memory.h"
#include "io/stream.h"
#include "match/customers.h"

/* What is read: for each record of yesterday its key "source, id" or "source, row", numbered, and the number of its customer. */
struct reading {
	struct intake *intake;
	struct master *master;
	struct map keys;
	uint32_t *customer;   /* per key */
	size_t capacity;
	size_t source, row, id, customer_id;
	struct arena arena;
	bool keep;
};

static struct slice key_text(struct arena *arena, struct slice source, char kind, struct slice what)
{
	return arena_format(arena, "%.*s%c%.*s", SLICE_ARG(source), kind, SLICE_ARG(what));
}

static int next_batch(void *context, struct batch *batch, struct diag *diag)
{
	return intake_read(((struct reading *)context)->intake, batch, diag);
}

static int split_batch(void *context, struct batch *batch, struct rows *rows, unsigned worker, struct diag *diag)
{
	(void)rows;
	(void)worker;
	(void)diag;
	intake_split(((struct reading *)context)->intake, batch);
	return 0;
}

static void add_key(struct reading *reading, struct slice source, char kind, struct slice what, uint32_t customer)
{
	uint32_t key;

	if (what.len == 0)
		return;
	key = map_add(&reading->keys, key_text(&reading->arena, source, kind, what));
	reading->customer = memory_grow(reading->customer, &reading->capacity, key + 1, sizeof *reading->customer);
	reading->customer[key] = customer;
}

static void keep_link(struct master *master, struct slice source, struct slice row, struct slice id, uint32_t customer)
{
	master->links = memory_grow(master->links, &master->link_capacity, master->link_count + 1, sizeof *master->links);
	master->links[master->link_count++] = (struct old_link){ arena_copy(&master->arena, source), arena_copy(&master->arena, row),
								 arena_copy(&master->arena, id), customer };
}

static int keep_batch(void *context, const struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;

	(void)diag;
	for (size_t r = 0; r < batch->count; r++) {
		struct slice source, id;
		uint32_t customer;

		if (batch->records[r].dropped || batch_cell(batch, r, reading->customer_id).len == 0)
			continue;
		source = batch_cell(batch, r, reading->source);
		customer = map_add(&reading->master->ids, batch_cell(batch, r, reading->customer_id));
		id = reading->id < reading->intake->columns ? batch_cell(batch, r, reading->id) : (struct slice){ 0 };
		if (reading->keep)
			keep_link(reading->master, source, batch_cell(batch, r, reading->row), id, customer);
		/* A row that has an id is known by it alone: rows move, ids stay. */
		if (id.len)
			add_key(reading, source, 1, id, customer);
		else
			add_key(reading, source, 2, batch_cell(batch, r, reading->row), customer);
		arena_reset(&reading->arena);
	}
	return 0;
}

static size_t find_header(const struct intake *intake, const char *name)
{
	size_t c = 0;

	while (c < intake->columns && !slice_equal(intake->headers[c], slice_of(name)))
		c++;
	return c;
}

static int find_columns(struct reading *reading, const char *path, struct diag *diag)
{
	const struct place place = { .file = path };
	const struct intake *intake = reading->intake;

	reading->source = find_header(intake, "source");
	reading->row = find_header(intake, "source_row");
	reading->id = find_header(intake, "source_id");
	reading->customer_id = find_header(intake, "customer_id");
	if (reading->source == intake->columns || reading->row == intake->columns || reading->customer_id == intake->columns)
		return diag_fail(diag, STATUS_INPUT, &place, "missing-column",
				 "links have columns source, source_row, source_id, customer_id; use the file that --links wrote");
	return 0;
}

static void find_records(const struct reading *reading, const struct records *records)
{
	struct master *master = reading->master;
	struct arena arena;
	struct origin origin;

	arena_init(&arena);
	master->of = memory_get(records->count + 1, sizeof *master->of);
	for (size_t i = 0; i < records->count; i++) {
		uint32_t key;

		records_origin(records, i, &origin);
		key = origin.id.len ? map_find(&reading->keys, key_text(&arena, origin.source, 1, origin.id))
				    : map_find(&reading->keys, key_text(&arena, origin.source, 2, origin.row));
		master->of[i] = key == MAP_NONE ? MAP_NONE : reading->customer[key];
		master->known += key != MAP_NONE;
		arena_reset(&arena);
	}
	arena_release(&arena);
}

int master_read(struct master *master, const char *path, const struct intake_options *options, const struct records *records, bool keep,
		struct diag *diag)
{
	struct reading reading = { .master = master, .keep = keep };
	struct stream stream = { .next = next_batch, .work = split_batch, .after = keep_batch, .context = &reading, .threads = 1 };
	int result = -1;

	*master = (struct master){ 0 };
	map_init(&master->ids);
	arena_init(&master->arena);
	map_init(&reading.keys);
	arena_init(&reading.arena);
	if (rejects_open(&stream.rejects, NULL, false, diag) == 0 && intake_open(&reading.intake, path, options, diag) == 0 &&
	    find_columns(&reading, path, diag) == 0)
		result = stream_run(&stream, diag);
	if (result == 0)
		find_records(&reading, records);
	intake_free(reading.intake);
	if (stream.rejects)
		rejects_abort(stream.rejects);
	if (keep) {
		master->keys = reading.keys;
		master->customer = reading.customer;
	} else {
		map_release(&reading.keys);
		free(reading.customer);
	}
	arena_release(&reading.arena);
	return result;
}

uint32_t master_find(const struct master *master, struct slice source, struct slice row, struct slice id)
{
	struct arena arena;
	uint32_t key = MAP_NONE;

	if (!master->keys.slots)
		return MAP_NONE;
	arena_init(&arena);
	key = map_find(&master->keys, id.len ? key_text(&arena, source, 1, id) : key_text(&arena, source, 2, row));
	arena_release(&arena);
	return key == MAP_NONE ? MAP_NONE : master->customer[key];
}

void master_release(struct master *master)
{
	if (master->keys.slots)
		map_release(&master->keys);
	free(master->customer);
	if (master->ids.slots)
		map_release(&master->ids);
	free(master->of);
	free(master->links);
	arena_release(&master->arena);
}
