/* The review of --audit on paper, and --fail-if. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "io/file.h"
#include "io/json.h"
#include "io/sink.h"
#include "rule/audit.h"
#include "rule/parse.h"
#include "rule/types.h"

/* todo: what to do with the tag; "" for what is no tag. */
static const struct { const char *code, *todo, *says, *advice; } kinds[FINDING_KINDS] = {
	[FINDING_NEVER] = { "never", "drop", "nobody has it", "drop it or mend its rule" },
	[FINDING_ALWAYS] = { "always", "drop", "everybody has it", "drop it: it tells nobody from anybody" },
	[FINDING_SAME] = { "same", "merge", "the same customers as", "keep one of the two" },
	[FINDING_IMPLIED] = { "implied", "look", "whoever has it also has", "see whether both are needed" },
	[FINDING_SHADOWED] = { "shadowed", "drop", "earlier tags of the group take all of its customers", "move it up or drop it" },
	[FINDING_CONTRADICTION] = { "contradiction", "look", "is true for some customers of", "make the rules exclude each other" },
	[FINDING_UNSTABLE] = { "unstable", "look", "customers come and go from night to night", "give it a leave_when, or other bounds" },
	[FINDING_EXPIRED] = { "expired", "drop", "not in its time", "drop it or renew it" },
	[FINDING_UNUSED_COLUMN] = { "unused-column", "", "no rule reads it", "" },
};

static bool is_todo(const struct finding *finding, const char *todo)
{
	return strcmp(kinds[finding->kind].todo, todo) == 0;
}

/* Whether a finding is on the short list of what to drop or merge, where each tag stands once. */
static bool is_short(const struct findings *findings, size_t number)
{
	const struct finding *finding = &findings->items[number];

	if (!is_todo(finding, "drop") && !is_todo(finding, "merge"))
		return false;
	for (size_t f = 0; f < number; f++)
		if (findings->items[f].rule == finding->rule && (is_todo(&findings->items[f], "drop") || is_todo(&findings->items[f], "merge")))
			return false;
	return true;
}

static struct slice column_of(const struct judge *judge, size_t rule)
{
	size_t group = judge->list[rule].group;

	return group == NO_GROUP ? SLICE("tags") : judge->rules->groups.items[group].column;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static void csv_cell(struct buf *out, struct slice value, bool first)
{
	if (!first)
		buf_add_byte(out, ',');
	rows_csv_cell(out, value, ',');
}

static void csv_rule(struct buf *out, const struct audit *audit, const struct judge *judge, size_t rule)
{
	csv_cell(out, column_of(judge, rule), true);
	csv_cell(out, judge->list[rule].rule->tag, false);
	buf_format(out, ",%llu,%.6f", (unsigned long long)audit->chosen[rule], share(audit->chosen[rule], audit->rows));
}

static void csv_finding(struct buf *out, const struct finding *finding, const struct judge *judge)
{
	csv_cell(out, slice_of(kinds[finding->kind].code), false);
	csv_cell(out, finding->other != SIZE_MAX ? judge->list[finding->other].rule->tag : SLICE(""), false);
	if (finding->overlap > 0)
		buf_format(out, ",%.6f", finding->overlap);
	else
		buf_add_byte(out, ',');
	csv_cell(out, slice_of(kinds[finding->kind].todo), false);
	csv_cell(out, slice_of(kinds[finding->kind].advice), false);
}

/* A line for each tag; one that has several findings has several. Columns that no rule reads follow. */
static void write_csv(struct buf *out, const struct findings *findings, const struct audit *audit, const struct judge *judge,
		      const struct slice *headers)
{
	buf_add(out, SLICE("column,tag,rows,share,finding,other,overlap,todo,advice,owner,purpose\n"));
	for (size_t i = 0; i < audit->count; i++) {
		bool any = false;

		for (size_t f = 0; f <= findings->count; f++) {
			const struct finding *finding = f < findings->count ? &findings->items[f] : NULL;

			if (finding ? finding->rule != i || finding->kind == FINDING_UNUSED_COLUMN : any)
				continue;
			any = true;
			csv_rule(out, audit, judge, i);
			if (finding)
				csv_finding(out, finding, judge);
			else
				buf_add(out, SLICE(",,,,,"));
			csv_cell(out, judge->list[i].rule->owner, false);
			csv_cell(out, judge->list[i].rule->purpose, false);
			buf_add_byte(out, '\n');
		}
	}
	for (size_t f = 0; f < findings->count; f++) {
		if (findings->items[f].kind != FINDING_UNUSED_COLUMN)
			continue;
		csv_cell(out, headers[findings->items[f].rule], true);
		buf_add(out, SLICE(",,,,unused-column,,,,,,\n"));
	}
}

static void add_text(cJSON *object, const char *name, struct slice text, struct arena *arena)
{
	if (text.ptr)
		cJSON_AddStringToObject(object, name, arena_cstr(arena, text));
}

static cJSON *json_finding(const struct finding *finding, const struct judge *judge, const struct slice *headers, struct arena *arena)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "finding", kinds[finding->kind].code);
	if (finding->kind == FINDING_UNUSED_COLUMN) {
		add_text(object, "column", headers[finding->rule], arena);
		return object;
	}
	add_text(object, "column", column_of(judge, finding->rule), arena);
	add_text(object, "tag", judge->list[finding->rule].rule->tag, arena);
	if (finding->other != SIZE_MAX)
		add_text(object, "other", judge->list[finding->other].rule->tag, arena);
	if (finding->overlap > 0)
		cJSON_AddItemToObject(object, "overlap", json_number_node(finding->overlap));
	cJSON_AddStringToObject(object, "todo", kinds[finding->kind].todo);
	cJSON_AddStringToObject(object, "advice", kinds[finding->kind].advice);
	return object;
}

