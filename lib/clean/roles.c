/*
 * The dictionary is headers.json: for each role the headers that mean it, the best known first. The place in the list
 * is the rank: of several columns of one role the one of lowest rank keeps it, and the others are columns without a
 * role. Phones, e-mails and tags are lists, of which every column counts.
 *
 * Headers such as 客户名称 and "Name" are a company's name in one system, a person's or an order's in the next
 * ("company?", "name?", "order or customer?"): the neighbours decide. Columns without a role that tell what a file is
 * about are its marks.
 */
#include "clean/roles.h"

#include <stdlib.h>

#include "base/embed.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "clean/profile.h"
#include "clean/text.h"
#include "io/json.h"

EMBED(headers_json, "lib/clean/headers.json")

enum { HEADER_MOST = 400, NUMBER_MOST = 2 };  /* bytes of a header that are looked at; digits of 电话2 */

/* Kinds that have the role, one letter each. */
struct role_info {
	const char *name, *kinds;
	bool list;  /* several columns make one list */
};

static const struct role_info infos[ROLE_COUNT] = {
	[ROLE_NONE] = { "", "", false },
	[ROLE_SOURCE_ID] = { "source_id", "c", false },
	[ROLE_CUSTOMER_ID] = { "customer_id", "cone", false },
	[ROLE_NAME] = { "name", "cn", false },
	[ROLE_COMPANY] = { "company", "c", false },
	[ROLE_PHONE] = { "phone", "cn", true },
	[ROLE_EMAIL] = { "email", "cn", true },
	[ROLE_ADDRESS] = { "address", "c", false },
	[ROLE_PROVINCE] = { "province", "c", false },
	[ROLE_CITY] = { "city", "c", false },
	[ROLE_REGION] = { "region", "c", false },
	[ROLE_POSTCODE] = { "postcode", "c", false },
	[ROLE_COUNTRY] = { "country", "c", false },
	[ROLE_INDUSTRY] = { "industry", "c", false },
	[ROLE_SIZE] = { "size", "c", false },
	[ROLE_OWNER] = { "owner", "c", false },
	[ROLE_STAGE] = { "stage", "c", false },
	[ROLE_LEVEL] = { "level", "c", false },
	[ROLE_BIRTHDAY] = { "birthday", "c", false },
	[ROLE_ID_NUMBER] = { "id_number", "c", false },
	[ROLE_USCC] = { "uscc", "c", false },
	[ROLE_WECHAT] = { "wechat", "c", false },
	[ROLE_CREATED_AT] = { "created_at", "cn", false },
	[ROLE_UPDATED_AT] = { "updated_at", "cn", false },
	[ROLE_TAGS] = { "tags", "c", true },
	[ROLE_NOTE] = { "note", "cone", false },
	[ROLE_ORDER_ID] = { "order_id", "o", false },
	[ROLE_ORDER_DATE] = { "order_date", "o", false },
	[ROLE_AMOUNT] = { "amount", "o", false },
	[ROLE_COST] = { "cost", "o", false },
	[ROLE_PROFIT] = { "profit", "o", false },
	[ROLE_QUANTITY] = { "quantity", "o", false },
	[ROLE_PRODUCT] = { "product", "o", false },
	[ROLE_CATEGORY] = { "category", "o", false },
	[ROLE_CHANNEL] = { "channel", "o", false },
	[ROLE_CURRENCY] = { "currency", "o", false },
	[ROLE_STATUS] = { "status", "o", false },
	[ROLE_REFUND] = { "refund", "o", false },
	[ROLE_EVENT_DATE] = { "event_date", "e", false },
	[ROLE_EVENT_TYPE] = { "event_type", "e", false },
	[ROLE_VALUE] = { "value", "e", false },
	[ROLE_TITLE] = { "title", "n", false },
	[ROLE_LEFT_AT] = { "left_at", "n", false },
	[ROLE_GIVEN_NAME] = { "given_name", "cn", false },
	[ROLE_FAMILY_NAME] = { "family_name", "cn", false },
	[ROLE_SOURCE] = { "source", "cone", false },
	[ROLE_SOURCE_ROW] = { "source_row", "cone", false },
};

