#include "match/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "clean/text.h"
#include "match/distance.h"
#include "match/nickname.h"
#include "match/sketch.h"

enum { TOKENS_LEFT = 24, BREATHE = 32 };

static double larger(double a, double b)
{
	return a > b ? a : b;
}

/* The tokens of a value. */
struct tokens {
	uint32_t at[TOKENS_MOST];
	unsigned count;
};

static void read_tokens(struct tokens *tokens, const struct field *field, uint32_t v)
{
	tokens->count = field_tokens(field, v, tokens->at);
}

static bool is_number(struct slice s)
{
	return s.ptr[0] >= '0' && s.ptr[0] <= '9' && s.ptr[s.len - 1] >= '0' && s.ptr[s.len - 1] <= '9';
}

/* How much of a token another one carries: 1 the same, less for a slip, an initial. */
static double token_likeness(const struct field *field, uint32_t x, uint32_t y)
{
	struct slice a = field_token(field, x), b = field_token(field, y);
	uint64_t letters_a = field->token_letters[x], letters_b = field->token_letters[y];
	struct letters la, lb;

	if (a.len == 1 || b.len == 1)
		return a.ptr[0] == b.ptr[0] ? 0.5 : 0;
	if (!letters_a || !letters_b)
		return 0;
	unsigned longer = (unsigned)(a.len > b.len ? a.len : b.len), shorter = (unsigned)(a.len ^ b.len ^ longer);
	unsigned most = longer / 4;   /* edits that are still a likeness: each changes two letters at most */

	if (longer - shorter <= most && (unsigned)__builtin_popcountll(letters_a ^ letters_b) <= 2 * most) {
		letters_read(&la, a);
		letters_read(&lb, b);
		unsigned edits = distance_osa(&la, &lb);

		if (edits <= most)
			return edits <= 1 ? 0.9 : 0.75;
	}
	return slice_starts_with(a, b) || slice_starts_with(b, a) ? 0.6 : 0;
}

/* Tokens of a value that are not in the other one as they stand, but may be in other words. */
struct leftover {
	uint32_t token[TOKENS_LEFT];
	unsigned count;
};

/* Weight of the tokens in both values; the others that are worth a closer look are left over. */
static double common_weight(const struct field *field, const struct tokens *a, const struct tokens *b, struct leftover *left_a, struct leftover *left_b)
{
	unsigned i = 0, j = 0;
	double common = 0;

	left_a->count = left_b->count = 0;
	while (i < a->count || j < b->count) {
		uint32_t x = i < a->count ? a->at[i] : UINT32_MAX, y = j < b->count ? b->at[j] : UINT32_MAX;
		struct leftover *left = x < y ? left_a : left_b;
		uint32_t token = x < y ? x : y;

		i += x <= y;
		j += y <= x;
		if (x == y)
			common += field->token_weight[x];
		else if ((field->token_letters[token] || field_token(field, token).len == 1) && left->count < TOKENS_LEFT)
			left->token[left->count++] = token;
	}
	return common;
}

/* Weight of left over tokens of one value that find a like one in the other. */
static double alike_weight(const struct field *field, const struct leftover *from, const struct leftover *to, const struct tokens *b)
{
	double sum = 0;

	for (unsigned i = 0; i < from->count; i++) {
		uint32_t token = from->token[i];
		double best = 0;

		for (unsigned j = 0; j < to->count && best < 0.9; j++)
			best = larger(best, token_likeness(field, token, to->token[j]));
		/* An initial may stand for a word that has its like already. */
		for (unsigned j = 0; j < b->count && best < 0.5 && field_token(field, token).len == 1; j++)
			best = larger(best, token_likeness(field, token, b->at[j]));
		sum += field->token_weight[token] * best;
	}
	return sum;
}

/* Two texts by their words, each word weighing what its rarity says. */
static enum level level_of_tokens(const struct field *field, uint32_t a, uint32_t b)
{
	struct leftover left_a, left_b;
	struct tokens in_a, in_b;

	read_tokens(&in_a, field, a);
	read_tokens(&in_b, field, b);
	double common = common_weight(field, &in_a, &in_b, &left_a, &left_b), from_a = common, from_b = common;

	if (left_a.count && left_b.count) {
		from_a += alike_weight(field, &left_a, &left_b, &in_b);
		from_b += alike_weight(field, &left_b, &left_a, &in_a);
	}
	double both = (from_a + from_b) / (field->weight[a] + field->weight[b]);
	double part = larger(from_a / field->weight[a], from_b / field->weight[b]);

