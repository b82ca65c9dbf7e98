#include "match/keys.h"

#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "match/distance.h"

enum { FEW_NUMBERS = 48, KEYS_MOST = 60, DEPTH_MOST = 5, WINDOW = 3, TOKENS_PER_ROW = 8, FEW_ROWS = 100000, BUDGET = 40 };
enum { PARTS = 64, RANGES = 256, FLUSH = 16384, ROW_CHUNK = 65536, AHEAD = 16, SEEN_MOST = 1 << 17 };

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
	unsigned number;    /* of the field */
	enum part part;
	uint32_t *hashes;   /* per value of the field, 0: no key; once the blocks are known the number of its large block, or 0, until run->large has it */
	uint32_t *sizes;    /* per large block, from number 1 on: rows */
	uint32_t *large_hashes; /* and its hash, ascending */
	size_t large, capacity;
};

/* Pairs as they are found, brought into parts by their first row, so that each part can be sorted alone. Shared by the threads. */
struct parting {
	struct vast *vast;
	struct portion {
		pthread_mutex_t lock;
		uint64_t *pairs;
		size_t count, capacity;
	} parts[PARTS];
};

/* A row in a block: its key's hash above, its number below, so that sorting brings blocks together in order of rows. */
typedef uint64_t entry;

struct run_keys {
	const struct fields *fields;
	const struct keys_options *options;
	size_t rows;
	struct key *keys;
	unsigned count;
	/*
	 * Per row: a bit per key whose block is too large, and where in `large` the numbers of these blocks are, in the order of keys: all that
	 * splitting needs of a row stands together.
	 */
	uint64_t *oversize;
	uint32_t *large_begin;
	uint32_t **large;       /* per ROW_CHUNK rows */
	struct parting *parting;
	struct pairs *pairs;    /* found by one piece of work, on their way to `parting` */
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
	const struct identity identity = field_identity(field, v);
	struct letters letters;

	letters_read(&letters, identity.han ? identity.sound : field->profile.kind == FIELD_COMPANY ? identity.brand : field_text(field, v));
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
	struct slice s = field_text(field, v);
	size_t half = s.len / 2;