static char kind_letter(enum kind kind)
{
	static const char letters[] = {
		[KIND_CUSTOMERS] = 'c', [KIND_ORDERS] = 'o', [KIND_CONTACTS] = 'n', [KIND_EVENTS] = 'e'
	};

	return letters[kind];
}

const char *kind_name(enum kind kind)
{
	static const char *const names[] = {
		[KIND_CUSTOMERS] = "customers",
		[KIND_ORDERS] = "orders",
		[KIND_CONTACTS] = "contacts",
		[KIND_EVENTS] = "events",
	};

	return names[kind];
}

const char *role_name(enum role role)
{
	return infos[role].name;
}

enum role role_by_name(struct slice name)
{
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		if (slice_equal(name, slice_of(infos[role].name)))
			return (enum role)role;
	return ROLE_NONE;
}

bool role_belongs(enum role role, enum kind kind)
{
	return strchr(infos[role].kinds, kind_letter(kind)) && role != ROLE_NONE;
}

bool role_is_list(enum role role)
{
	return infos[role].list;
}

enum measure role_measure(enum role role)
{
	switch (role) {
	case ROLE_BIRTHDAY:
	case ROLE_CREATED_AT:
	case ROLE_UPDATED_AT:
	case ROLE_ORDER_DATE:
	case ROLE_EVENT_DATE:
	case ROLE_LEFT_AT:
		return MEASURE_DATE;
	case ROLE_AMOUNT: case ROLE_COST: case ROLE_PROFIT: case ROLE_REFUND:
		return MEASURE_AMOUNT;
	default:
		return MEASURE_NONE;
	}
}

/* --- the dictionary --- */

/* What a header stands for besides plain roles. */
enum hint { HINT_NONE, HINT_NAME_OR_COMPANY, HINT_OR_GIVEN, HINT_ORDER_OR_CUSTOMER, HINT_PERSON, HINT_COMPANY,
	    HINT_AMOUNT, HINT_DATE };

struct entry {
	enum role role;
	enum hint hint;
};

static const struct { const char *name; struct entry entry; } hint_names[] = {
	{ "company?", { ROLE_COMPANY, HINT_NAME_OR_COMPANY } },
	{ "company or given name?", { ROLE_COMPANY, HINT_OR_GIVEN } },
	{ "name or given name?", { ROLE_NAME, HINT_OR_GIVEN } },
	{ "name?", { ROLE_NAME, HINT_NAME_OR_COMPANY } },
	{ "order or customer?", { ROLE_ORDER_ID, HINT_ORDER_OR_CUSTOMER } },
	{ "mark of a person", { ROLE_NONE, HINT_PERSON } },
	{ "mark of a company", { ROLE_NONE, HINT_COMPANY } },
	{ "an amount", { ROLE_NONE, HINT_AMOUNT } },
	{ "a date", { ROLE_NONE, HINT_DATE } },
};

struct role_dictionary {
	enum kind kind;
	struct map keys;         /* of headers; the number is the rank */
	struct entry *entries;   /* by number */
	size_t capacity;
	struct arena arena;      /* for keys on their way */
};

static struct entry entry_of(const char *name)
{
	for (size_t i = 0; i < sizeof hint_names / sizeof *hint_names; i++)
		if (strcmp(name, hint_names[i].name) == 0)
			return hint_names[i].entry;
	return (struct entry){ role_by_name(slice_of(name)), HINT_NONE };
}

static bool has_kind(const cJSON *kinds, enum kind kind)
{
	const cJSON *name;

	cJSON_ArrayForEach(name, kinds)
		if (strcmp(name->valuestring, kind_name(kind)) == 0)
			return true;
	return false;
}

