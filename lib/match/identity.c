#include "match/identity.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "clean/company.h"
#include "clean/person.h"
#include "clean/region.h"
#include "clean/text.h"
#include "match/distance.h"
#include "match/nickname.h"

/* What people write where a name is wanted and there is none. */
static bool is_placeholder(struct slice key)
{
	static const char *const words[] = { "个人", "个体", "个人客户", "散客", "匿名", "客户", "not provided", "unknown", "none", "individual", "private",
					     "personal", "self", "anonymous", "no name", "noname", "test", "tbd", "customer" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_equal(key, slice_of(words[i])))
			return true;
	return false;
}

static struct slice joined_pinyin(struct slice s, struct arena *arena)
{
	struct slice spaced = text_pinyin(s, arena);
	char *out = arena_bytes(arena, spaced.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < spaced.len; i++)
		if (spaced.ptr[i] != ' ')
			out[len++] = spaced.ptr[i];
	return (struct slice){ out, len };
}

/* --- persons --- */

struct slice person_key(struct slice cell, struct arena *arena)
{
	struct person person;
	struct slice words = text_key(cell, true, arena);

	if (words.len == 0 || is_placeholder(words))
		return (struct slice){ NULL, 0 };
	person = person_parse(cell, arena);
	if (person.family.len + person.given.len == 0)
		return (struct slice){ NULL, 0 };
	return arena_format(arena, "%.*s|%.*s", SLICE_ARG(person.family), SLICE_ARG(person.given));
}

static void cut_person(struct identity *identity, struct slice key)
{
	identity->family = slice_first(key, slice_find_byte(key, '|'));
	identity->given = slice_skip(key, identity->family.len + 1);
}

struct identity identity_of_person(struct slice key, struct arena *arena)
{
	struct identity identity = { .han = text_has_han(key) };

	cut_person(&identity, key);
	if (identity.han) {
		struct slice family = joined_pinyin(identity.family, arena), given = joined_pinyin(identity.given, arena);

		identity.sound = arena_format(arena, "%.*s%.*s", SLICE_ARG(family), SLICE_ARG(given));
		identity.family_sound = (uint16_t)(family.len < 0xffff ? family.len : 0xffff);
	}
	return identity;
}

/* The letters of two texts in a row. */
static void read_both(struct letters *letters, struct slice first, struct slice second)
{
	struct letters more;

	letters_read(letters, first);
	letters_read(&more, second);
	for (unsigned i = 0; i < more.len && letters->len < LETTERS_MOST; i++)
		letters->at[letters->len++] = more.at[i];
}

static unsigned edits_between(struct slice a1, struct slice a2, struct slice b1, struct slice b2)
{
	struct letters a, b;

	read_both(&a, a1, a2);
	read_both(&b, b1, b2);
	return distance_osa(&a, &b);
}

static enum level level_of_han_persons(const struct identity *a, const struct identity *b)
{
	struct slice none = { NULL, 0 };
	bool family = slice_equal(a->family, b->family);

	if (a->given.len == 0 || b->given.len == 0)
		return family ? LEVEL_RELATED : LEVEL_DIFFERENT;
	if (slice_equal(a->sound, b->sound))
		return LEVEL_NEAR;
	/* Given and family name in the other order: 悦霞伍. */
	if (a->family.len + a->given.len == b->family.len + b->given.len &&
	    (edits_between(a->family, a->given, b->given, b->family) == 0 ||
	     (a->given.len >= 3 && slice_equal(slice_skip(a->given, a->given.len - 3), b->family) &&
	      edits_between(a->family, slice_first(a->given, a->given.len - 3), b->given, none) == 0) ||
	     (b->given.len >= 3 && slice_equal(slice_skip(b->given, b->given.len - 3), a->family) &&
	      edits_between(b->family, slice_first(b->given, b->given.len - 3), a->given, none) == 0)))
		return LEVEL_NEAR;
	/* One character in three differs: a slip of the pen, or brothers and sisters. */
	if (edits_between(a->family, a->given, b->family, b->given) == 1 && utf8_count(a->given) + utf8_count(b->given) >= 3)
		return LEVEL_SWAPPED;
	return family ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

/* Pinyin of a Chinese name against Latin words, family name first or last. */
static enum level level_across(const struct identity *han, const struct identity *latin)
{
	struct slice family = slice_first(han->sound, han->family_sound), given = slice_skip(han->sound, han->family_sound);
	struct letters part;

