/*
 * The dictionary is read once into one map per kind, from the key of a header to its role. A header that is a role's own name always means
 * that role, so a stream that crm-merge has written needs no dictionary.
 */
#include "clean/roles.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/embed.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "clean/text.h"

EMBED(headers_text, "lib/clean/headers.txt")

enum { KINDS = 4, HEADER_MOST = 400 };

static const char *const names[ROLE_COUNT] = {
	[ROLE_NONE] = "", [ROLE_SOURCE_ID] = "source_id", [ROLE_CUSTOMER_ID] = "customer_id", [ROLE_NAME] = "name",
	[ROLE_COMPANY] = "company", [ROLE_PHONE] = "phone", [ROLE_EMAIL] = "email", [ROLE_ADDRESS] = "address",
	[ROLE_PROVINCE] = "province", [ROLE_CITY] = "city", [ROLE_REGION] = "region", [ROLE_POSTCODE] = "postcode",
	[ROLE_COUNTRY] = "country", [ROLE_INDUSTRY] = "industry", [ROLE_SIZE] = "size", [ROLE_OWNER] = "owner",
	[ROLE_STAGE] = "stage", [ROLE_LEVEL] = "level", [ROLE_BIRTHDAY] = "birthday", [ROLE_ID_NUMBER] = "id_number",
	[ROLE_USCC] = "uscc", [ROLE_WECHAT] = "wechat", [ROLE_CREATED_AT] = "created_at", [ROLE_UPDATED_AT] = "updated_at",
	[ROLE_TAGS] = "tags", [ROLE_NOTE] = "note", [ROLE_ORDER_ID] = "order_id", [ROLE_ORDER_DATE] = "order_date",
	[ROLE_AMOUNT] = "amount", [ROLE_COST] = "cost", [ROLE_PROFIT] = "profit", [ROLE_QUANTITY] = "quantity",
	[ROLE_PRODUCT] = "product", [ROLE_CATEGORY] = "category", [ROLE_CHANNEL] = "channel", [ROLE_CURRENCY] = "currency",
	[ROLE_STATUS] = "status", [ROLE_REFUND] = "refund", [ROLE_EVENT_DATE] = "event_date",
	[ROLE_EVENT_TYPE] = "event_type", [ROLE_VALUE] = "value", [ROLE_TITLE] = "title", [ROLE_LEFT_AT] = "left_at",
	[ROLE_GIVEN_NAME] = "given_name", [ROLE_FAMILY_NAME] = "family_name", [ROLE_SOURCE] = "source",
	[ROLE_SOURCE_ROW] = "source_row",
};

/* Which files have a column of that role: one letter per kind. */
static const char *const kinds_of[ROLE_COUNT] = {
	[ROLE_SOURCE_ID] = "c", [ROLE_CUSTOMER_ID] = "cone", [ROLE_NAME] = "cn", [ROLE_COMPANY] = "c", [ROLE_PHONE] = "cn",
	[ROLE_EMAIL] = "cn", [ROLE_ADDRESS] = "c", [ROLE_PROVINCE] = "c", [ROLE_CITY] = "c", [ROLE_REGION] = "c",
	[ROLE_POSTCODE] = "c", [ROLE_COUNTRY] = "c", [ROLE_INDUSTRY] = "c", [ROLE_SIZE] = "c", [ROLE_OWNER] = "c",
	[ROLE_STAGE] = "c", [ROLE_LEVEL] = "c", [ROLE_BIRTHDAY] = "c", [ROLE_ID_NUMBER] = "c", [ROLE_USCC] = "c",
	[ROLE_WECHAT] = "c", [ROLE_CREATED_AT] = "cn", [ROLE_UPDATED_AT] = "cn", [ROLE_TAGS] = "c", [ROLE_NOTE] = "cone",
	[ROLE_ORDER_ID] = "o", [ROLE_ORDER_DATE] = "o", [ROLE_AMOUNT] = "o", [ROLE_COST] = "o", [ROLE_PROFIT] = "o",
	[ROLE_QUANTITY] = "o", [ROLE_PRODUCT] = "o", [ROLE_CATEGORY] = "o", [ROLE_CHANNEL] = "o", [ROLE_CURRENCY] = "o",
	[ROLE_STATUS] = "o", [ROLE_REFUND] = "o", [ROLE_EVENT_DATE] = "e", [ROLE_EVENT_TYPE] = "e", [ROLE_VALUE] = "e",
	[ROLE_TITLE] = "n", [ROLE_LEFT_AT] = "n", [ROLE_GIVEN_NAME] = "cn", [ROLE_FAMILY_NAME] = "cn",
	[ROLE_SOURCE] = "cone", [ROLE_SOURCE_ROW] = "cone",
};

static const char kind_letters[KINDS] = { 'c', 'o', 'n', 'e' }; /* in the order of enum kind */

