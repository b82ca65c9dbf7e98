#include "rule/tag.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/file.h"
#include "io/json.h"
#include "io/stream.h"
#include "rule/audit.h"
#include "rule/columns.h"
#include "rule/evidence.h"
#include "rule/judge.h"
#include "rule/parse.h"
#include "rule/folder.h"

/* Each of these rows has cost a pattern all the steps it may take. */
enum { HARD_ROWS_MOST = 3000 };

/* One thread's part. */
struct worker {
	struct evaluator evaluator;
	struct verdict verdict;
	uint64_t *counts;         /* by rule of the judge: rows that have it */
	struct audit audit;
	uint64_t written;
	struct buf evidence;
	struct rows rows;         /* --split-by: the rows of a batch */
	struct arena arena;       /* of one row */
};

/* A row for a file of --split-by. */
struct split_row {
	struct slice value, text;
};

/* A row that the first pass found cannot be judged: it counts in no statistic, and the second pass rejects it. */
struct spoilt {
	uint64_t record;
	struct eval_fault fault;
};

/* What travels with a batch. */
struct passenger {
	const struct intake *intake;
	size_t input;
	uint64_t first;           /* number of its first record, over all inputs */
	struct spoilt *spoilt;
	size_t spoilt_count;
	uint64_t hard;            /* rows that met the limits of a pattern */
	struct slice evidence;
	struct split_row *split_rows;
	size_t split_count;
	struct observation *observations;
	size_t observation_count;
};

/* What one row adds to a statistic, in the first pass. */
struct observation {
	size_t statistic;
	struct slice key;
	double value;
};

struct tagger {
	const struct tag_options *options;
	struct rules rules;
	struct program program;
	struct judge judge;
	struct intake **intakes;
	size_t current;           /* input that is being read */
	uint64_t records;         /* read in this pass */
	uint64_t hard;            /* rows of this pass that met the limits of a pattern */
	struct spoilt *spoilt;    /* by record */
	size_t spoilt_count, spoilt_capacity;
	struct columns columns;
	struct sink *sink;
	struct folder *folder;      /* --split-by; NULL: all rows go to the sink */
	size_t split_column;
	size_t files, stale;      /* written by split; removed */
	struct statistics statistics;
	struct yesterday yesterday;   /* --previous */
	size_t key;               /* column that tells customers apart, for history */
	bool audited;             /* --audit or --fail-if */
	bool *only;               /* by tag number; NULL: all rows */
	struct worker *workers;
	struct outfile *evidence;
	struct unusable *unusable;
	struct view view;
	struct arena arena;
};

static int check_same_columns(const struct intake *first, const struct intake *other, struct diag *diag)
{
	struct place place = { .file = table_name(other->table), .line = other->header_row };
	char quoted[DIAG_QUOTE_SIZE];

	for (size_t c = 0; c < first->columns && c < other->columns; c++) {
		place.column = c + 1;
		if (!slice_equal(first->headers[c], other->headers[c]))
			return diag_fail(diag, STATUS_INPUT, &place, "other-columns", "the column %s is not that of %s; join the files with crm-merge",
					 diag_quote(other->headers[c], quoted), table_name(first->table));
	}
	place.column = 0;
	if (first->columns != other->columns)
		return diag_fail(diag, STATUS_INPUT, &place, "other-columns", "%zu columns, %s has %zu; join the files with crm-merge",
				 other->columns, table_name(first->table), first->columns);
	return 0;
}

/* All of them before the first row, so that what does not fit together is said before anything is written. */
static int open_inputs(struct tagger *t, struct diag *diag)
{
	const struct tag_options *options = t->options;
	struct intake_options intake = options->intake;

	intake.keep = rules_need_statistics(&t->rules);
	for (size_t i = 0; i < options->input_count; i++) {
		if (intake_open(&t->intakes[i], options->inputs[i], &intake, diag))
			return -1;
		if (i && check_same_columns(t->intakes[0], t->intakes[i], diag))
			return -1;
		if (options->opened)
			options->opened(options->context, t->intakes[i]);
	}
	return 0;
}

