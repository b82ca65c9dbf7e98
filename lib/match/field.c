/* Columns read into values with numbers; what comparing needs is worked out once per value. */
#include "match/field.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "clean/ids.h"
#include "clean/text.h"
#include "match/nickname.h"
#include "match/sketch.h"

enum { TOKENS_MOST = 48, KEY_MOST = 4096 };

/* Leaves out of key the words that stand in other columns of the row. */
static struct slice subtract_words(const struct match_input *input, size_t row, uint64_t parts, struct slice key,
				   struct arena *arena)
{
	char *out = arena_bytes(arena, key.len);
	size_t len = 0;
	struct slice others[64];
	size_t count = 0;

	for (; parts; parts &= parts - 1) {
		size_t c = (size_t)__builtin_ctzll(parts);

		others[count++] = key_of_cell(FIELD_TEXT, ROLE_NONE, input->cell(input->context, row, c), arena);
	}
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
static struct slice cell_of(const struct match_input *input, size_t row, const struct field *field, struct arena *arena)
{
	struct slice cell = input->cell(input->context, row, field->column), other;
	bool person = field->profile.kind == FIELD_PERSON;

	if ((!person && field->profile.kind != FIELD_COMPANY) || field->profile.other == SIZE_MAX)
		return cell;
	other = input->cell(input->context, row, field->profile.other);
	if (person ? looks_like_company(cell) : looks_like_person(cell, arena))
		cell = (struct slice){ NULL, 0 };
	if (cell.len == 0 && (person ? looks_like_person(other, arena) : looks_like_company(other)))
		return other;
	return cell;
}

static void read_values(struct field *field, const struct match_input *input)
{
	const struct profile *profile = &field->profile;
	struct arena scratch;
	size_t capacity = 0;

	arena_init(&scratch);
	map_init(&field->values);
	map_add(&field->values, (struct slice){ 0 });
	field->ids = memory_get(input->rows ? input->rows : 1, sizeof *field->ids);
	for (size_t row = 0; row < input->rows; row++) {
		struct slice cell = cell_of(input, row, field, &scratch);
		struct slice key = key_of_cell(profile->kind, profile->role, slice_first(cell, KEY_MOST), &scratch);

		if (profile->parts && key.len)
			key = subtract_words(input, row, profile->parts, key, &scratch);
		uint32_t id = map_add(&field->values, key);

		if (id >= capacity || !field->frequency) {
			size_t old = capacity;

			field->frequency = memory_grow(field->frequency, &capacity, id + 1, sizeof *field->frequency);
			memset(field->frequency + old, 0, (capacity - old) * sizeof *field->frequency);
		}
		field->frequency[id]++;
		field->ids[row] = id;
		arena_reset(&scratch);
	}
	arena_release(&scratch);
	field->count = (uint32_t)field->values.count;
	field->texts = field->values.keys;
	field->filled = input->rows - (field->frequency ? field->frequency[VALUE_MISSING] : 0);
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
	field->token_count = (uint32_t)field->words.count;
	field->token_texts = field->words.keys;
	field->token_weight = arena_get(&field->arena, field->token_count + 1, sizeof *field->token_weight);
	field->token_letters = arena_get(&field->arena, field->token_count + 1, sizeof *field->token_letters);
	for (uint32_t t = 0; t < field->token_count; t++) {
		field->token_weight[t] = log2f((float)(field->filled + 1) / (float)field->token_rows[t]) + 0.1f;
		field->token_letters[t] = letters_of(field->token_texts[t]);
	}
}

/* Adds the tokens of one value behind the `count` that are there, sorted; returns how many there are now. */
static size_t add_tokens(struct field *field, uint32_t v, size_t count, size_t *capacity)
{
	char separator = field->profile.kind == FIELD_CODE ? ';' : ' ';
	struct slice rest = field->texts[v];
	size_t begin = count;

	for (unsigned i = 0; i < TOKENS_MOST && rest.len; i++) {
		uint32_t token = map_add(&field->words, next_token(&rest, separator));
		size_t at = count;

		field->tokens = memory_grow(field->tokens, capacity, count + 1, sizeof *field->tokens);
		while (at > begin && field->tokens[at - 1] > token)
			at--;
		if (at > begin && field->tokens[at - 1] == token)
			continue;
		memmove(field->tokens + at + 1, field->tokens + at, (count - at) * sizeof *field->tokens);
		field->tokens[at] = token;
		count++;
	}
	return count;
}

/* Cuts each value into tokens; a list of codes at ';', text at spaces. */
static void cut_tokens(struct field *field)
{
	size_t capacity = 0, count = 0;

	map_init(&field->words);
	field->token_begin = arena_get(&field->arena, (size_t)field->count + 1, sizeof *field->token_begin);
	for (uint32_t v = 0; v < field->count; v++) {
		field->token_begin[v] = (uint32_t)count;
		count = add_tokens(field, v, count, &capacity);
	}
	field->token_begin[field->count] = (uint32_t)count;
	field->token_rows = memory_zero(field->words.count + 1, sizeof *field->token_rows);
	for (uint32_t v = 0; v < field->count; v++)
		for (uint32_t t = field->token_begin[v]; t < field->token_begin[v + 1]; t++)
			field->token_rows[field->tokens[t]] += field->frequency[v];
	weigh_tokens(field);
	field->weights = arena_zero(&field->arena, field->count, sizeof *field->weights);
	for (uint32_t v = 0; v < field->count; v++)
		for (uint32_t t = field->token_begin[v]; t < field->token_begin[v + 1]; t++)
			field->weights[v] += field->token_weight[field->tokens[t]];
}

static void read_dates(struct field *field)
{
	field->dates = arena_zero(&field->arena, field->count, sizeof *field->dates);
	for (uint32_t v = 1; v < field->count; v++)
		field->dates[v] = key_date(field->texts[v]);
}

static void read_nicknames(struct field *field)
{
	nickname_load(&field->known);
	field->nicknames = arena_zero(&field->arena, field->count, sizeof *field->nicknames);
	field->sounds = arena_zero(&field->arena, field->count, sizeof *field->sounds);
	for (uint32_t v = 1; v < field->count; v++) {
		struct slice rest = field->texts[v];

		if (text_has_han(rest))
			field->sounds[v] = text_pinyin(rest, &field->arena);
		field->nicknames[v] = nickname_find(&field->known, slice_cut(&rest, ' '));
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
	field->han = arena_zero(&field->arena, field->count, sizeof *field->han);
	field->digits = arena_zero(&field->arena, field->count, sizeof *field->digits);
	for (uint32_t v = 1; v < field->count; v++) {
		field->han[v] = text_has_han(field->texts[v]);
		field->digits[v] = hash_of_digits(field->texts[v]);
	}
}

static void check_numbers(struct field *field)
{
	char upper[32];

	field->valid = arena_zero(&field->arena, field->count, sizeof *field->valid);
	for (uint32_t v = 1; v < field->count; v++) {
		struct slice text = field->texts[v], number = { upper, text.len };

		if (text.len > sizeof upper)
			continue;
		for (size_t i = 0; i < text.len; i++)
			upper[i] = (char)(text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? text.ptr[i] - 32 : text.ptr[i]);
		field->valid[v] = field->profile.role == ROLE_USCC ? ids_uscc_is_valid(number) : text.len == 18 && ids_resident_is_valid(number);
	}
}

static void read_identities(struct field *field)
{
	field->identities = arena_zero(&field->arena, field->count, sizeof *field->identities);
	for (uint32_t v = 1; v < field->count; v++)
		field->identities[v] = field->profile.kind == FIELD_PERSON ? identity_of_person(field->texts[v], &field->arena)
									   : identity_of_company(field->texts[v], &field->arena);
}

void field_build(struct field *field, const struct match_input *input, size_t column, const struct profile *profile)
{
	*field = (struct field){ .column = column, .profile = *profile, .rows = input->rows };
	arena_init(&field->arena);
	read_values(field, input);
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
}

void field_release(struct field *field)
{
	free(field->ids);
	free(field->frequency);
	free(field->tokens);
	free(field->token_rows);
	map_release(&field->values);
	if (field->known.groups)
		nickname_release(&field->known);
	if (field->token_begin)
		map_release(&field->words);
	arena_release(&field->arena);
}
