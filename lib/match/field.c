/* Columns read into values with numbers; what comparing needs is worked out once per value. */
#include "match/field.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "clean/ids.h"
#include "clean/text.h"
#include "match/nickname.h"
#include "match/sketch.h"

enum { KEY_MOST = 4096, BLOCK = 64, RECENT = 4096, RECENT_LONGEST = 56 };

/* Leaves out of key the words that stand in other columns of the row. */
static struct slice subtract_words(const struct slice *cells, uint64_t parts, struct slice key, struct arena *arena)
{
	char *out = arena_bytes(arena, key.len);
	size_t len = 0;
	struct slice others[64];
	size_t count = 0;

	for (; parts; parts &= parts - 1)
		others[count++] = key_of_cell(FIELD_TEXT, ROLE_NONE, cells[__builtin_ctzll(parts)], arena);
	while (key.len) {
		struct slice word = slice_cut(&key, ' ');
		bool found = false;

		for (size_t i = 0; i < count && !found; i++)
			for (struct slice rest = others[i]; rest.len && !found;)
				found = slice_equal(slice_cut(&rest, ' '), word);
		if (found)
			continue;
		if (len)
			out[len++] = ' ';
		memcpy(out + len, word.ptr, word.len);
		len += word.len;
	}
	return (struct slice){ out, len };
}

/*
 * The cell of a row. A person's name that stands in the company column, or a company in the name column, is read as what it is when its own column
 * is empty or holds the other of the two.
 */
static struct slice cell_of(const struct slice *cells, const struct field *field, struct arena *arena)
{
	struct slice cell = cells[field->column], other;
	bool person = field->profile.kind == FIELD_PERSON;

	if ((!person && field->profile.kind != FIELD_COMPANY) || field->profile.other == SIZE_MAX)
		return cell;
	other = cells[field->profile.other];
	if (person ? looks_like_company(cell) : looks_like_person(cell, arena))
		cell = (struct slice){ NULL, 0 };
	if (cell.len == 0 && (person ? looks_like_person(other, arena) : looks_like_company(other)))
		return other;
	return cell;
}

/* A cell that was met lately and its value: towns and trades come again and again, and their keys take longer to make than to find. */
struct recent {
	uint32_t value;
	uint32_t length;
	char cell[RECENT_LONGEST];
};

/* A field while it is being read. */
struct reading {
	struct field *field;
	struct arena scratch;
	size_t capacity;         /* of field->value_rows */
	struct recent *recent;   /* by hash; NULL: not worth while */
	/* Of the rows of a block: values that are known, and keys that are still to be found, together, so that they need not wait for memory one by one. */
	uint32_t values[BLOCK];
	struct slice keys[BLOCK];
	uint64_t hashes[BLOCK];
};

static void begin_reading(struct reading *reading, struct field *field)
{
	const struct profile *profile = &field->profile;

	*reading = (struct reading){ .field = field };
	arena_init(&reading->scratch);
	lexicon_init(&field->keys, field->vast, NULL);
	lexicon_add(&field->keys, (struct slice){ 0 });
	if (profile->distinct < 0.5 && !profile->parts && (profile->other == SIZE_MAX || (profile->kind != FIELD_PERSON && profile->kind != FIELD_COMPANY))) {
		reading->recent = memory_get(RECENT, sizeof *reading->recent);
		for (size_t i = 0; i < RECENT; i++)
			reading->recent[i].length = UINT32_MAX;
	}
}

/* The value of a cell that may be in `recent`, and is when this returns. */
static uint32_t value_of_recent(struct reading *reading, struct slice cell)
{
	struct field *field = reading->field;
	struct recent *recent = &reading->recent[hash_bytes(cell, 5) % RECENT];

	if (cell.len == recent->length && memcmp(cell.ptr, recent->cell, cell.len) == 0)
		return recent->value;
	recent->value = lexicon_add(&field->keys, key_of_cell(field->profile.kind, field->profile.role, cell, &reading->scratch));
	recent->length = (uint32_t)cell.len;
	memcpy(recent->cell, cell.ptr, cell.len);
	return recent->value;
}

/* The key of the cell, or its value where that is known. */
static void make_key(struct reading *reading, unsigned at, const struct slice *cells)
{
	struct field *field = reading->field;
	const struct profile *profile = &field->profile;
	struct slice cell = slice_first(cell_of(cells, field, &reading->scratch), KEY_MOST), key;

	reading->values[at] = VALUE_MISSING;
	reading->keys[at].len = 0;
	if (cell.len == 0)
		return;
	if (reading->recent && cell.len <= RECENT_LONGEST) {
		reading->values[at] = value_of_recent(reading, cell);
		return;
	}
	key = key_of_cell(profile->kind, profile->role, cell, &reading->scratch);
	if (profile->parts && key.len)
		key = subtract_words(cells, profile->parts, key, &reading->scratch);
	reading->keys[at] = key;
	reading->hashes[at] = lexicon_hash(&field->keys, key);
	lexicon_prefetch(&field->keys, reading->hashes[at], 0);
}

