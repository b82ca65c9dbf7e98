#include "clean/completeness_private.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"

enum {
	THOUSAND = 1000,
	WEIGHT_MOST = 1000000,
	GROUPS_MOST = 5000,
	COUNTS_MOST = 2 << 20,  /* groups × columns */
};

/* A hash of a value, or of an item of a list, that tells customers apart. */
struct mark {
	size_t row, measured;
	uint64_t hash;
};

struct tally {
	size_t count;
	unsigned char *states;     /* [row][measured column] */
	uint64_t *points;
	struct slice *sources, *owners;
	struct mark *marks;
	size_t mark_count, mark_capacity;
	struct arena *arena;
};

/* --- what is measured --- */

static bool tells_apart(enum role role)
{
	switch (role) {
	case ROLE_SOURCE_ID: case ROLE_NAME: case ROLE_COMPANY: case ROLE_PHONE: case ROLE_EMAIL: case ROLE_ID_NUMBER:
	case ROLE_USCC: case ROLE_WECHAT: case ROLE_ORDER_ID:
		return true;
	default:
		return false;
	}
}

/* What a system fills in by itself, and what need not be there. */
static bool weighs_nothing(enum role role)
{
	switch (role) {
	case ROLE_NONE: case ROLE_SOURCE_ID: case ROLE_CUSTOMER_ID: case ROLE_CREATED_AT: case ROLE_UPDATED_AT: case ROLE_TAGS:
	case ROLE_NOTE: case ROLE_REFUND: case ROLE_LEFT_AT:
		return true;
	default:
		return false;
	}
}

static enum role role_of(const struct completeness *c, struct slice name)
{
	enum role role = role_by_name(name);

	return role_belongs(role, c->kind) ? role : ROLE_NONE;
}

static struct measured *add_measured(struct completeness *c, struct slice name, size_t column)
{
	c->measured = memory_grow(c->measured, &c->capacity, c->count + 1, sizeof *c->measured);
	c->measured[c->count] = (struct measured){ .name = name, .column = column, .tells_apart = tells_apart(role_of(c, name)),
						   .is_list = role_is_list(role_of(c, name)) };
	return &c->measured[c->count++];
}

static struct measured *find_measured(const struct completeness *c, struct slice name)
{
	for (size_t i = 0; i < c->count; i++)
		if (slice_equal(c->measured[i].name, name))
			return &c->measured[i];
	return NULL;
}

static int fail_column(const struct completeness *c, struct slice name, struct diag *diag)
{
	struct slice *names = memory_get(c->count + 1, sizeof *names);
	struct place place = { .file = "--weight" };
	char quoted[DIAG_QUOTE_SIZE];
	size_t near;

	for (size_t i = 0; i < c->count; i++)
		names[i] = c->measured[i].name;
	near = nearest_index(names, c->count, name);
	diag_fail(diag, STATUS_USAGE, &place, NULL, "there is no column %s%s%.*s%s", diag_quote(name, quoted),
		  near < c->count ? "; did you mean " : "", near < c->count ? (int)names[near].len : 0,
		  near < c->count ? names[near].ptr : "", near < c->count ? "?" : "");
	free(names);
	return -1;
}

static int take_weight(struct completeness *c, const char *text, struct diag *diag)
{
	struct place place = { .file = "--weight" };
	struct slice rest = slice_of(text), name = slice_cut(&rest, '=');
	struct measured *measured = find_measured(c, name);
	char quoted[DIAG_QUOTE_SIZE];
	double weight;

	if (!slice_to_double(rest, &weight) || !(weight >= 0 && weight <= WEIGHT_MOST))
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "%s is not COLUMN=N, N from 0 to 1000000",
				 diag_quote(slice_of(text), quoted));
	if (!measured && role_of(c, name) != ROLE_NONE)
		measured = add_measured(c, arena_copy(&c->arena, name), NO_COLUMN);
	if (!measured)
		return fail_column(c, name, diag);
	measured->weight = llround(weight * THOUSAND);
	return 0;
}

static int weigh(struct completeness *c, const struct completeness_options *options, struct diag *diag)
{
	for (size_t i = 0; i < options->weight_count; i++)
		if (take_weight(c, options->weights[i], diag) < 0)
			return -1;
	for (size_t i = 0; i < c->count; i++) {
		if (options->weight_count == 0 && !weighs_nothing(role_of(c, c->measured[i].name)))
			c->measured[i].weight = THOUSAND;
		c->most += (uint64_t)c->measured[i].weight;
	}
	return 0;
}

int completeness_new(struct completeness **made, enum kind kind, const struct column *columns, const bool *counted,
		     size_t count, const struct completeness_options *options, struct diag *diag)
{
	struct completeness *c = memory_zero(1, sizeof *c);

	c->kind = kind;
	c->owner = NO_COLUMN;
	arena_init(&c->arena);
	map_init(&c->all.names);
	map_init(&c->sources.names);
	map_init(&c->owners.names);
	for (size_t i = 0; i < count; i++) {
		if (counted[i])
			add_measured(c, columns[i].name, i);
		if (counted[i] && role_of(c, columns[i].name) == ROLE_OWNER)
			c->owner = i;
	}
	if (weigh(c, options, diag) < 0) {
		completeness_free(c);
		return -1;
	}
	c->repeats = memory_zero(c->count + 1, sizeof *c->repeats);
	for (size_t i = 0; i < c->count; i++)
		if (c->measured[i].tells_apart)
			repeats_init(&c->repeats[i]);
	c->groups_most = COUNTS_MOST / (c->count + 1) < GROUPS_MOST ? COUNTS_MOST / (c->count + 1) + 1 : GROUPS_MOST;
	*made = c;
	return 0;
}

