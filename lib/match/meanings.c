#include "match/meanings.h"

#include "clean/text.h"

/* Roles that say who a customer is. */
static bool is_compared(enum role role)
{
	return (role >= ROLE_NAME && role <= ROLE_SIZE) || (role >= ROLE_BIRTHDAY && role <= ROLE_WECHAT) || role == ROLE_GIVEN_NAME ||
	       role == ROLE_FAMILY_NAME;
}

/* The first column with the role that is not ignored, or SIZE_MAX. */
static size_t find_first(const struct records *records, const bool *ignore, enum role role)
{
	for (size_t c = 0; c < records->columns; c++)
		if (records->roles[c] == role && !ignore[c])
			return c;
	return SIZE_MAX;
}

/* Columns of the role that no input has beside one of those before it. */
static void chain_role(struct meanings *meanings, enum role role, bool *ignore)
{
	const struct records *records = meanings->records;
	size_t last = find_first(records, ignore, role);
	uint64_t inputs = last == SIZE_MAX ? 0 : records->inputs[last];

	for (size_t c = last; c < records->columns; c++)
		if (c != last && records->roles[c] == role && !ignore[c] && !(records->inputs[c] & inputs)) {
			inputs |= records->inputs[c];
			meanings->next[last] = c;
			ignore[c] = meanings->any = true;
			last = c;
		}
}

static struct slice cell_of_chain(const struct meanings *meanings, const struct slice *cells, size_t column)
{
	while (cells[column].len == 0 && meanings->next[column] != SIZE_MAX)
		column = meanings->next[column];
	return cells[column];
}

static struct slice join_parts(struct arena *arena, struct slice given, struct slice family)
{
	if (given.len == 0 || family.len == 0)
		return given.len ? given : family;
	if (text_has_han(given) || text_has_han(family))
		return arena_join(arena, family, SLICE(""), given);
	return arena_join(arena, given, SLICE(" "), family);
}

/* Where one input has names and another one their parts, the parts make a name. */
static void join_names(struct meanings *meanings, bool *ignore)
{
	const struct records *records = meanings->records;
	size_t name = find_first(records, ignore, ROLE_NAME), given = find_first(records, ignore, ROLE_GIVEN_NAME);
	size_t family = find_first(records, ignore, ROLE_FAMILY_NAME);
	struct slice *cells;

	if (name == SIZE_MAX || given == SIZE_MAX || family == SIZE_MAX || records->inputs[name] & (records->inputs[given] | records->inputs[family]))
		return;
	cells = arena_get(&meanings->arena, records->columns, sizeof *cells);
	meanings->names = arena_get(&meanings->arena, records->count + 1, sizeof *meanings->names);
	for (size_t place = 0; place < records->count; place++) {
		store_get(records->store, place, cells, NULL);
		struct slice joined = join_parts(&meanings->arena, slice_trim(cell_of_chain(meanings, cells, given)),
						 slice_trim(cell_of_chain(meanings, cells, family)));

		meanings->names[place] = arena_copy(&meanings->arena, joined);
	}
	meanings->name = name;
	ignore[given] = ignore[family] = true;
}

void meanings_find(struct meanings *meanings, const struct records *records, bool *ignore)
{
	*meanings = (struct meanings){ .records = records, .name = SIZE_MAX };
	arena_init(&meanings->arena);
	meanings->next = arena_get(&meanings->arena, records->columns + 1, sizeof *meanings->next);
	for (size_t c = 0; c <= records->columns; c++)
		meanings->next[c] = SIZE_MAX;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		if (is_compared((enum role)role))
			chain_role(meanings, (enum role)role, ignore);
	join_names(meanings, ignore);
}

void meanings_release(struct meanings *meanings)
{
	arena_release(&meanings->arena);
}

struct slice meanings_cell(const void *context, size_t row, size_t column)
{
	const struct meanings *meanings = context;
	struct slice cell = records_cell(meanings->records, row, column);

	for (size_t c = meanings->next[column]; cell.len == 0 && c != SIZE_MAX; c = meanings->next[c])
		cell = records_cell(meanings->records, row, c);
	return cell.len == 0 && column == meanings->name ? meanings->names[records_place(meanings->records, row)] : cell;
}

void meanings_cells(const void *context, size_t row, struct slice *cells)
{
	const struct meanings *meanings = context;

	records_cells(meanings->records, row, cells);
	for (size_t c = 0; meanings->any && c < meanings->records->columns; c++)
		if (cells[c].len == 0 && meanings->next[c] != SIZE_MAX)
			cells[c] = cell_of_chain(meanings, cells, c);
	if (meanings->name != SIZE_MAX && cells[meanings->name].len == 0)
		cells[meanings->name] = meanings->names[records_place(meanings->records, row)];
}
