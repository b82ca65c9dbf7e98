/*
 * A Chinese company name is place + brand + trade + form (+ branch), read from the ends: the branch behind the form, the form, the place in front or in
 * brackets, then trade words from the end as long as something is left for the brand. A Latin one is words: form words, then trade words from the end.
 */
#include "clean/company.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/embed.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "clean/region.h"
#include "clean/text.h"

EMBED(company_words_text, "lib/clean/company_words.txt")

struct words {
	struct slice *items;       /* the longest first */
	size_t count, capacity;
	size_t first[256], *next;  /* by the last byte: the first word that ends with it, plus one, and after each word the next */
};

enum list { LIST_FORM, LIST_BRANCH, LIST_TRADE, LIST_ZONE, LIST_LATIN_FORM, LIST_LATIN_TRADE, LIST_LATIN_BRANCH, LISTS };

/* Built once under pthread_once, then only read. */
static struct words lists[LISTS];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static int longest_first(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	return x->len == y->len ? slice_compare(*x, *y) : x->len < y->len ? 1 : -1;
}

static void add_list(struct slice line)
{
	static const char *const names[LISTS] = { "form", "branch", "trade", "zone", "latin_form", "latin_trade", "latin_branch" };
	struct slice kind = slice_cut(&line, ' ');

	for (int i = 0; i < LISTS; i++) {
		struct words *words = &lists[i];

		if (!slice_equal(kind, slice_of(names[i])))
			continue;
		while (line.len) {
			words->items = memory_grow(words->items, &words->capacity, words->count + 1, sizeof *words->items);
			words->items[words->count++] = slice_cut(&line, '|');
		}
		qsort(words->items, words->count, sizeof *words->items, longest_first);
	}
}

static void index_endings(struct words *words)
{
	words->next = memory_zero(words->count + 1, sizeof *words->next);
	for (size_t i = words->count; i > 0; i--) {
		struct slice item = words->items[i - 1];
		size_t *first = &words->first[item.len ? (unsigned char)item.ptr[item.len - 1] : 0];

		words->next[i - 1] = *first;
		*first = i;
	}
}

static void build(void)
{
	struct slice text = company_words_text();

	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len && line.ptr[0] != '#')
			add_list(line);
	}
	for (int i = 0; i < LISTS; i++)
		index_endings(&lists[i]);
}

/* The first word of the list that may be at the end of s, plus one; 0: there is none. */
static size_t first_ending(enum list list, struct slice s)
{
	return s.len ? lists[list].first[(unsigned char)s.ptr[s.len - 1]] : 0;
}

/* The longest word of the list that s ends with; empty for none. */
static struct slice find_ending(enum list list, struct slice s)
{
	for (size_t i = first_ending(list, s); i > 0; i = lists[list].next[i - 1])
		if (slice_ends_with(s, lists[list].items[i - 1]))
			return lists[list].items[i - 1];
	return (struct slice){ "", 0 };
}

static bool is_word(enum list list, struct slice word)
{
	for (size_t i = first_ending(list, word); i > 0; i = lists[list].next[i - 1])
		if (slice_equal(word, lists[list].items[i - 1]))
			return true;
	return false;
}

/* --- Chinese --- */

/* The text without spaces and without brackets round a place or (集团) and the like; a place found so goes to *place. */
static struct slice drop_brackets(struct slice s, struct slice *place, struct arena *arena)
{
	char *to = arena_bytes(arena, s.len);
	size_t length = 0;

	while (s.len) {
		struct region region;
		size_t close = slice_find_byte(s, ')');

		if (s.ptr[0] == '(' && close < s.len) {
			struct slice inside = slice_first(slice_skip(s, 1), close - 1);

			if ((region_at_start(inside, NULL, &region) && region.length == inside.len) || slice_equal(inside, SLICE("中国"))) {
				*place = inside;
				s = slice_skip(s, close + 1);
				continue;
			}
		}
		if (s.ptr[0] != '(' && s.ptr[0] != ')' && s.ptr[0] != ' ')
			to[length++] = s.ptr[0];
		s = slice_skip(s, 1);
	}
	return (struct slice){ to, length };
}

/*
 * A branch that is called after its place right behind the trade: 供应链管理|上海分公司, 能源|石家庄公司. What stands before must end as a name does. Its
 * length, or 0.
 */
