#include "match/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "match/distance.h"

enum { KEYS_MOST = 60, DEPTH_MOST = 5, WINDOW = 3, TOKENS_PER_ROW = 8, FEW_ROWS = 100000 };

/* What of a value the key is. */
enum part {
	PART_WHOLE,
	PART_BEGIN,    /* first four letters */
	PART_SOUND,
	PART_FIRST,    /* code: first half; date: year and month; e-mail: before the @ */
	PART_LAST,     /* code: second half; date: month and day */
	PART_ENDS,     /* date: year and day */
	PART_LETTERS,  /* names: the letters of the pinyin or the Latin form, sorted: no order, no script */
};

struct key {
	const struct field *field;
	enum part part;
	uint32_t *hashes;   /* per value of the field, 0: no key */
};

/* A row in a block: its key's hash above, its number below, so that sorting brings blocks together in order of rows. */
typedef uint64_t entry;

struct run_keys {
	const struct keys_options *options;
	size_t rows;
	struct key keys[KEYS_MOST];
	unsigned count;
	uint64_t *oversize;   /* per row: bit per key whose block is too large */
	struct pairs *pairs;
	uint64_t budget;      /* entries still to be looked at in splitting */
};

static uint32_t hash32(struct slice s)
{
	uint64_t hash = hash_bytes(s, 1);

	return (uint32_t)(hash >> 32) | 1;
}

static struct slice part_of_date(uint32_t date, enum part part, char out[8])
{
	uint32_t year = date / 10000, month = date / 100 % 100, day = date % 100;
	uint32_t kept = part == PART_FIRST ? year * 100 + month : part == PART_LAST ? month * 100 + day : year * 100 + day;

	memcpy(out, &kept, sizeof kept);
	return (struct slice){ out, sizeof kept };
}

static struct slice part_of_text(struct slice s, enum part part, char out[64])
{
	struct letters letters;

	letters_read(&letters, s);
	if (part == PART_SOUND)
		return (struct slice){ out, sound_code(&letters, 5, out) };
	unsigned len = letters.len < 4 ? letters.len : 4;

	memcpy(out, letters.at, len * sizeof letters.at[0]);
	return (struct slice){ out, len * sizeof letters.at[0] };
}