/* A header that two roles list belongs to the first. */
static void add_header(struct role_dictionary *dictionary, const char *header, struct entry entry)
{
	size_t before = dictionary->keys.count;
	uint32_t number = map_add(&dictionary->keys, text_key(slice_of(header), false, &dictionary->arena));

	if (dictionary->keys.count == before)
		return;
	dictionary->entries = memory_grow(dictionary->entries, &dictionary->capacity, number + 1, sizeof entry);
	dictionary->entries[number] = entry;
}

struct role_dictionary *role_dictionary_new(enum kind kind)
{
	struct role_dictionary *dictionary = memory_zero(1, sizeof *dictionary);
	struct diag diag;
	cJSON *lists;
	const cJSON *list, *header;

	dictionary->kind = kind;
	map_init(&dictionary->keys);
	arena_init(&dictionary->arena);
	diag_init(&diag);
	lists = json_parse(headers_json(), JSON_STRICT, "headers.json", &diag); /* built in: a test says that it is right */
	cJSON_ArrayForEach(list, lists) {
		struct entry entry = entry_of(json_member(list, "role")->valuestring);

		if (has_kind(json_member(list, "kinds"), kind))
			cJSON_ArrayForEach(header, json_member(list, "headers"))
				add_header(dictionary, header->valuestring, entry);
	}
	json_free(lists);
	diag_release(&diag);
	return dictionary;
}

void role_dictionary_free(struct role_dictionary *dictionary)
{
	if (!dictionary)
		return;
	map_release(&dictionary->keys);
	arena_release(&dictionary->arena);
	free(dictionary->entries);
	free(dictionary);
}

/* --- one header --- */

struct found {
	struct entry entry;
	uint32_t rank;
	int64_t unit;
};

static const struct { struct slice name; int64_t unit; } units[] = {
	{ { "百万元", 9 }, 1000000 }, { { "万元", 6 }, 10000 }, { { "亿元", 6 }, 100000000 }, { { "千元", 6 }, 1000 },
	{ { "万", 3 }, 10000 }, { { "亿", 3 }, 100000000 }, { { "元", 3 }, 1 }, { { "人民币", 9 }, 1 },
	{ { "rmb", 3 }, 1 }, { { "cny", 3 }, 1 }, { { "usd", 3 }, 1 }, { { "角", 3 }, -10 }, { { "分", 3 }, -100 },
};

enum {
	UNITS_OF_YUAN = 7,   /* the first ones; the next name a currency, which stays in a header */
	UNITS_OF_MONEY = 11, /* and the last ones are of money only behind a name that is: 满意度(分) is points */
};

static bool drop_suffix(struct slice *s, struct slice suffix)
{
	if (s->len <= suffix.len || !slice_ends_with(*s, suffix))
		return false;
	s->len -= suffix.len;
	return true;
}

static enum measure measure_of(struct entry entry)
{
	return entry.hint == HINT_AMOUNT ? MEASURE_AMOUNT
	       : entry.hint == HINT_DATE ? MEASURE_DATE
					 : role_measure(entry.role);
}

static bool find_key(const struct role_dictionary *dictionary, struct slice key, struct found *found)
{
	found->rank = map_find(&dictionary->keys, key);
	if (found->rank == MAP_NONE)
		return false;
	found->entry = dictionary->entries[found->rank];
	return true;
}

/* 成交额万元, as the key of 成交额(万元). */
static bool find_with_unit(const struct role_dictionary *dictionary, struct slice key, struct found *found)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct slice rest = key;

		if (!drop_suffix(&rest, units[i].name))
			continue;
		drop_suffix(&rest, SLICE("人民币"));
		drop_suffix(&rest, SLICE("单位"));
		if (find_key(dictionary, rest, found) && measure_of(found->entry) == MEASURE_AMOUNT) {
			found->unit = units[i].unit;
			return true;
		}
	}
	return false;
}

