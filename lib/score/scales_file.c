/* Scales in words, in --stats and in model files. */
#include "score/scales_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "io/json.h"

static const char *const scoring_names[] = { NULL, "quantile", "ntile", "fixed", "mean" };

enum { SCORINGS = sizeof scoring_names / sizeof *scoring_names };

const char *scales_name(const struct scales *scales)
{
	return scoring_names[scales->scoring];
}

struct slice scales_describe(const struct scales *scales, const struct scale *scale, enum figure figure, struct arena *arena)
{
	const struct cuts *cuts = &scale->cuts[figure];
	struct slice text;

	if (cuts->bins == 0 || scale->buyers == 0)
		return SLICE("");
	text = arena_format(arena, "cuts of %s%s%.*s%s:", figure_names[figure], scale->group.len ? " in " : "",
			    SLICE_ARG(scale->group), scales->parted && !scales->fixed[figure] && !scales->taken ? ", equal figures parted" : "");
	for (unsigned i = 0; i + 1 < cuts->bins; i++)
		text = arena_format(arena, "%.*s %.10g", SLICE_ARG(text), cuts->shown[i]);
	return text;
}

cJSON *scale_report_cuts(const struct scale *scale, enum figure figure, bool exact)
{
	const struct cuts *cuts = &scale->cuts[figure];
	cJSON *list = cJSON_CreateArray();

	for (unsigned i = 0; (exact || scale->buyers) && i + 1 < cuts->bins; i++)
		cJSON_AddItemToArray(list, json_number_node(exact ? cuts_number(cuts, i, figure_one(figure)) : cuts->shown[i]));
	return list;
}

static void add_text(cJSON *object, const char *name, struct slice text)
{
	char *copy = memory_zero(text.len + 1, 1);

	memcpy(copy, text.ptr, text.len);
	cJSON_AddStringToObject(object, name, copy);
	free(copy);
}

static void add_scale(cJSON *object, const struct scale *scale, bool exact)
{
	cJSON *high;

	cJSON_AddItemToObject(object, "buyers", json_number_node((double)scale->buyers));
	if (!scale->own)
		return;
	high = cJSON_CreateArray();
	for (int figure = 0; figure < FIGURES; figure++) {
		cJSON_AddItemToObject(object, figure_names[figure], scale_report_cuts(scale, (enum figure)figure, exact));
		cJSON_AddItemToArray(high, json_number_node(scale->high[figure]));
	}
	cJSON_AddItemToObject(object, "high", high);
}

cJSON *scales_report_groups(const struct scales *scales, bool exact)
{
	cJSON *groups = cJSON_CreateArray(), *item;

	for (size_t g = 0; g < scales->count; g++) {
		cJSON_AddItemToArray(groups, item = cJSON_CreateObject());
		add_text(item, "group", scales->groups[g].group);
		add_scale(item, &scales->groups[g], exact);
	}
	return groups;
}

cJSON *scales_report(const struct scales *scales)
{
	cJSON *node = cJSON_CreateObject(), *all = cJSON_CreateObject();

	cJSON_AddStringToObject(node, "score", scales_name(scales));
	cJSON_AddItemToObject(node, "bins", json_number_node(scales->bins));
	cJSON_AddItemToObject(node, "all", all);
	add_scale(all, &scales->all, true);
	if (scales->by) {
		cJSON_AddStringToObject(node, "by", scales->by);
		cJSON_AddItemToObject(node, "groups", scales_report_groups(scales, true));
	}
	return node;
}

static bool take_cuts(struct scale *scale, enum figure figure, unsigned bins, const cJSON *list)
{
	double numbers[CUTS_BINS_MOST] = { 0 };
	int count = cJSON_GetArraySize(list);

	if (cJSON_IsArray(list) && count == 0 && figure == MONETARY)
		return true; /* of orders without amounts */
	if (!cJSON_IsArray(list) || count != (int)bins - 1)
		return false;
	for (int i = 0; i < count; i++)
		if (!json_number(cJSON_GetArrayItem(list, i), &numbers[i]))
			return false;
	return cuts_read(&scale->cuts[figure], numbers, bins - 1, figure_one(figure));
}

static bool take_scale(struct scale *scale, unsigned bins, const cJSON *node)
{
	const cJSON *high = json_member(node, "high");

	for (int figure = 0; figure < FIGURES; figure++)
		if (!take_cuts(scale, (enum figure)figure, bins, json_member(node, figure_names[figure])) ||
		    !json_number(cJSON_GetArrayItem(high, figure), &scale->high[figure]))
			return false;
	scale->own = true;
	return true;
}

static bool take_groups(struct scales *scales, const cJSON *list)
{
	const cJSON *item;

	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > GROUPS_MOST)
		return false;
	cJSON_ArrayForEach(item, list) {
		struct slice name = json_text(json_member(item, "group"));
		size_t before = scales->count;
		struct scale *group = scales_add(scales, name);

		if (name.len == 0 || scales->count == before)
			return false; /* two of one name */
		if (json_member(item, "recency") && !take_scale(group, scales->bins, item))
			return false;
	}
	return true;
}

/* False: it is none that scales_report wrote. `by`: the column that the model is about, empty: none. */
static bool take(struct scales *scales, const cJSON *model, struct slice *by)
{
	struct slice scoring = json_text(json_member(model, "score"));
	double bins = 0;
	int number = 1;

	while (number < SCORINGS && !slice_equal(scoring, slice_of(scoring_names[number])))
		number++;
	scales->scoring = (enum scoring)number;
	*by = json_text(json_member(model, "by"));
	if (number == SCORINGS || !json_number(json_member(model, "bins"), &bins) || !(bins >= 2 && bins <= CUTS_BINS_MOST) ||
	    bins != (unsigned)bins)
		return false;
	scales->bins = (unsigned)bins;
	return take_scale(&scales->all, scales->bins, json_member(model, "all")) &&
	       (by->len == 0 || take_groups(scales, json_member(model, "groups")));
}

int scales_take(struct scales *scales, const cJSON *model, const char *model_file, struct arena *arena, struct diag *diag)
{
	struct place place = { .file = model_file };
	struct slice by;

	if (!take(scales, model, &by))
		return diag_fail(diag, STATUS_USAGE, &place, "bad-model", "its \"scores\" are not what crm-rfm --save-model writes");
	if (scales->by && !slice_equal(by, slice_of(scales->by)))
		return diag_fail(diag, STATUS_USAGE, &place, "bad-model", "the model is %s%.*s, not by %s", by.len ? "by " : "not by groups",
				 SLICE_ARG(by), scales->by);
	scales->by = by.len ? arena_cstr(arena, by) : NULL;
	scales->taken = true;
	return 0;
}