static int compare_letters(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* A name in whatever order and script: its letters, Chinese ones in pinyin. Of a company the brand. */
static uint32_t hash_of_letters(const struct field *field, uint32_t v)
{
	const struct identity *identity = &field->identities[v];
	struct letters letters;

	letters_read(&letters, identity->han ? identity->sound : field->profile.kind == FIELD_COMPANY ? identity->brand : field->texts[v]);
	if (letters.len < 3)
		return 0;
	for (unsigned i = 0; i < letters.len; i++)
		if (letters.at[i] == '|')
			letters.at[i] = letters.at[--letters.len];
	qsort(letters.at, letters.len, sizeof letters.at[0], compare_letters);
	return hash32((struct slice){ (const char *)letters.at, letters.len * sizeof letters.at[0] });
}

static uint32_t hash_of_part(const struct field *field, uint32_t v, enum part part)
{
	char out[64];
	struct slice s = field->texts[v];
	size_t half = s.len / 2;

	if (part == PART_WHOLE)
		return hash32(s);
	if (part == PART_LETTERS)
		return hash_of_letters(field, v);
	switch (field->profile.kind) {
	case FIELD_DATE:
		return hash32(part_of_date(field->dates[v], part, out));
	case FIELD_EMAIL:
		half = slice_find_byte(s, '@');
		return hash32(part == PART_FIRST ? slice_first(s, half) : slice_skip(s, half));
	case FIELD_CODE:
		if (s.len < 6)
			return 0;
		return hash32(part == PART_FIRST ? slice_first(s, s.len - half) : slice_skip(s, s.len - half));
	default:
		s = part_of_text(s, part, out);
		return s.len >= 2 ? hash32(s) : 0;
	}
}

static void add_key(struct run_keys *run, const struct field *field, enum part part)
{
	if (run->count == KEYS_MOST)
		return;
	struct key *key = &run->keys[run->count++];

	*key = (struct key){ field, part, memory_zero(field->count, sizeof *key->hashes) };
	for (uint32_t v = 1; v < field->count; v++)
		key->hashes[v] = hash_of_part(field, v, part);
}

static void add_keys_of_field(struct run_keys *run, const struct field *field)
{
	switch (field->profile.kind) {
	case FIELD_PERSON:
	case FIELD_COMPANY:
		add_key(run, field, PART_LETTERS);
		break;
	case FIELD_TEXT:
	case FIELD_LONG:
		add_key(run, field, PART_SOUND);
		add_key(run, field, PART_BEGIN);
		break;
	case FIELD_DATE:
		add_key(run, field, PART_ENDS);
		/* fall through */
	case FIELD_EMAIL:
	case FIELD_CODE:
		add_key(run, field, PART_FIRST);
		add_key(run, field, PART_LAST);
		break;
	default:
		break;
	}
	add_key(run, field, PART_WHOLE);
}

static int compare_entries(const void *a, const void *b)
{
	entry x = *(const entry *)a, y = *(const entry *)b;

	return (x > y) - (x < y);
}

/* Sorts by the upper 32 bits; equal ones stay in order. */
static void sort_entries(entry *entries, size_t count, entry *spare)
{
	if (count < 256) {
		qsort(entries, count, sizeof *entries, compare_entries);
		return;
	}
	for (unsigned shift = 32; shift < 64; shift += 8) {
		size_t starts[257] = { 0 };

		for (size_t i = 0; i < count; i++)
			starts[(entries[i] >> shift & 255) + 1]++;
		for (unsigned d = 0; d < 256; d++)
			starts[d + 1] += starts[d];
		for (size_t i = 0; i < count; i++)
			spare[starts[entries[i] >> shift & 255]++] = entries[i];
		memcpy(entries, spare, count * sizeof *entries);
	}
}

static void emit(struct run_keys *run, uint32_t a, uint32_t b)
{
	struct pairs *pairs = run->pairs;

	if (run->options->link_only && run->options->sources[a] == run->options->sources[b])
		return;
	if (pairs->count == pairs->capacity)
		pairs->all = memory_grow(pairs->all, &pairs->capacity, pairs->count + 1, sizeof *pairs->all);
	pairs->all[pairs->count++] = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static void emit_block(struct run_keys *run, const entry *block, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			emit(run, (uint32_t)block[i], (uint32_t)block[j]);
}

/* What can not be split: each row with the few that follow it. */
static void emit_window(struct run_keys *run, const entry *block, size_t count)
{
	run->pairs->hot_blocks++;
	run->pairs->hot_rows += count;
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count && j <= i + WINDOW; j++)
			emit(run, (uint32_t)block[i], (uint32_t)block[j]);
}

static size_t run_length(const entry *entries, size_t count)
{
	size_t n = 1;

	while (n < count && entries[n] >> 32 == entries[0] >> 32)
		n++;
	return n;
}

/* Splits a block that keys[0 .. last] have made by each later key. Rows alone in being too large under a key are looked at. */
static void split_block(struct run_keys *run, const entry *block, size_t count, unsigned last, uint64_t fields, unsigned depth)
{
	entry *part = memory_get(2 * count, sizeof *part), *spare = part + count;
	bool whole = true;

	for (unsigned k = last + 1; k < run->count && run->budget > 0; k++) {
		const struct key *key = &run->keys[k];
		uint64_t field_bit = UINT64_C(1) << (key->field->column & 63);
		size_t n = 0;

		if (fields & field_bit)
			continue;
		for (size_t i = 0; i < count; i++) {
			uint32_t row = (uint32_t)block[i];

			if (run->oversize[row] >> k & 1)
				part[n++] = (entry)key->hashes[key->field->ids[row]] << 32 | row;
		}
		run->budget -= run->budget < n ? run->budget : n;
		sort_entries(part, n, spare);
		for (size_t i = 0, len; i < n; i += len) {
			len = run_length(part + i, n - i);
			if (len < 2)
				continue;
			if (len <= run->options->block_most)
				emit_block(run, part + i, len);
			else if (len < count && depth < DEPTH_MOST)
				split_block(run, part + i, len, k, fields | field_bit, depth + 1);
			else
				continue;
			whole = false;
		}
	}
	/* Deeper down the rows have other ways to meet. */
	if (whole && depth == 1)
		emit_window(run, block, count);
	free(part);
}

/* Blocks of one key: small ones paired, rows of large ones marked. */
static void block_by_key(struct run_keys *run, unsigned k, entry *entries, entry *spare, bool split)
{
	const struct key *key = &run->keys[k];
	size_t n = 0;

	for (size_t row = 0; row < run->rows; row++) {
		uint32_t hash = key->hashes[key->field->ids[row]];

		if (hash && (!split || run->oversize[row] >> k & 1))
			entries[n++] = (entry)hash << 32 | row;
	}
	sort_entries(entries, n, spare);
	for (size_t i = 0, len; i < n; i += len) {
		len = run_length(entries + i, n - i);
		/* A key of a large part of many rows says next to nothing: it only refines others. */
		if (split && (run->rows < FEW_ROWS || len < run->rows / 100))
			split_block(run, entries + i, len, k, UINT64_C(1) << (key->field->column & 63), 1);
		else if (split)
			continue;
		else if (len <= run->options->block_most)
			emit_block(run, entries + i, len);
		else
			for (size_t j = i; j < i + len; j++)
				run->oversize[(uint32_t)entries[j]] |= UINT64_C(1) << k;
	}
}

/* Adds what a row's tokens give: each rare one, and the pair of the two rarest of those that are not rare. */
static size_t token_entries(const struct run_keys *run, const struct field *field, size_t row, entry out[TOKENS_PER_ROW + 1])
{
	uint32_t v = field->ids[row], first = MAP_NONE, second = MAP_NONE;
	size_t count = 0;

	for (uint32_t t = field->token_begin[v]; t < field->token_begin[v + 1]; t++) {
		uint32_t token = field->tokens[t], rows = field->token_rows[token];

		if (rows < 2)
			continue;
		if (rows <= run->options->block_most) {
			if (count < TOKENS_PER_ROW)
				out[count++] = hash_mix(token, 1) << 32 | row;
		} else if (first == MAP_NONE || rows < field->token_rows[first]) {
			second = first;
			first = token;
		} else if (second == MAP_NONE || rows < field->token_rows[second]) {
			second = token;
		}
	}
	if (second != MAP_NONE)
		out[count++] = hash_mix(first < second ? first : second, 2 + (uint64_t)(first < second ? second : first)) << 32 | row;
	return count;
}

/* Rows that share a rare word, or their two rarest words. */
static void block_by_tokens(struct run_keys *run, const struct field *field)
{
	size_t count = 0, capacity = 0;
	entry *entries = NULL, *spare;

	for (size_t row = 0; row < run->rows; row++) {
		entries = memory_grow(entries, &capacity, count + TOKENS_PER_ROW + 1, sizeof *entries);
		count += token_entries(run, field, row, entries + count);
	}
	spare = memory_get(count + 1, sizeof *spare);
	sort_entries(entries, count, spare);
	for (size_t i = 0, len; i < count; i += len) {
		len = run_length(entries + i, count - i);
		if (len > 1 && len <= run->options->block_most)
			emit_block(run, entries + i, len);
	}
	free(spare);
	free(entries);
}

static void unique_pairs(struct pairs *pairs)
{
	size_t kept = 0;
	uint64_t *spare = memory_get(pairs->count + 1, sizeof *spare);

	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t starts[257] = { 0 };

		for (size_t i = 0; i < pairs->count; i++)
			starts[(pairs->all[i] >> shift & 255) + 1]++;
		if (starts[1] == pairs->count)
			continue;
		for (unsigned d = 0; d < 256; d++)
			starts[d + 1] += starts[d];
		for (size_t i = 0; i < pairs->count; i++)
			spare[starts[pairs->all[i] >> shift & 255]++] = pairs->all[i];
		uint64_t *sorted = spare;

		memcpy(pairs->all, sorted, pairs->count * sizeof *sorted);
	}
	free(spare);
	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->all[i] >> 32 != (pairs->all[i] & UINT32_MAX) && (kept == 0 || pairs->all[kept - 1] != pairs->all[i]))
			pairs->all[kept++] = pairs->all[i];
	pairs->count = kept;
}