static cJSON *json_tag(const struct audit *audit, const struct judge *judge, size_t i, struct arena *arena)
{
	cJSON *tag = cJSON_CreateObject();

	add_text(tag, "column", column_of(judge, i), arena);
	add_text(tag, "tag", judge->list[i].rule->tag, arena);
	cJSON_AddItemToObject(tag, "rows", json_number_node((double)audit->chosen[i]));
	cJSON_AddItemToObject(tag, "share", json_number_node(share(audit->chosen[i], audit->rows)));
	add_text(tag, "owner", judge->list[i].rule->owner, arena);
	add_text(tag, "purpose", judge->list[i].rule->purpose, arena);
	return tag;
}

/* Its lists: what to drop or merge, all findings, all tags. */
static void write_json(struct buf *out, const struct findings *findings, const struct audit *audit, const struct judge *judge,
		       const struct slice *headers)
{
	cJSON *root = cJSON_CreateObject(), *list;
	struct arena arena;
	char *text;

	arena_init(&arena);
	cJSON_AddItemToObject(root, "rows", json_number_node((double)audit->rows));
	cJSON_AddItemToObject(root, "untagged", json_number_node((double)audit->untagged));
	cJSON_AddItemToObject(root, "overlap", json_number_node(findings->overlap));
	list = cJSON_AddArrayToObject(root, "drop_or_merge");
	for (size_t f = 0; f < findings->count; f++)
		if (is_short(findings, f))
			cJSON_AddItemToArray(list, json_finding(&findings->items[f], judge, headers, &arena));
	list = cJSON_AddArrayToObject(root, "tags");
	for (size_t i = 0; i < audit->count; i++)
		cJSON_AddItemToArray(list, json_tag(audit, judge, i, &arena));
	list = cJSON_AddArrayToObject(root, "findings");
	for (size_t f = 0; f < findings->count; f++)
		cJSON_AddItemToArray(list, json_finding(&findings->items[f], judge, headers, &arena));
	text = json_print(root, true);
	buf_add(out, slice_of(text));
	buf_add_byte(out, '\n');
	free(text);
	json_free(root);
	arena_release(&arena);
}

static void text_finding(struct buf *out, const struct finding *finding, const struct judge *judge)
{
	const struct verdict_rule *entry = &judge->list[finding->rule];

	buf_format(out, "  %.*s", SLICE_ARG(entry->rule->tag));
	if (entry->group != NO_GROUP)
		buf_format(out, " (%.*s)", SLICE_ARG(column_of(judge, finding->rule)));
	buf_format(out, ": %s", kinds[finding->kind].says);
	if (finding->other != SIZE_MAX)
		buf_format(out, " %.*s", SLICE_ARG(judge->list[finding->other].rule->tag));
	if (finding->overlap > 0)
		buf_format(out, " (%.1f%% %s)", finding->overlap * 100, finding->kind == FINDING_SAME ? "in common" :
			   finding->kind == FINDING_UNSTABLE ? "of them since yesterday" : "of the rows");
	buf_format(out, "; %s\n", kinds[finding->kind].advice);
}

/* Findings of one heading, by kind. */
static void text_findings(struct buf *out, const struct findings *findings, const struct judge *judge, const char *heading, bool brief)
{
	bool any = false;

	for (int kind = 0; kind < FINDING_UNUSED_COLUMN; kind++)
		for (size_t f = 0; f < findings->count; f++) {
			const struct finding *finding = &findings->items[f];

			if (finding->kind != (enum finding_kind)kind || (brief ? !is_short(findings, f) : !is_todo(finding, "look")))
				continue;
			if (!any)
				buf_format(out, "%s\n", heading);
			any = true;
			text_finding(out, finding, judge);
		}
	if (any)
		buf_add_byte(out, '\n');
}