	if (part == PART_WHOLE)
		return hash32(s);
	if (part == PART_LETTERS)
		return hash_of_letters(field, v);
	switch (field->profile.kind) {
	case FIELD_DATE:
		return hash32(part_of_date(field->digits[v], part, out));
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

static void add_key(struct run_keys *run, unsigned number, enum part part)
{
	const struct field *field = &run->fields->all[number];

	if (run->count == KEYS_MOST)
		return;
	struct key *key = &run->keys[run->count++];

	*key = (struct key){ .field = field, .number = number, .part = part };
}

static void hash_values(struct key *key)
{
	key->hashes = vast_get(key->field->vast, key->field->count, sizeof *key->hashes);
	for (uint32_t v = 1; v < key->field->count; v++)
		key->hashes[v] = hash_of_part(key->field, v, key->part);
}

static void add_keys_of_field(struct run_keys *run, unsigned field)
{
	switch (run->fields->all[field].profile.kind) {
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

static void sort_few(uint64_t *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t number = numbers[i];
		size_t at = i;

		for (; at > 0 && numbers[at - 1] > number; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = number;
	}
}

/* Sorts numbers whose lower `low` bits are in order already, for equal upper ones: by bytes, from the lowest. Bytes that all have in common are skipped. */
static void sort_numbers(uint64_t *numbers, size_t count, uint64_t *spare, unsigned low)
{
	uint64_t *from = numbers, *to = spare, differing = 0;

	if (count < FEW_NUMBERS) {
		sort_few(numbers, count);
		return;
	}
	for (size_t i = 1; i < count; i++)
		differing |= numbers[i] ^ numbers[0];
	for (unsigned shift = low; shift < 64; shift += 8) {
		size_t starts[257] = { 0 };

		if ((differing >> shift & 255) == 0)
			continue;
		for (size_t i = 0; i < count; i++)
			starts[(from[i] >> shift & 255) + 1]++;
		for (unsigned d = 0; d < 256; d++)
			starts[d + 1] += starts[d];
		for (size_t i = 0; i < count; i++)
			to[starts[from[i] >> shift & 255]++] = from[i];
		from = to;
		to = from == numbers ? spare : numbers;
	}
	if (from != numbers)
		memcpy(numbers, from, count * sizeof *numbers);
}

/* Sorts by the upper 32 bits; equal ones stay in order. */
static void sort_entries(entry *entries, size_t count, entry *spare)
{
	sort_numbers(entries, count, spare, 32);
}

/* Keeps those entries, in order, whose number others have, too, as far as a small table tells: most are alone, and need not be sorted. */
static size_t drop_alone(entry *entries, size_t count)
{
	uint64_t once[SEEN_MOST / 64], twice[SEEN_MOST / 64];
	unsigned bits = 6;
	size_t kept = 0;

	while (1U << bits < SEEN_MOST && 1U << bits < 4 * count)
		bits++;
	memset(once, 0, (1U << bits) / 8);
	memset(twice, 0, (1U << bits) / 8);
	for (size_t i = 0; i < count; i++) {
		uint32_t at = (uint32_t)(entries[i] >> 32) * 0x9E3779B1U >> (32 - bits);
		uint64_t bit = UINT64_C(1) << at % 64;

		twice[at / 64] |= once[at / 64] & bit;
		once[at / 64] |= bit;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t at = (uint32_t)(entries[i] >> 32) * 0x9E3779B1U >> (32 - bits);

		entries[kept] = entries[i];
		kept += twice[at / 64] >> at % 64 & 1;
	}
	return kept;
}

static void emit(struct run_keys *run, uint32_t a, uint32_t b)
{
	struct pairs *pairs = run->pairs;

	if (run->options->link_only && run->options->sources[a] == run->options->sources[b])
		return;
	if (run->options->fresh && !run->options->fresh[a] && !run->options->fresh[b])
		return;
	if (pairs->count == pairs->capacity)
		pairs->all = vast_grow(run->options->vast, pairs->all, &pairs->capacity, pairs->count + 1, sizeof *pairs->all);
	pairs->all[pairs->count++] = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static size_t part_of(uint64_t pair, size_t rows)
{
	return (size_t)(pair >> 32) * PARTS / rows;
}

static void add_to_part(struct parting *parting, struct portion *part, const uint64_t *pairs, size_t count)
{
	pthread_mutex_lock(&part->lock);
	part->pairs = vast_grow(parting->vast, part->pairs, &part->capacity, part->count + count, sizeof *pairs);
	memcpy(part->pairs + part->count, pairs, count * sizeof *pairs);
	part->count += count;
	pthread_mutex_unlock(&part->lock);
}

/* Hands the pairs found so far over to their parts. */
static void flush_pairs(struct run_keys *run)
{
	struct pairs *pairs = run->pairs;
	uint64_t *ordered = memory_get(pairs->count + 1, sizeof *ordered);
	size_t end[PARTS + 1] = { 0 };

	for (size_t i = 0; i < pairs->count; i++)
		end[part_of(pairs->all[i], run->rows) + 1]++;
	for (unsigned p = 0; p < PARTS; p++)
		end[p + 1] += end[p];
	for (size_t i = 0; i < pairs->count; i++)
		ordered[end[part_of(pairs->all[i], run->rows)]++] = pairs->all[i];
	for (size_t p = 0, begin = 0; p < PARTS; begin = end[p++])
		if (end[p] > begin)
			add_to_part(run->parting, &run->parting->parts[p], ordered + begin, end[p] - begin);
	pairs->count = 0;
	free(ordered);
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

static unsigned bits_set(uint64_t x)
{
	x -= x >> 1 & UINT64_C(0x5555555555555555);
	x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
	return (unsigned)(((x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f)) * UINT64_C(0x0101010101010101) >> 56);
}

static const uint32_t *large_of_row(const struct run_keys *run, size_t row)
{
	return run->large[row / ROW_CHUNK] + run->large_begin[row];
}

/* The number of the large block of key k that a row is in. */
static uint32_t large_of_key(const struct run_keys *run, uint32_t row, unsigned k)
{
	return large_of_row(run, row)[bits_set(run->oversize[row] & ((UINT64_C(1) << k) - 1))];
}

/*
 * Whether two rows share so much more, by keys after `last` of other fields, that `expected` rows by chance become less than chance_most, were
 * fields independent. Of each field the rarest large block that both are in counts.
 */
static bool share_enough(const struct run_keys *run, uint32_t a, uint32_t b, unsigned last, uint64_t fields, double expected)
{
	const uint32_t *in_a = large_of_row(run, a), *in_b = large_of_row(run, b);
	double rarest = 1;
	unsigned field = UINT_MAX;

	for (uint64_t both = run->oversize[a] & run->oversize[b] & ~((UINT64_C(2) << last) - 1); both; both &= both - 1) {
		uint64_t before = (both & -both) - 1;
		const struct key *key = &run->keys[__builtin_ctzll(both)];
		uint32_t block = in_a[bits_set(run->oversize[a] & before)];

		if (fields >> (key->field->column & 63) & 1 || block != in_b[bits_set(run->oversize[b] & before)])
			continue;
		if (key->number != field) {
			expected *= rarest;
			rarest = 1;
			field = key->number;
		}
		rarest = fmin(rarest, key->sizes[block] / (double)run->rows);
	}
	return expected * rarest < run->options->chance_most;
}

/* Of sorted pairs each once, and none of a row with itself; returns how many that are. */
static size_t drop_repeated(uint64_t *pairs, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (pair_first(pairs[i]) != pair_second(pairs[i]) && (kept == 0 || pairs[kept - 1] != pairs[i]))
			pairs[kept++] = pairs[i];
	return kept;
}

/* Of a block that chance could have made the pairs that share more than it. */
static void emit_telling(struct run_keys *run, const entry *block, size_t count, unsigned last, uint64_t fields, double expected)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			if (share_enough(run, (uint32_t)block[i], (uint32_t)block[j], last, fields, expected))
				emit(run, (uint32_t)block[i], (uint32_t)block[j]);
}

/* The large blocks of a block's rows under each of some keys, all after `last`. */
struct gathered {
	entry *entries, *spare;
	size_t begin[KEYS_MOST + 1];   /* per key, and the end */
};

/* Row by row, since what is known of a row stands together. */
static void gather_blocks(const struct run_keys *run, const entry *block, size_t count, unsigned last, uint64_t wanted, struct gathered *gathered)
{
	const uint64_t before = (UINT64_C(2) << last) - 1;
	size_t next[KEYS_MOST + 1] = { 0 };

	for (size_t i = 0; i < count + AHEAD; i++) {
		if (i < count) {
			__builtin_prefetch(&run->oversize[(uint32_t)block[i]]);
			__builtin_prefetch(&run->large_begin[(uint32_t)block[i]]);
		}
		if (i < AHEAD)
			continue;
		__builtin_prefetch(large_of_row(run, (uint32_t)block[i - AHEAD]));
		for (uint64_t in = run->oversize[(uint32_t)block[i - AHEAD]] & wanted; in; in &= in - 1)
			next[__builtin_ctzll(in) + 1]++;
	}
	for (unsigned k = 0; k < KEYS_MOST; k++)
		next[k + 1] += next[k];
	memcpy(gathered->begin, next, sizeof next);
	gathered->entries = memory_get(next[KEYS_MOST] + count + 1, sizeof *gathered->entries);
	gathered->spare = gathered->entries + next[KEYS_MOST];
	for (size_t i = 0; i < count; i++) {
		uint32_t row = (uint32_t)block[i];
		const uint32_t *number = large_of_row(run, row) + bits_set(run->oversize[row] & before);

		for (uint64_t in = run->oversize[row] & ~before; in; in &= in - 1, number++)
			if (wanted & in & -in)
				gathered->entries[next[__builtin_ctzll(in)]++] = (entry)*number << 32 | row;
	}
}

static uint64_t field_bit(const struct key *key)
{
	return UINT64_C(1) << (key->field->column & 63);
}

static void split_block(struct run_keys *run, const entry *block, size_t count, unsigned last, uint64_t fields, unsigned depth);

/*
 * What the rows of a block of `count`, made by keys of `fields`, are in under the later key k: whether that has made any pairs. `part` is sorted.
 */
static bool split_by_key(struct run_keys *run, entry *part, size_t n, size_t count, unsigned k, uint64_t fields, unsigned depth)
{
	const double chance = (double)count / (double)run->rows;
	bool any = false;

	for (size_t i = 0, len; i < n; i += len) {
		len = run_length(part + i, n - i);
		if (len < 2)
			continue;
		/* Rows of the other block that would be in this one by chance. */
		double expected = chance * run->keys[k].sizes[part[i] >> 32];

		if (len <= run->options->block_most && expected >= run->options->chance_most)
			emit_telling(run, part + i, len, k, fields, expected);
		else if (len <= run->options->block_most)
			emit_block(run, part + i, len);
		else if (len < count && depth < DEPTH_MOST)
			split_block(run, part + i, len, k, fields, depth + 1);
		else
			continue;
		any = true;
	}
	return any;
}

/* Splits a block that keys[0 .. last] have made by each later key. Rows alone in being too large under a key are looked at. */
static void split_block(struct run_keys *run, const entry *block, size_t count, unsigned last, uint64_t fields, unsigned depth)
{
	struct gathered gathered = { 0 };
	uint64_t wanted = 0;
	bool whole = true;

	for (unsigned k = last + 1; k < run->count; k++)
		if (!(fields & field_bit(&run->keys[k])))
			wanted |= UINT64_C(1) << k;
	if (wanted && run->budget > 0)
		gather_blocks(run, block, count, last, wanted, &gathered);
	for (unsigned k = last + 1; k < run->count && run->budget > 0; k++) {
		entry *part = gathered.entries + gathered.begin[k];
		size_t n = gathered.begin[k + 1] - gathered.begin[k];

		run->budget -= run->budget < n ? run->budget : n;
		if (n < 2)
			continue;
		n = drop_alone(part, n);
		sort_entries(part, n, gathered.spare);
		if (split_by_key(run, part, n, count, k, fields | field_bit(&run->keys[k]), depth))
			whole = false;
	}
	/* Deeper down the rows have other ways to meet. */
	if (whole && depth == 1)
		emit_window(run, block, count);
	free(gathered.entries);
}

/* Rows that agree on three keys and more meet several times in it. */
static void split_whole_block(struct run_keys *run, const entry *block, size_t count, unsigned k)
{
	struct pairs *pairs = run->pairs;
	size_t before = pairs->count, found;
	uint64_t *spare;

	split_block(run, block, count, k, field_bit(&run->keys[k]), 1);
	found = pairs->count - before;
	spare = memory_get(found + 1, sizeof *spare);
	sort_numbers(pairs->all + before, found, spare, 0);
	pairs->count = before + drop_repeated(pairs->all + before, found);
	free(spare);
}

static void add_large(struct key *key, uint32_t hash, size_t count)
{
	if (key->large + 2 > key->capacity) {
		size_t capacity = key->capacity;

		key->sizes = memory_grow(key->sizes, &capacity, key->large + 2, sizeof *key->sizes);
		key->large_hashes = memory_grow(key->large_hashes, &key->capacity, key->large + 2, sizeof *key->large_hashes);
	}
	key->sizes[++key->large] = (uint32_t)count;
	key->large_hashes[key->large] = hash;
}

/* Puts the number of the large block in the place of each value's hash, 0 where there is none. */
static void number_values(struct key *key)
{
	uint32_t *begin = memory_zero((1 << 16) + 2, sizeof *begin);   /* per upper half of a hash: the first large block with it, in order of hashes */

	for (size_t i = 1; i <= key->large; i++)
		begin[(key->large_hashes[i] >> 16) + 1]++;
	begin[0] = 1;
	for (uint32_t half = 0; half <= 1 << 16; half++)
		begin[half + 1] += begin[half];
	for (uint32_t v = 1; v < key->field->count; v++) {
		uint32_t hash = key->hashes[v], i = begin[hash >> 16], end = begin[(hash >> 16) + 1];

		while (i < end && key->large_hashes[i] != hash)
			i++;
		key->hashes[v] = i < end ? i : 0;
	}
	free(begin);
}

/* What a row's tokens give: each rare one, and the pair of the two rarest of those that are not rare. */
static size_t token_entries(const struct run_keys *run, unsigned number, size_t row, entry out[TOKENS_PER_ROW + 1])
{
	const struct field *field = &run->fields->all[number];
	uint32_t v = fields_row(run->fields, row)[number], first = MAP_NONE, second = MAP_NONE;
	uint32_t tokens[TOKENS_MOST];
	size_t count = 0;

	for (unsigned i = 0, all = field_tokens(field, v, tokens); i < all; i++) {
		uint32_t token = tokens[i], rows = field->token_rows[token];

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

/* What brings rows together: the values of a key, its large blocks, or the words of a field. */
struct meeting {
	enum { BY_VALUE, BY_LARGE, BY_WORDS } by;
	unsigned number;      /* of the key, or of the field */
	uint64_t most;        /* numbers are under it */
	uint64_t *fresh;      /* a bit per so many numbers: a fresh row has one of these; NULL: all are wanted */
};

enum { FRESH_BITS = 1 << 22 };

/* A key of a large part of many rows says next to nothing: it only refines others. */
static bool is_split(const struct run_keys *run, size_t block_rows)
{
	return run->rows < FEW_ROWS || block_rows < run->rows / 100;
}

/* The entries of a row. */
static size_t row_entries(const struct run_keys *run, const struct meeting *meeting, uint32_t row, entry out[TOKENS_PER_ROW + 1])
{
	uint32_t number;

	if (meeting->by == BY_WORDS)
		return token_entries(run, meeting->number, row, out);
	if (meeting->by == BY_LARGE) {
		number = run->oversize[row] >> meeting->number & 1 ? large_of_key(run, row, meeting->number) : 0;
		if (number && !is_split(run, run->keys[meeting->number].sizes[number]))
			return 0;
	} else {
		const struct key *key = &run->keys[meeting->number];

		number = key->hashes[fields_row(run->fields, row)[key->number]];
	}
	out[0] = (entry)number << 32 | row;
	return number != 0;
}

static uint64_t *fresh_bit(const struct meeting *meeting, entry e)
{
	return &meeting->fresh[(e >> 32) % FRESH_BITS / 64];
}

/* Those entries of a row whose block has a fresh row, as far as can be seen without sorting: nearly all others go. */
static size_t wanted_entries(const struct run_keys *run, const struct meeting *meeting, uint32_t row, entry out[TOKENS_PER_ROW + 1])
{
	size_t count = row_entries(run, meeting, row, out), kept = 0;

	if (!meeting->fresh)
		return count;
	for (size_t i = 0; i < count; i++)
		if (*fresh_bit(meeting, out[i]) >> (out[i] >> 32) % 64 & 1)
			out[kept++] = out[i];
	return kept;
}

static void mark_fresh(const struct run_keys *run, struct meeting *meeting)
{
	entry found[TOKENS_PER_ROW + 1];

	if (!run->options->fresh)
		return;
	meeting->fresh = memory_zero(FRESH_BITS / 64, sizeof *meeting->fresh);
	for (uint32_t row = 0; row < run->rows; row++)
		for (size_t i = 0, count = run->options->fresh[row] ? row_entries(run, meeting, row, found) : 0; i < count; i++)
			*fresh_bit(meeting, found[i]) |= UINT64_C(1) << (found[i] >> 32) % 64;
}

/* Entries are sorted by ranges of their numbers, so that few of them need be there at once; ranges are those of the numbers' highest parts. */
static unsigned range_of(const struct meeting *meeting, entry e)
{
	return (unsigned)((e >> 32) * RANGES / meeting->most);
}

/* How many entries each range has. Without a look at the rows where it is known how many a value or a block has. */
static void count_entries(const struct run_keys *run, const struct meeting *meeting, size_t counts[RANGES])
{
	const struct key *key = &run->keys[meeting->number];
	entry found[TOKENS_PER_ROW + 1];

	if (meeting->by == BY_WORDS || meeting->fresh) {
		for (uint32_t row = 0; row < run->rows; row++)
			for (size_t i = 0, count = wanted_entries(run, meeting, row, found); i < count; i++)
				counts[range_of(meeting, found[i])]++;
	} else if (meeting->by == BY_LARGE) {
		for (size_t block = 1; block <= key->large; block++)
			if (is_split(run, key->sizes[block]))
				counts[range_of(meeting, (entry)block << 32)] += key->sizes[block];
	} else {
		for (uint32_t v = 0; v < key->field->count; v++)
			if (key->hashes[v])
				counts[range_of(meeting, (entry)key->hashes[v] << 32)] += key->field->value_rows[v];
	}
}

/* One block of a key: a small one paired, a large one marked or, later, split. */
static void take_block(struct run_keys *run, const struct meeting *meeting, const entry *block, size_t count)
{
	bool small = count <= run->options->block_most;

	if (meeting->by == BY_LARGE) {
		split_whole_block(run, block, count, meeting->number);
	} else if (small) {
		emit_block(run, block, count);
	} else if (meeting->by == BY_VALUE) {
		add_large(&run->keys[meeting->number], (uint32_t)(block[0] >> 32), count);
	}
	if (run->pairs->count >= FLUSH)
		flush_pairs(run);
}

/* The entries of ranges [first, last), of each range as many as begin says, sorted, block by block. */
static void take_ranges(struct run_keys *run, const struct meeting *meeting, unsigned first, unsigned last, const size_t *counts)
{
	size_t next[RANGES + 1] = { 0 }, most = 0;
	entry *entries, *spare, found[TOKENS_PER_ROW + 1];

	for (unsigned r = first; r < last; r++) {
		next[r + 1] = next[r] + counts[r];
		most = counts[r] > most ? counts[r] : most;
	}
	entries = memory_get(next[last] + most + 1, sizeof *entries);
	spare = entries + next[last];
	for (uint32_t row = 0; row < run->rows; row++)
		for (size_t i = 0, count = wanted_entries(run, meeting, row, found); i < count; i++) {
			unsigned r = range_of(meeting, found[i]);

			if (r >= first && r < last)
				entries[next[r]++] = found[i];
		}
	/* Each range's end is now where it began the one after it. */
	for (size_t r = first, begin = 0; r < last; begin = next[r++]) {
		size_t end = begin + drop_alone(entries + begin, counts[r]);

		sort_entries(entries + begin, end - begin, spare);
		for (size_t i = begin, len; i < end; i += len) {
			len = run_length(entries + i, end - i);
			take_block(run, meeting, entries + i, len);
		}
	}
	free(entries);
}

/* All blocks of rows that meet so. */
static void take_blocks(struct run_keys *run, struct meeting *meeting)
{
	size_t counts[RANGES] = { 0 };

	mark_fresh(run, meeting);
	count_entries(run, meeting, counts);
	for (unsigned first = 0, last; first < RANGES; first = last) {
		size_t count = counts[first];

		for (last = first + 1; last < RANGES && count + counts[last] <= run->options->entries_most; last++)
			count += counts[last];
		if (count)
			take_ranges(run, meeting, first, last, counts);
	}
	free(meeting->fresh);
	flush_pairs(run);
}

/* One piece of the work: a key's blocks, their splitting, or the words of a field. */
struct piece {
	struct run_keys run;
	struct pairs pairs;
};

struct work {
	struct run_keys *run;
	struct piece *pieces;      /* of the splits and words, after those of the keys */
	size_t count;
};

static void begin_piece(struct work *work, struct piece *piece)
{
	piece->run = *work->run;
	piece->run.pairs = &piece->pairs;
}

/* What was found is with the parts; the counts stay. */
static void end_piece(struct piece *piece)
{
	vast_drop(piece->pairs.all);
	piece->pairs.all = NULL;
}

static int block_piece(void *context, size_t k, unsigned worker, struct diag *diag)
{
	struct work *work = context;
	struct key *key = &work->run->keys[k];

	(void)worker;
	(void)diag;
	hash_values(key);
	begin_piece(work, &work->pieces[k]);
	take_blocks(&work->pieces[k].run, &(struct meeting){ .by = BY_VALUE, .number = (unsigned)k, .most = UINT64_C(1) << 32 });
	end_piece(&work->pieces[k]);
	if (key->large) {
		number_values(key);
	} else {
		vast_drop(key->hashes);
		key->hashes = NULL;
	}
	return 0;
}

static int split_piece(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct work *work = context;
	unsigned keys = work->run->count, number = (unsigned)index - keys;
	struct piece *piece = &work->pieces[keys + index];

	(void)worker;
	(void)diag;
	begin_piece(work, piece);
	if (index < keys) {
		take_blocks(&piece->run, &(struct meeting){ .by = BY_LARGE, .number = (unsigned)index, .most = work->run->keys[index].large + 1 });
	} else {
		const struct field *field = &work->run->fields->all[number];

		if (field->tokens && (field->profile.kind == FIELD_CODE || field->profile.words > 1.05))
			take_blocks(&piece->run, &(struct meeting){ .by = BY_WORDS, .number = number, .most = UINT64_C(1) << 32 });
	}
	end_piece(piece);
	return 0;
}

/* The large blocks of each row brought together. */
static int gather_large(void *context, size_t chunk, unsigned worker, struct diag *diag)
{
	const struct work *work = context;
	const struct run_keys *run = work->run;
	size_t begin = chunk * ROW_CHUNK, end = begin + ROW_CHUNK < run->rows ? begin + ROW_CHUNK : run->rows, count = 0;
	uint32_t *found = memory_get((end - begin) * run->count + 1, sizeof *found);

	(void)worker;
	(void)diag;
	for (size_t row = begin; row < end; row++) {
		const uint32_t *values = fields_row(run->fields, row);

		run->large_begin[row] = (uint32_t)count;
		for (unsigned k = 0; k < run->count; k++) {
			const struct key *key = &run->keys[k];
			uint32_t number = key->large ? key->hashes[values[key->number]] : 0;

			if (number == 0)
				continue;
			run->oversize[row] |= UINT64_C(1) << k;
			found[count++] = number;
		}
	}
	run->large[chunk] = vast_get(run->options->vast, count + 1, sizeof *found);
	memcpy(run->large[chunk], found, count * sizeof *found);
	free(found);
	return 0;
}

static int find_large(struct work *work, unsigned threads, struct diag *diag)
{
	struct run_keys *run = work->run;
	size_t chunks = run->rows / ROW_CHUNK + 1;
	int result;

	run->large_begin = vast_get(run->options->vast, run->rows + 1, sizeof *run->large_begin);
	run->large = memory_zero(chunks, sizeof *run->large);
	result = pool_each(gather_large, work, chunks, threads, diag);
	for (unsigned k = 0; k < run->count; k++) {
		vast_drop(run->keys[k].hashes);
		run->keys[k].hashes = NULL;
		free(run->keys[k].large_hashes);
	}
	return result;
}

/* Sorts a part and drops what is there twice. */
static int sort_part(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct parting *parting = context;
	struct portion *part = &parting->parts[index];
	uint64_t *spare = memory_get(part->count + 1, sizeof *spare);

	(void)worker;
	(void)diag;
	sort_numbers(part->pairs, part->count, spare, 0);
	part->count = drop_repeated(part->pairs, part->count);
	free(spare);
	return 0;
}

/* All parts into one array, ascending, each pair once. */
static int unite_pairs(struct work *work, struct pairs *pairs, unsigned threads, struct diag *diag)
{
	struct parting *parting = work->run->parting;
	size_t total = 0;

	if (pool_each(sort_part, parting, PARTS, threads, diag) < 0)
		return -1;
	for (size_t p = 0; p < work->count; p++) {
		pairs->hot_blocks += work->pieces[p].pairs.hot_blocks;
		pairs->hot_rows += work->pieces[p].pairs.hot_rows;
	}
	for (unsigned p = 0; p < PARTS; p++)
		total += parting->parts[p].count;
	pairs->all = vast_get(parting->vast, total + 1, sizeof *pairs->all);
	for (unsigned p = 0; p < PARTS; p++) {
		struct portion *part = &parting->parts[p];

		if (part->count)
			memcpy(pairs->all + pairs->count, part->pairs, part->count * sizeof *pairs->all);
		pairs->count += part->count;
		vast_drop(part->pairs);
		part->pairs = NULL;
	}
	return 0;
}

static struct parting *parting_new(const struct run_keys *run)
{
	struct parting *parting = memory_zero(1, sizeof *parting);

	parting->vast = run->options->vast;
	for (unsigned p = 0; p < PARTS; p++)
		pthread_mutex_init(&parting->parts[p].lock, NULL);
	return parting;
}

static void parting_free(struct parting *parting)
{
	for (unsigned p = 0; p < PARTS; p++) {
		vast_drop(parting->parts[p].pairs);
		pthread_mutex_destroy(&parting->parts[p].lock);
	}
	free(parting);
}

static int block_rows(struct run_keys *run, unsigned threads, struct diag *diag)
{
	struct work work = { .run = run };
	int result;

	run->oversize = vast_get(run->options->vast, run->rows, sizeof *run->oversize);
	run->parting = parting_new(run);
	for (unsigned i = 0; i < run->fields->count; i++)
		add_keys_of_field(run, i);
	work.count = 2 * (size_t)run->count + run->fields->count;
	work.pieces = memory_zero(work.count + 1, sizeof *work.pieces);
	/* What is too large must be known of all keys before any is split. */
	result = pool_each(block_piece, &work, run->count, threads, diag);
	if (result == 0)
		result = find_large(&work, threads, diag);
	if (result == 0)
		result = pool_each(split_piece, &work, run->count + run->fields->count, threads, diag);
	if (result == 0)
		result = unite_pairs(&work, run->pairs, threads, diag);
	for (unsigned k = 0; k < run->count; k++) {
		vast_drop(run->keys[k].hashes);
		free(run->keys[k].sizes);
	}
	vast_drop(run->oversize);
	vast_drop(run->large_begin);
	for (size_t chunk = 0; chunk <= run->rows / ROW_CHUNK; chunk++)
		vast_drop(run->large ? run->large[chunk] : NULL);
	free(run->large);
	parting_free(run->parting);
	free(work.pieces);
	return result;
}

int keys_find_pairs(const struct fields *fields, size_t rows, const struct keys_options *options, struct pairs *pairs, struct diag *diag)
{
	struct key keys[KEYS_MOST];
	struct run_keys run = { .fields = fields, .keys = keys, .options = options, .rows = rows, .pairs = pairs, .budget = BUDGET * (uint64_t)rows };

	*pairs = (struct pairs){ .complete = rows * (rows - (rows > 0)) / 2 <= options->all_most };
	if (!pairs->complete)
		return block_rows(&run, options->threads, diag);
	for (size_t a = 0; a < rows; a++)
		for (size_t b = a + 1; b < rows; b++)
			emit(&run, (uint32_t)a, (uint32_t)b);
	return 0;
}

void pairs_release(struct pairs *pairs)
{
	vast_drop(pairs->all);
	*pairs = (struct pairs){ 0 };
}