static size_t trailing_branch(struct slice name, struct slice ending)
{
	for (size_t at = name.len - ending.len; at >= 6 && name.len - ending.len - at <= 27;) {
		struct slice before, place;
		struct region region;

		do
			at--;
		while (at && ((unsigned char)name.ptr[at] & 0xC0) == 0x80);
		before = slice_first(name, at);
		place = slice_first(slice_skip(name, at), name.len - ending.len - at);
		if (place.len >= 6 && region_at_start(place, NULL, &region) && region.length == place.len && before.len > 6 &&
		    (find_ending(LIST_TRADE, before).len || find_ending(LIST_FORM, before).len))
			return name.len - at;
	}
	return 0;
}

/* 腾讯科技有限公司上海分公司: what follows the form, if it ends like a branch. */
static struct slice take_branch(struct slice *name)
{
	struct slice ending = find_ending(LIST_BRANCH, *name), marks[] = { SLICE("公司"), SLICE("集团") }, sales[] = { SLICE("销售公司"), SLICE("公司") };
	size_t cut = 0;

	if (ending.len == 0) {
		for (size_t m = 0; m < 2 && !cut; m++)
			cut = slice_ends_with(*name, sales[m]) ? trailing_branch(*name, sales[m]) : 0;
		ending = slice_skip(*name, name->len - cut);
		name->len -= cut;
		return ending;
	}
	for (size_t m = 0; m < 2 && !cut; m++) {
		size_t at = slice_find(slice_first(*name, name->len - ending.len), marks[m]);

		if (at + ending.len < name->len)
			cut = at + marks[m].len;
	}
	if (!cut) {
		cut = trailing_branch(*name, ending);
		cut = name->len - (cut ? cut : slice_equal(ending, SLICE("分公司")) ? ending.len : 0);
	}
	ending = slice_skip(*name, cut);
	*name = slice_first(*name, cut);
	return ending;
}

/* Bytes of a place at the start, after those that are known: a region, of a known city also 番禺 for 番禺区, or 开发区. */
static size_t place_length(struct slice s, struct region *known)
{
	struct region region;

	if (region_at_start(s, known->length ? known : NULL, &region) || (known->length && region_at_start(s, NULL, &region))) {
		*known = region;
		return region.length;
	}
	if (known->city.len && known->level < REGION_DISTRICT && region_district_at_start(s, known, &region)) {
		*known = region;
		return region.length;
	}
	for (size_t i = 0; known->length && i < lists[LIST_ZONE].count; i++)
		if (slice_starts_with(s, lists[LIST_ZONE].items[i]))
			return lists[LIST_ZONE].items[i].len;
	return 0;
}

static void take_place(struct slice *name, struct slice *place)
{
	struct region known = { .length = 0 };
	size_t taken = 0, length;

	while ((length = place_length(slice_skip(*name, taken), &known)) && name->len - taken - length >= 6)
		taken += length;
	if (taken && !place->len)
		*place = slice_first(*name, taken);
	*name = slice_skip(*name, taken);
}

/* Trade words from the end, as long as two characters are left for the brand; what is left may itself be a trade: then there is no brand. */
static struct slice take_trade(struct slice name)
{
	size_t length = name.len;

	for (;;) {
		struct slice word = find_ending(LIST_TRADE, slice_first(name, length));

		if (word.len == 0 || (length - word.len < 6 && length > word.len))
			break;
		length -= word.len;
	}
	return slice_skip(name, length);
}

static struct company parse_chinese(struct slice s, struct arena *arena)
{
	struct company company = { .place = { "", 0 } };
	struct slice name = drop_brackets(s, &company.place, arena);

	company.branch = take_branch(&name);
	company.form = find_ending(LIST_FORM, name);
	if (name.len - company.form.len < 6)
		company.form = (struct slice){ "", 0 };
	name.len -= company.form.len;
	take_place(&name, &company.place);
	company.trade = text_key(take_trade(name), false, arena);
	company.key = text_key(name, false, arena);
	company.brand = slice_first(company.key, company.key.len - company.trade.len);
	return company;
}

/* --- Latin --- */

static struct slice last_word(struct slice words)
{
	size_t at = words.len;

	while (at > 0 && words.ptr[at - 1] != ' ')
		at--;
	return slice_skip(words, at);
}

static struct slice take_words(enum list list, struct slice *words)
{
	size_t end = words->len;

	for (;;) {
		struct slice word = last_word(*words);

		if (word.len == words->len || !is_word(list, word))
			break;
		words->len -= word.len + 1;
	}
	return end > words->len ? (struct slice){ words->ptr + words->len + 1, end - words->len - 1 } : (struct slice){ "", 0 };
}