static void release_groups(struct groups *groups)
{
	for (size_t i = 0; i < groups->names.count; i++)
		free(groups->items[i].counts);
	free(groups->items);
	map_release(&groups->names);
}

void completeness_free(struct completeness *c)
{
	if (!c)
		return;
	for (size_t i = 0; c->repeats && i < c->count; i++)
		repeats_release(&c->repeats[i]);
	release_groups(&c->all);
	release_groups(&c->sources);
	release_groups(&c->owners);
	free(c->repeats);
	free(c->measured);
	arena_release(&c->arena);
	free(c);
}

/* --- in a worker --- */

struct tally *completeness_tally(const struct completeness *c, struct batch *batch)
{
	struct arena *arena = &batch->arena;
	struct tally *tally = arena_zero(arena, 1, sizeof *tally);

	tally->arena = arena;
	tally->states = arena_get(arena, batch->count * c->count, 1);
	tally->points = arena_get(arena, batch->count, sizeof *tally->points);
	tally->sources = arena_get(arena, batch->count, sizeof *tally->sources);
	tally->owners = arena_get(arena, batch->count, sizeof *tally->owners);
	return tally;
}

static uint64_t points_of(const struct completeness *c, const unsigned char *states)
{
	uint64_t points = 0;

	for (size_t i = 0; i < c->count; i++)
		if (c->measured[i].column != NO_COLUMN && states[c->measured[i].column] & CELL_VALID)
			points += (uint64_t)c->measured[i].weight;
	return points;
}

unsigned completeness_score(const struct completeness *c, const unsigned char *states)
{
	return c->most ? (unsigned)((points_of(c, states) * THOUSAND + c->most / 2) / c->most) : 0;
}

static void add_mark(struct tally *tally, size_t measured, struct slice value)
{
	if (tally->mark_count == tally->mark_capacity) {
		struct mark *grown;

		tally->mark_capacity = tally->mark_capacity ? 2 * tally->mark_capacity : 256;
		grown = arena_get(tally->arena, tally->mark_capacity, sizeof *grown);
		if (tally->mark_count)
			memcpy(grown, tally->marks, tally->mark_count * sizeof *grown);
		tally->marks = grown;
	}
	tally->marks[tally->mark_count++] = (struct mark){ tally->count, measured, repeats_hash(value) };
}

static void mark_items(struct tally *tally, size_t measured, struct slice value, bool list)
{
	if (!list)
		add_mark(tally, measured, value);
	while (list && value.len)
		add_mark(tally, measured, slice_cut(&value, ';'));
}

void completeness_note(const struct completeness *c, struct tally *tally, struct slice source, const struct slice *values,
		       const unsigned char *states)
{
	unsigned char *kept = tally->states + tally->count * c->count;

	for (size_t i = 0; i < c->count; i++) {
		const struct measured *measured = &c->measured[i];

		kept[i] = measured->column == NO_COLUMN ? 0 : states[measured->column];
		if (measured->tells_apart && kept[i] & CELL_FILLED)
			mark_items(tally, i, values[measured->column], measured->is_list);
	}
	tally->points[tally->count] = points_of(c, states);
	tally->sources[tally->count] = source;
	tally->owners[tally->count] = c->owner != NO_COLUMN && states[c->owner] & CELL_FILLED ? values[c->owner]
											       : (struct slice){ "", 0 };
	tally->count++;
}

/* --- in order --- */

static struct group *find_group(const struct completeness *c, struct groups *groups, struct slice name)
{
	size_t before = groups->names.count;
	uint32_t number = map_find(&groups->names, name);

	if (number == MAP_NONE)
		number = map_add(&groups->names, before < c->groups_most ? name : SLICE("..."));
	if (groups->names.count > before) {
		groups->items = memory_grow(groups->items, &groups->capacity, groups->names.count, sizeof *groups->items);
		groups->items[number] = (struct group){ .counts = memory_zero(c->count + 1, sizeof *groups->items->counts) };
	}
	return &groups->items[number];
}

static void count_cell(struct measure_counts *counts, unsigned char state)
{
	counts->filled += (state & CELL_FILLED) != 0;
	counts->valid += (state & CELL_VALID) != 0;
	counts->changed += (state & CELL_CHANGED) != 0;
}

/* Marks of one row from *next on: counts the columns in which one has come before, then remembers them all. */
static void count_repeats(struct completeness *c, const struct tally *tally, size_t row, size_t *next,
			  struct group *const *groups)
{
	size_t first = *next, counted = NO_COLUMN;

	for (; *next < tally->mark_count && tally->marks[*next].row == row; ++*next) {
		const struct mark *mark = &tally->marks[*next];
		const struct repeats *repeats = &c->repeats[mark->measured];

		if (mark->measured == counted || !repeats_has(repeats, mark->hash))
			continue;
		counted = mark->measured;
		for (int g = 0; g < 3; g++)
			groups[g]->counts[counted].repeated += UINT64_C(1) << repeats->level;
	}
	for (size_t i = first; i < *next; i++)
		repeats_add(&c->repeats[tally->marks[i].measured], tally->marks[i].hash);
}

void completeness_add(struct completeness *c, const struct tally *tally)
{
	size_t next = 0;

	for (size_t r = 0; r < tally->count; r++) {
		const unsigned char *states = tally->states + r * c->count;
		struct group *groups[3] = { find_group(c, &c->all, SLICE("")), find_group(c, &c->sources, tally->sources[r]),
					    find_group(c, &c->owners, tally->owners[r]) };

		for (int g = 0; g < 3; g++) {
			groups[g]->rows++;
			groups[g]->points += tally->points[r];
			for (size_t i = 0; i < c->count; i++)
				count_cell(&groups[g]->counts[i], states[i]);
		}
		count_repeats(c, tally, r, &next, groups);
	}
}
