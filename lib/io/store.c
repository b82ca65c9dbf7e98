/*
 * A record is one run of bytes: where it came from (source number, row, lines more than rows), then for each cell, those of the first columns
 * first, a number, four times a length or the number of a word, plus what it is:
 *   CELL_TEXT     its bytes follow, which are its raw text, too
 *   CELL_RAW      its bytes follow, then its raw text: the length plus one, 0 for an absent JSON member, and the bytes
 *   CELL_WORD     a word of the column's dictionary, which holds short texts that come again and again
 *   CELL_QUOTED   its bytes follow in quotes, and with these they are its raw text
 * Numbers are LEB128. Records fill blocks, which are in files when there are too many (vast.h). `where` is block number and offset.
 */
#include "io/store.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "io/json.h"
#include "io/vast.h"

/* Of a record of many columns the places of every so-manieth cell are kept, so that a cell is found without a walk over all. */
enum { BLOCK_BYTES = 4 << 20, MARK_COLUMNS = 32 };

enum { CELL_TEXT, CELL_RAW, CELL_WORD, CELL_QUOTED };

/*
 * Dictionaries: of the first so many columns, of so many words of so many bytes; one that finds less than half of so many cells is used no more.
 * With WORDS_MOST a number of a word takes two bytes at most.
 */
enum { WORD_COLUMNS = 256, WORDS_MOST = 4096, WORD_SHORTEST = 2, WORD_LONGEST = 64, WORD_TRIES = 1024 };

struct words {
	struct map map;
	unsigned tried, found;
	bool off;
};

struct store {
	size_t columns;
	size_t *order, *position;  /* the column that stands at a position, and the position of a column */
	size_t memory;
	enum form form;
	char delimiter;
	struct vast *vast;
	char **blocks;
	size_t block_count, block_capacity;
	size_t length, room;       /* of the last block */
	uint64_t *where;
	size_t count, capacity;
	uint32_t *marks;           /* per record marks_of: bytes from its start, 0 where that is too far */
	size_t mark_capacity;
	struct buf record;         /* being made */
	struct buf scratch;
	struct words *words;       /* per column, up to WORD_COLUMNS */
	size_t word_columns;
	size_t word_bytes;         /* held by all of them, about */
	struct map sources;
	char **names;              /* of sources, ended by NUL */
	size_t name_capacity;
};

struct store *store_new(size_t columns, size_t memory, const char *tmpdir)
{
	struct store *store = memory_zero(1, sizeof *store);

	store->columns = columns;
	store->order = memory_get(columns + 1, sizeof *store->order);
	store->position = memory_get(columns + 1, sizeof *store->position);
	for (size_t c = 0; c < columns; c++)
		store->order[c] = store->position[c] = c;
	store->memory = memory;
	store->vast = vast_new(memory, memory < SIZE_MAX / 2 ? 2 * memory : memory, tmpdir);
	buf_init(&store->record, BUF_UNLIMITED);
	buf_init(&store->scratch, BUF_UNLIMITED);
	map_init(&store->sources);
	store->word_columns = columns < WORD_COLUMNS ? columns : WORD_COLUMNS;
	store->words = memory_zero(store->word_columns + 1, sizeof *store->words);
	return store;
}

void store_put_first(struct store *store, const size_t *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t column = columns[i], from = store->position[column];

		memmove(&store->order[i + 1], &store->order[i], (from - i) * sizeof *store->order);
		store->order[i] = column;
		for (size_t p = i; p <= from; p++)
			store->position[store->order[p]] = p;
	}
}

void store_free(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->block_count; i++)
		vast_drop(store->blocks[i]);
	for (size_t i = 0; i < store->sources.count; i++)
		free(store->names[i]);
	for (size_t c = 0; c < store->word_columns; c++)
		map_release(&store->words[c].map);
	free(store->order);
	free(store->position);
	free(store->words);
	free(store->blocks);
	free(store->where);
	free(store->marks);
	free(store->names);
	vast_free(store->vast);
	buf_release(&store->record);
	buf_release(&store->scratch);
	map_release(&store->sources);
	free(store);
}

/* --- encoding --- */

static void put_number(struct buf *out, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		buf_add_byte(out, (char)(number | 0x80));
	buf_add_byte(out, (char)number);
}

static uint64_t get_number(const char **at)
{
	uint64_t number = 0;

	for (unsigned shift = 0;; shift += 7) {
		unsigned char byte = (unsigned char)*(*at)++;

		number |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return number;
	}
}