	if (both >= 0.94)
		return LEVEL_NEAR;
	if (both >= 0.78)
		return LEVEL_SIMILAR;
	if (part >= 0.85 || both >= 0.6)
		return LEVEL_RELATED;
	return both >= 0.35 ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

/* Whether a's rarest word has a like one in b. */
static bool telling_token_shared(const struct field *field, const struct tokens *a, const struct tokens *b)
{
	uint32_t rarest = a->at[0];
	double best = 0;

	for (unsigned i = 0; i < a->count; i++)
		if (field->token_weight[a->at[i]] > field->token_weight[rarest])
			rarest = a->at[i];
	for (unsigned j = 0; j < b->count && best < 0.7; j++)
		best = b->at[j] == rarest ? 1 : larger(best, token_likeness(field, rarest, b->at[j]));
	return best >= 0.7;
}

/* Two texts by their letters, spaces left out. */
static enum level level_of_letters(struct slice a, struct slice b)
{
	struct letters la, lb;

	letters_read(&la, a);
	letters_read(&lb, b);
	unsigned shorter = la.len < lb.len ? la.len : lb.len, longer = la.len ^ lb.len ^ shorter;
	unsigned edits = distance_osa(&la, &lb);

	if (edits == 0 || (edits == 1 && longer >= 4) || (edits == 2 && longer >= 12))
		return LEVEL_NEAR;
	double winkler = similarity_jaro_winkler(&la, &lb);

	if (edits * 5 <= longer || winkler >= 0.92)
		return LEVEL_SIMILAR;
	return edits * 5 <= longer * 2 || winkler >= 0.8 ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

/* The letters of a value, Chinese characters in pinyin. */
static void sound_read(struct letters *letters, const struct field *field, uint32_t v)
{
	struct arena arena;

	if (!field->keys.places[v].han) {
		letters_read(letters, field_text(field, v));
		return;
	}
	arena_init(&arena);
	letters_read(letters, text_pinyin(field_text(field, v), &arena));
	arena_release(&arena);
}

/* Chinese characters against Latin letters: the same in pinyin, or no telling. */
static enum level level_across_scripts(const struct field *field, uint32_t a, uint32_t b)
{
	struct letters la, lb;

	sound_read(&la, field, a);
	sound_read(&lb, field, b);
	return distance_osa(&la, &lb) <= 1 && la.len >= 4 ? LEVEL_NEAR : LEVEL_MISSING;
}

/* Two Latin companies: the word that says most of one must be in the other, so that a shared trade alone is nothing. */
static enum level level_of_companies(const struct field *field, uint32_t a, uint32_t b)
{
	const struct identity x = field_identity(field, a), y = field_identity(field, b);
	struct tokens in_a, in_b;
	enum level level;

	if (x.han || y.han)
		return company_level(&x, &y);
	if (x.branch != y.branch)
		return LEVEL_DIFFERENT;
	if (slice_equal(x.brand, y.brand)) {
		if (slice_equal(x.trade, y.trade))
			return LEVEL_NEAR;
		return slice_starts_with(x.trade, y.trade) || slice_starts_with(y.trade, x.trade) ? LEVEL_SIMILAR : LEVEL_RELATED;
	}
	read_tokens(&in_a, field, a);
	read_tokens(&in_b, field, b);
	if (!telling_token_shared(field, &in_a, &in_b) && !telling_token_shared(field, &in_b, &in_a))
		return LEVEL_DIFFERENT;
	level = level_of_tokens(field, a, b);
	return level > LEVEL_WEAK ? level : LEVEL_WEAK;
}

/* Addresses across scripts: house and room numbers are what both have. */
static enum level level_of_numbers(const struct field *field, uint32_t a, uint32_t b)
{
	unsigned shared = 0, numbers_a = 0, numbers_b = 0;
	struct tokens in_a, in_b;

	read_tokens(&in_a, field, a);
	read_tokens(&in_b, field, b);
	for (unsigned i = 0; i < in_a.count; i++) {
		bool found = false;

		if (!is_number(field_token(field, in_a.at[i])))
			continue;
		numbers_a++;
		for (unsigned j = 0; j < in_b.count; j++)
			found |= in_b.at[j] == in_a.at[i];
		shared += found;
	}
	for (unsigned j = 0; j < in_b.count; j++)
		numbers_b += is_number(field_token(field, in_b.at[j]));
	if (numbers_a == 0 || numbers_b == 0)
		return LEVEL_MISSING;
	return shared >= 2 ? LEVEL_RELATED : shared == 1 ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

static bool has_words(const struct field *field, uint32_t v)
{
	struct tokens tokens;

	read_tokens(&tokens, field, v);
	return tokens.count > 1;
}

static uint64_t nickname_of(const struct field *field, uint32_t v)
{
	struct slice rest = field_text(field, v);

	return nickname_find(&field->known, slice_cut(&rest, ' '));
}

static enum level level_of_text(const struct field *field, uint32_t a, uint32_t b)
{
	struct slice ta = field_text(field, a), tb = field_text(field, b);