const char *role_name(enum role role)
{
	return names[role];
}

enum role role_by_name(struct slice name)
{
	for (enum role role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		if (slice_equal(name, slice_of(names[role])))
			return role;
	return ROLE_NONE;
}

bool role_belongs(enum role role, enum kind kind)
{
	return kinds_of[role] && strchr(kinds_of[role], kind_letters[kind]);
}

/* --- the dictionary --- */

struct dictionary {
	struct map headers;    /* keys; the number is also the rank */
	enum role *roles;      /* by number */
	size_t capacity;
};

/* Built once under pthread_once, then only read. */
static struct dictionary dictionaries[KINDS];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void add_header(struct dictionary *dictionary, struct slice header, enum role role, struct arena *arena)
{
	struct slice key = text_key(header, false, arena);
	uint32_t number = map_add(&dictionary->headers, key);

	dictionary->roles = memory_grow(dictionary->roles, &dictionary->capacity, number + 1, sizeof *dictionary->roles);
	if (number + 1 == dictionary->headers.count)
		dictionary->roles[number] = role;
}

/* "co role: header|header" */
static void add_line(struct slice line, struct arena *arena)
{
	struct slice kinds = slice_cut(&line, ' ');
	struct slice role_text = slice_cut(&line, ':');
	enum role role = role_by_name(role_text);

	while (line.len) {
		struct slice header = slice_trim(slice_cut(&line, '|'));

		for (int kind = 0; kind < KINDS; kind++)
			if (slice_find_byte(kinds, kind_letters[kind]) < kinds.len)
				add_header(&dictionaries[kind], header, role, arena);
	}
}

static void build(void)
{
	struct slice text = headers_text();
	struct arena arena;

	arena_init(&arena);
	for (int kind = 0; kind < KINDS; kind++)
		map_init(&dictionaries[kind].headers);
	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len && line.ptr[0] != '#')
			add_line(line, &arena);
	}
	arena_release(&arena);
}

/* --- headers --- */

/* What a unit in brackets multiplies by; 0 if the brackets hold no unit of money. */
static int64_t unit_of(struct slice text)
{
	static const struct { struct slice name; int64_t unit; } units[] = {
		{ { "万元", 6 }, 10000 }, { { "万", 3 }, 10000 }, { { "亿元", 6 }, 100000000 }, { { "亿", 3 }, 100000000 },
		{ { "千元", 6 }, 1000 }, { { "百万元", 9 }, 1000000 }, { { "元", 3 }, 1 }, { { "k", 1 }, 1000 },
		{ { "人民币万元", 15 }, 10000 }, { { "单位:万元", 13 }, 10000 }, { { "RMB", 3 }, 1 }, { { "人民币", 9 }, 1 },
	};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (slice_equal_nocase(text, units[i].name))
			return units[i].unit;
	return 0;
}

/* Takes (…) off the end of a clean header and says what unit it was, 1 if none. */
static struct slice take_brackets(struct slice header, int64_t *unit)
{
	size_t open = slice_find_byte(header, '(');
	struct slice inside;

	*unit = 1;
	if (open == 0 || open == header.len || header.ptr[header.len - 1] != ')')
		return header;
	inside = slice_trim(slice_first(slice_skip(header, open + 1), header.len - open - 2));
	if (unit_of(inside))
		*unit = unit_of(inside);
	return slice_first(header, open);
}

static struct slice drop_marks(struct slice header)
{
	while (header.len && (header.ptr[0] == '*' || header.ptr[0] == ' ' || (unsigned char)header.ptr[0] == '#'))
		header = slice_skip(header, 1);
	while (header.len && (header.ptr[header.len - 1] == '*' || header.ptr[header.len - 1] == ':'))
		header.len--;
	return header;
}

static struct slice drop_number(struct slice key)
{
	size_t length = key.len;

	while (length && key.ptr[length - 1] >= '0' && key.ptr[length - 1] <= '9')
		length--;
	return key.len - length <= 2 && length ? slice_first(key, length) : key;
}

static uint32_t find_header(const struct dictionary *dictionary, struct slice header, struct arena *arena)
{
	struct slice key = text_key(header, false, arena);
	uint32_t found = map_find(&dictionary->headers, key);

	return found != MAP_NONE ? found : map_find(&dictionary->headers, drop_number(key));
}

/* The role of a header and its rank in the dictionary (MAP_NONE: unknown). */
static struct column_role look_up(enum kind kind, struct slice header, uint32_t *rank)
{
	struct column_role found = { ROLE_NONE, 1 };
	struct arena arena;

