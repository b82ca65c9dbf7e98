#include "match/keys.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "match/distance.h"

enum { KEYS_MOST = 60, DEPTH_MOST = 5, WINDOW = 3, TOKENS_PER_ROW = 8, FEW_ROWS = 100000, BUDGET = 40 };

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
	uint64_t budget;      /* entries still to be looked at in splitting the blocks of a key */
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
				__atomic_fetch_or(&run->oversize[(uint32_t)entries[j]], UINT64_C(1) << k, __ATOMIC_RELAXED);
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

/* One piece of the work: a key's blocks, their splitting, or the words of a field; with what it finds. */
struct piece {
	struct run_keys run;
	struct pairs pairs;
};

struct work {
	const struct run_keys *run;
	const struct fields *fields;
	struct piece *pieces;      /* of the splits and words, after those of the keys */
	size_t count;
};

static int block_piece(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct work *work = context;
	struct piece *piece = &work->pieces[index];
	unsigned keys = work->run->count, k = (unsigned)index % keys;
	entry *entries = memory_get(2 * work->run->rows + 1, sizeof *entries);

	(void)worker;
	(void)diag;
	piece->run = *work->run;
	piece->run.pairs = &piece->pairs;
	block_by_key(&piece->run, k, entries, entries + work->run->rows, index >= keys);
	free(entries);
	return 0;
}

static int split_piece(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct work *work = context;
	const struct field *field;
	struct piece *piece = &work->pieces[work->run->count + index];

	if (index < work->run->count)
		return block_piece(context, work->run->count + index, worker, diag);
	field = &work->fields->all[index - work->run->count];
	piece->run = *work->run;
	piece->run.pairs = &piece->pairs;
	if (field->token_begin && (field->profile.kind == FIELD_CODE || field->profile.words > 1.05))
		block_by_tokens(&piece->run, field);
	return 0;
}

/* Pairs brought into parts by their first row, so that each part can be sorted alone. */
enum { PARTS = 64 };

struct parting {
	uint64_t *pairs, *spare;
	size_t begin[PARTS + 1], kept[PARTS];
};

/* Sorts a part and drops what is there twice. */
static int sort_part(void *context, size_t part, unsigned worker, struct diag *diag)
{
	struct parting *parting = context;
	size_t count = parting->begin[part + 1] - parting->begin[part], kept = 0;
	uint64_t *pairs = parting->pairs + parting->begin[part], *spare = parting->spare + parting->begin[part];

	(void)worker;
	(void)diag;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t starts[257] = { 0 };

		for (size_t i = 0; i < count; i++)
			starts[(pairs[i] >> shift & 255) + 1]++;
		if (count == 0 || starts[(pairs[0] >> shift & 255) + 1] == count)
			continue;
		for (unsigned d = 0; d < 256; d++)
			starts[d + 1] += starts[d];
		for (size_t i = 0; i < count; i++)
			spare[starts[pairs[i] >> shift & 255]++] = pairs[i];
		memcpy(pairs, spare, count * sizeof *pairs);
	}
	for (size_t i = 0; i < count; i++)
		if (pairs[i] >> 32 != (pairs[i] & UINT32_MAX) && (kept == 0 || pairs[kept - 1] != pairs[i]))
			pairs[kept++] = pairs[i];
	parting->kept[part] = kept;
	return 0;
}

static size_t part_of(uint64_t pair, size_t rows)
{
	return (size_t)(pair >> 32) * PARTS / rows;
}

/* All pieces' pairs into one array, ascending, each once. */
static int unite_pairs(const struct work *work, struct pairs *pairs, unsigned threads, struct diag *diag)
{
	struct parting parting = { .pairs = NULL };
	size_t total = 0, fill[PARTS], rows = work->run->rows;
	int result;

	for (size_t p = 0; p < work->count; p++) {
		const struct pairs *found = &work->pieces[p].pairs;

		total += found->count;
		pairs->hot_blocks += found->hot_blocks;
		pairs->hot_rows += found->hot_rows;
		for (size_t i = 0; i < found->count; i++)
			parting.begin[part_of(found->all[i], rows) + 1]++;
	}
	for (unsigned part = 0; part < PARTS; part++) {
		parting.begin[part + 1] += parting.begin[part];
		fill[part] = parting.begin[part];
	}
	parting.pairs = memory_get(total + 1, sizeof *parting.pairs);
	parting.spare = memory_get(total + 1, sizeof *parting.spare);
	for (size_t p = 0; p < work->count; p++) {
		struct pairs *found = &work->pieces[p].pairs;

		for (size_t i = 0; i < found->count; i++)
			parting.pairs[fill[part_of(found->all[i], rows)]++] = found->all[i];
		pairs_release(found);
	}
	result = pool_each(sort_part, &parting, PARTS, threads, diag);
	for (unsigned part = 0; part < PARTS; part++) {
		memmove(parting.pairs + pairs->count, parting.pairs + parting.begin[part], parting.kept[part] * sizeof *parting.pairs);
		pairs->count += parting.kept[part];
	}
	free(parting.spare);
	pairs->all = memory_resize(parting.pairs, pairs->count + 1, sizeof *parting.pairs);
	return result;
}

static int block_rows(struct run_keys *run, const struct fields *fields, unsigned threads, struct diag *diag)
{
	struct work work = { .run = run, .fields = fields };
	int result;

	run->oversize = memory_zero(run->rows, sizeof *run->oversize);
	for (unsigned i = 0; i < fields->count; i++)
		add_keys_of_field(run, &fields->all[i]);
	work.count = 2 * (size_t)run->count + fields->count;
	work.pieces = memory_zero(work.count + 1, sizeof *work.pieces);
	/* What is too large must be known of all keys before any is split. */
	result = pool_each(block_piece, &work, run->count, threads, diag);
	if (result == 0)
		result = pool_each(split_piece, &work, run->count + fields->count, threads, diag);
	if (result == 0)
		result = unite_pairs(&work, run->pairs, threads, diag);
	for (unsigned k = 0; k < run->count; k++)
		free(run->keys[k].hashes);
	free(run->oversize);
	free(work.pieces);
	return result;
}

int keys_find_pairs(const struct fields *fields, size_t rows, const struct keys_options *options, struct pairs *pairs, struct diag *diag)
{
	struct run_keys run = { .options = options, .rows = rows, .pairs = pairs, .budget = BUDGET * (uint64_t)rows };

	*pairs = (struct pairs){ .complete = rows * (rows - (rows > 0)) / 2 <= options->all_most };
	if (!pairs->complete)
		return block_rows(&run, fields, options->threads, diag);
	for (size_t a = 0; a < rows; a++)
		for (size_t b = a + 1; b < rows; b++)
			emit(&run, (uint32_t)a, (uint32_t)b);
	return 0;
}

void pairs_release(struct pairs *pairs)
{
	free(pairs->all);
	*pairs = (struct pairs){ 0 };
}