	const struct lexeme *x = &field->keys.places[a], *y = &field->keys.places[b];
	bool text = field->profile.kind == FIELD_TEXT;

	if (x->han != y->han)
		return text && !(field->digits[a] && field->digits[b]) ? level_across_scripts(field, a, b) : level_of_numbers(field, a, b);
	enum level level = LEVEL_DIFFERENT;

	/* Another house number is another house. */
	if (!field->digits[a] || !field->digits[b] || field->digits[a] == field->digits[b])
		level = level_of_letters(ta, tb);

	if (level < LEVEL_NEAR && (has_words(field, a) || has_words(field, b))) {
		enum level words = level_of_tokens(field, a, b);

		level = words > level ? words : level;
	}
	if (level >= LEVEL_RELATED)
		return level;
	if (text && x->named && y->named && nickname_shared(nickname_of(field, a), nickname_of(field, b)))
		return LEVEL_RELATED;
	if (slice_starts_with(ta, tb) || slice_starts_with(tb, ta))
		return LEVEL_RELATED;
	return level;
}

static enum level level_of_code(struct slice a, struct slice b)
{
	struct letters la, lb;
	unsigned edits, longer = (unsigned)(a.len > b.len ? a.len : b.len);

	letters_read(&la, a);
	letters_read(&lb, b);
	edits = distance_osa(&la, &lb);
	if (edits == 0)
		return LEVEL_EXACT;
	if (edits == 1 && longer >= 2)
		return LEVEL_NEAR;
	if (a.len >= 5 && b.len >= 5 && (slice_ends_with(a, b) || slice_ends_with(b, a)))
		return LEVEL_RELATED;   /* without the area code */
	if (edits == 2 && longer >= 5)
		return LEVEL_SIMILAR;
	return LEVEL_DIFFERENT;
}

/* The best pair of two lists of codes. */
static enum level level_of_codes(const struct field *field, uint32_t a, uint32_t b)
{
	enum level best = LEVEL_DIFFERENT;
	struct tokens in_a, in_b;

	read_tokens(&in_a, field, a);
	read_tokens(&in_b, field, b);
	for (unsigned i = 0; i < in_a.count; i++)
		for (unsigned j = 0; j < in_b.count; j++) {
			enum level level = in_a.at[i] == in_b.at[j] ? LEVEL_EXACT
				: level_of_code(field_token(field, in_a.at[i]), field_token(field, in_b.at[j]));

			best = level > best ? level : best;
		}
	return best;
}

static enum level level_of_number(struct slice a, struct slice b)
{
	enum level level = level_of_code(a, b);
	int64_t x, y;

	if (level >= LEVEL_NEAR)
		return level;
	if (slice_to_i64(a, &x) && slice_to_i64(b, &y) && (x - y == 1 || y - x == 1))
		return LEVEL_SWAPPED;
	return level == LEVEL_SIMILAR ? level : LEVEL_DIFFERENT;
}

/* Digits that differ between two dates of eight digits, a swap of neighbours counting one. */
static unsigned date_edits(uint32_t a, uint32_t b)
{
	unsigned edits = 0, last_a = 10, last_b = 10;

	for (; a || b; a /= 10, b /= 10) {
		unsigned x = a % 10, y = b % 10;

		if (x != y && x == last_b && y == last_a)
			last_a = last_b = 10;
		else if (x != y)
			edits++, last_a = x, last_b = y;
		else
			last_a = last_b = 10;
	}
	return edits;
}

static enum level level_of_date(uint32_t a, uint32_t b)
{
	bool year = a / 10000 == b / 10000, month = a / 100 % 100 == b / 100 % 100, day = a % 100 == b % 100;
	unsigned edits = date_edits(a, b);

