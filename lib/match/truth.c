#include "match/truth.h"

#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"
#include "io/stream.h"
#include "match/evaluate.h"

void truth_of_column(const struct records *records, size_t column, uint32_t *entity)
{
	struct map entities;

	map_init(&entities);
	for (size_t i = 0; i < records->count; i++) {
		struct slice value = slice_trim(records_cell(records, i, column));

		entity[i] = text_is_empty(value) ? ENTITY_NONE : map_add(&entities, value);
	}
	map_release(&entities);
}

struct reading {
	struct intake *intake;
	struct map keys, entities;   /* keys: "source, row" */
	uint32_t *entity;            /* per key */
	size_t capacity;
	size_t source, row, truth;
	struct arena arena;
};

static struct slice key_text(struct arena *arena, struct slice source, struct slice row)
{
	return arena_format(arena, "%.*s%c%.*s", SLICE_ARG(source), 1, SLICE_ARG(row));
}

static struct slice base_of(struct slice path)
{
	for (size_t at; (at = slice_find_byte(path, '/')) < path.len;)
		path = slice_skip(path, at + 1);
	return path;
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

static void add_key(struct reading *reading, struct slice source, struct slice row, uint32_t entity)
{
	uint32_t key = map_add(&reading->keys, key_text(&reading->arena, source, row));

	reading->entity = memory_grow(reading->entity, &reading->capacity, key + 1, sizeof *reading->entity);
	reading->entity[key] = entity;
}

static int keep_batch(void *context, const struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;

	(void)diag;
	for (size_t r = 0; r < batch->count; r++) {
		struct slice source, row;
		uint32_t entity;

		if (batch->records[r].dropped)
			continue;
		source = reading->source < reading->intake->columns ? batch_cell(batch, r, reading->source) : SLICE("");
		row = batch_cell(batch, r, reading->row);
		entity = map_add(&reading->entities, batch_cell(batch, r, reading->truth));
		add_key(reading, base_of(source), row, entity);
		if (!slice_equal(source, base_of(source)))
			add_key(reading, source, row, entity);
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

static void find_entities(const struct reading *reading, const struct records *records, uint32_t *entity)
{
	struct arena arena;
	struct origin origin;

	arena_init(&arena);
	for (size_t i = 0; i < records->count; i++) {
		uint32_t key;

		records_origin(records, i, &origin);
		key = map_find(&reading->keys, key_text(&arena, origin.source, origin.row));
		if (key == MAP_NONE)
			key = map_find(&reading->keys, key_text(&arena, base_of(origin.source), origin.row));
		if (key == MAP_NONE && reading->source == reading->intake->columns)
			key = map_find(&reading->keys, key_text(&arena, SLICE(""), origin.row));
		entity[i] = key == MAP_NONE ? ENTITY_NONE : reading->entity[key];
		arena_reset(&arena);
	}
	arena_release(&arena);
}

/* Entities that no record of the input has are in the file, too: numbers made dense again, so that they are below the count. */
static void renumber(uint32_t *entity, size_t count, size_t entities)
{
	uint32_t *number = memory_get(entities + 1, sizeof *number), next = 0;

	memset(number, 0xff, (entities + 1) * sizeof *number);
	for (size_t i = 0; i < count; i++) {
		if (entity[i] == ENTITY_NONE)
			continue;
		if (number[entity[i]] == UINT32_MAX)
			number[entity[i]] = next++;
		entity[i] = number[entity[i]];
	}
	free(number);
}

static int find_columns(struct reading *reading, const char *path, struct diag *diag)
{
	const struct place place = { .file = path };

	reading->source = find_header(reading->intake, "source");
	reading->row = find_header(reading->intake, "source_row");
	reading->truth = find_header(reading->intake, "entity");
	if (reading->row == reading->intake->columns || reading->truth == reading->intake->columns)
		return diag_fail(diag, STATUS_INPUT, &place, "missing-column", "a truth has columns source, source_row, entity");
	return 0;
}

int truth_read(const char *path, const struct intake_options *options, const struct records *records, uint32_t *entity, struct diag *diag)
{
	struct reading reading = { 0 };
	struct stream stream = { .next = next_batch, .work = split_batch, .after = keep_batch, .context = &reading, .threads = 1 };
	int result = -1;

	map_init(&reading.keys);
	map_init(&reading.entities);
	arena_init(&reading.arena);
	if (rejects_open(&stream.rejects, NULL, false, diag) == 0 && intake_open(&reading.intake, path, options, diag) == 0 &&
	    find_columns(&reading, path, diag) == 0)
		result = stream_run(&stream, diag);
	if (result == 0) {
		find_entities(&reading, records, entity);
		renumber(entity, records->count, reading.entities.count);
	}
	intake_free(reading.intake);
	if (stream.rejects)
		rejects_abort(stream.rejects);
	map_release(&reading.keys);
	map_release(&reading.entities);
	arena_release(&reading.arena);
	free(reading.entity);
	return result;
}
