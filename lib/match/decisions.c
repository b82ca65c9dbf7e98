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
	const struct yesterday *yesterday;
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

static void add_key(struct reading *reading, struct slice key, uint32_t record)
{
	uint32_t number = map_add(&reading->keys, key);

	reading->record = memory_grow(reading->record, &reading->capacity, number + 1, sizeof *reading->record);
	reading->record[number] = record;
}

/* By its id, and by its row as well: what a spreadsheet has done to an id may have to be undone. */
static void index_records(struct reading *reading)
{
	const struct slice none = { NULL, 0 };
	struct origin origin;

	for (size_t i = 0; i < reading->records->count; i++) {
		records_origin(reading->records, i, &origin);
		add_key(reading, key_text(&reading->arena, origin.source, origin.row, none), (uint32_t)i);
		if (origin.id.len)
			add_key(reading, key_text(&reading->arena, origin.source, origin.row, origin.id), (uint32_t)i);
		arena_reset(&reading->arena);
	}
}

/*
 * Whether `damaged` is what a spreadsheet makes of the number `id`: without zeros in front (0012: 12), with zeros after the fifteenth digit, or as
 * a power of ten (4400000000018822: 4.4E+15).
 */
static bool is_damaged_id(struct slice damaged, struct slice id)
{
	size_t e = slice_find_byte(damaged, 'E'), digits = 0;
	uint64_t exponent;

	while (id.len && id.ptr[0] == '0')
		id = slice_skip(id, 1);
	for (size_t i = 0; i < id.len; i++)
		if (id.ptr[i] < '0' || id.ptr[i] > '9')
			return false;
	if (e == damaged.len)
		return slice_equal(damaged, id) || (id.len > 15 && damaged.len == id.len && slice_equal(slice_first(damaged, 15), slice_first(id, 15)));
	if (e + 2 > damaged.len || damaged.ptr[e + 1] != '+' || !slice_to_u64(slice_skip(damaged, e + 2), &exponent) || exponent + 1 != id.len)
		return false;
	/* All its digits but the last, which is rounded, are those of the id. */
	for (size_t i = 0; i < e; i++) {
		if (damaged.ptr[i] == '.')
			continue;
		if (digits >= id.len || (damaged.ptr[i] != id.ptr[digits] && i + 1 < e))
			return false;
		digits++;
	}
	return digits > 0;
}

/* The record of today that the file names, or MAP_NONE. */
static uint32_t find_record(struct reading *reading, struct slice source, struct slice row, struct slice id)
{
	uint32_t key = map_find(&reading->keys, key_text(&reading->arena, source, row, id));
	struct origin origin;

	if (key == MAP_NONE && id.len) {
		key = map_find(&reading->keys, key_text(&reading->arena, source, row, (struct slice){ NULL, 0 }));
		if (key != MAP_NONE)
			records_origin(reading->records, reading->record[key], &origin);
		if (key != MAP_NONE && !is_damaged_id(id, origin.id))
			key = MAP_NONE;
	}
	arena_reset(&reading->arena);
	if (key == MAP_NONE && reading->yesterday) {
		uint32_t old = master_find(reading->yesterday->master, source, row, id);

		return old == MAP_NONE ? MAP_NONE : reading->yesterday->standing[old];
	}
	return key == MAP_NONE ? MAP_NONE : reading->record[key];
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
	static const char *const same[] = { "same", "yes", "y", "1", "true", "match", "是", "同", "相同", "一样", "同一客户", "同一个" };
	static const char *const different[] = { "different", "no", "n", "0", "false", "distinct", "否", "不同", "不是", "不一样", "不同客户", "不相同" };

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
	decisions->all = memory_grow(decisions->all, &decisions->capacity, decisions->count + 1, sizeof *decisions->all);
	decisions->all[decisions->count] = (struct decision){ a < b ? a : b, a < b ? b : a, (uint32_t)decisions->count, same };
	decisions->count++;
}

static int compare_pairs(const struct decision *x, const struct decision *y)
{
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static int compare_decisions(const void *left, const void *right)
{
	const struct decision *x = left, *y = right;
	int order = compare_pairs(x, y);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* Keeps the last decision about each pair, and makes the two lists. */
static void settle_decisions(struct decisions *decisions)
{
	size_t kept = 0;

	if (decisions->count)
		qsort(decisions->all, decisions->count, sizeof *decisions->all, compare_decisions);
	for (size_t i = 0; i < decisions->count; i++) {
		kept -= kept && compare_pairs(&decisions->all[kept - 1], &decisions->all[i]) == 0;
		decisions->all[kept++] = decisions->all[i];
	}
	decisions->count = kept;
	decisions->same = memory_get(kept + 1, sizeof *decisions->same);
	decisions->different = memory_get(kept + 1, sizeof *decisions->different);
	for (size_t i = 0; i < kept; i++) {
		const struct link pair = { decisions->all[i].a, decisions->all[i].b, 0 };

		if (decisions->all[i].same)
			decisions->same[decisions->same_count++] = pair;
		else
			decisions->different[decisions->different_count++] = pair;
	}
}

bool decisions_have(const struct decisions *decisions, uint32_t a, uint32_t b)
{
	size_t low = 0, high = decisions->count;
	const struct decision wanted = { .a = a < b ? a : b, .b = a < b ? b : a };

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_pairs(&decisions->all[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < decisions->count && compare_pairs(&decisions->all[low], &wanted) == 0;
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
		if (says == -1)
			continue;
		a = find_record(reading, cell_at(reading, batch, r, 0), cell_at(reading, batch, r, 1), cell_at(reading, batch, r, 2));
		b = find_record(reading, cell_at(reading, batch, r, 3), cell_at(reading, batch, r, 4), cell_at(reading, batch, r, 5));
		if (a == MAP_NONE || b == MAP_NONE || a == b)
			reading->decisions->unknown++;
		else
			add_decision(reading->decisions, says == 1, a, b);
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

static int read_file(struct reading *reading, const char *path, const struct intake_options *options, struct diag *diag)
{
	struct stream stream = { .next = next_batch, .work = split_batch, .after = keep_batch, .context = reading, .threads = 1 };
	int result = -1;

	reading->intake = NULL;
	if (rejects_open(&stream.rejects, NULL, false, diag) == 0 && intake_open(&reading->intake, path, options, diag) == 0 &&
	    find_columns(reading, path, diag) == 0)
		result = stream_run(&stream, diag);
	intake_free(reading->intake);
	if (stream.rejects)
		rejects_abort(stream.rejects);
	return result;
}

int decisions_read(struct decisions *decisions, const char *const *paths, size_t count, const struct intake_options *options,
		   const struct records *records, const struct yesterday *yesterday, struct diag *diag)
{
	struct reading reading = { .decisions = decisions, .records = records, .yesterday = yesterday };
	int result = 0;

	*decisions = (struct decisions){ 0 };
	map_init(&reading.keys);
	arena_init(&reading.arena);
	if (count)
		index_records(&reading);
	for (size_t i = 0; i < count && result == 0; i++)
		result = read_file(&reading, paths[i], options, diag);
	settle_decisions(decisions);
	map_release(&reading.keys);
	arena_release(&reading.arena);
	free(reading.record);
	return result;
}

void decisions_release(struct decisions *decisions)
{
	free(decisions->all);
	free(decisions->same);
	free(decisions->different);
}