static int next_batch(void *context, struct batch *batch, struct diag *diag)
{
	struct tagger *t = context;
	struct passenger *passenger;
	int got = 0;

	for (; t->current < t->options->input_count; t->current++) {
		got = intake_read(t->intakes[t->current], batch, diag);
		if (got)
			break;
	}
	if (got <= 0)
		return got;
	passenger = arena_zero(&batch->arena, 1, sizeof *passenger);
	passenger->intake = t->intakes[t->current];
	passenger->input = t->current;
	passenger->first = t->records;
	t->records += batch->count;
	batch->origin = passenger;
	return got;
}

/* Whether --only lets the row through. */
static bool is_wanted(const struct tagger *t, const struct verdict *verdict)
{
	for (size_t i = 0; t->only && i < t->judge.count; i++)
		if (verdict->holds[i] && t->only[t->judge.list[i].tag])
			return true;
	return !t->only;
}

static void write_row(struct tagger *t, struct worker *worker, struct rows *rows, const struct batch *batch, size_t r)
{
	struct passenger *passenger = batch->origin;
	size_t begin = worker->rows.out.len;

	columns_write(&t->columns, &worker->verdict, t->folder ? &worker->rows : rows, batch, r, &worker->arena);
	arena_reset(&worker->arena);
	worker->written++;
	if (t->folder)
		passenger->split_rows[passenger->split_count++] =
			(struct split_row){ batch_cell(batch, r, t->split_column), { NULL, worker->rows.out.len - begin } };
}

static void judge_row(struct tagger *t, struct worker *worker, const struct batch *batch, size_t r)
{
	const struct passenger *from = batch->origin;
	const struct slice *cells = batch->cells + r * batch->columns;
	struct slice old_tags = { 0 };
	const struct past *past = NULL;

	if (t->judge.tags_column < batch->columns)
		old_tags = cells[t->judge.tags_column];
	if (t->judge.history)
		past = yesterday_find(&t->yesterday, cells[t->key]);
	evaluator_row(&worker->evaluator, cells, (struct row_facts){ from->intake->roles, from->intake->date_orders }, from->input,
		      batch->records[r].line);
	verdict_reach(&worker->verdict, &t->judge, &worker->evaluator, old_tags, past);
}

static const struct spoilt *find_spoilt(const struct tagger *t, uint64_t record)
{
	size_t low = 0, high = t->spoilt_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->spoilt[middle].record < record)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->spoilt_count && t->spoilt[low].record == record ? &t->spoilt[low] : NULL;
}

static bool is_hard(const struct eval_fault *fault)
{
	return strcmp(fault->code, "regex-limit") == 0;
}

static void tag_row(struct tagger *t, struct worker *worker, struct batch *batch, size_t r, struct rows *rows)
{
	struct passenger *from = batch->origin;
	const struct spoilt *spoilt = find_spoilt(t, from->first + r);
	const struct eval_fault *fault = spoilt ? &spoilt->fault : &worker->evaluator.fault;

	if (!spoilt)
		judge_row(t, worker, batch, r);
	if (fault->code) {
		from->hard += is_hard(fault);
		batch_reject(batch, r, fault->column, fault->code, slice_of(fault->reason));
		return;
	}
	for (size_t i = 0; i < t->judge.count; i++)
		worker->counts[i] += worker->verdict.holds[i];
	if (t->audited)
		audit_row(&worker->audit, &t->judge, &worker->verdict);
	if (!is_wanted(t, &worker->verdict))
		return;
	write_row(t, worker, rows, batch, r);
	if (t->evidence)
		evidence_add(&worker->evidence, &t->columns, &worker->verdict, &worker->evaluator, from->intake,
			     batch->cells + r * batch->columns, batch->records[r].row);
}