/* 电话2: one more column of a list. */
static bool find_numbered(const struct role_dictionary *dictionary, struct slice key, struct found *found)
{
	struct slice rest = key;

	while (rest.len && rest.ptr[rest.len - 1] >= '0' && rest.ptr[rest.len - 1] <= '9')
		rest.len--;
	if (rest.len == 0 || rest.len == key.len || key.len - rest.len > NUMBER_MOST ||
	    !find_key(dictionary, rest, found))
		return false;
	return role_is_list(found->entry.role) || slice_equal(slice_skip(key, rest.len), SLICE("1"));
}

/* The clean header without what stands in brackets: 手机(必填), 姓名【必填】. */
static struct slice drop_brackets(struct slice header, struct arena *arena)
{
	char *to = arena_bytes(arena, header.len + 1);
	size_t length = 0, depth = 0;

	while (header.len) {
		bool square = slice_starts_with(header, SLICE("【")) || slice_starts_with(header, SLICE("】"));
		size_t step = square ? 3 : 1;

		if (header.ptr[0] == '(' || header.ptr[0] == '[' || slice_starts_with(header, SLICE("【")))
			depth++;
		else if (header.ptr[0] == ')' || header.ptr[0] == ']' || square)
			depth -= depth > 0;
		else if (depth == 0)
			to[length++] = header.ptr[0];
		header = slice_skip(header, step);
	}
	return (struct slice){ to, length };
}

/* Where brackets at the end of the text begin, or its length. */
static size_t last_brackets(struct slice s)
{
	size_t at = s.len;

	if (s.len && (s.ptr[s.len - 1] == ')' || s.ptr[s.len - 1] == ']'))
		while (at > 0 && s.ptr[at - 1] != '(' && s.ptr[at - 1] != '[')
			at--;
	return at > 0 ? at - (at < s.len) : s.len;
}

/* The multiplier of a unit in brackets, or 0: there is none. 成交额(万元) and 成交额(单位:万元) become 成交额. */
static int64_t take_bracket_unit(struct slice *header)
{
	size_t at = last_brackets(*header);
	struct slice rest = slice_trim(slice_first(*header, at)), inside = slice_skip(*header, at + 1);

	if (rest.len == 0 || inside.len == 0)
		return 0;
	inside = slice_trim(slice_first(inside, inside.len - 1));
	for (size_t i = 0; i < UNITS_OF_MONEY; i++) {
		struct slice before = slice_first(inside, inside.len - units[i].name.len);

		if (inside.len < units[i].name.len ||
		    !slice_equal_nocase(slice_skip(inside, before.len), units[i].name))
			continue;
		if (before.len && !slice_starts_with(before, SLICE("单位")) && !slice_equal(before, SLICE("人民币")))
			continue;
		if (i < UNITS_OF_YUAN)
			*header = rest;
		return units[i].unit;
	}
	return 0;
}

struct slice role_without_unit(struct slice header)
{
	struct slice rest = header;

	if (take_bracket_unit(&rest))
		return rest;
	for (size_t i = 0; i < UNITS_OF_MONEY; i++) /* 成交额/万元, but not a bare 万 or 元: 美元 */
		if (units[i].name.len == 6 && drop_suffix(&rest, units[i].name)) {
			while (rest.len > 1 && strchr("/:_- ", rest.ptr[rest.len - 1]))
				rest.len--;
			return rest;
		}
	return header;
}

