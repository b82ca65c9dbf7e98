#include "match/golden.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "clean/money.h"
#include "clean/person.h"
#include "clean/text.h"
#include "match/moment.h"

enum { CELLS_MOST = 1 << 20 };
enum { MEMBERS_MOST = 256 };   /* of larger customers the first so many vote */

void group_open(struct group *group, const struct golden *golden, const uint32_t *members, size_t count, struct arena *arena)
{
	size_t columns = golden->records->columns;

	*group = (struct group){ .golden = golden, .members = members, .count = count };
	if (count > CELLS_MOST / (columns + 1))
		return;
	group->cells = arena_get(arena, count * columns + 1, sizeof *group->cells);
	for (size_t i = 0; i < count; i++)
		records_cells(golden->records, members[i], group->cells + i * columns);
	for (size_t i = 0; i < count * columns; i++)
		if (text_is_empty(group->cells[i]))
			group->cells[i] = (struct slice){ NULL, 0 };
}

static struct slice value_at(const struct group *group, size_t i, size_t column)
{
	const struct records *records = group->golden->records;
	struct slice value;

	if (column == records->columns)
		return (struct slice){ NULL, 0 };
	if (group->cells)
		return group->cells[i * records->columns + column];
	value = records_cell(records, group->members[i], column);
	return text_is_empty(value) ? (struct slice){ NULL, 0 } : value;
}

static int64_t moment_at(const struct group *group, size_t i, size_t column)
{
	return moment_of(value_at(group, i, column));
}

static size_t filled_cells(const struct group *group, size_t i)
{
	size_t filled = 0;

	for (size_t c = 0; c < group->golden->records->columns; c++)
		filled += value_at(group, i, c).len > 0;
	return filled;
}