/* The encoded rows leave the worker with the batch. */
static void hand_over(struct passenger *passenger, struct worker *worker, struct batch *batch)
{
	struct slice text = arena_copy(&batch->arena, buf_slice(&worker->rows.out));

	for (size_t i = 0; i < passenger->split_count; i++) {
		passenger->split_rows[i].text = slice_first(text, passenger->split_rows[i].text.len);
		text = slice_skip(text, passenger->split_rows[i].text.len);
	}
	buf_clear(&worker->rows.out);
}

static int work_batch(void *context, struct batch *batch, struct rows *rows, unsigned number, struct diag *diag)
{
	struct tagger *t = context;
	struct worker *worker = &t->workers[number];
	struct passenger *passenger = batch->origin;

	(void)diag;
	intake_split(passenger->intake, batch);
	buf_clear(&worker->evidence);
	if (t->folder)
		passenger->split_rows = arena_get(&batch->arena, batch->count, sizeof *passenger->split_rows);
	for (size_t r = 0; r < batch->count; r++)
		if (!batch->records[r].dropped)
			tag_row(t, worker, batch, r, rows);
	passenger->evidence = arena_copy(&batch->arena, buf_slice(&worker->evidence));
	if (t->folder)
		hand_over(passenger, worker, batch);
	return 0;
}

/* A run in which it goes on like that would take days. */
static int check_hard(struct tagger *t, uint64_t more, struct diag *diag)
{
	struct place place = { .file = t->options->rules };

	t->hard += more;
	if (t->hard <= HARD_ROWS_MOST)
		return 0;
	return diag_fail(diag, STATUS_INPUT, &place, "regex-limit", "patterns of the rules are too hard for more than %d rows; make them simpler",
			 HARD_ROWS_MOST);
}

static int after_batch(void *context, const struct batch *batch, struct diag *diag)
{
	struct tagger *t = context;
	const struct passenger *passenger = batch->origin;

	if (check_hard(t, passenger->hard, diag))
		return -1;
	for (size_t i = 0; i < passenger->split_count; i++)
		if (folder_add(t->folder, passenger->split_rows[i].value, passenger->split_rows[i].text, diag))
			return -1;
	return t->evidence ? outfile_write(t->evidence, passenger->evidence, diag) : 0;
}

/* --- the first pass, when rules have statistics --- */

/*
 * What cannot be judged must not count, so patterns, which alone can fail, are tried in this pass already. Statistics are unknown in it, so a
 * pattern is tried here wherever it is in the second pass, but for the branch of an if() that a statistic decides.
 */
static bool is_spoilt(struct tagger *t, struct worker *worker, const struct batch *batch, size_t r)
{
	const struct passenger *from = batch->origin;

	if (t->program.regex_count)
		judge_row(t, worker, batch, r);
	else
		evaluator_row(&worker->evaluator, batch->cells + r * batch->columns,
			      (struct row_facts){ from->intake->roles, from->intake->date_orders }, from->input, batch->records[r].line);
	return worker->evaluator.fault.code;
}

static void observe_row(const struct tagger *t, struct evaluator *evaluator, struct passenger *passenger, struct arena *arena)
{
	size_t before = passenger->observation_count;

	for (size_t i = 0; i < t->program.statistic_count; i++) {
		const struct statistic_spec *spec = &t->program.statistics[i];
		struct value key = { .known = true }, value = { .known = true };

		if (spec->same != i)
			continue;
		if (spec->grouped)
			key = evaluator_run(evaluator, spec->key);
		if (spec->has_value)
			value = evaluator_run(evaluator, spec->value);
		if (key.known && value.known)
			passenger->observations[passenger->observation_count++] = (struct observation){
				i, spec->grouped ? arena_copy(arena, key.text) : (struct slice){ 0 },
				spec->has_value && !spec->is_count ? value.number : 0,
			};
	}
	if (evaluator->fault.code)
		passenger->observation_count = before;
}