int64_t role_unit_of_title(struct slice title)
{
	struct slice rest = slice_skip(title, slice_find(title, SLICE("单位")));

	if (rest.len == 0)
		return 1;
	rest = slice_skip(rest, strlen("单位"));
	while (rest.len && (rest.ptr[0] == ':' || rest.ptr[0] == ' ' || slice_starts_with(rest, SLICE("：")) || slice_starts_with(rest, SLICE("　"))))
		rest = slice_skip(rest, rest.ptr[0] == ':' || rest.ptr[0] == ' ' ? 1 : 3);
	if (slice_starts_with(rest, SLICE("人民币")))
		rest = slice_skip(rest, strlen("人民币"));
	for (size_t i = 0; i < UNITS_OF_YUAN; i++) {
		struct slice after = slice_skip(rest, units[i].name.len);

		if (slice_starts_with(rest, units[i].name) &&
		    (after.len == 0 || strchr(" ),;|]", after.ptr[0]) || slice_starts_with(after, SLICE("）")) || slice_starts_with(after, SLICE("　")) ||
		     slice_starts_with(after, SLICE("，")) || slice_starts_with(after, SLICE("；"))))
			return units[i].unit;
	}
	return 1;
}

static bool is_latin(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A header in two languages, Mobile/手机: both halves are known, and the Chinese one says which it is. */
static bool find_bilingual(struct role_dictionary *dictionary, struct slice header, struct found *found)
{
	bool latin_first = header.len && is_latin(header.ptr[0]);
	size_t at = 0;
	struct found english;

	if (!text_has_han(header))
		return false;
	if (latin_first)
		while (at < header.len && !(header.ptr[at] & 0x80))
			at++;
	else
		while (at < header.len && !is_latin(header.ptr[at]))
			at++;
	return find_key(dictionary, text_key(latin_first ? slice_first(header, at) : slice_skip(header, at), false, &dictionary->arena), &english) &&
	       find_key(dictionary, text_key(latin_first ? slice_skip(header, at) : slice_first(header, at), false, &dictionary->arena), found);
}

static struct found find_header(struct role_dictionary *dictionary, struct slice header)
{
	struct arena *arena = &dictionary->arena;
	struct found found = { { role_by_name(header), HINT_NONE }, 0, 1 };
	struct found unknown = { { ROLE_NONE, HINT_NONE }, MAP_NONE, 1 };
	struct slice clean;

	if (role_belongs(found.entry.role, dictionary->kind))
		return found; /* a role's own name always means it */
	arena_reset(arena);
	clean = header = text_clean(slice_first(header, HEADER_MOST), arena);
	for (int without_brackets = 0; without_brackets < 2; without_brackets++) {
		struct slice key = text_key(header, false, arena);

		if (find_key(dictionary, key, &found) || find_with_unit(dictionary, key, &found) ||
		    find_numbered(dictionary, key, &found))
			return found;
		header = drop_brackets(header, arena);
	}
	if (find_bilingual(dictionary, clean, &found))
		return found;
	unknown.unit = take_bracket_unit(&clean);
	if (unknown.unit)
		unknown.entry.hint = HINT_AMOUNT; /* whatever it is, it is money */
	else
		unknown.unit = 1;
	return unknown;
}

struct column_role role_dictionary_find(struct role_dictionary *dictionary, struct slice header)
{
	struct found found = find_header(dictionary, header);

	return (struct column_role){ found.entry.role, found.unit, measure_of(found.entry) };
}

struct column_role role_of_header(enum kind kind, struct slice header)
{
	struct role_dictionary *dictionary = role_dictionary_new(kind);
	struct column_role found = role_dictionary_find(dictionary, header);

	role_dictionary_free(dictionary);
	return found;
}

/* --- the headers of a file --- */

static bool has_role(const struct found *found, size_t count, enum role role)
{
	for (size_t i = 0; i < count; i++)
		if (found[i].entry.role == role && found[i].entry.hint == HINT_NONE)
			return true;
	return false;
}

static size_t count_hints(const struct found *found, size_t count, enum hint hint)
{
	size_t hints = 0;

	for (size_t i = 0; i < count; i++)
		hints += found[i].entry.hint == hint;
	return hints;
}

/* Vorname, Name: what stands beside given names alone is the family's. Cognome, Nome: beside the family's it is the given name, else the whole. */
static void settle_parts(struct found *found, size_t count)
{
	bool given = has_role(found, count, ROLE_GIVEN_NAME), family = has_role(found, count, ROLE_FAMILY_NAME);

	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &found[i].entry;

		if (entry->hint == HINT_OR_GIVEN)
			*entry = family && !given ? (struct entry){ ROLE_GIVEN_NAME, HINT_NONE } : (struct entry){ entry->role, HINT_NAME_OR_COMPANY };
		else if (entry->hint == HINT_NAME_OR_COMPANY && entry->role == ROLE_NAME && given && !family)
			*entry = (struct entry){ ROLE_FAMILY_NAME, HINT_NONE };
	}
}