/* Room for `needed` counts; new ones are 0. */
static uint32_t *grow_counts(struct field *field, uint32_t *counts, size_t *capacity, size_t needed)
{
	size_t old = *capacity;

	if (needed <= old && counts)
		return counts;
	counts = vast_grow(field->vast, counts, capacity, needed, sizeof *counts);
	memset(counts + old, 0, (*capacity - old) * sizeof *counts);
	return counts;
}

static void count_value(struct reading *reading, size_t row, uint32_t value)
{
	struct field *field = reading->field;

	field->value_rows = grow_counts(field, field->value_rows, &reading->capacity, (size_t)value + 1);
	field->value_rows[value]++;
	field->data[row * field->stride] = value;
}

static void find_values(struct reading *reading, size_t row, unsigned count)
{
	struct lexicon *keys = &reading->field->keys;

	for (unsigned depth = 1; depth <= 2; depth++)
		for (unsigned i = 0; i < count; i++)
			if (reading->keys[i].len)
				lexicon_prefetch(keys, reading->hashes[i], depth);
	for (unsigned i = 0; i < count; i++) {
		if (reading->keys[i].len)
			reading->values[i] = lexicon_add_hashed(keys, reading->keys[i], reading->hashes[i]);
		count_value(reading, row + i, reading->values[i]);
	}
	arena_reset(&reading->scratch);
}

static void end_reading(struct reading *reading, size_t rows)
{
	struct field *field = reading->field;

	arena_release(&reading->scratch);
	free(reading->recent);
	field->rows = rows;
	field->count = (uint32_t)field->keys.count;
	field->value_rows = grow_counts(field, field->value_rows, &reading->capacity, field->count);
	field->value_rows = vast_resize(field->vast, field->value_rows, field->count, sizeof *field->value_rows);
	field->filled = rows - field->value_rows[VALUE_MISSING];
	lexicon_close(&field->keys);
	/* Only what compare_find_partners looks at is still to be found. */
	if (field->profile.kind != FIELD_TEXT && field->profile.kind != FIELD_LONG)
		lexicon_settle(&field->keys);
}

static void cells_of_row(const struct match_input *input, size_t row, struct slice *cells)
{
	if (input->cells) {
		input->cells(input->context, row, cells);
		return;
	}
	for (size_t c = 0; c < input->columns; c++)
		cells[c] = input->cell(input->context, row, c);
}

void fields_read(struct field *const *fields, size_t count, const struct match_input *input)
{
	struct reading *readings = memory_zero(count + 1, sizeof *readings);
	struct slice *cells = memory_get(input->columns + 1, sizeof *cells);

	for (size_t i = 0; i < count; i++) {
		fields[i]->vast = input->vast;
		begin_reading(&readings[i], fields[i]);
	}
	for (size_t row = 0; row < input->rows; row += BLOCK) {
		unsigned rows = input->rows - row < BLOCK ? (unsigned)(input->rows - row) : BLOCK;

		for (unsigned r = 0; r < rows; r++) {
			cells_of_row(input, row + r, cells);
			for (size_t i = 0; i < count; i++)
				make_key(&readings[i], r, cells);
		}
		for (size_t i = 0; i < count; i++)
			find_values(&readings[i], row, rows);
	}
	for (size_t i = 0; i < count; i++)
		end_reading(&readings[i], input->rows);
	free(cells);
	free(readings);
}

static bool is_han(struct slice s)
{
	return (unsigned char)s.ptr[0] >= 0xe0;
}

/*
 * The next token of a text, at a separator. Chinese has no spaces: there a token is two characters, overlapping, or a run of letters and digits.
 */
static struct slice next_token(struct slice *rest, char separator)
{
	struct slice before = *rest, token;
	size_t len = 0;

	while (len < before.len && before.ptr[len] != separator && !((unsigned char)before.ptr[len] >= 0xe0))
		len++;
	if (len > 0 || !is_han(before)) {
		*rest = slice_skip(before, len);
		if (rest->len && rest->ptr[0] == separator)
			*rest = slice_skip(*rest, 1);
		return slice_first(before, len);
	}
	token = before;
	utf8_next(rest);
	if (rest->len == 0 || !is_han(*rest))
		return slice_first(token, token.len - rest->len);
	struct slice second = *rest;