static int observe_batch(void *context, struct batch *batch, struct rows *rows, unsigned number, struct diag *diag)
{
	struct tagger *t = context;
	struct passenger *passenger = batch->origin;
	struct worker *worker = &t->workers[number];

	(void)rows, (void)diag;
	intake_split(passenger->intake, batch);
	batch->reject_count = 0; /* they are told in the second pass */
	passenger->observations = arena_get(&batch->arena, batch->count * t->program.statistic_count, sizeof *passenger->observations);
	passenger->spoilt = arena_get(&batch->arena, batch->count, sizeof *passenger->spoilt);
	for (size_t r = 0; r < batch->count; r++) {
		if (batch->records[r].dropped)
			continue;
		if (!is_spoilt(t, worker, batch, r))
			observe_row(t, &worker->evaluator, passenger, &batch->arena);
		if (!worker->evaluator.fault.code)
			continue;
		passenger->hard += is_hard(&worker->evaluator.fault);
		passenger->spoilt[passenger->spoilt_count++] = (struct spoilt){ passenger->first + r, worker->evaluator.fault };
	}
	return 0;
}

/* In the order of the input, so that sums do not depend on threads. */
static int add_observations(void *context, const struct batch *batch, struct diag *diag)
{
	struct tagger *t = context;
	const struct passenger *passenger = batch->origin;
	struct place place = { .file = t->options->rules };

	if (check_hard(t, passenger->hard, diag))
		return -1;
	for (size_t i = 0; i < passenger->observation_count; i++) {
		const struct observation *observation = &passenger->observations[i];

		statistics_add(&t->statistics, observation->statistic, observation->key, observation->value);
	}
	for (size_t i = 0; i < passenger->spoilt_count; i++) {
		t->spoilt = memory_grow(t->spoilt, &t->spoilt_capacity, t->spoilt_count + 1, sizeof *t->spoilt);
		t->spoilt[t->spoilt_count++] = passenger->spoilt[i];
		t->statistics.bytes += sizeof *t->spoilt;
	}
	if (t->statistics.bytes + t->yesterday.bytes > t->options->memory)
		return diag_fail(diag, STATUS_SYSTEM, &place, "memory", "the statistics of the rules need more than the %llu MiB of --memory; allow more",
				 (unsigned long long)t->options->memory >> 20);
	return 0;
}

static int gather_statistics(struct tagger *t, struct diag *diag)
{
	struct stream stream = { .next = next_batch, .work = observe_batch, .after = add_observations, .context = t,
				 .rejects = t->options->rejects, .threads = t->options->threads };

	if (t->program.statistic_count == 0)
		return 0;
	statistics_init(&t->statistics, &t->program);
	if (stream_run(&stream, diag))
		return -1;
	statistics_finish(&t->statistics);
	for (size_t i = 0; i < t->options->input_count; i++)
		if (intake_rewind(t->intakes[i], diag))
			return -1;
	t->current = 0;
	t->records = t->hard = 0;
	for (unsigned i = 0; i < (t->options->threads ? t->options->threads : 1); i++) {
		memset(t->workers[i].evaluator.unusable, 0, t->program.load_count * sizeof(struct unusable));
		t->workers[i].evaluator.statistics = &t->statistics;
	}
	return 0;
}

static int bind_view(struct tagger *t, struct diag *diag)
{
	const struct tag_options *options = t->options;

	for (size_t i = 0; i < options->mask_count; i++)
		view_add(&t->view.mask, slice_of(options->masks[i]), &t->arena);
	for (size_t i = 0; i < options->hide_count; i++)
		view_add(&t->view.hide, slice_of(options->hides[i]), &t->arena);
	if (options->readers)
		return view_read(&t->view, options->readers, options->reader, &t->arena, diag);
	return 0;
}