/*
 * Headers that may mean a person or a company. 1. Beside a company column it is the person, beside a person's name the
 * company, beside both neither. 2. Else columns that only one of them has decide: industry, size, tax number, revenue;
 * birthday, identity number, sex, WeChat. 3. Else what the header usually means.
 */
static void settle_names(struct found *found, size_t count)
{
	bool company = has_role(found, count, ROLE_COMPANY);
	bool name = has_role(found, count, ROLE_NAME), parts = has_role(found, count, ROLE_FAMILY_NAME);
	bool like_company = has_role(found, count, ROLE_INDUSTRY) || has_role(found, count, ROLE_SIZE) ||
			    has_role(found, count, ROLE_USCC) || count_hints(found, count, HINT_COMPANY);
	bool like_person = has_role(found, count, ROLE_BIRTHDAY) || has_role(found, count, ROLE_ID_NUMBER) ||
			   has_role(found, count, ROLE_WECHAT) || count_hints(found, count, HINT_PERSON);

	for (size_t i = 0; i < count; i++) {
		bool person = name || (parts && found[i].entry.role == ROLE_COMPANY); /* "Name" beside its parts is the whole */

		if (found[i].entry.hint != HINT_NAME_OR_COMPANY)
			continue;
		if (company || person)
			found[i].entry.role = company && person ? ROLE_NONE : company ? ROLE_NAME : ROLE_COMPANY;
		else if (like_company != like_person)
			found[i].entry.role = like_company ? ROLE_COMPANY : ROLE_NAME;
	}
}

/* "Name" in a file of orders: the order's (Shopify), but the customer's where nothing else names him. */
static void settle_order_names(struct found *found, size_t count)
{
	bool order = has_role(found, count, ROLE_ORDER_ID), customer = has_role(found, count, ROLE_CUSTOMER_ID);

	for (size_t i = 0; i < count; i++)
		if (found[i].entry.hint == HINT_ORDER_OR_CUSTOMER)
			found[i].entry.role = !customer ? ROLE_CUSTOMER_ID : !order ? ROLE_ORDER_ID : ROLE_NONE;
}

/* Of several columns of one role that is no list, the one of lowest rank keeps it. */
static void keep_best(struct found *found, size_t count)
{
	size_t best[ROLE_COUNT];

	for (size_t role = 0; role < ROLE_COUNT; role++)
		best[role] = count;
	for (size_t i = 0; i < count; i++) {
		enum role role = found[i].entry.role;

		if (role == ROLE_NONE || role_is_list(role))
			continue;
		if (best[role] == count || found[i].rank < found[best[role]].rank) {
			if (best[role] < count)
				found[best[role]].entry.role = ROLE_NONE;
			best[role] = i;
		} else {
			found[i].entry.role = ROLE_NONE;
		}
	}
}

/* The earlier column whose header this is once more, which intake has made 姓名_2 of; or the column itself. */
static size_t first_of(const struct slice *headers, size_t column)
{
	struct slice name = headers[column];
	size_t i = 0;

	while (name.len && name.ptr[name.len - 1] >= '0' && name.ptr[name.len - 1] <= '9')
		name.len--;
	if (name.len < 2 || name.len == headers[column].len || name.ptr[--name.len] != '_')
		return column;
	while (i < column && !slice_equal(headers[i], name))
		i++;
	return i;
}

static bool says_who(enum role role)
{
	return role == ROLE_NAME || role == ROLE_COMPANY || role == ROLE_SOURCE_ID;
}

