#include "rule/columns.h"

#include <math.h>

#include "rule/convert.h"
#include "rule/types.h"

enum { SCORE_DECIMALS = 4 };

static void add_output(struct columns *columns, enum output_kind kind, size_t index, struct slice name, enum column_type type)
{
	size_t at = 0;

	while (at < columns->count && !slice_equal(columns->columns[at].name, name))
		at++;
	if (at < columns->whole)
		columns->whole = 0;
	columns->count += at == columns->count;
	columns->outputs[at] = (struct output){ .kind = kind, .index = index };
	columns->columns[at] = (struct column){ name, type };
}

static enum column_type type_of_input(struct slice name)
{
	enum type type = types_of_column(name);

	return type == TYPE_NUMBER ? COLUMN_NUMBER : type == TYPE_LIST ? COLUMN_LIST : COLUMN_TEXT;
}

static void add_inputs(struct columns *columns, const struct intake *intake)
{
	columns->count = columns->whole = intake->columns;
	for (size_t c = 0; c < intake->columns; c++) {
		columns->outputs[c] = (struct output){ .kind = OUTPUT_INPUT, .index = c };
		columns->columns[c] = (struct column){ intake->headers[c], type_of_input(intake->headers[c]) };
	}
}

/* Takes out what is hidden. */
static int apply_view(struct columns *columns, const struct intake *intake, const struct view *view, struct arena *arena,
		      struct diag *diag)
{
	struct slice *names = arena_get(arena, columns->count, sizeof *names);
	size_t count = columns->count;

	columns->sights = arena_get(arena, intake->columns, sizeof *columns->sights);
	for (size_t c = 0; c < intake->columns; c++)
		columns->sights[c] = view_of(view, intake->headers[c], intake->roles[c].role, false);
	for (size_t i = 0; i < count; i++)
		names[i] = columns->columns[i].name;
	columns->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct output output = columns->outputs[i];
		bool made = output.kind != OUTPUT_INPUT;

		output.sight = made ? view_of(view, names[i], ROLE_NONE, true) : columns->sights[output.index];
		if (i < columns->whole && output.sight.kind != SIGHT_WHOLE)
			columns->whole = 0;
		if (output.sight.kind == SIGHT_HIDDEN)
			continue;
		columns->outputs[columns->count] = output;
		columns->columns[columns->count++] = columns->columns[i];
	}
	return view_check(view, names, count, diag);
}

static void add_group(struct columns *columns, size_t g, struct arena *arena)
{
	const struct group *group = &columns->judge->rules->groups.items[g];

	add_output(columns, OUTPUT_GROUP, g, group->column, COLUMN_TEXT);
	if (columns->judge->history)
		add_output(columns, OUTPUT_GROUP_SINCE, g, arena_format(arena, "%.*s_since", SLICE_ARG(group->column)), COLUMN_TEXT);
	if (group->action_column.ptr)
		add_output(columns, OUTPUT_ACTION, g, group->action_column, COLUMN_TEXT);
}

int columns_init(struct columns *columns, const struct judge *judge, const struct intake *intake, const struct view *view,
		 struct arena *arena, struct diag *diag)
{
	const struct rules *rules = judge->rules;
	size_t most = intake->columns + 5 + 3 * rules->groups.count + 2 * rules->scores.count;

	*columns = (struct columns){ .judge = judge };
	columns->outputs = arena_get(arena, most, sizeof *columns->outputs);
	columns->columns = arena_get(arena, most, sizeof *columns->columns);
	add_inputs(columns, intake);
	add_output(columns, OUTPUT_TAGS, 0, SLICE("tags"), COLUMN_LIST);
	if (rules->action_column.ptr)
		add_output(columns, OUTPUT_ACTIONS, 0, rules->action_column, COLUMN_LIST);
	if (judge->history) {
		add_output(columns, OUTPUT_SINCE, 0, SLICE("tags_since"), COLUMN_LIST);
		add_output(columns, OUTPUT_ADDED, 0, SLICE("tags_added"), COLUMN_LIST);
		add_output(columns, OUTPUT_REMOVED, 0, SLICE("tags_removed"), COLUMN_LIST);
	}
	for (size_t g = 0; g < rules->groups.count; g++)
		add_group(columns, g, arena);
	for (size_t s = 0; s < rules->scores.count; s++) {
		const struct score *score = &rules->scores.items[s];

		add_output(columns, OUTPUT_SCORE, s, score->column, COLUMN_NUMBER);
		if (score->grade_column.ptr)
			add_output(columns, OUTPUT_GRADE, s, score->grade_column, COLUMN_TEXT);
	}
	return apply_view(columns, intake, view, arena, diag);
}

static struct slice score_text(double points, struct arena *arena)
{
	double factor = pow(10, SCORE_DECIMALS);

	return convert_from_number(round(points * factor) / factor + 0.0, arena);
}

static struct slice output_text(const struct columns *columns, const struct verdict *verdict, const struct output *output,
				struct arena *arena)
{
	const struct judge *judge = columns->judge;
	size_t index = output->index;

	switch (output->kind) {
	case OUTPUT_ACTIONS: return buf_slice(&verdict->actions);
	case OUTPUT_SINCE: return buf_slice(&verdict->since);
	case OUTPUT_ADDED: return buf_slice(&verdict->added);
	case OUTPUT_REMOVED: return buf_slice(&verdict->removed);
	case OUTPUT_GROUP_SINCE: return verdict_since(verdict, judge, verdict->chosen[index]);
	case OUTPUT_GROUP: return judge->list[verdict->chosen[index]].rule->tag;
	case OUTPUT_ACTION: return judge->list[verdict->chosen[index]].rule->action;
	case OUTPUT_SCORE: return score_text(verdict->scores[index], arena);
	case OUTPUT_GRADE: return judge->rules->scores.items[index].grades.items[verdict->grades[index]].name;
	default: return buf_slice(&verdict->tags);
	}
}

void columns_write(const struct columns *columns, const struct verdict *verdict, struct rows *rows, const struct batch *batch, size_t r,
		   struct arena *arena)
{
	size_t c = columns->whole;

	rows_begin(rows);
	if (columns->whole)
		rows_batch_record(rows, batch, r);
	for (; c < columns->count; c++) {
		const struct output *output = &columns->outputs[c];

		if (output->kind == OUTPUT_INPUT && output->sight.kind == SIGHT_WHOLE)
			rows_batch_cell(rows, batch, r, output->index);
		else if (output->kind == OUTPUT_INPUT)
			rows_cell(rows, view_value(output->sight, batch_cell(batch, r, output->index), arena));
		else
			rows_cell(rows, view_value(output->sight, output_text(columns, verdict, output, arena), arena));
	}
	rows_end(rows);
}