static int bind_split(struct tagger *t, const struct intake *intake, struct diag *diag)
{
	struct place place = { .file = "--split-by" };
	struct slice name = slice_of(t->options->split_by), near;
	enum role role = role_by_name(name);

	if (!name.ptr || !intake)
		return 0;
	for (t->split_column = 0; t->split_column < intake->columns; t->split_column++)
		if (slice_equal(intake->headers[t->split_column], name))
			return 0;
	t->split_column = role == ROLE_NONE ? intake->columns : intake_find(intake, role);
	if (t->split_column < intake->columns)
		return 0;
	near = name_nearest(name, intake->headers, intake->columns);
	return diag_fail(diag, STATUS_USAGE, &place, "unknown-column", "the input has no column '%.*s'%s%.*s%s", SLICE_ARG(name),
			 near.ptr ? "; nearest: '" : "", SLICE_ARG(near), near.ptr ? "'" : "");
}

static int bind_only(struct tagger *t, struct diag *diag)
{
	const struct tag_options *options = t->options;
	struct place place = { .file = "--only" };
	struct slice near;

	if (options->only_count == 0)
		return 0;
	t->only = arena_zero(&t->arena, t->judge.names.count + 1, sizeof *t->only);
	for (size_t i = 0; i < options->only_count; i++) {
		uint32_t tag = map_find(&t->judge.names, slice_of(options->only[i]));

		if (tag == MAP_NONE) {
			near = name_nearest(slice_of(options->only[i]), t->judge.names.keys, t->judge.names.count);
			return diag_fail(diag, STATUS_USAGE, &place, "unknown-tag", "no rule gives the tag '%s'%s%.*s%s", options->only[i],
					 near.ptr ? "; nearest: '" : "", SLICE_ARG(near), near.ptr ? "'" : "");
		}
		t->only[tag] = true;
	}
	return 0;
}

/* Rules against the columns of the first input, or, without one, against any. */
static int compile(struct tagger *t, const struct intake *intake, struct diag *diag)
{
	struct scope scope = { 0 };
	size_t tags = SIZE_MAX;

	if (intake)
		scope = (struct scope){ .headers = intake->headers, .roles = intake->roles, .columns = intake->columns };
	if (intake)
		tags = intake_find(intake, ROLE_TAGS);
	for (size_t c = 0; intake && c < intake->columns; c++)
		if (slice_equal(intake->headers[c], SLICE("tags")))
			tags = c;
	if (rules_compile(&t->rules, &scope, t->options->as_of, &t->program, diag))
		return -1;
	judge_init(&t->judge, &t->rules, tags, t->options->previous != NULL, t->options->as_of);
	if (bind_only(t, diag) || bind_view(t, diag) || bind_split(t, intake, diag))
		return -1;
	return intake ? columns_init(&t->columns, &t->judge, intake, &t->view, &t->arena, diag) : 0;
}

static void start_workers(struct tagger *t)
{
	unsigned threads = t->options->threads ? t->options->threads : 1;

	t->workers = memory_zero(threads, sizeof *t->workers);
	for (unsigned i = 0; i < threads; i++) {
		struct worker *worker = &t->workers[i];

		evaluator_init(&worker->evaluator, &t->program, t->options->as_of, t->options->evidence != NULL);
		worker->evaluator.strict = t->options->strict;
		verdict_init(&worker->verdict, &t->judge, t->audited);
		if (t->audited)
			audit_init(&worker->audit, t->judge.count);
		worker->counts = memory_zero(t->judge.count + 1, sizeof *worker->counts);
		buf_init(&worker->evidence, BUF_UNLIMITED);
		arena_init(&worker->arena);
		rows_init(&worker->rows, t->sink);
	}
	t->unusable = memory_zero(t->program.load_count + 1, sizeof *t->unusable);
}