	if (a == b)
		return LEVEL_EXACT;
	if (edits <= 1 || (year && a / 100 % 100 == b % 100 && a % 100 == b / 100 % 100))
		return LEVEL_NEAR;
	if (year + month + day == 2)
		return year ? LEVEL_SIMILAR : LEVEL_RELATED;
	if (edits <= 2)
		return LEVEL_SWAPPED;
	return year ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

static void read_digits(struct letters *digits, struct slice s)
{
	digits->len = 0;
	for (size_t i = 0; i < s.len && digits->len < LETTERS_MOST; i++)
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
			digits->at[digits->len++] = (uint16_t)s.ptr[i];
}

static unsigned edits_of(struct slice a, struct slice b, unsigned *longer)
{
	struct letters la, lb;

	letters_read(&la, a);
	letters_read(&lb, b);
	*longer = la.len > lb.len ? la.len : lb.len;
	return distance_osa(&la, &lb);
}

/* Whether the digits of both differ by more than one slip, and that the only one: wei.li85 and wei.li92 are two people of one name. */
static bool numbers_differ(struct slice a, struct slice b, unsigned edits)
{
	struct letters la, lb;
	unsigned apart;

	read_digits(&la, a);
	read_digits(&lb, b);
	apart = distance_osa(&la, &lb);
	return la.len > 1 && lb.len > 1 && apart > 0 && (apart > 1 || edits > 1);
}

static enum level level_of_email(struct slice a, struct slice b)
{
	size_t at_a = slice_find_byte(a, '@'), at_b = slice_find_byte(b, '@');
	struct slice local_a = slice_first(a, at_a), local_b = slice_first(b, at_b);
	bool one_domain = slice_equal(slice_skip(a, at_a), slice_skip(b, at_b));
	unsigned longer = (unsigned)(a.len > b.len ? a.len : b.len), local_longer, local = edits_of(local_a, local_b, &local_longer);
	/* What both end in costs no edits. */
	unsigned edits = one_domain && longer <= LETTERS_MOST && utf8_ascii_length(a) == a.len && utf8_ascii_length(b) == b.len
		? local : edits_of(a, b, &longer);

	if (edits * 4 <= longer || edits <= 2) {
		if (!numbers_differ(local_a, local_b, local))
			return edits <= 2 ? LEVEL_NEAR : LEVEL_SIMILAR;
	}
	if (local == 0 && local_longer)
		return LEVEL_RELATED;
	return one_domain || edits * 2 <= longer ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

/* Towns and provinces are few and met again and again. */
static enum level level_of_few(const struct field *field, uint32_t a, uint32_t b)
{
	unsigned char *known = &field->levels[(size_t)a * field->count + b];
	unsigned level = __atomic_load_n(known, __ATOMIC_RELAXED);

	if (level == 0) {
		level = level_of_text(field, a, b) + 1;
		__atomic_store_n(known, (unsigned char)level, __ATOMIC_RELAXED);
	}
	return level - 1;
}

static enum level level_of_persons(const struct field *field, uint32_t a, uint32_t b)
{
	const struct identity x = field_identity(field, a), y = field_identity(field, b);

	return person_level(&x, &y, &field->known);
}

bool compare_at_hand(const struct field *field, struct datum a, struct datum b, enum level *level)
{
	if (field->levels)
		*level = level_of_few(field, a.value, b.value);
	else if (field->profile.kind == FIELD_DATE)
		*level = level_of_date(a.sketch, b.sketch);
	else if (field->profile.kind == FIELD_CATEGORY)
		*level = LEVEL_DIFFERENT;
	else
		return sketch_unlike(field->profile.kind, a.sketch, b.sketch, level);
	return true;
}

enum level compare_values(const struct field *field, struct datum x, struct datum y)
{
	uint32_t a = x.value, b = y.value;
	enum level level;