	if (edits_between(family, given, latin->given, latin->family) == 0 || edits_between(family, given, latin->family, latin->given) == 0)
		return LEVEL_NEAR;
	if (edits_between(family, given, latin->given, latin->family) == 1 || edits_between(family, given, latin->family, latin->given) == 1)
		return LEVEL_SIMILAR;
	letters_read(&part, latin->given);
	if (slice_equal(family, latin->family) && given.len && (part.len == 0 || (part.len <= 2 && part.at[0] == (uint16_t)given.ptr[0])))
		return LEVEL_RELATED;
	return slice_equal(family, latin->family) || slice_equal(family, latin->given) ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

/* How alike one part of two Latin names is: 3 the same, 2 a slip, 1 a short form or an initial, 0 not. */
static unsigned part_likeness(struct slice a, struct slice b, const struct nicknames *nicknames)
{
	struct letters la, lb;
	unsigned longer, edits;

	if (a.len == 0 || b.len == 0)
		return 1;
	if (slice_equal(a, b))
		return 3;
	letters_read(&la, a);
	letters_read(&lb, b);
	longer = la.len > lb.len ? la.len : lb.len;
	edits = distance_osa(&la, &lb);
	if (edits == 0)
		return 3;
	if ((edits == 1 && longer >= 4) || (edits == 2 && longer >= 8))
		return 2;
	if (slice_starts_with(a, b) || slice_starts_with(b, a))
		return 1;
	return nicknames && nickname_shared(nickname_find(nicknames, slice_first(a, slice_find_byte(a, ' '))),
					    nickname_find(nicknames, slice_first(b, slice_find_byte(b, ' ')))) ? 1 : 0;
}

static enum level level_of_parts(unsigned family, unsigned given)
{
	if (family == 3 && given == 3)
		return LEVEL_NEAR;   /* differs in spaces only */
	if (family >= 2 && given >= 2)
		return family + given == 5 ? LEVEL_NEAR : LEVEL_SIMILAR;
	if (family >= 2 && given == 1)
		return LEVEL_RELATED;
	return family >= 2 ? LEVEL_WEAK : LEVEL_DIFFERENT;
}

static enum level level_of_latin_persons(const struct identity *a, const struct identity *b, const struct nicknames *nicknames)
{
	enum level straight = level_of_parts(part_likeness(a->family, b->family, NULL), part_likeness(a->given, b->given, nicknames));
	enum level crosswise = LEVEL_DIFFERENT;

	if (straight < LEVEL_NEAR && a->given.len && b->given.len) {
		crosswise = level_of_parts(part_likeness(a->family, b->given, NULL), part_likeness(a->given, b->family, NULL));
		if (crosswise < LEVEL_SIMILAR)
			crosswise = LEVEL_DIFFERENT;
	}
	return crosswise > straight ? crosswise : straight;
}

enum level person_level(const struct identity *a, const struct identity *b, const struct nicknames *nicknames)
{
	if (a->han && b->han)
		return level_of_han_persons(a, b);
	if (a->han != b->han)
		return a->han ? level_across(a, b) : level_across(b, a);
	return level_of_latin_persons(a, b, nicknames);
}

/* --- companies --- */

static bool names_branch(struct slice key)
{
	static const char *const words[] = { "分公司", "支公司", "分行", "支行", "办事处", "分店", "分部", " branch" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_find(key, slice_of(words[i])) < key.len)
			return true;
	return false;
}

/* Offset of the first of the two forms of a bracket, its length in *len; s.len when there is none. */
static size_t find_bracket(struct slice s, const char *narrow, const char *wide, size_t *len)
{
	size_t at = slice_find(s, slice_of(narrow)), other = slice_find(s, slice_of(wide));

	*len = at < other ? 1 : strlen(wide);
	return at < other ? at : other;
}

/* 博美(深圳)贸易 is 深圳博美贸易: a place in brackets goes to the front. */
static struct slice move_place(struct slice cell, struct arena *arena)
{
	size_t open_len, close_len, open = find_bracket(cell, "(", "（", &open_len), close;
	struct slice before = slice_first(cell, open), inside, after;

