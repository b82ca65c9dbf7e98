#include "rule/evidence.h"

#include "io/sink.h"

void evidence_header(struct buf *out)
{
	buf_add(out, SLICE("customer,column,tag,rule,evidence,since\n"));
}

/* Who it is: the first of these that the row has, else FILE:ROW. */
static void add_customer(struct buf *out, const struct columns *columns, struct arena *arena, const struct intake *intake, const struct slice *cells,
			 uint64_t row)
{
	static const enum role roles[] = { ROLE_CUSTOMER_ID, ROLE_SOURCE_ID };
	struct buf place;

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		size_t column = intake_find(intake, roles[i]);

		if (column < intake->columns && cells[column].len && columns->sights[column].kind != SIGHT_HIDDEN) {
			rows_csv_cell(out, view_value(columns->sights[column], cells[column], arena), ',');
			return;
		}
	}
	buf_init(&place, 8192);
	buf_add(&place, slice_of(table_name(intake->table)));
	buf_add_byte(&place, ':');
	buf_add_u64(&place, row);
	rows_csv_cell(out, buf_slice(&place), ',');
	buf_release(&place);
}

/* The columns that were looked at, each once, in the order in which the rules name them first. */
static void add_values(struct buf *out, const struct columns *columns, struct evaluator *evaluator, const struct intake *intake,
		       const struct slice *cells)
{
	const struct program *program = evaluator->program;
	struct buf values;

	buf_init(&values, BUF_UNLIMITED);
	for (size_t i = 0; i < program->load_count; i++) {
		size_t column = program->loads[i].column;
		bool seen = !evaluator->touched[i];

		for (size_t j = 0; j < i && !seen; j++)
			seen = evaluator->touched[j] && program->loads[j].column == column;
		if (seen || columns->sights[column].kind == SIGHT_HIDDEN)
			continue;
		buf_add(&values, values.len ? SLICE("; ") : SLICE(""));
		buf_add(&values, intake->headers[column]);
		buf_add_byte(&values, '=');
		buf_add(&values, view_value(columns->sights[column], cells[column], &evaluator->arena));
	}
	rows_csv_cell(out, buf_slice(&values), ',');
	buf_release(&values);
}

/* The expression that a tag rests on: who had it may have it because nothing took it away. */
static const struct expression *deciding(const struct tag_rule *rule, bool had)
{
	return had && rule->leave_when.text.ptr ? &rule->leave_when : &rule->when;
}

static void add_rule(struct buf *out, const struct expression *when, bool leaves)
{
	struct buf text;

	buf_init(&text, BUF_UNLIMITED);
	if (leaves)
		buf_add(&text, SLICE("kept until: "));
	buf_add(&text, when->text);
	rows_csv_cell(out, buf_slice(&text), ',');
	buf_release(&text);
}

void evidence_add(struct buf *out, const struct columns *columns, const struct verdict *verdict, struct evaluator *evaluator,
		  const struct intake *intake, const struct slice *cells, uint64_t row)
{
	const struct judge *judge = columns->judge;

	for (size_t i = 0; i < judge->count; i++) {
		const struct verdict_rule *entry = &judge->list[i];
		const struct expression *when = deciding(entry->rule, verdict_had(verdict, judge, i));

		if (!verdict->holds[i])
			continue;
		evaluator_forget(evaluator);
		if (when->text.ptr)
			evaluator_run(evaluator, when->entry);
		add_customer(out, columns, &evaluator->arena, intake, cells, row);
		buf_add_byte(out, ',');
		rows_csv_cell(out, entry->group == NO_GROUP ? SLICE("tags") : judge->rules->groups.items[entry->group].column, ',');
		buf_add_byte(out, ',');
		rows_csv_cell(out, entry->rule->tag, ',');
		buf_add_byte(out, ',');
		add_rule(out, when, when == &entry->rule->leave_when);
		buf_add_byte(out, ',');
		add_values(out, columns, evaluator, intake, cells);
		buf_add_byte(out, ',');
		buf_add(out, verdict_since(verdict, judge, i));
		buf_add_byte(out, '\n');
	}
}