	pthread_once(&built, build);
	arena_init(&arena);
	header = drop_marks(text_clean(slice_first(header, HEADER_MOST), &arena));
	*rank = find_header(&dictionaries[kind], header, &arena);
	if (*rank == MAP_NONE) /* with its brackets it may be a name of its own: 国家(地区) */
		*rank = find_header(&dictionaries[kind], drop_marks(take_brackets(header, &found.unit)), &arena);
	if (*rank != MAP_NONE)
		found.role = dictionaries[kind].roles[*rank];
	arena_release(&arena);
	return found;
}

struct column_role role_of_header(enum kind kind, struct slice header)
{
	uint32_t rank;

	return look_up(kind, header, &rank);
}

/* --- binding --- */

bool role_is_list(enum role role)
{
	return role == ROLE_PHONE || role == ROLE_EMAIL || role == ROLE_TAGS;
}

/* Of several columns of one role the best known header keeps it. */
static void keep_best(struct column_role *roles, const uint32_t *ranks, size_t count)
{
	size_t best[ROLE_COUNT];

	for (size_t i = 0; i < ROLE_COUNT; i++)
		best[i] = count;
	for (size_t i = 0; i < count; i++) {
		enum role role = roles[i].role;

		if (role == ROLE_NONE || role_is_list(role))
			continue;
		if (best[role] == count) {
			best[role] = i;
			continue;
		}
		if (ranks[i] < ranks[best[role]]) {
			roles[best[role]].role = ROLE_NONE;
			best[role] = i;
		} else {
			roles[i].role = ROLE_NONE;
		}
	}
}

/*
 * "Name" alone is an account's name in a file about companies (Salesforce, Zoho): one that has no company column, but
 * columns that only companies have.
 */
static void name_or_company(const struct slice *headers, struct column_role *roles, size_t count)
{
	size_t name = roles_find(roles, count, ROLE_NAME);
	bool companies = roles_find(roles, count, ROLE_INDUSTRY) < count || roles_find(roles, count, ROLE_SIZE) < count ||
			 roles_find(roles, count, ROLE_USCC) < count;

	if (name < count && companies && roles_find(roles, count, ROLE_COMPANY) == count &&
	    roles_find(roles, count, ROLE_FAMILY_NAME) == count && slice_equal_nocase(slice_trim(headers[name]), SLICE("Name")))
		roles[name].role = ROLE_COMPANY;
}

static int fail_unknown(const struct slice *headers, size_t count, const struct role_map *map, const char *file,
			struct diag *diag)
{
	struct place place = { .file = file };
	char near[3][DIAG_QUOTE_SIZE] = { "", "", "" }, wanted[DIAG_QUOTE_SIZE];
	bool *used = memory_zero(count + 1, sizeof *used);
	int found = 0;

	for (; found < 3; found++) {
		size_t best = count, distance = SIZE_MAX;

		for (size_t i = 0; i < count; i++)
			if (!used[i] && nearest_distance(headers[i], map->column) < distance) {
				distance = nearest_distance(headers[i], map->column);
				best = i;
			}
		if (best == count)
			break;
		used[best] = true;
		diag_quote(headers[best], near[found]);
	}
	free(used);
	return diag_fail(diag, STATUS_USAGE, &place, "unknown-column", "no column %s for role %s; nearest: %s%s%s%s%s",
			 diag_quote(map->column, wanted), role_name(map->role), near[0], found > 1 ? ", " : "", near[1],
			 found > 2 ? ", " : "", near[2]);
}

static int apply_maps(const struct slice *headers, size_t count, const struct role_map *maps, size_t map_count,
		      const char *file, struct column_role *roles, uint32_t *ranks, struct diag *diag)
{
	for (size_t m = 0; m < map_count; m++) {
		bool again = m > 0 && maps[m].role == maps[m - 1].role && role_is_list(maps[m].role);
		size_t column = 0;

		while (column < count && !slice_equal(headers[column], maps[m].column))
			column++;
		if (column == count)
			return fail_unknown(headers, count, &maps[m], file, diag);
		for (size_t i = 0; i < count && !again; i++)
			if (roles[i].role == maps[m].role)
				roles[i].role = ROLE_NONE;
		roles[column].role = maps[m].role;
		ranks[column] = 0;
	}
	return 0;
}

int roles_bind(enum kind kind, const struct slice *headers, size_t count, const struct role_map *maps, size_t map_count,
	       const char *file, struct column_role *roles, struct diag *diag)
{
	uint32_t *ranks = memory_get(count, sizeof *ranks);
	int result;

	for (size_t i = 0; i < count; i++)
		roles[i] = look_up(kind, headers[i], &ranks[i]);
	keep_best(roles, ranks, count);
	name_or_company(headers, roles, count);
	result = apply_maps(headers, count, maps, map_count, file, roles, ranks, diag);
	free(ranks);
	return result;
}

size_t roles_find(const struct column_role *roles, size_t count, enum role role)
{
	size_t i = 0;

	while (i < count && roles[i].role != role)
		i++;
	return i;
}