	if (open == cell.len || open == 0)
		return cell;
	inside = slice_skip(cell, open + open_len);
	close = find_bracket(inside, ")", "）", &close_len);
	after = slice_skip(inside, close + close_len);
	inside = slice_first(inside, close);
	if (after.len == 0 || !text_has_han(inside) || names_branch(inside))
		return cell;
	return arena_format(arena, "%.*s%.*s%.*s", SLICE_ARG(inside), SLICE_ARG(before), SLICE_ARG(after));
}

struct slice company_key(struct slice cell, struct arena *arena)
{
	struct slice words = text_key(move_place(cell, arena), true, arena);

	return is_placeholder(words) ? (struct slice){ NULL, 0 } : words;
}

/* The province and city that the place of a company's name begins with. */
static uint32_t place_of(struct slice place)
{
	struct region region, inside;

	if (!region_at_start(place, NULL, &region))
		return 0;
	if (region.level == REGION_PROVINCE && region_at_start(slice_skip(place, region.length), &region, &inside))
		region = inside;
	return (uint32_t)(hash_bytes(region.province, 1) & 0xFFFF) << 16 | (region.city.len ? (uint32_t)(hash_bytes(region.city, 1) & 0xFFFF) : 0);
}

/* 建筑工程(上海) and 建筑工程(南京): one brand and trade may be registered in every place. What a province holds is no other place. */
static bool places_differ(uint32_t a, uint32_t b)
{
	return a && b && (a >> 16 != b >> 16 || ((a & 0xFFFF) && (b & 0xFFFF) && a != b));
}

struct identity identity_of_company(struct slice key, struct arena *arena)
{
	struct identity identity = { .han = text_has_han(key) };
	struct company company = company_parse(key, arena);

	if (company.branch.len || names_branch(key))
		identity.branch = (uint32_t)hash_bytes(company.branch, 0) | 1;
	identity.place = identity.han ? place_of(company.place) : 0;
	identity.brand = company.brand;
	identity.trade = company.trade;
	if (identity.han) {
		struct slice start = company.brand;

		for (unsigned i = 0; i < 2 && start.len; i++)
			utf8_next(&start);
		identity.sound = joined_pinyin(company.brand, arena);
		identity.family_sound = (uint16_t)joined_pinyin(slice_first(company.brand, company.brand.len - start.len), arena).len;
	}
	return identity;
}

/* Whether the pinyin of the brand stands in the letters of a Latin name. */
static enum level brand_across(const struct identity *han, struct slice latin)
{
	struct letters letters, sound;

	letters_read(&letters, latin);
	letters_read(&sound, han->sound);
	if (sound.len < 4)
		return LEVEL_DIFFERENT;
	for (unsigned i = 0; i + sound.len <= letters.len; i++)
		if (letters.at[i] == sound.at[0] && memcmp(letters.at + i, sound.at, sound.len * sizeof sound.at[0]) == 0)
			return LEVEL_SIMILAR;
	/* Where the brand ends, the two forms may see in two ways: its first two characters, then. */
	for (unsigned i = 0; i + han->family_sound <= letters.len && han->family_sound >= 5 && han->family_sound < sound.len; i++)
		if (letters.at[i] == sound.at[0] && memcmp(letters.at + i, sound.at, han->family_sound * sizeof sound.at[0]) == 0)
			return LEVEL_RELATED;
	return LEVEL_DIFFERENT;
}

enum level company_level(const struct identity *a, const struct identity *b)
{
	struct slice none = { NULL, 0 };