/* A second table or person beside the first, as in 姓名,手机,姓名,手机: his phones, addresses of mail and tags are not the first one's. */
static void part_second_person(struct found *found, const struct slice *headers, size_t count, const char *file, struct diag *diag)
{
	struct place place = { .file = file };
	size_t second = 0, parted = 0;
	char quoted[DIAG_QUOTE_SIZE];

	while (second < count && (first_of(headers, second) == second || !says_who(found[first_of(headers, second)].entry.role)))
		second++;
	for (size_t i = 0; i < count && second < count; i++) {
		if (!role_is_list(found[i].entry.role) || first_of(headers, i) == i)
			continue;
		found[i].entry.role = ROLE_NONE;
		parted++;
	}
	if (parted)
		diag_warn(diag, &place, "beside", "%s and what belongs to it are of a second table or person beside the first, so they pass through "
			  "without a meaning; put each on rows of its own", diag_quote(headers[second], quoted));
}

/* A "price" beside a quantity is that of one piece, and no amount. */
static void drop_piece_price(struct found *found, const struct slice *headers, size_t count)
{
	for (size_t i = 0; i < count && has_role(found, count, ROLE_QUANTITY); i++)
		if (found[i].entry.role == ROLE_AMOUNT && slice_equal_nocase(headers[i], SLICE("price")))
			found[i].entry = (struct entry){ ROLE_NONE, HINT_AMOUNT };
}

static void drop_role(struct column_role *roles, size_t count, enum role role)
{
	for (size_t i = 0; i < count; i++)
		if (roles[i].role == role)
			roles[i].role = ROLE_NONE;
}

static int fail_unknown(const struct slice *headers, size_t count, const struct role_map *map, const char *file,
			struct diag *diag)
{
	struct place place = { .file = file };
	char wanted[DIAG_QUOTE_SIZE], quoted[DIAG_QUOTE_SIZE];
	bool *named = memory_zero(count + 1, sizeof *named);
	struct buf near;

	buf_init(&near, 4 * DIAG_QUOTE_SIZE);
	for (int n = 0; n < 3; n++) {
		size_t best = count, least = SIZE_MAX;

		for (size_t i = 0; i < count; i++) {
			size_t distance = named[i] ? SIZE_MAX : nearest_distance(headers[i], map->column);

			if (distance < least) {
				least = distance;
				best = i;
			}
		}
		if (best == count)
			break;
		named[best] = true;
		buf_format(&near, "%s%s", n ? ", " : "", diag_quote(headers[best], quoted));
	}
	free(named);
	diag_fail(diag, STATUS_USAGE, &place, "unknown-column", "no column %s for role %s; nearest: %.*s",
		  diag_quote(map->column, wanted), role_name(map->role), SLICE_ARG(buf_slice(&near)));
	buf_release(&near);
	return -1;
}

/* A role that is mapped comes from the columns it is mapped to, and from no other. */
static int apply_maps(const struct slice *headers, size_t count, const struct role_map *maps, size_t map_count,
		      const char *file, struct column_role *roles, struct diag *diag)
{
	for (size_t m = 0; m < map_count; m++)
		drop_role(roles, count, maps[m].role);
	for (size_t m = 0; m < map_count; m++) {
		size_t column = 0;

		while (column < count && !slice_equal(headers[column], maps[m].column))
			column++;
		if (column == count)
			return fail_unknown(headers, count, &maps[m], file, diag);
		roles[column].role = maps[m].role;
		roles[column].measure = role_measure(maps[m].role);
	}
	return 0;
}

static size_t find_name(const struct slice *headers, size_t count, enum role role)
{
	size_t i = 0;

	while (i < count && !slice_equal(headers[i], slice_of(role_name(role))))
		i++;
	return i;
}