static uint32_t source_number(struct store *store, const char *source)
{
	uint32_t number = map_add(&store->sources, slice_of(source));

	if (number >= store->name_capacity) {
		size_t before = store->name_capacity;

		store->names = memory_grow(store->names, &store->name_capacity, number + 1, sizeof *store->names);
		memset(store->names + before, 0, (store->name_capacity - before) * sizeof *store->names); /* until store_seal */
	}
	return number;
}

static bool differs(struct slice raw, struct slice value)
{
	return raw.len != value.len || (raw.ptr != value.ptr && !slice_equal(raw, value)) || !raw.ptr != !value.ptr;
}

/* Whether the value is a word of the column's dictionary, or has become one: its number. */
static bool find_word(struct store *store, size_t column, struct slice value, uint32_t *number)
{
	struct words *words = column < store->word_columns ? &store->words[column] : NULL;

	if (!words || words->off || value.len < WORD_SHORTEST || value.len > WORD_LONGEST)
		return false;
	if (!words->map.slots)
		map_init(&words->map);
	if (++words->tried % WORD_TRIES == 0) {
		words->off = words->found * 2 < WORD_TRIES;
		words->found = 0;
	}
	*number = map_find(&words->map, value);
	if (*number != MAP_NONE) {
		words->found++;
		return true;
	}
	if (words->map.count == WORDS_MOST || store->word_bytes > store->memory / 16)
		return false;
	store->word_bytes += value.len + 2 * sizeof value;
	*number = map_add(&words->map, value);
	return true;
}

static bool is_quoted(struct slice raw, struct slice value)
{
	return raw.len == value.len + 2 && raw.ptr[0] == '"' && raw.ptr[raw.len - 1] == '"' &&
	       slice_equal(slice_first(slice_skip(raw, 1), value.len), value);
}

static void put_cell(struct store *store, size_t column, struct slice value, struct slice raw, bool with_raw)
{
	struct buf *out = &store->record;
	uint64_t head = (uint64_t)value.len << 2;
	uint32_t word;

	with_raw = with_raw && (!raw.ptr || differs(raw, value)); /* a value is never read back as absent */
	if (with_raw && raw.ptr && is_quoted(raw, value)) {
		put_number(out, head | CELL_QUOTED);
		buf_add(out, raw);
	} else if (with_raw) {
		put_number(out, head | CELL_RAW);
		buf_add(out, value);
		put_number(out, raw.ptr ? raw.len + 1 : 0);
		buf_add(out, raw);
	} else if (find_word(store, column, value, &word)) {
		put_number(out, (uint64_t)word << 2 | CELL_WORD);
	} else {
		put_number(out, head | CELL_TEXT);
		buf_add(out, value);
	}
}

/* How a value would have stood in the store's form, for a record of an input of another form. */
static struct slice raw_of_value(struct store *store, struct slice value)
{
	buf_clear(&store->scratch);
	if (store->form == FORM_JSON)
		json_write_string(&store->scratch, value);
	else
		rows_csv_cell(&store->scratch, value, store->delimiter);
	return buf_slice(&store->scratch);
}

static size_t marks_of(const struct store *store)
{
	return store->columns ? (store->columns - 1) / MARK_COLUMNS : 0;
}

static void put_mark(struct store *store, size_t position, size_t offset)
{
	size_t at = store->count * marks_of(store) + position / MARK_COLUMNS - 1;

	store->marks = memory_grow(store->marks, &store->mark_capacity, at + 1, sizeof *store->marks);
	store->marks[at] = offset <= UINT32_MAX ? (uint32_t)offset : 0;
}

static void put_record(struct store *store, const struct batch *batch, size_t r)
{
	const struct record *record = &batch->records[r];
	bool same = store->form == batch->form && store->delimiter == batch->delimiter;

	put_number(&store->record, source_number(store, batch->source));
	put_number(&store->record, record->row);
	put_number(&store->record, record->line - record->row); /* where it is less, this comes round to it again */
	for (size_t p = 0; p < store->columns; p++) {
		size_t c = store->order[p];
		struct slice value = batch_cell(batch, r, c);

		if (p && p % MARK_COLUMNS == 0)
			put_mark(store, p, store->record.len);
		if (same || store->form == FORM_VALUE)
			put_cell(store, c, value, batch_raw_cell(batch, r, c), same && record->raw_cells != NULL);
		else
			put_cell(store, c, value, raw_of_value(store, value), true);
	}
}

/* --- keeping --- */