static void free_workers(struct tagger *t)
{
	for (unsigned i = 0; t->workers && i < (t->options->threads ? t->options->threads : 1); i++) {
		struct worker *worker = &t->workers[i];

		evaluator_release(&worker->evaluator);
		verdict_release(&worker->verdict);
		audit_release(&worker->audit);
		free(worker->counts);
		buf_release(&worker->evidence);
		rows_release(&worker->rows);
		arena_release(&worker->arena);
	}
	free(t->workers);
	free(t->unusable);
}

/* Adds up what the threads have counted, into the first. */
static void join_workers(struct tagger *t)
{
	for (unsigned i = 0; i < (t->options->threads ? t->options->threads : 1); i++) {
		struct worker *worker = &t->workers[i];

		unusable_merge(t->unusable, worker->evaluator.unusable, t->program.load_count);
		if (i == 0)
			continue;
		t->workers[0].written += worker->written;
		for (size_t j = 0; j < t->judge.count; j++)
			t->workers[0].counts[j] += worker->counts[j];
		if (t->audited)
			audit_merge(&t->workers[0].audit, &worker->audit);
	}
}

static void warn_unusable(const struct tagger *t, struct diag *diag)
{
	for (size_t i = 0; i < t->program.load_count; i++) {
		const struct unusable *cells = &t->unusable[i];
		const struct load *load = &t->program.loads[i];
		struct place place = { .line = cells->line, .column = load->column + 1 };

		if (cells->count == 0)
			continue;
		place.file = table_name(t->intakes[cells->input]->table);
		diag_warn(diag, &place, unusable_code(load->type), "%s is not %s, which a rule needs; such cells of '%.*s' count as empty: %llu",
			  cells->sample, type_name(load->type), SLICE_ARG(slice_first(t->intakes[0]->headers[load->column], 100)),
			  (unsigned long long)cells->count);
	}
}

static cJSON *rules_figures(const struct tagger *t)
{
	cJSON *figures = cJSON_CreateObject(), *tags;
	char text[32];

	cJSON_AddStringToObject(figures, "rules", t->options->rules);
	if (t->rules.version.ptr)
		cJSON_AddStringToObject(figures, "rules_version", t->rules.version.ptr);
	snprintf(text, sizeof text, "fnv1a64:%016llx", (unsigned long long)t->rules.checksum);
	cJSON_AddStringToObject(figures, "rules_checksum", text);
	if (t->folder) {
		cJSON_AddItemToObject(figures, "files", json_number_node((double)t->files));
		cJSON_AddItemToObject(figures, "files_removed", json_number_node((double)t->stale));
	}
	tags = cJSON_AddArrayToObject(figures, "tags");
	for (size_t i = 0; i < t->judge.count; i++) {
		const struct verdict_rule *entry = &t->judge.list[i];
		cJSON *tag = cJSON_CreateObject();

		cJSON_AddItemToArray(tags, tag);
		cJSON_AddStringToObject(tag, "tag", entry->rule->tag.ptr);
		cJSON_AddStringToObject(tag, "column",
					entry->group == NO_GROUP ? "tags" : t->rules.groups.items[entry->group].column.ptr);
		cJSON_AddItemToObject(tag, "rows", json_number_node((double)t->workers[0].counts[i]));
	}
	return figures;
}

static cJSON *figures_of(struct tagger *t)
{
	cJSON *figures = rules_figures(t), *list = cJSON_AddArrayToObject(figures, "unusable_cells");

	for (size_t i = 0; i < t->program.load_count; i++) {
		const struct slice header = t->intakes[0]->headers[t->program.loads[i].column];
		cJSON *column;

		if (t->unusable[i].count == 0)
			continue;
		column = cJSON_CreateObject();
		cJSON_AddItemToArray(list, column);
		cJSON_AddStringToObject(column, "column", arena_cstr(&t->arena, header));
		cJSON_AddStringToObject(column, "code", unusable_code(t->program.loads[i].type));
		cJSON_AddItemToObject(column, "cells", json_number_node((double)t->unusable[i].count));
	}
	return figures;
}

