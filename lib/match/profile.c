/* What a column is: by its role where that is known, else by what it holds. */
#include <stdlib.h>

#include "base/memory.h"
#include "match/field.h"

enum { CONSTANT_FROM = 8, SAMPLE_ROWS = 4000, CATEGORY_MOST = 24, WORDS_MOST = 32 };

/* Counts over the sample of one column. */
struct tally {
	size_t persons, companies;
	size_t rows, filled, emails, dates, digits, codes, words, letters;
	struct map values;
	const struct nicknames *nicknames;
};

static size_t sample_row(const struct match_input *input, size_t i)
{
	return input->rows <= SAMPLE_ROWS ? i : (size_t)((unsigned __int128)i * input->rows / SAMPLE_ROWS);
}

static bool looks_like_email(struct slice s)
{
	size_t at = slice_find_byte(s, '@');

	return at > 0 && at + 3 < s.len && slice_find_byte(slice_skip(s, at), '.') < s.len - at;
}

static bool looks_like_date(struct slice s)
{
	uint32_t date = s.len <= 32 ? key_date(s) : 0;

	return date >= 10000000 && date < 22000000 && date / 100 % 100 <= 12 && date % 100 <= 31;
}

/* Whether one of two or three words is a given name that many people have. */
static bool has_given_name(const struct nicknames *nicknames, struct slice key)
{
	bool found = false;
	unsigned words = 0;

	for (; key.len; words++)
		found |= nickname_find(nicknames, slice_cut(&key, ' ')) != 0;
	return found && words >= 2 && words <= 3;
}

static void tally_cell(struct tally *tally, struct slice cell, struct arena *arena)
{
	struct slice key = key_of_cell(FIELD_TEXT, ROLE_NONE, cell, arena);
	size_t digits = 0, spaces = 0;

	tally->rows++;
	if (key.len == 0)
		return;
	for (size_t i = 0; i < key.len; i++) {
		digits += key.ptr[i] >= '0' && key.ptr[i] <= '9';
		spaces += key.ptr[i] == ' ';
	}
	tally->filled++;
	tally->companies += looks_like_company(cell);
	tally->persons += looks_like_person(cell, arena) || has_given_name(tally->nicknames, key);
	tally->emails += looks_like_email(slice_trim(cell));
	tally->dates += looks_like_date(slice_trim(cell));
	tally->digits += digits + spaces == key.len;
	tally->codes += digits > 0 && digits * 4 >= key.len - spaces && spaces <= 2 && key.len <= 24;
	tally->words += spaces + 1;
	tally->letters += key.len - spaces;
	map_add(&tally->values, key);
}

/* One value everywhere tells nobody from anybody; but of a few records all may well be one customer. */
static bool is_constant(const struct tally *tally)
{
	return tally->values.count < 2 && tally->rows > CONSTANT_FROM;
}

static enum field_kind kind_by_content(const struct tally *tally)
{
	size_t most = tally->filled * 8 / 10;

	if (tally->filled == 0 || is_constant(tally))
		return FIELD_NONE;
	if (tally->emails > most)
		return FIELD_EMAIL;
	if (tally->dates > most && tally->letters > tally->filled * 6)
		return FIELD_DATE;
	if (tally->digits > most)
		return tally->letters > tally->filled * 6 ? FIELD_CODE : FIELD_NUMBER;
	if (tally->values.count <= CATEGORY_MOST && tally->filled > 8 * tally->values.count)
		return FIELD_CATEGORY;
	if (tally->codes > most)
		return FIELD_CODE;
	return tally->words * 2 > tally->filled * 5 ? FIELD_LONG : FIELD_TEXT;
}

