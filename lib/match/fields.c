/* The fields of all rows, read and made ready for comparing in several threads. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "match/compare.h"
#include "match/sketch.h"

enum { GROUPS_MOST = 8, ROW_CHUNK = 32768 };

/* Fields are read in as many groups as there are threads, so that a record is taken apart once for each thread, not for each field. */
struct building {
	struct fields *fields;
	const struct match_input *input;
	struct field *groups[GROUPS_MOST][FIELD_MOST];
	size_t counts[GROUPS_MOST];
	unsigned order[FIELD_MOST];   /* fields, those that take longest first */
};

static int read_group(void *context, size_t group, unsigned worker, struct diag *diag)
{
	struct building *building = context;

	(void)worker;
	(void)diag;
	fields_read(building->groups[group], building->counts[group], building->input);
	return 0;
}

static int prepare_field(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct building *building = context;

	(void)worker;
	(void)diag;
	field_prepare(&building->fields->all[building->order[index]]);
	return 0;
}

/* What a field costs, roughly: how much is done with its text, for how many different ones. */
static double field_cost(const struct profile *profile)
{
	static const double cost[] = { [FIELD_CATEGORY] = 1, [FIELD_NUMBER] = 1, [FIELD_DATE] = 2, [FIELD_CODE] = 2, [FIELD_EMAIL] = 2,
				       [FIELD_TEXT] = 4, [FIELD_PERSON] = 5, [FIELD_COMPANY] = 8, [FIELD_LONG] = 8 };

	return 0.3 + cost[profile->kind] * profile->filled * (0.2 + profile->distinct);
}

/* Where not all values fit in memory few fields are read at a time: values are found by tables that are looked into everywhere. */
static size_t group_count(const struct building *building, unsigned threads)
{
	size_t bytes = building->input->rows * building->fields->count * sizeof *building->fields->values;

	if (threads >= GROUPS_MOST || bytes > vast_bound(building->input->vast) / 8)
		return GROUPS_MOST;
	return threads ? threads : 1;
}

/* The costliest first, each to the group that has the least to do. */
static size_t set_groups(struct building *building, unsigned threads)
{
	const struct fields *fields = building->fields;
	size_t count = group_count(building, threads);
	double load[GROUPS_MOST] = { 0 };

	count = count < fields->count ? count : fields->count;
	for (unsigned i = 0; i < fields->count; i++) {
		unsigned at = i;

		for (; at > 0 && field_cost(&fields->all[building->order[at - 1]].profile) < field_cost(&fields->all[i].profile); at--)
			building->order[at] = building->order[at - 1];
		building->order[at] = i;
	}
	for (unsigned o = 0; o < fields->count; o++) {
		struct field *field = &fields->all[building->order[o]];
		size_t least = 0;

		for (size_t g = 1; g < count; g++)
			least = load[g] < load[least] ? g : least;
		load[least] += field_cost(&field->profile);
		building->groups[least][building->counts[least]++] = field;
	}
	return count;
}

/* Only fields whose sketches are looked at have them by row: not those with a table of levels. */
static void place_sketches(struct fields *fields)
{
	for (unsigned i = 0; i < fields->count; i++) {
		const struct field *field = &fields->all[i];

		fields->sketch_at[i] = sketch_is_used(field->profile.kind) && !field->levels ? (unsigned char)fields->sketched++ : SKETCH_NONE;
	}
}

static int put_sketches(void *context, size_t chunk, unsigned worker, struct diag *diag)
{
	struct building *building = context;
	struct fields *fields = building->fields;
	size_t begin = chunk * ROW_CHUNK, end = begin + ROW_CHUNK < building->input->rows ? begin + ROW_CHUNK : building->input->rows;

	(void)worker;
	(void)diag;
	for (size_t row = begin; row < end; row++)
		for (unsigned i = 0; i < fields->count; i++)
			if (fields->sketch_at[i] != SKETCH_NONE)
				fields->sketches[row * fields->sketched + fields->sketch_at[i]] = fields->all[i].sketches[fields_row(fields, row)[i]];
	return 0;
}

int fields_build(struct fields *fields, const struct match_input *input, unsigned threads, struct diag *diag)
{
	struct building building = { .fields = fields, .input = input };
	size_t groups = set_groups(&building, threads);

	fields->values = vast_get(input->vast, input->rows * fields->count + 1, sizeof *fields->values);
	for (unsigned i = 0; i < fields->count; i++) {
		fields->all[i].data = fields->values + i;
		fields->all[i].stride = fields->count;
	}
	if (pool_each(read_group, &building, groups, threads, diag) < 0 || pool_each(prepare_field, &building, fields->count, threads, diag) < 0)
		return -1;
	place_sketches(fields);
	fields->sketches = vast_get(input->vast, input->rows * fields->sketched + 1, sizeof *fields->sketches);
	if (pool_each(put_sketches, &building, input->rows / ROW_CHUNK + 1, threads, diag) < 0)
		return -1;
	for (unsigned i = 0; i < fields->count; i++) {
		struct field *field = &fields->all[i];

		vast_drop(field->sketches);
		field->sketches = NULL;
	}
	return 0;
}

void fields_release(struct fields *fields)
{
	vast_drop(fields->values);
	vast_drop(fields->sketches);
	fields->values = fields->sketches = NULL;
}