	utf8_next(&second);
	if (second.len == 0 || !is_han(second))
		*rest = second;
	return slice_first(token, token.len - second.len);
}

/* Which letters a word has, or 0 for what is compared as a whole: short words, numbers, Chinese. */
static uint64_t letters_of(struct slice token)
{
	uint64_t letters = 0;

	if (token.len < 4 || is_han(token) || (token.ptr[0] >= '0' && token.ptr[0] <= '9' && token.ptr[token.len - 1] >= '0' && token.ptr[token.len - 1] <= '9'))
		return 0;
	for (size_t i = 0; i < token.len; i++)
		letters |= UINT64_C(1) << ((unsigned char)token.ptr[i] & 63);
	return letters;
}

static void weigh_tokens(struct field *field)
{
	field->token_weight = vast_get(field->vast, field->token_count + 1, sizeof *field->token_weight);
	field->token_letters = vast_get(field->vast, field->token_count + 1, sizeof *field->token_letters);
	for (uint32_t t = 0; t < field->token_count; t++) {
		field->token_weight[t] = log2f((float)(field->filled + 1) / (float)field->token_rows[t]) + 0.1f;
		field->token_letters[t] = letters_of(field_token(field, t));
	}
	field->weight = vast_get(field->vast, field->count, sizeof *field->weight);
	for (uint32_t v = 0; v < field->count; v++) {
		uint32_t tokens[TOKENS_MOST];

		for (unsigned i = 0, count = field_tokens(field, v, tokens); i < count; i++)
			field->weight[v] += field->token_weight[tokens[i]];
	}
}

/* Adds a token to those of a value, sorted and each once; returns how many there are. */
static unsigned add_token(uint32_t tokens[TOKENS_MOST], unsigned count, uint32_t token)
{
	unsigned at = count;

	while (at > 0 && tokens[at - 1] > token)
		at--;
	if (at > 0 && tokens[at - 1] == token)
		return count;
	memmove(tokens + at + 1, tokens + at, (count - at) * sizeof *tokens);
	tokens[at] = token;
	return count + 1;
}

static void keep_tokens(struct field *field, size_t *capacity, const uint32_t *tokens, unsigned count)
{
	uint32_t before = 0;

	field->tokens = vast_grow(field->vast, field->tokens, capacity, field->token_bytes + 5 * (size_t)count + 1, 1);
	for (unsigned i = 0; i < count; before = tokens[i++]) {
		uint32_t more = tokens[i] - before;

		for (; more >= 0x80; more >>= 7)
			field->tokens[field->token_bytes++] = (char)(more | 0x80);
		field->tokens[field->token_bytes++] = (char)more;
	}
	if (field->token_bytes > UINT32_MAX)
		memory_exhausted();
}

/* Cuts each value into tokens; a list of codes at ';', text at spaces. */
static void cut_tokens(struct field *field)
{
	char separator = field->profile.kind == FIELD_CODE ? ';' : ' ';
	size_t capacity = 0, row_capacity = 0;

	lexicon_init(&field->words, field->vast, field->keys.text);
	field->token_begin = vast_get(field->vast, (size_t)field->count + 1, sizeof *field->token_begin);
	for (uint32_t v = 0; v < field->count; v++) {
		struct slice rest = field_text(field, v);
		uint32_t tokens[TOKENS_MOST];
		unsigned count = 0;

		for (unsigned i = 0; i < TOKENS_MOST && rest.len; i++)
			count = add_token(tokens, count, lexicon_add(&field->words, next_token(&rest, separator)));
		keep_tokens(field, &capacity, tokens, count);
		field->token_begin[v + 1] = (uint32_t)field->token_bytes;
		field->token_rows = grow_counts(field, field->token_rows, &row_capacity, field->words.count + 1);
		for (unsigned i = 0; i < count; i++)
			field->token_rows[tokens[i]] += field->value_rows[v];
	}
	field->token_count = (uint32_t)field->words.count;
	field->tokens = vast_resize(field->vast, field->tokens, field->token_bytes + 1, 1);
	lexicon_close(&field->words);
	lexicon_settle(&field->words);
	if (field->profile.kind != FIELD_CODE)
		weigh_tokens(field);
}

static void read_dates(struct field *field)
{
	field->digits = vast_get(field->vast, field->count, sizeof *field->digits);
	for (uint32_t v = 1; v < field->count; v++)
		field->digits[v] = key_date(field_text(field, v));
}

