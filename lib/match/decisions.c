#include "match/decisions.h"

#include <stdlib.h>

#include "base/memory.h"
#include "io/stream.h"

enum { COLUMNS = 7 };
static const char *const column_names[COLUMNS] = { "source_a", "source_row_a", "source_id_a", "source_b", "source_row_b", "source_id_b", "decision" };

struct reading {
	struct intake *intake;
	struct decisions *decisions;
	const struct records *records;
	struct map keys;        /* of today's records */
	uint32_t *record;       /* per key */
	size_t capacity;
	size_t at[COLUMNS];     /* columns of the file, or intake->columns */
	struct arena arena;
};

static struct slice key_text(struct arena *arena, struct slice source, struct slice row, struct slice id)
{
	return id.len ? arena_format(arena, "%.*s%c%.*s", SLICE_ARG(source), 1, SLICE_ARG(id))
		      : arena_format(arena, "%.*s%c%.*s", SLICE_ARG(source), 2, SLICE_ARG(row));
}

static void index_records(struct reading *reading)
{
	struct origin origin;

	for (size_t i = 0; i < reading->records->count; i++) {
		uint32_t key;

		records_origin(reading->records, i, &origin);
		key = map_add(&reading->keys, key_text(&reading->arena, origin.source, origin.row, origin.id));
		reading->record = memory_grow(reading->record, &reading->capacity, key + 1, sizeof *reading->record);
		reading->record[key] = (uint32_t)i;
		arena_reset(&reading->arena);
	}
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

static struct slice cell_at(const struct reading *reading, const struct batch *batch, size_t r, unsigned column)
{
	return reading->at[column] < reading->intake->columns ? slice_trim(batch_cell(batch, r, reading->at[column])) : (struct slice){ "", 0 };
}

/* 1 same, 0 different, -1 nothing, -2 no word for either. */
static int meaning(struct slice word)
{
	static const char *const same[] = { "same", "yes", "y", "1", "是", "同", "相同" };
	static const char *const different[] = { "different", "no", "n", "0", "否", "不同", "不是" };

	if (word.len == 0)
		return -1;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		if (slice_equal_nocase(word, slice_of(same[i])))
			return 1;
		if (slice_equal_nocase(word, slice_of(different[i])))
			return 0;
	}
	return -2;
}

static void add_decision(struct decisions *decisions, bool same, uint32_t a, uint32_t b)
{
	struct link **links = same ? &decisions->same : &decisions->different;
	size_t *count = same ? &decisions->same_count : &decisions->different_count;

	*links = memory_grow(*links, &decisions->capacity[same], *count + 1, sizeof **links);
	(*links)[(*count)++] = (struct link){ a, b, 0 };
}

static int keep_batch(void *context, const struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;
	char quoted[DIAG_QUOTE_SIZE];

	for (size_t r = 0; r < batch->count; r++) {
		const struct place place = { batch->source, batch->records[r].line, reading->at[6] + 1 };
		struct slice word;
		uint32_t a, b;
		int says;

		if (batch->records[r].dropped)
			continue;
		word = cell_at(reading, batch, r, 6);
		says = meaning(word);
		if (says == -2)
			return diag_fail(diag, STATUS_INPUT, &place, "bad-decision", "%s is no decision; write same or different, or leave it empty",
					 diag_quote(word, quoted));
		a = map_find(&reading->keys, key_text(&reading->arena, cell_at(reading, batch, r, 0), cell_at(reading, batch, r, 1), cell_at(reading, batch, r, 2)));
		b = map_find(&reading->keys, key_text(&reading->arena, cell_at(reading, batch, r, 3), cell_at(reading, batch, r, 4), cell_at(reading, batch, r, 5)));
		arena_reset(&reading->arena);
		if (says == -1)
			continue;
		if (a == MAP_NONE || b == MAP_NONE || a == b)
			reading->decisions->unknown++;
		else
			add_decision(reading->decisions, says == 1, reading->record[a], reading->record[b]);
	}
	return 0;
}

static int find_columns(struct reading *reading, const char *path, struct diag *diag)
{
	const struct place place = { .file = path };
	const struct intake *intake = reading->intake;

	for (unsigned i = 0; i < COLUMNS; i++) {
		size_t c = 0;

		while (c < intake->columns && !slice_equal(intake->headers[c], slice_of(column_names[i])))
			c++;
		reading->at[i] = c;
		if (c == intake->columns && i != 2 && i != 5)
			return diag_fail(diag, STATUS_INPUT, &place, "missing-column", "decisions have a column %s; use a file that --review wrote",
					 column_names[i]);
	}
	return 0;
}

int decisions_read(struct decisions *decisions, const char *path, const struct intake_options *options, const struct records *records,
		   struct diag *diag)
{
	struct reading reading = { .decisions = decisions, .records = records };
	struct stream stream = { .next = next_batch, .work = split_batch, .after = keep_batch, .context = &reading, .threads = 1 };
	int result = -1;

	*decisions = (struct decisions){ 0 };
	map_init(&reading.keys);
	arena_init(&reading.arena);
	index_records(&reading);
	if (rejects_open(&stream.rejects, NULL, false, diag) == 0 && intake_open(&reading.intake, path, options, diag) == 0 &&
	    find_columns(&reading, path, diag) == 0)
		result = stream_run(&stream, diag);
	intake_free(reading.intake);
	if (stream.rejects)
		rejects_abort(stream.rejects);
	map_release(&reading.keys);
	arena_release(&reading.arena);
	free(reading.record);
	return result;
}

void decisions_release(struct decisions *decisions)
{
	free(decisions->same);
	free(decisions->different);
}