/* For people: what to do first, then how many have what. */
static void write_text(struct buf *out, const struct findings *findings, const struct audit *audit, const struct judge *judge,
		       const struct slice *headers)
{
	size_t unused = findings->by_kind[FINDING_UNUSED_COLUMN];

	buf_format(out, "%llu customers, %.1f%% of them without a tag\n\n", (unsigned long long)audit->rows,
		   share(audit->untagged, audit->rows) * 100);
	if (findings->count == unused)
		buf_add(out, SLICE("Nothing to do\n\n"));
	text_findings(out, findings, judge, "Drop or merge", true);
	text_findings(out, findings, judge, "Look at", false);
	buf_add(out, SLICE("Tags\n"));
	for (size_t i = 0; i < audit->count; i++)
		buf_format(out, "%10llu %6.1f%%  %.*s%s%.*s\n", (unsigned long long)audit->chosen[i], share(audit->chosen[i], audit->rows) * 100,
			   SLICE_ARG(judge->list[i].group == NO_GROUP ? SLICE("") : column_of(judge, i)),
			   judge->list[i].group == NO_GROUP ? "" : " = ", SLICE_ARG(judge->list[i].rule->tag));
	for (size_t f = 0, seen = 0; f < findings->count; f++)
		if (findings->items[f].kind == FINDING_UNUSED_COLUMN)
			buf_format(out, "%s%.*s", seen++ ? ", " : "\nColumns that no rule reads: ", SLICE_ARG(headers[findings->items[f].rule]));
	if (unused)
		buf_add_byte(out, '\n');
}

int audit_write(const char *path, const struct findings *findings, const struct audit *audit, const struct judge *judge,
		const struct slice *headers, struct diag *diag)
{
	struct slice name = slice_of(path);
	struct buf out;
	int status;

	buf_init(&out, BUF_UNLIMITED);
	if (slice_ends_with(name, SLICE(".csv")))
		write_csv(&out, findings, audit, judge, headers);
	else if (slice_ends_with(name, SLICE(".json")))
		write_json(&out, findings, audit, judge, headers);
	else
		write_text(&out, findings, audit, judge, headers);
	status = file_write(path, buf_slice(&out), diag);
	buf_release(&out);
	return status;
}

/* --- --fail-if --- */

enum { FIGURES = FINDING_KINDS + 4 };

static const char *const figure_names[FIGURES] = {
	"never", "always", "same", "implied", "shadowed", "contradiction", "unstable", "expired", "unused_columns",
	"rows", "tags", "untagged", "overlap",
};

static int condition_fault(const char *condition, const struct fault *fault, struct diag *diag)
{
	struct place place = { .file = "--fail-if", .line = 1, .column = fault->from + 1 };
	struct buf carets;

	buf_init(&carets, 1024);
	report_carets(slice_of(condition), fault, &carets);
	diag_fail(diag, STATUS_USAGE, &place, fault->code, "%s%.*s", fault->text, SLICE_ARG(buf_slice(&carets)));
	buf_release(&carets);
	return -1;
}

/* Evaluates the condition over the figures as the cells of a row; *truth may be NULL. */
static int evaluate(const char *condition, const struct slice *cells, bool *truth, struct diag *diag)
{
	struct slice names[FIGURES];
	struct scope scope = { .headers = names, .columns = FIGURES };
	struct evaluator evaluator;
	struct program program;
	struct fault fault;
	struct arena arena;
	struct node *root;
	uint32_t entry;
	int status = 0;

	for (size_t i = 0; i < FIGURES; i++)
		names[i] = slice_of(figure_names[i]);
	arena_init(&arena);
	program_init(&program);
	root = expression_parse(slice_of(condition), &arena, &fault);
	if (!root || types_settle(&root, TYPE_TRUTH, &scope, &arena, &fault) || program_add(&program, root, &entry, &fault))
		status = condition_fault(condition, &fault, diag);
	if (status == 0 && truth) {
		evaluator_init(&evaluator, &program, 0, false);
		evaluator_row(&evaluator, cells, (struct row_facts){ 0 }, 0, 1);
		*truth = evaluator_holds(&evaluator, entry);
		evaluator_release(&evaluator);
	}
	program_release(&program);
	arena_release(&arena);
	return status;
}

int audit_check(const char *condition, struct diag *diag)
{
	return evaluate(condition, NULL, NULL, diag);
}

int audit_judge(const char *condition, const struct findings *findings, const struct audit *audit, struct diag *diag)
{
	struct slice cells[FIGURES];
	struct arena arena;
	struct place place = { .file = "--fail-if" };
	struct buf figures;
	bool truth;

	arena_init(&arena);
	buf_init(&figures, 1024);
	for (size_t i = 0; i < FINDING_KINDS; i++)
		cells[i] = arena_format(&arena, "%zu", findings->by_kind[i]);
	cells[FINDING_KINDS] = arena_format(&arena, "%llu", (unsigned long long)audit->rows);
	cells[FINDING_KINDS + 1] = arena_format(&arena, "%zu", audit->count);
	cells[FINDING_KINDS + 2] = arena_format(&arena, "%.6f", share(audit->untagged, audit->rows));
	cells[FINDING_KINDS + 3] = arena_format(&arena, "%.6f", findings->overlap);
	for (size_t i = 0; i < FIGURES; i++)
		buf_format(&figures, "%s%s %.*s", i ? ", " : "", figure_names[i], SLICE_ARG(cells[i]));
	if (evaluate(condition, cells, &truth, diag) == 0 && truth)
		diag_fail(diag, STATUS_NO, &place, NULL, "'%s' holds: %.*s", condition, SLICE_ARG(buf_slice(&figures)));
	buf_release(&figures);
	arena_release(&arena);
	return diag->status == STATUS_OK ? 0 : -1;
}