	if (a == VALUE_MISSING || b == VALUE_MISSING)
		return LEVEL_MISSING;
	if (a == b)
		return LEVEL_EXACT;
	if (compare_at_hand(field, x, y, &level))
		return level;
	switch (field->profile.kind) {
	case FIELD_TEXT:
	case FIELD_LONG:
		return level_of_text(field, a, b);
	case FIELD_PERSON:
		return level_of_persons(field, a, b);
	case FIELD_COMPANY:
		return level_of_companies(field, a, b);
	case FIELD_CODE:
		return level_of_codes(field, a, b);
	case FIELD_NUMBER:
		return level_of_number(field_text(field, a), field_text(field, b));
	case FIELD_EMAIL:
		return level_of_email(field_text(field, a), field_text(field, b));
	default:
		return LEVEL_DIFFERENT;
	}
}

void compare_prefetch(const struct field *field, uint32_t v, bool texts)
{
	if (!texts) {
		__builtin_prefetch(&field->keys.places[v]);
		if (field->identity_begin)
			__builtin_prefetch(&field->identity_begin[v]);
		if (field->token_begin)
			__builtin_prefetch(&field->token_begin[v]);
		return;
	}
	__builtin_prefetch(field_text(field, v).ptr);
	if (field->identity_begin)
		__builtin_prefetch(field->identities + field->identity_begin[v]);
	if (field->token_begin)
		__builtin_prefetch(field->tokens + field->token_begin[v]);
}

/* Whether the values of fields f and g of the two rows stand crosswise. */
static bool is_swapped(const struct fields *fields, unsigned i, unsigned j, size_t a, size_t b)
{
	const struct field *f = &fields->all[i], *g = &fields->all[j];
	const uint32_t *x = fields_row(fields, a), *y = fields_row(fields, b);
	uint32_t fa = x[i], fb = y[i], ga = x[j], gb = y[j];

	return fa && fb && ga && gb && fa != fb &&
	       (slice_equal(field_text(f, fa), field_text(g, gb)) || level_of_letters(field_text(f, fa), field_text(g, gb)) >= LEVEL_NEAR) &&
	       (slice_equal(field_text(f, fb), field_text(g, ga)) || level_of_letters(field_text(f, fb), field_text(g, ga)) >= LEVEL_NEAR);
}

/* A company is one customer whoever the contact is: where companies agree, another person is no evidence. */
static uint64_t one_company(const struct fields *fields, uint64_t pattern)
{
	bool agree = false;

	for (unsigned i = 0; i < fields->count; i++)
		agree |= fields->all[i].profile.kind == FIELD_COMPANY && pattern_level(pattern, i) >= LEVEL_SIMILAR;
	for (unsigned i = 0; agree && i < fields->count; i++)
		if (fields->all[i].profile.kind == FIELD_PERSON && pattern_level(pattern, i) <= LEVEL_WEAK)
			pattern &= ~(UINT64_C(7) << 3 * i);
	return pattern;
}

uint64_t compare_together(const struct fields *fields, uint64_t pattern, size_t a, size_t b)
{
	for (unsigned i = 0; i < fields->count; i++) {
		unsigned j = fields->partner[i];

		if (j && pattern_level(pattern, i) < LEVEL_SIMILAR && pattern_level(pattern, j) < LEVEL_SIMILAR &&
		    is_swapped(fields, i, j, a, b)) {
			pattern &= ~(UINT64_C(7) << 3 * i | UINT64_C(7) << 3 * j);
			pattern |= (uint64_t)LEVEL_SWAPPED << 3 * i;
		}
	}
	return one_company(fields, pattern);
}

uint64_t compare_rows(const struct fields *fields, size_t a, size_t b)
{
	uint64_t pattern = 0;

	/* Rows come in any order, so that each may be somewhere else in a file. */
	if (b % BREATHE == 0 && fields->count)
		vast_breathe(fields->all[0].vast);
	for (unsigned i = 0; i < fields->count; i++)
		pattern |= (uint64_t)compare_values(&fields->all[i], fields_datum(fields, a, i), fields_datum(fields, b, i)) << 3 * i;
	return compare_together(fields, pattern, a, b);
}

/* Share of f's rows whose value is a value of g, too. */
static double overlap(const struct field *f, const struct field *g)
{
	size_t rows = 0;

	for (uint32_t v = 1; v < f->count; v++)
		if (lexicon_find(&g->keys, field_text(f, v)) != LEXICON_NONE)
			rows += f->value_rows[v];
	return f->filled ? (double)rows / (double)f->filled : 0;
}

void compare_find_partners(struct fields *fields)
{
	for (unsigned i = 0; i < fields->count; i++) {
		double best = 0.002;

		fields->partner[i] = 0;
		for (unsigned j = i + 1; j < fields->count; j++) {
			const struct field *f = &fields->all[i], *g = &fields->all[j];
			double shared;

			if ((f->profile.kind != FIELD_TEXT && f->profile.kind != FIELD_LONG) ||
			    (g->profile.kind != FIELD_TEXT && g->profile.kind != FIELD_LONG))
				continue;
			shared = overlap(f, g);
			if (shared > best && overlap(g, f) > 0.002)
				best = shared, fields->partner[i] = j;
		}
	}
}

double compare_shared_rows(const struct field *field, uint32_t a, uint32_t b)
{
	double most = field->value_rows[a] > field->value_rows[b] ? field->value_rows[a] : field->value_rows[b], least = INFINITY;
	struct tokens in_a, in_b;

	if (a == b || field->profile.kind != FIELD_CODE)
		return most;
	read_tokens(&in_a, field, a);
	read_tokens(&in_b, field, b);
	for (unsigned i = 0; i < in_a.count; i++)
		for (unsigned j = 0; j < in_b.count; j++)
			if (in_a.at[i] == in_b.at[j] && field->token_rows[in_a.at[i]] < least)
				least = field->token_rows[in_a.at[i]];
	return least < INFINITY ? least : most;
}