/* The record into the last block, or a new one. */
static void add_to_block(struct store *store)
{
	size_t length = store->record.len;

	if (store->length + length > store->room) {
		store->room = length > BLOCK_BYTES ? length : BLOCK_BYTES;
		store->length = 0;
		store->blocks = memory_grow(store->blocks, &store->block_capacity, store->block_count + 1, sizeof *store->blocks);
		store->blocks[store->block_count++] = vast_get(store->vast, store->room, 1);
	}
	store->where[store->count] = (uint64_t)(store->block_count - 1) << 32 | store->length;
	memcpy(store->blocks[store->block_count - 1] + store->length, store->record.ptr, length);
	store->length += length;
	buf_clear(&store->record);
}

int store_add(struct store *store, const struct batch *batch, size_t r, struct diag *diag)
{
	size_t blocks = store->block_count;

	if (store->count == 0) {
		store->form = batch->form;
		store->delimiter = batch->delimiter;
	}
	store->where = memory_grow(store->where, &store->capacity, store->count + 1, sizeof *store->where);
	put_record(store, batch, r);
	add_to_block(store);
	store->count++;
	return store->block_count > blocks ? vast_check(store->vast, diag) : 0;
}

static void name_sources(struct store *store)
{
	for (size_t i = 0; i < store->sources.count; i++) {
		struct slice name = store->sources.keys[i];

		store->names[i] = memory_get(name.len + 1, 1);
		memcpy(store->names[i], name.ptr, name.len);
		store->names[i][name.len] = '\0';
	}
}

int store_seal(struct store *store, struct diag *diag)
{
	name_sources(store);
	return vast_check(store->vast, diag);
}

/* --- reading --- */

static const char *record_at(const struct store *store, uint64_t number)
{
	uint64_t where = store->where[number];

	return store->blocks[where >> 32] + (uint32_t)where;
}

static struct store_origin get_origin(const struct store *store, const char **at)
{
	struct store_origin origin;

	origin.source = store->names[get_number(at)];
	origin.row = get_number(at);
	origin.line = origin.row + get_number(at);
	return origin;
}

static void get_cell(const struct store *store, size_t column, const char **at, struct slice *value, struct slice *raw)
{
	uint64_t head = get_number(at), number = head >> 2;

	if ((head & 3) == CELL_WORD) {
		*value = *raw = store->words[column].map.keys[number];
		return;
	}
	*raw = *value = (struct slice){ *at, number };
	if ((head & 3) == CELL_QUOTED) {
		value->ptr++;
		raw->len += 2;
	}
	*at += raw->len;
	if ((head & 3) == CELL_RAW) {
		uint64_t length = get_number(at);

		*raw = (struct slice){ length ? *at : NULL, length ? length - 1 : 0 };
		*at += raw->len;
	}
}

size_t store_filed(const struct store *store)
{
	return vast_filed(store->vast);
}

uint64_t store_count(const struct store *store)
{
	return store->count;
}

struct store_origin store_origin(const struct store *store, uint64_t number)
{
	const char *at = record_at(store, number);

	return get_origin(store, &at);
}

void store_get(const struct store *store, uint64_t number, struct slice *values, struct slice *raws)
{
	const char *at = record_at(store, number);

	get_origin(store, &at);
	for (size_t p = 0; p < store->columns; p++) {
		size_t c = store->order[p];
		struct slice raw;

		get_cell(store, c, &at, &values[c], &raw);
		if (raws)
			raws[c] = raw;
	}
}

struct slice store_cell(const struct store *store, uint64_t number, size_t column)
{
	const char *at = record_at(store, number);
	struct slice value = { NULL, 0 }, raw;
	size_t position = store->position[column], from = position / MARK_COLUMNS;
	uint32_t mark = from ? store->marks[number * marks_of(store) + from - 1] : 0;

	if (mark)
		at += mark;
	else
		get_origin(store, &at);
	for (size_t p = mark ? from * MARK_COLUMNS : 0; p <= position; p++)
		get_cell(store, store->order[p], &at, &value, &raw);
	return value;
}

void store_write(const struct store *store, uint64_t number, struct rows *rows, struct slice *scratch)
{
	store_get(store, number, scratch, scratch + store->columns);
	for (size_t c = 0; c < store->columns; c++)
		rows_raw_cell(rows, scratch[c], scratch[store->columns + c], store->form, store->delimiter);
}

enum form store_form(const struct store *store)
{
	return store->form;
}

char store_delimiter(const struct store *store)
{
	return store->delimiter;
}