static void block_rows(struct run_keys *run, const struct fields *fields)
{
	entry *entries = memory_get(2 * run->rows + 1, sizeof *entries), *spare = entries + run->rows;

	run->oversize = memory_zero(run->rows, sizeof *run->oversize);
	for (unsigned i = 0; i < fields->count; i++)
		add_keys_of_field(run, &fields->all[i]);
	for (unsigned k = 0; k < run->count; k++)
		block_by_key(run, k, entries, spare, false);
	for (unsigned k = 0; k < run->count; k++)
		block_by_key(run, k, entries, spare, true);
	for (unsigned i = 0; i < fields->count; i++)
		if (fields->all[i].token_begin && (fields->all[i].profile.kind == FIELD_CODE || fields->all[i].profile.words > 1.05))
			block_by_tokens(run, &fields->all[i]);
	for (unsigned k = 0; k < run->count; k++)
		free(run->keys[k].hashes);
	free(run->oversize);
	free(entries);
}

void keys_find_pairs(const struct fields *fields, size_t rows, const struct keys_options *options, struct pairs *pairs)
{
	struct run_keys run = { .options = options, .rows = rows, .pairs = pairs, .budget = 600 * (uint64_t)rows };

	*pairs = (struct pairs){ .complete = rows * (rows - (rows > 0)) / 2 <= options->all_most };
	if (pairs->complete) {
		for (size_t a = 0; a < rows; a++)
			for (size_t b = a + 1; b < rows; b++)
				emit(&run, (uint32_t)a, (uint32_t)b);
		return;
	}
	block_rows(&run, fields);
	unique_pairs(pairs);
}

void pairs_release(struct pairs *pairs)
{
	free(pairs->all);
	*pairs = (struct pairs){ 0 };
}