	if (a->han == b->han ? a->branch != b->branch : !a->branch != !b->branch)
		return LEVEL_DIFFERENT;
	if (a->han != b->han)
		return a->han ? brand_across(a, b->brand) : brand_across(b, a->brand);
	if (a->brand.len == 0 || b->brand.len == 0)
		return LEVEL_DIFFERENT;
	if (places_differ(a->place, b->place))
		return slice_equal(a->brand, b->brand) ? LEVEL_WEAK : LEVEL_DIFFERENT;
	if (slice_equal(a->brand, b->brand)) {
		if (slice_equal(a->trade, b->trade))
			return LEVEL_NEAR;
		return a->trade.len == 0 || b->trade.len == 0 || slice_starts_with(a->trade, b->trade) || slice_starts_with(b->trade, a->trade)
			? LEVEL_SIMILAR : LEVEL_RELATED;
	}
	if (slice_equal(a->sound, b->sound) && slice_equal(a->trade, b->trade))
		return LEVEL_SIMILAR;
	if (utf8_count(a->brand) >= 3 && edits_between(a->brand, none, b->brand, none) == 1 && slice_equal(a->trade, b->trade))
		return LEVEL_RELATED;
	/* 金蝶 for 金蝶软件: what is the brand and what the trade, two files see in two ways. */
	if (slice_starts_with(a->brand, b->brand) || slice_starts_with(b->brand, a->brand))
		return LEVEL_RELATED;
	return LEVEL_DIFFERENT;
}

bool looks_like_company(struct slice cell)
{
	return company_is_likely(cell);
}

bool looks_like_person(struct slice cell, struct arena *arena)
{
	struct slice key = text_key(cell, false, arena);
	struct person person;

	if (!text_has_han(key) || key.len < 6 || key.len > 12 || company_is_likely(cell))
		return false;
	person = person_parse(cell, arena);
	return person_surname_frequency(person.family) > 0 && person.given.len <= 9;
}

/* --- packing --- */

static void put_number(struct buf *out, uint32_t number)
{
	for (; number >= 0x80; number >>= 7)
		buf_add_byte(out, (char)(number | 0x80));
	buf_add_byte(out, (char)number);
}

static uint32_t get_number(const char **at)
{
	uint32_t number = 0;

	for (unsigned shift = 0;; shift += 7) {
		unsigned char byte = (unsigned char)*(*at)++;

		number |= (uint32_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return number;
	}
}

/* A part by its place in the key, where it stands there. */
static void put_part(struct buf *out, struct slice key, struct slice part)
{
	size_t at = part.len ? slice_find(key, part) : 0;
	bool inside = part.len && at < key.len;

	put_number(out, (uint32_t)part.len << 1 | inside);
	if (inside)
		put_number(out, (uint32_t)at);
	else
		buf_add(out, part);
}

static struct slice get_part(const char **at, struct slice key)
{
	uint32_t head = get_number(at);
	struct slice part;

	if (head & 1)
		return slice_first(slice_skip(key, get_number(at)), head >> 1);
	part = (struct slice){ *at, head >> 1 };
	*at += part.len;
	return part;
}

void identity_pack(const struct identity *identity, struct slice key, bool company, struct buf *out)
{
	if (company) {
		put_number(out, identity->branch);
		put_number(out, identity->place);
		put_part(out, key, identity->brand);
		put_part(out, key, identity->trade);
	}
	if (identity->han) {
		put_part(out, key, identity->sound);
		put_number(out, identity->family_sound);
	}
}

struct identity identity_unpack(const char *packed, struct slice key, bool company, bool han)
{
	struct identity identity = { .han = han };

	if (company) {
		identity.branch = get_number(&packed);
		identity.place = get_number(&packed);
		identity.brand = get_part(&packed, key);
		identity.trade = get_part(&packed, key);
	} else {
		cut_person(&identity, key);
	}
	if (han) {
		identity.sound = get_part(&packed, key);
		identity.family_sound = (uint16_t)get_number(&packed);
	}
	return identity;
}