static int review(struct tagger *t, struct diag *diag)
{
	const struct tag_options *options = t->options;
	const struct audit *audit = &t->workers[0].audit;
	struct findings findings;
	int status = 0;

	if (!t->audited)
		return 0;
	audit_find(&findings, audit, &t->judge, &t->program, t->intakes[0]->columns);
	if (options->audit)
		status = audit_write(options->audit, &findings, audit, &t->judge, t->intakes[0]->headers, diag);
	if (status == 0 && options->fail_if)
		status = audit_judge(options->fail_if, &findings, audit, diag);
	findings_release(&findings);
	return status;
}

/* The header of the files of --split-by, as the sink would write it. */
static int open_split(struct tagger *t, struct diag *diag)
{
	static const char *const endings[] = { [FORMAT_AUTO] = ".csv", [FORMAT_CSV] = ".csv", [FORMAT_TSV] = ".tsv", [FORMAT_JSONL] = ".jsonl",
					       [FORMAT_ODS] = NULL };
	const struct tag_options *options = t->options;
	struct rows header;
	int status;

	if (!options->split_by)
		return 0;
	if (!endings[options->sink.to])
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--split-by writes csv, tsv or jsonl");
	rows_init(&header, t->sink);
	if (options->sink.bom)
		buf_add(&header.out, SLICE("\xEF\xBB\xBF"));
	if (options->sink.to != FORMAT_JSONL) {
		rows_begin(&header);
		for (size_t c = 0; c < t->columns.count; c++)
			rows_cell(&header, t->columns.columns[c].name);
		rows_end(&header);
	}
	status = folder_open(&t->folder, options->folder, endings[options->sink.to], buf_slice(&header.out), diag);
	rows_release(&header);
	return status;
}

static int open_evidence(struct tagger *t, struct diag *diag)
{
	struct buf header;
	int status;

	if (!t->options->evidence)
		return 0;
	if (outfile_open(&t->evidence, t->options->evidence, diag))
		return -1;
	buf_init(&header, 1024);
	evidence_header(&header);
	status = outfile_write(t->evidence, buf_slice(&header), diag);
	buf_release(&header);
	return status;
}

/* The sink first: with --split-by it only says how rows are encoded. */
static int open_outputs(struct tagger *t, struct diag *diag)
{
	if (sink_open(&t->sink, t->options->output, &t->options->sink, diag))
		return -1;
	sink_header(t->sink, t->columns.columns, t->columns.count);
	return open_split(t, diag) || open_evidence(t, diag) ? -1 : 0;
}

/* Puts the outputs in place, or, after an error, drops them. */
static int close_outputs(struct tagger *t, int status, struct diag *diag)
{
	if (status == 0 && t->folder)
		status = folder_commit(t->folder, &t->files, &t->stale, diag);
	else if (status == 0) {
		status = sink_close(t->sink, diag);
		t->sink = NULL;
	} else
		folder_abort(t->folder);
	sink_abort(t->sink);
	if (t->evidence && status == 0)
		status = outfile_commit(t->evidence, diag);
	else if (t->evidence)
		outfile_abort(t->evidence);
	return status;
}

static int stream(struct tagger *t, struct diag *diag)
{
	const struct tag_options *options = t->options;
	struct stream stream = {
		.next = next_batch, .work = work_batch, .after = after_batch, .context = t, .sink = t->folder ? NULL : t->sink,
		.rejects = options->rejects, .threads = options->threads, .progress = options->progress,
		.progress_context = options->context,
	};

	return stream_run(&stream, diag);
}

static void tagger_init(struct tagger *t, const struct tag_options *options)
{
	memset(t, 0, sizeof *t);
	t->options = options;
	t->audited = options->audit || options->fail_if;
	arena_init(&t->arena);
	program_init(&t->program);
	t->intakes = memory_zero(options->input_count + 1, sizeof(struct intake *));
}

