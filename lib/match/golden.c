#include "match/golden.h"

#include "base/map.h"
#include "base/utf8.h"
#include "clean/person.h"
#include "clean/text.h"

enum { MEMBERS_MOST = 256 };   /* of larger customers the first so many vote */

void golden_init(struct golden *golden, const struct records *records)
{
	*golden = (struct golden){
		.records = records,
		.updated_at = records_find_role(records, ROLE_UPDATED_AT),
		.created_at = records_find_role(records, ROLE_CREATED_AT),
		.tags = records_find_role(records, ROLE_TAGS),
	};
}

static struct slice value_of(const struct golden *golden, uint32_t record, size_t column)
{
	struct slice value;

	if (column == golden->records->columns)
		return (struct slice){ NULL, 0 };
	value = records_cell(golden->records, record, column);
	return text_is_empty(value) ? (struct slice){ NULL, 0 } : value;
}

static size_t filled_cells(const struct golden *golden, uint32_t record)
{
	size_t filled = 0;

	for (size_t c = 0; c < golden->records->columns; c++)
		filled += value_of(golden, record, c).len > 0;
	return filled;
}

size_t golden_main(const struct golden *golden, const uint32_t *members, size_t count)
{
	size_t best = 0, best_filled = 0;
	struct slice best_time = { NULL, 0 };

	if (count == 1)
		return 0;
	for (size_t i = 0; i < count; i++) {
		/* Dates are standard after crm-merge, so they compare as text. */
		struct slice time = value_of(golden, members[i], golden->updated_at);
		int order = slice_compare(time, best_time);
		size_t filled = order < 0 ? 0 : filled_cells(golden, members[i]);

		if (i == 0 || order > 0 || (order == 0 && filled > best_filled)) {
			best = i;
			best_filled = filled;
			best_time = time;
		}
	}
	return best;
}

/* The latest record that has the value. */
static size_t choose_latest(const struct golden *golden, const uint32_t *members, size_t count, size_t main, size_t column)
{
	struct slice best_time = { NULL, 0 };
	size_t best = main;
	bool found = false;

	if (value_of(golden, members[main], column).len)
		return main;
	for (size_t i = 0; i < count; i++) {
		struct slice time = value_of(golden, members[i], golden->updated_at);

		if (value_of(golden, members[i], column).len && (!found || slice_compare(time, best_time) > 0)) {
			best = i;
			best_time = time;
			found = true;
		}
	}
	return best;
}

static size_t choose_frequent(const struct golden *golden, const uint32_t *members, size_t count, size_t main, size_t column)
{
	size_t best = main, best_votes = 0, best_len = 0;

	for (size_t i = 0; i < count; i++) {
		struct slice value = value_of(golden, members[i], column);
		size_t votes = 0;

		for (size_t j = 0; j < count && value.len; j++)
			votes += slice_equal(value, value_of(golden, members[j], column));
		if (votes > best_votes || (votes == best_votes && votes && (value.len > best_len || (value.len == best_len && i == main)))) {
			best = i;
			best_votes = votes;
			best_len = value.len;
		}
	}
	return best;
}

static size_t choose_earliest(const struct golden *golden, const uint32_t *members, size_t count, size_t main, size_t column)
{
	size_t best = main;

	for (size_t i = 0; i < count; i++) {
		struct slice value = value_of(golden, members[i], column), least = value_of(golden, members[best], column);

		if (value.len && (least.len == 0 || slice_compare(value, least) < 0))
			best = i;
	}
	return best;
}

static struct slice unite(const struct golden *golden, const uint32_t *members, size_t count, size_t column, struct arena *arena)
{
	struct map items;
	size_t len = 0;
	char *out;

	map_init(&items);
	for (size_t i = 0; i < count; i++)
		for (struct slice rest = value_of(golden, members[i], column); rest.len;) {
			struct slice item = slice_trim(slice_cut(&rest, ';'));

			if (item.len && map_find(&items, item) == MAP_NONE) {
				map_add(&items, item);
				len += item.len + 1;
			}
		}
	out = arena_bytes(arena, len + 1);
	len = 0;
	for (size_t i = 0; i < items.count; i++) {
		if (i)
			out[len++] = ';';
		memcpy(out + len, items.keys[i].ptr, items.keys[i].len);
		len += items.keys[i].len;
	}
	map_release(&items);
	return (struct slice){ out, len };
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
static size_t choose_fullest(const struct golden *golden, const uint32_t *members, size_t count, size_t chosen, size_t column, struct arena *arena)
{
	for (size_t i = 0; i < count && i < MEMBERS_MOST; i++) {
		struct slice value = value_of(golden, members[i], column), now = value_of(golden, members[chosen], column);

		if (value.len > 0 && !slice_equal(value, now) && says_more(golden, column, value, now, arena))
			chosen = i;
	}
	return chosen;
}

static size_t choose_value(const struct golden *golden, const uint32_t *members, size_t count, size_t main, size_t column)
{
	if (column == golden->created_at)
		return choose_earliest(golden, members, count, main, column);
	if (golden->updated_at < golden->records->columns)
		return choose_latest(golden, members, count, main, column);
	return choose_frequent(golden, members, count < MEMBERS_MOST ? count : MEMBERS_MOST, main < MEMBERS_MOST ? main : 0, column);
}

size_t golden_choose(const struct golden *golden, const uint32_t *members, size_t count, size_t main, size_t column, struct slice *made,
		     struct arena *arena)
{
	const struct records *records = golden->records;

	*made = (struct slice){ NULL, 0 };
	if (count == 1 || column == records->source || column == records->source_row || column == records->source_id)
		return main;
	if (column == golden->tags) {
		*made = unite(golden, members, count, column, arena);
		return main;
	}
	enum role role = records->roles[column];
	size_t chosen = choose_value(golden, members, count, main, column);

	return role == ROLE_NAME || role == ROLE_COMPANY ? choose_fullest(golden, members, count, chosen, column, arena) : chosen;
}
