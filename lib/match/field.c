/* Columns read into values with numbers; what comparing needs is worked out once per value. */
#include "match/field.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "match/nickname.h"

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
		struct slice cell = input->cell(input->context, row, field->column);
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

/* Cuts each value into tokens; a list of codes at ';', text at spaces. */
static void cut_tokens(struct field *field)
{
	char separator = field->profile.kind == FIELD_CODE ? ';' : ' ';
	size_t capacity = 0, count = 0, rows_capacity = 0;

	map_init(&field->words);
	field->token_begin = arena_get(&field->arena, (size_t)field->count + 1, sizeof *field->token_begin);
	for (uint32_t v = 0; v < field->count; v++) {
		struct slice rest = field->texts[v];

		field->token_begin[v] = (uint32_t)count;
		for (unsigned i = 0; i < TOKENS_MOST && rest.len; i++) {
			uint32_t token = map_add(&field->words, slice_cut(&rest, separator));
			size_t old = rows_capacity;
			bool seen = false;

			for (size_t t = field->token_begin[v]; t < count && !seen; t++)
				seen = field->tokens[t] == token;
			field->tokens = memory_grow(field->tokens, &capacity, count + 1, sizeof *field->tokens);
			field->tokens[count++] = token;
			field->token_rows = memory_grow(field->token_rows, &rows_capacity, token + 1,
							sizeof *field->token_rows);
			if (old < rows_capacity)
				memset(field->token_rows + old, 0, (rows_capacity - old) * sizeof *field->token_rows);
			field->token_rows[token] += seen ? 0 : field->frequency[v];
		}
	}
	field->token_begin[field->count] = (uint32_t)count;
	field->token_count = (uint32_t)field->words.count;
	field->token_texts = field->words.keys;
	field->token_weight = arena_get(&field->arena, field->token_count + 1, sizeof *field->token_weight);
	for (uint32_t t = 0; t < field->token_count; t++)
		field->token_weight[t] = log2f((float)(field->filled + 1) / (float)field->token_rows[t]) + 0.1f;
}

static void read_dates(struct field *field)
{
	field->dates = arena_zero(&field->arena, field->count, sizeof *field->dates);
	for (uint32_t v = 1; v < field->count; v++)
		field->dates[v] = key_date(field->texts[v]);
}

static void read_nicknames(struct field *field)
{
	struct nicknames known;

	nickname_load(&known);
	field->nicknames = arena_zero(&field->arena, field->count, sizeof *field->nicknames);
	for (uint32_t v = 1; v < field->count; v++) {
		struct slice rest = field->texts[v];

		field->nicknames[v] = nickname_find(&known, slice_cut(&rest, ' '));
	}
	nickname_release(&known);
}

void field_build(struct field *field, const struct match_input *input, size_t column, const struct profile *profile)
{
	*field = (struct field){ .column = column, .profile = *profile, .rows = input->rows };
	arena_init(&field->arena);
	read_values(field, input);
	switch (profile->kind) {
	case FIELD_TEXT:
		read_nicknames(field);
		cut_tokens(field);
		break;
	case FIELD_LONG:
	case FIELD_CODE:
		cut_tokens(field);
		break;
	case FIELD_DATE:
		read_dates(field);
		break;
	default:
		break;
	}
}

void field_release(struct field *field)
{
	free(field->ids);
	free(field->frequency);
	free(field->tokens);
	free(field->token_rows);
	map_release(&field->values);
	if (field->token_begin)
		map_release(&field->words);
	arena_release(&field->arena);
}