static int order_of(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static uint32_t rank_at(const struct group *group, size_t i)
{
	return group->golden->ranks[group->golden->records->sources[group->members[i]]];
}

size_t golden_main(const struct group *group)
{
	size_t best = 0, best_filled = 0;
	int64_t best_time = MOMENT_NONE;

	if (group->count == 1)
		return 0;
	for (size_t i = 0; i < group->count; i++) {
		int64_t time = moment_at(group, i, group->golden->updated_at);
		int order = group->golden->ranked ? order_of(rank_at(group, best), rank_at(group, i)) : 0;

		if (order == 0)
			order = order_of(time, best_time);
		size_t filled = order < 0 ? 0 : filled_cells(group, i);

		if (i == 0 || order > 0 || (order == 0 && filled > best_filled)) {
			best = i;
			best_filled = filled;
			best_time = time;
		}
	}
	return best;
}

static size_t choose_frequent(const struct group *group, size_t column)
{
	size_t count = group->count < MEMBERS_MOST ? group->count : MEMBERS_MOST, best = group->main, best_votes = 0, best_len = 0;

	for (size_t i = 0; i < count; i++) {
		struct slice value = value_at(group, i, column);
		size_t votes = 0;

		for (size_t j = 0; j < count && value.len; j++)
			votes += slice_equal(value, value_at(group, j, column));
		if (votes > best_votes || (votes == best_votes && votes && (value.len > best_len || (value.len == best_len && i == group->main)))) {
			best = i;
			best_votes = votes;
			best_len = value.len;
		}
	}
	return best;
}

/* What the values of a column are compared as. */
enum measured { AS_AMOUNTS, AS_MOMENTS, AS_TEXTS };

static enum measured measure_values(const struct group *group, size_t column)
{
	bool amounts = true, moments = true;
	struct money money;

	for (size_t i = 0; i < group->count && (amounts || moments); i++) {
		struct slice value = value_at(group, i, column);

		if (value.len == 0)
			continue;
		amounts = amounts && money_parse(value, 1, &money) == MONEY_OK;
		moments = moments && moment_of(value) != MOMENT_NONE;
	}
	return amounts ? AS_AMOUNTS : moments ? AS_MOMENTS : AS_TEXTS;
}

static int compare_measured(enum measured measured, struct slice x, struct slice y)
{
	struct money a = { 0 }, b = { 0 };

	if (measured == AS_TEXTS)
		return slice_compare(x, y);
	if (measured == AS_MOMENTS)
		return order_of(moment_of(x), moment_of(y));
	(void)money_parse(x, 1, &a);
	(void)money_parse(y, 1, &b);
	return order_of(a.value, b.value);
}

/* Over 0: member i is to be preferred to j; both have a value. */
static int compare_members(const struct group *group, enum survive rule, enum measured measured, size_t column, size_t i, size_t j)
{
	int order;

	switch (rule) {
	case SURVIVE_SOURCE:
		order = order_of(rank_at(group, j), rank_at(group, i));
		if (order)
			return order;
		/* fall through */
	case SURVIVE_RECENT:
		return order_of(moment_at(group, i, group->golden->time), moment_at(group, j, group->golden->time));
	case SURVIVE_COMPLETE:
		return order_of((int64_t)filled_cells(group, i), (int64_t)filled_cells(group, j));
	case SURVIVE_LONGEST:
		return order_of((int64_t)utf8_count(value_at(group, i, column)), (int64_t)utf8_count(value_at(group, j, column)));
	case SURVIVE_MAX:
		return compare_measured(measured, value_at(group, i, column), value_at(group, j, column));
	case SURVIVE_MIN:
		return -compare_measured(measured, value_at(group, i, column), value_at(group, j, column));
	default:
		return 0;
	}
}

static size_t choose_best(const struct group *group, enum survive rule, size_t column)
{
	enum measured measured = rule == SURVIVE_MIN || rule == SURVIVE_MAX ? measure_values(group, column) : AS_TEXTS;
	size_t best = group->main;

	for (size_t i = 0; i < group->count; i++) {
		if (i == best || value_at(group, i, column).len == 0)
			continue;
		/* Until one has a value, any is better; later only what is better than it. */
		if (value_at(group, best, column).len == 0 || compare_members(group, rule, measured, column, i, best) > 0)
			best = i;
	}
	return best;
}

/* By what two items of a union are the same: phones by their digits, addresses of mail without case, others as they are. */
static struct slice item_key(const struct golden *golden, size_t column, struct slice item, struct arena *arena)
{
	enum role role = golden->records->roles[column];
	struct slice key = { NULL, 0 };

	if (role == ROLE_PHONE)
		key = key_of_cell(FIELD_CODE, role, item, arena);
	else if (role == ROLE_EMAIL)
		key = key_of_cell(FIELD_EMAIL, role, item, arena);
	return key.len ? key : item;
}

static struct slice join_parts(const struct part *parts, size_t count, struct arena *arena)
{
	size_t len = 0;
	char *out;

	for (size_t i = 0; i < count; i++)
		len += parts[i].value.len + 1;
	out = arena_bytes(arena, len + 1);
	len = 0;
	for (size_t i = 0; i < count; i++) {
		if (i)
			out[len++] = ';';
		memcpy(out + len, parts[i].value.ptr, parts[i].value.len);
		len += parts[i].value.len;
	}
	return (struct slice){ out, len };
}

static struct survivor unite(const struct group *group, size_t column, struct arena *arena)
{
	struct survivor survivor = { .member = group->main };
	struct map items;
	struct part *parts = NULL;
	size_t capacity = 0;

	map_init(&items);
	for (size_t i = 0; i < group->count; i++)
		for (struct slice rest = value_at(group, i, column); rest.len;) {
			struct slice item = slice_trim(slice_cut(&rest, ';')), key = item_key(group->golden, column, item, arena);

			if (item.len == 0 || map_find(&items, key) != MAP_NONE)
				continue;
			parts = memory_grow(parts, &capacity, items.count + 1, sizeof *parts);
			parts[map_add(&items, key)] = (struct part){ i, item };
		}
	survivor.part_count = items.count;
	survivor.parts = arena_get(arena, items.count, sizeof *parts);
	if (parts)
		memcpy(survivor.parts, parts, items.count * sizeof *parts);
	survivor.made = join_parts(survivor.parts, survivor.part_count, arena);
	free(parts);
	map_release(&items);
	return survivor;
}

/* Whether `longer` says the same as `value` and more: 黄志强 and 黄总, John Smith and J. Smith, a company's full name and its short one. */
static bool says_more(const struct golden *golden, size_t column, struct slice longer, struct slice value, struct arena *arena)
{
	if (golden->records->roles[column] == ROLE_NAME) {
		struct person a = person_parse(longer, arena), b = person_parse(value, arena);

		return slice_equal(a.family, b.family) && utf8_count(a.given) > 1 && utf8_count(b.given) <= 1 && a.given.len > b.given.len &&
		       slice_starts_with(a.given, b.given);
	}
	struct slice a = text_key(longer, false, arena), b = text_key(value, false, arena);

	return a.len > b.len && b.len > 0 && slice_find(a, b) < a.len;
}

/* Of names and companies the fullest form wins over the chosen one. */
static size_t choose_fullest(const struct group *group, size_t chosen, size_t column, struct arena *arena)
{
	for (size_t i = 0; i < group->count && i < MEMBERS_MOST; i++) {
		struct slice value = value_at(group, i, column), now = value_at(group, chosen, column);

		if (value.len > 0 && !slice_equal(value, now) && says_more(group->golden, column, value, now, arena))
			chosen = i;
	}
	return chosen;
}

struct survivor golden_choose(const struct group *group, size_t column, struct arena *arena)
{
	const struct column_rule *rule = &group->golden->rules[column];
	struct survivor survivor = { .member = group->main };
	size_t chosen = group->main;

	if (rule->survive == SURVIVE_UNION)
		return unite(group, column, arena);
	if (group->count == 1 || rule->survive == SURVIVE_MAIN)
		return survivor;
	chosen = rule->survive == SURVIVE_FREQUENT ? choose_frequent(group, column) : choose_best(group, rule->survive, column);
	survivor.member = rule->fullest ? choose_fullest(group, chosen, column, arena) : chosen;
	survivor.fuller = survivor.member != chosen;
	return survivor;
}