bool roles_are_merged(enum kind kind, const struct slice *headers, size_t count)
{
	return find_name(headers, count, ROLE_SOURCE) < count && find_name(headers, count, ROLE_SOURCE_ROW) < count &&
	       role_belongs(role_by_name(headers[0]), kind);
}

/* What the dictionary says of a column of a stream of crm-merge that has no role: its measure. */
static void drop_meaning(struct found *found)
{
	enum measure measure = measure_of(found->entry);

	found->entry = (struct entry){ ROLE_NONE, measure == MEASURE_AMOUNT ? HINT_AMOUNT
						  : measure == MEASURE_DATE ? HINT_DATE
									    : HINT_NONE };
}

/* What the system's profile says goes before the dictionary, and its columns before others of their role. */
static struct found find_by_profile(struct role_dictionary *dictionary, const struct profile_table *table, struct slice header)
{
	const struct profile_header *known = NULL;
	enum role own = role_by_name(header);
	struct found found;
	int64_t unit;

	if (table && own != ROLE_SOURCE && own != ROLE_SOURCE_ROW) {
		arena_reset(&dictionary->arena);
		known = profile_find(table, header, &dictionary->arena);
	}
	if (!known) {
		found = find_header(dictionary, header);
		if (table && found.rank != MAP_NONE && !role_belongs(own, dictionary->kind)) /* a role's own name goes before all */
			found.rank += (uint32_t)table->count + 1;
		return found;
	}
	unit = known->measure == MEASURE_AMOUNT ? take_bracket_unit(&header) : 0;
	return (struct found){
		.entry = { known->role, known->role != ROLE_NONE	    ? HINT_NONE
					: known->measure == MEASURE_AMOUNT ? HINT_AMOUNT
					: known->measure == MEASURE_DATE   ? HINT_DATE
									   : HINT_NONE },
		.rank = (uint32_t)(known - table->headers) + 1,
		.unit = unit ? unit : 1,
	};
}

int roles_bind(enum kind kind, const struct profile_table *table, const struct slice *headers, size_t count,
	       const struct role_map *maps, size_t map_count, const char *file, struct column_role *roles, struct diag *diag)
{
	struct role_dictionary *dictionary = role_dictionary_new(kind);
	struct found *found = memory_get(count + 1, sizeof *found);
	enum measure *measures = memory_get(count + 1, sizeof *measures);
	bool merged = roles_are_merged(kind, headers, count);

	for (size_t i = 0; i < count; i++) {
		found[i] = find_by_profile(dictionary, table, headers[i]);
		if (merged && !role_belongs(role_by_name(headers[i]), kind))
			drop_meaning(&found[i]);
		measures[i] = measure_of(found[i].entry);
	}
	settle_parts(found, count);
	settle_names(found, count);
	settle_order_names(found, count);
	if (kind == KIND_CUSTOMERS)
		part_second_person(found, headers, count, file, diag);
	drop_piece_price(found, headers, count);
	keep_best(found, count);
	for (size_t i = 0; i < count; i++)
		roles[i] = (struct column_role){ found[i].entry.role, found[i].unit, measures[i] };
	free(measures);
	free(found);
	role_dictionary_free(dictionary);
	if (apply_maps(headers, count, maps, map_count, file, roles, diag) < 0)
		return -1;
	if (roles_find(roles, count, ROLE_NAME) < count) { /* the whole name is there */
		drop_role(roles, count, ROLE_GIVEN_NAME);
		drop_role(roles, count, ROLE_FAMILY_NAME);
	}
	if (roles_find(roles, count, ROLE_SOURCE) == count || roles_find(roles, count, ROLE_SOURCE_ROW) == count) {
		drop_role(roles, count, ROLE_SOURCE); /* one of them alone is not what crm-merge wrote */
		drop_role(roles, count, ROLE_SOURCE_ROW);
	}
	return 0;
}

size_t roles_find(const struct column_role *roles, size_t count, enum role role)
{
	size_t i = 0;

	while (i < count && roles[i].role != role)
		i++;
	return i;
}