static void read_nicknames(struct field *field)
{
	nickname_load(&field->known);
	for (uint32_t v = 1; v < field->count; v++) {
		struct slice rest = field_text(field, v);

		field->keys.places[v].named = nickname_find(&field->known, slice_cut(&rest, ' ')) != 0;
	}
}

static uint32_t hash_of_digits(struct slice s)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
			hash = (hash ^ (unsigned char)s.ptr[i]) * 16777619 + 1;
	return hash;
}

static void read_scripts(struct field *field)
{
	field->digits = vast_get(field->vast, field->count, sizeof *field->digits);
	for (uint32_t v = 1; v < field->count; v++) {
		field->keys.places[v].han = text_has_han(field_text(field, v));
		field->digits[v] = hash_of_digits(field_text(field, v));
	}
}

static void check_numbers(struct field *field)
{
	char upper[32];

	field->checked = true;
	for (uint32_t v = 1; v < field->count; v++) {
		struct slice text = field_text(field, v), number = { upper, text.len };

		if (text.len > sizeof upper)
			continue;
		for (size_t i = 0; i < text.len; i++)
			upper[i] = (char)(text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? text.ptr[i] - 32 : text.ptr[i]);
		field->keys.places[v].valid = field->profile.role == ROLE_USCC ? ids_uscc_is_valid(number)
									       : text.len == 18 && ids_resident_is_valid(number);
	}
}

static void read_identities(struct field *field)
{
	bool company = field->profile.kind == FIELD_COMPANY;
	size_t capacity = 0;
	struct arena scratch;
	struct buf packed;

	arena_init(&scratch);
	buf_init(&packed, BUF_UNLIMITED);
	field->identity_begin = vast_get(field->vast, field->count, sizeof *field->identity_begin);
	field->identities = vast_grow(field->vast, NULL, &capacity, 1, 1);
	for (uint32_t v = 1; v < field->count; v++) {
		struct slice key = field_text(field, v);
		struct identity identity = company ? identity_of_company(key, &scratch) : identity_of_person(key, &scratch);

		identity_pack(&identity, key, company, &packed);
		field->keys.places[v].han = identity.han;
		field->identity_begin[v] = (uint32_t)field->identity_bytes;
		field->identities = vast_grow(field->vast, field->identities, &capacity, field->identity_bytes + packed.len + 1, 1);
		if (packed.len)
			memcpy(field->identities + field->identity_bytes, packed.ptr, packed.len);
		field->identity_bytes += packed.len;
		if (field->identity_bytes > UINT32_MAX)
			memory_exhausted();
		buf_clear(&packed);
		arena_reset(&scratch);
	}
	field->identities = vast_resize(field->vast, field->identities, field->identity_bytes + 1, 1);
	buf_release(&packed);
	arena_release(&scratch);
}

void field_init(struct field *field, size_t column, const struct profile *profile)
{
	*field = (struct field){ .column = column, .profile = *profile };
}

void field_prepare(struct field *field)
{
	const struct profile *profile = &field->profile;

	switch (profile->kind) {
	case FIELD_TEXT:
		read_nicknames(field);
		read_scripts(field);
		cut_tokens(field);
		break;
	case FIELD_PERSON:
		nickname_load(&field->known);
		read_identities(field);
		break;
	case FIELD_COMPANY:
		read_identities(field);
		cut_tokens(field);
		break;
	case FIELD_LONG:
		read_scripts(field);
		cut_tokens(field);
		break;
	case FIELD_CODE:
		cut_tokens(field);
		if (profile->role == ROLE_USCC || profile->role == ROLE_ID_NUMBER)
			check_numbers(field);
		break;
	case FIELD_DATE:
		read_dates(field);
		break;
	default:
		break;
	}
	sketch_values(field);
	if (profile->kind == FIELD_TEXT && field->count <= FIELD_FEW)
		field->levels = memory_zero((size_t)field->count * field->count, 1);
}

void field_settle(struct field *field)
{
	lexicon_settle(&field->keys);
}

void field_release(struct field *field)
{
	const struct field kept = { .column = field->column, .profile = field->profile };

	vast_drop(field->sketches);
	free(field->levels);
	vast_drop(field->value_rows);
	vast_drop(field->digits);
	vast_drop(field->token_begin);
	vast_drop(field->tokens);
	vast_drop(field->token_rows);
	vast_drop(field->token_weight);
	vast_drop(field->token_letters);
	vast_drop(field->weight);
	vast_drop(field->identity_begin);
	vast_drop(field->identities);
	if (field->known.groups)
		nickname_release(&field->known);
	lexicon_release(&field->words);
	lexicon_release(&field->keys);
	*field = kept;
}