/* Acme Ltd (Shanghai Branch), Acme Ltd Shanghai Branch: what is in brackets, or behind the form, if it ends like a branch. */
static struct slice take_latin_branch(struct slice *s, struct arena *arena)
{
	size_t open = slice_find_byte(*s, '('), close = slice_find_byte(*s, ')');
	struct slice words = text_key(*s, true, arena), rest, none = { "", 0 };

	if (open > 0 && open < close && close < s->len) {
		struct slice inside = text_key(slice_first(slice_skip(*s, open + 1), close - open - 1), true, arena);

		if (!is_word(LIST_LATIN_BRANCH, last_word(inside)))
			return none;
		*s = arena_format(arena, "%.*s%.*s", (int)open, s->ptr, SLICE_ARG(slice_skip(*s, close + 1)));
		return inside;
	}
	if (!is_word(LIST_LATIN_BRANCH, last_word(words)))
		return none;
	for (rest = words; rest.len;) {
		struct slice before = { words.ptr, (size_t)(rest.ptr - words.ptr) };

		if (before.len && is_word(LIST_LATIN_FORM, last_word(slice_trim(before))) && !is_word(LIST_LATIN_FORM, slice_first(rest, slice_find_byte(rest, ' ')))) {
			*s = slice_trim(before);
			return rest;
		}
		slice_cut(&rest, ' ');
	}
	return none;
}

/* L.L.C., G.m.b.H.: letters with stops, which are words of their own by now, are one word at the end of a name. */
static struct slice join_letters(struct slice words, struct arena *arena)
{
	size_t letters = 0;

	while (words.len >= 2 * letters + 2 && words.ptr[words.len - 2 * letters - 2] == ' ')
		letters++;
	if (letters < 2)
		return words;
	size_t begin = words.len - 2 * letters + 1;
	char *out = arena_bytes(arena, words.len);
	size_t len = begin;

	memcpy(out, words.ptr, begin);
	for (size_t i = begin; i < words.len; i += 2)
		out[len++] = words.ptr[i];
	return (struct slice){ out, len };
}

/* Acme Ltd d/b/a Road Runner: the company goes by its own name. */
static struct slice without_trading_name(struct slice words)
{
	size_t at = slice_find(words, SLICE(" d b a ")), other = slice_find(words, SLICE(" dba "));

	return slice_first(words, at < other ? at : other);
}

static struct company parse_latin(struct slice s, struct arena *arena)
{
	struct company company = { .place = { "", 0 }, .branch = take_latin_branch(&s, arena) };
	struct slice words = text_key(s, true, arena);

	if (slice_starts_with(words, SLICE("the ")) && words.len > 4)
		words = slice_skip(words, 4);
	words = join_letters(without_trading_name(words), arena);
	company.form = take_words(LIST_LATIN_FORM, &words);
	company.key = words;
	company.trade = take_words(LIST_LATIN_TRADE, &words);
	company.brand = words;
	return company;
}

struct company company_parse(struct slice s, struct arena *arena)
{
	struct slice clean = text_clean(s, arena);

	pthread_once(&built, build);
	return text_has_han(clean) ? parse_chinese(clean, arena) : parse_latin(clean, arena);
}

bool company_is_likely(struct slice s)
{
	struct slice rest = slice_trim(s);
	bool likely = false;

	pthread_once(&built, build);
	if (text_has_han(rest)) {
		if (slice_ends_with(rest, SLICE(")")) || slice_ends_with(rest, SLICE("）")))
			return utf8_count(rest) > 6;
		return find_ending(LIST_FORM, rest).len > 0 || find_ending(LIST_BRANCH, rest).len > 0 ||
		       (utf8_count(rest) > 3 && find_ending(LIST_TRADE, rest).len > 0);
	}
	while (rest.len && !likely) {
		size_t at = rest.len;
		char word[32];
		size_t length = 0;

		while (at > 0 && rest.ptr[at - 1] != ' ')
			at--;
		for (size_t i = at; i < rest.len && length < sizeof word; i++)
			if ((rest.ptr[i] | 0x20) >= 'a' && (rest.ptr[i] | 0x20) <= 'z')
				word[length++] = (char)(rest.ptr[i] | 0x20);
		likely = is_word(LIST_LATIN_FORM, (struct slice){ word, length }) ||
			 is_word(LIST_LATIN_TRADE, (struct slice){ word, length });
		if (length || at == 0)
			break;
		rest.len = at - 1;
	}
	return likely;
}
