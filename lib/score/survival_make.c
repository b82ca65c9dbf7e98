/* The cases of a survival view, out of the customer stream or the order history. */
#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"
#include "score/label.h"
#include "score/survival.h"

struct making {
	struct roster *roster;
	const struct survival_source *source;
	size_t time, event, group;   /* columns; ROSTER_NO_COLUMN: none */
	struct map names;
	struct survival_case *cases;
	size_t count;
	uint64_t left_out;
	struct arena arena;
};

static int find_column(const struct making *making, const char *name, size_t *column, struct diag *diag)
{
	*column = name ? roster_column(making->roster, slice_of(name)) : ROSTER_NO_COLUMN;
	return name && *column == ROSTER_NO_COLUMN ? roster_fail_column(making->roster, name, STATUS_USAGE, diag) : 0;
}

/* 1: he has a time and a label; 0: he lacks one; -1. */
static int take_cells(struct making *making, uint32_t customer, struct survival_case *c, struct diag *diag)
{
	struct slice time = text_clean(roster_cell(making->roster, customer, making->time), &making->arena);
	struct slice event = text_clean(roster_cell(making->roster, customer, making->event), &making->arena);
	struct place place = roster_place(making->roster, customer, making->time);
	char quoted[DIAG_QUOTE_SIZE];
	enum label label;

	if (!text_is_empty(time) && !(slice_to_double(time, &c->time) && c->time >= 0))
		return diag_fail(diag, STATUS_INPUT, &place, "bad-duration", "%s is no length of time; it must be a number, 0 or more",
				 diag_quote(time, quoted));
	place = roster_place(making->roster, customer, making->event);
	if (!label_parse(event, &label))
		return diag_fail(diag, STATUS_INPUT, &place, "bad-label", "%s says neither yes nor no; write 1 or 0, yes or no, 是 or 否",
				 diag_quote(event, quoted));
	c->left = label == LABEL_LEFT;
	return !text_is_empty(time) && label != LABEL_NONE;
}

static int take_customer(struct making *making, uint32_t customer, struct diag *diag)
{
	struct survival_case *c = &making->cases[making->count];
	const struct survival_source *source = making->source;
	struct slice name = SLICE("");
	int known;

	if (source->time)
		known = take_cells(making, customer, c, diag);
	else
		known = source->history(source->context, customer, &c->time, &c->left);
	if (known < 0)
		return -1;
	making->left_out += !known;
	if (!known)
		return 0;
	if (making->group != ROSTER_NO_COLUMN)
		name = text_clean(roster_cell(making->roster, customer, making->group), &making->arena);
	c->group = map_add(&making->names, name);
	making->count++;
	if (making->names.count > SURVIVAL_GROUPS_MOST)
		return diag_fail(diag, STATUS_INPUT, NULL, "too-many-groups", "the column %s has more than %d values: too many groups to compare",
				 source->group, SURVIVAL_GROUPS_MOST);
	arena_reset(&making->arena);
	return 0;
}

static int take_all(struct making *making, struct diag *diag)
{
	const struct survival_source *source = making->source;
	int failed = find_column(making, source->time, &making->time, diag) ||
		     find_column(making, source->event, &making->event, diag) ||
		     find_column(making, source->group, &making->group, diag);

	for (size_t i = 0; i < making->roster->keys.count && !failed; i++)
		failed = take_customer(making, (uint32_t)i, diag);
	return failed ? -1 : 0;
}

static int compare_names(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The groups by name, so that neither the order of rows nor that of first sight shows. */
static void fit_by_name(struct making *making, struct survival *survival)
{
	struct slice names[SURVIVAL_GROUPS_MOST];
	uint32_t numbers[SURVIVAL_GROUPS_MOST];
	size_t groups = making->names.count;

	for (size_t g = 0; g < groups; g++)
		names[g] = making->names.keys[g];
	qsort(names, groups, sizeof *names, compare_names);
	for (size_t g = 0; g < groups; g++)
		numbers[map_find(&making->names, names[g])] = (uint32_t)g;
	for (size_t i = 0; i < making->count; i++)
		making->cases[i].group = numbers[making->cases[i].group];
	survival_fit(survival, making->cases, making->count, names, groups);
	for (size_t g = 0; g < groups; g++)
		survival->groups[g].name = arena_copy(&survival->arena, names[g]);
}

int survival_make(struct survival *survival, struct roster *roster, const struct survival_source *source, struct diag *diag)
{
	struct making making = {
		.roster = roster, .source = source, .cases = memory_get(roster->keys.count, sizeof *making.cases),
	};
	int failed;

	*survival = (struct survival){ 0 };
	arena_init(&survival->arena);
	arena_init(&making.arena);
	map_init(&making.names);
	failed = take_all(&making, diag);
	if (!failed)
		fit_by_name(&making, survival);
	survival->from_orders = !source->time;
	survival->left_out = making.left_out;
	if (!failed && making.left_out)
		diag_warn(diag, NULL, "no-duration", "customers %s, left out of the survival view: %llu",
			  source->time ? "without a time or a label" : "who have never bought", (unsigned long long)making.left_out);
	map_release(&making.names);
	arena_release(&making.arena);
	free(making.cases);
	return failed;
}