/* Kinds that roles prescribe; FIELD_NONE: says nothing about who it is. Others: by content. */
static bool kind_by_role(enum role role, enum field_kind *kind)
{
	static const struct { enum role role; enum field_kind kind; } known[] = {
		{ ROLE_PHONE, FIELD_CODE }, { ROLE_EMAIL, FIELD_EMAIL }, { ROLE_ID_NUMBER, FIELD_CODE },
		{ ROLE_USCC, FIELD_CODE }, { ROLE_WECHAT, FIELD_CODE }, { ROLE_BIRTHDAY, FIELD_DATE },
		{ ROLE_SOURCE_ID, FIELD_NONE }, { ROLE_CUSTOMER_ID, FIELD_NONE }, { ROLE_SOURCE, FIELD_NONE },
		{ ROLE_SOURCE_ROW, FIELD_NONE }, { ROLE_OWNER, FIELD_NONE }, { ROLE_STAGE, FIELD_NONE },
		{ ROLE_LEVEL, FIELD_NONE }, { ROLE_CREATED_AT, FIELD_NONE }, { ROLE_UPDATED_AT, FIELD_NONE },
		{ ROLE_TAGS, FIELD_NONE }, { ROLE_NOTE, FIELD_NONE },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (known[i].role == role) {
			*kind = known[i].kind;
			return true;
		}
	return false;
}

/* A column of names by its role: of people, of companies, or of anything. */
static enum field_kind kind_of_names(const struct tally *tally)
{
	if (tally->companies * 10 > tally->filled * 3)
		return FIELD_COMPANY;
	if (tally->persons * 4 > tally->filled)
		return FIELD_PERSON;
	return kind_by_content(tally);
}

static void profile_column(const struct match_input *input, size_t column, const struct nicknames *nicknames, struct profile *profile)
{
	struct tally tally = { .nicknames = nicknames };
	struct arena arena;
	size_t count = input->rows < SAMPLE_ROWS ? input->rows : SAMPLE_ROWS;

	arena_init(&arena);
	map_init(&tally.values);
	for (size_t i = 0; i < count; i++) {
		tally_cell(&tally, input->cell(input->context, sample_row(input, i), column), &arena);
		arena_reset(&arena);
	}
	*profile = (struct profile){ .role = input->roles ? input->roles[column] : ROLE_NONE };
	if (tally.filled) {
		profile->filled = (double)tally.filled / (double)tally.rows;
		profile->distinct = (double)tally.values.count / (double)tally.filled;
		profile->words = (double)tally.words / (double)tally.filled;
	}
	profile->other = SIZE_MAX;
	if (is_constant(&tally) || !kind_by_role(profile->role, &profile->kind))
		profile->kind = profile->role == ROLE_NAME || profile->role == ROLE_COMPANY ? kind_of_names(&tally) : kind_by_content(&tally);
	/* A number that never repeats is a row's own number: it can only mislead. */
	if (profile->role == ROLE_NONE && tally.values.count == tally.filled && tally.filled > 20 &&
	    (profile->kind == FIELD_NUMBER || profile->kind == FIELD_CODE))
		profile->kind = FIELD_NONE;
	map_release(&tally.values);
	arena_release(&arena);
}

/* Words of `part` that stand in `whole` too, and all of them. */
static void count_words(struct slice part, struct slice whole, size_t *inside, size_t *all)
{
	while (part.len) {
		struct slice word = slice_cut(&part, ' '), rest = whole;
		bool found = false;

		while (rest.len && !found)
			found = slice_equal(slice_cut(&rest, ' '), word);
		*inside += found;
		++*all;
	}
}

/* Whether nearly every word of column `part` is repeated in column `whole` of its row. */
static bool is_repeated(const struct match_input *input, size_t part, size_t whole)
{
	struct arena arena;
	size_t count = input->rows < SAMPLE_ROWS / 4 ? input->rows : SAMPLE_ROWS / 4, inside = 0, all = 0, same = 0, rows = 0;

	arena_init(&arena);
	for (size_t i = 0; i < count; i++) {
		size_t row = sample_row(input, i * (input->rows <= SAMPLE_ROWS ? 1 : 4));
		struct slice p = key_of_cell(FIELD_TEXT, ROLE_NONE, input->cell(input->context, row, part), &arena);
		struct slice w = key_of_cell(FIELD_TEXT, ROLE_NONE, input->cell(input->context, row, whole), &arena);

		if (p.len && p.len < 1000 && w.len < 1000) {
			count_words(p, w, &inside, &all);
			same += slice_equal(p, w);
			rows++;
		}
		arena_reset(&arena);
	}
	arena_release(&arena);
	return all > 20 && inside * 100 >= all * 95 && (same * 10 < rows * 9 || part > whole);
}

static bool is_text(const struct profile *profile)
{
	return profile->kind == FIELD_TEXT || profile->kind == FIELD_LONG || profile->kind == FIELD_CATEGORY || profile->kind == FIELD_PERSON;
}

/* Where there is one column of people and one of companies, each knows the other. */
static void pair_names(struct profile *profiles, size_t columns)
{
	size_t person = SIZE_MAX, company = SIZE_MAX;

	for (size_t c = columns; c-- > 0;) {
		person = profiles[c].kind == FIELD_PERSON ? c : person;
		company = profiles[c].kind == FIELD_COMPANY ? c : company;
	}
	if (person != SIZE_MAX && company != SIZE_MAX) {
		profiles[person].other = company;
		profiles[company].other = person;
	}
}

void profile_columns(const struct match_input *input, struct profile *profiles)
{
	struct nicknames nicknames;

	nickname_load(&nicknames);
	for (size_t c = 0; c < input->columns; c++) {
		profiles[c] = (struct profile){ .kind = FIELD_NONE, .other = SIZE_MAX };
		if (!input->ignore || !input->ignore[c])
			profile_column(input, c, &nicknames, &profiles[c]);
	}
	nickname_release(&nicknames);
	pair_names(profiles, input->columns);
	for (size_t whole = 0; whole < input->columns && whole < 64; whole++)
		for (size_t part = 0; part < input->columns && part < 64; part++) {
			if (part == whole || !is_text(&profiles[part]) || !is_text(&profiles[whole]) ||
			    profiles[whole].words < profiles[part].words - 0.01 ||
			    profiles[whole].filled < profiles[part].filled * 0.9 || profiles[whole].words < 1.2)
				continue;
			if (is_repeated(input, part, whole)) {
				profiles[whole].parts |= UINT64_C(1) << part;
				if (profiles[whole].kind == FIELD_PERSON)
					profiles[whole].kind = FIELD_TEXT;
				profiles[whole].role = ROLE_NONE;   /* what is left is no name, no address any more */
				profiles[whole].whole = true;
				profiles[part].part = true;
			}
		}
}