static void tagger_release(struct tagger *t)
{
	free_workers(t);
	for (size_t i = 0; i < t->options->input_count; i++)
		if (t->intakes[i])
			intake_free(t->intakes[i]);
	free(t->intakes);
	free(t->spoilt);
	statistics_release(&t->statistics);
	yesterday_release(&t->yesterday);
	judge_release(&t->judge);
	program_release(&t->program);
	rules_release(&t->rules);
	arena_release(&t->arena);
}

/* After the first byte of the input has come: the run before this one has put its output in place then. */
static int load_yesterday(struct tagger *t, struct diag *diag)
{
	const struct tag_options *options = t->options;
	struct place place = { .file = table_name(t->intakes[0]->table), .line = t->intakes[0]->header_row };

	if (!options->previous)
		return 0;
	t->key = yesterday_key(t->intakes[0]);
	if (t->key == t->intakes[0]->columns)
		return diag_fail(diag, STATUS_INPUT, &place, "no-id", "--previous needs a column customer_id or source_id to know customers again");
	return yesterday_load(&t->yesterday, options->previous, &options->side, &t->rules, options->memory, diag);
}

static int check_together(const struct tag_options *options, struct diag *diag)
{
	if (!options->split_by != !options->folder)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--split-by and --dir go together");
	if (options->split_by && options->output)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--split-by writes into --dir and not to --output");
	if (options->reader && !options->readers)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--reader needs --readers FILE, which says what he may see");
	return options->fail_if ? audit_check(options->fail_if, diag) : 0;
}

/* Side files of one name would overwrite each other; standard output is for the stream. */
static int check_files(const struct tag_options *options, struct diag *diag)
{
	const char *const files[] = { options->evidence, options->audit, options->output };

	for (size_t i = 0; i < 2; i++) {
		if (files[i] && strcmp(files[i], "-") == 0)
			return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--evidence and --audit need a file; standard output is for the stream");
		for (size_t j = i + 1; j < 3; j++)
			if (files[i] && files[j] && strcmp(files[i], files[j]) == 0)
				return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--output, --evidence and --audit must name different files");
	}
	return 0;
}

int tag_run(const struct tag_options *options, struct cJSON **figures, struct diag *diag)
{
	struct tagger t;
	int status;

	*figures = NULL;
	if (check_together(options, diag) || check_files(options, diag))
		return -1;
	tagger_init(&t, options);
	if (rules_load(&t.rules, options->rules, diag) || open_inputs(&t, diag) || compile(&t, t.intakes[0], diag) ||
	    load_yesterday(&t, diag)) {
		tagger_release(&t);
		return -1;
	}
	status = open_outputs(&t, diag);
	if (status == 0) {
		start_workers(&t);
		status = gather_statistics(&t, diag) || stream(&t, diag) ? -1 : 0;
	}
	status = close_outputs(&t, status, diag);
	/* Of a run that has failed the threads have seen more or less. */
	if (status == 0) {
		join_workers(&t);
		warn_unusable(&t, diag);
		*figures = figures_of(&t);
		status = review(&t, diag);
	}
	tagger_release(&t);
	return status;
}

int tag_check(const struct tag_options *options, struct arena *arena, struct slice *summary, struct diag *diag)
{
	struct tagger t;
	int status;

	if (check_together(options, diag))
		return -1;
	tagger_init(&t, options);
	/* Names that the input does not have are told along with what else is wrong. */
	status = rules_load(&t.rules, options->rules, diag);
	if (open_inputs(&t, diag) || compile(&t, t.intakes[0], diag))
		status = -1;
	*summary = arena_format(arena, "%s: no faults; tags: %zu, groups: %zu, scores: %zu, conditions: %zu%s", options->rules, t.rules.tags.count,
				t.rules.groups.count, t.rules.scores.count, t.rules.conditions.count,
				options->input_count ? "" : "; name an input, and the columns are checked, too");
	tagger_release(&t);
	return status;
}
