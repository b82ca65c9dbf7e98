#include "match/dedupe.h"

#include <malloc.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "io/file.h"
#include "match/decisions.h"
#include "match/report.h"
#include "match/fixed.h"
#include "match/truth.h"

enum { RETURNED_LEAST = 4 << 20 };

struct dedupe {
	const struct dedupe_options *options;
	struct vast *vast;         /* what matching needs of memory */
	struct records records;
	bool *ignore;              /* per column */
	struct meanings meanings;
	struct fixed_rules rules;        /* with --rules */
	struct decisions decisions;
	struct match match;
	struct customers customers;
	struct master master;      /* with --master or --incremental */
	struct incremental incremental;
	struct golden golden;
	struct findings findings;
	struct dedupe_figures *figures;
};

static int ignore_column(struct dedupe *dedupe, const char *name, const char *option, struct diag *diag)
{
	size_t column = records_find(&dedupe->records, slice_trim(slice_of(name)));
	char quoted[DIAG_QUOTE_SIZE];

	if (column == dedupe->records.columns)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "%s: there is no column %s", option, diag_quote(slice_of(name), quoted));
	dedupe->ignore[column] = true;
	return 0;
}

static int set_ignored(struct dedupe *dedupe, struct diag *diag)
{
	const struct dedupe_options *options = dedupe->options;

	dedupe->ignore = memory_zero(dedupe->records.columns + 1, sizeof *dedupe->ignore);
	for (int own = 0; own < OWN_COUNT; own++)
		dedupe->ignore[dedupe->records.own[own]] = true;
	for (size_t i = 0; i < options->ignore_count; i++)
		if (ignore_column(dedupe, options->ignore[i], "--ignore", diag) < 0)
			return -1;
	return options->truth_column ? ignore_column(dedupe, options->truth_column, "--truth-column", diag) : 0;
}

/* Records that carry one id are together, whatever else is so. */
static void join_old(struct dedupe *dedupe, struct match_options *options)
{
	struct decisions *decisions = &dedupe->decisions;
	size_t more = dedupe->incremental.same_count;

	decisions->same = memory_resize(decisions->same, decisions->same_count + more + 1, sizeof *decisions->same);
	if (more)
		memcpy(decisions->same + decisions->same_count, dedupe->incremental.same, more * sizeof *decisions->same);
	decisions->same_count += more;
	options->same = decisions->same;
	options->same_count = decisions->same_count;
}

/* Rules over the model: pairs to be together, after those that were decided. */
static int add_rules(struct dedupe *dedupe, const struct match_input *input, struct match_options *options, struct diag *diag)
{
	struct decisions *decisions = &dedupe->decisions;
	int result = fixed_add_same(&dedupe->rules, input, options->link_only, options->threads, &decisions->same, &decisions->same_count,
				    &dedupe->figures->hot_blocks, diag);

	options->same = decisions->same;
	options->same_count = decisions->same_count;
	return result;
}

static int find_matches(struct dedupe *dedupe, struct diag *diag)
{
	const struct match_input input = {
		.rows = dedupe->records.count, .columns = dedupe->records.columns, .headers = dedupe->records.headers,
		.roles = dedupe->records.roles, .sources = dedupe->records.sources, .cell = meanings_cell, .cells = meanings_cells, .context = &dedupe->meanings,
		.ignore = dedupe->ignore, .fresh = dedupe->incremental.fresh, .vast = dedupe->vast,
	};
	struct match_options options = {
		.link_only = dedupe->options->link_only, .one_to_one = dedupe->options->one_to_one, .threshold = dedupe->options->threshold, .threads = dedupe->options->threads,
		.model = dedupe->options->model, .save_model = dedupe->options->save_model,
	};
	const struct yesterday yesterday = { &dedupe->master, dedupe->incremental.standing };
	struct decisions *decisions = &dedupe->decisions;
	const char *rules = dedupe->options->rules;
	int result = 0;

	if (dedupe->options->link_only && dedupe->records.source_names.count < 2)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--link-only needs records of two sources or more; this is one");
	if (rules)
		result = fixed_read(&dedupe->rules, rules, &input, diag);
	if (result == 0)
		result = decisions_read(decisions, dedupe->options->decisions, dedupe->options->decisions_count, &dedupe->options->side,
					&dedupe->records, dedupe->options->incremental ? &yesterday : NULL, diag);
	options.same = decisions->same;
	options.same_count = options.labels_same = decisions->same_count;
	options.different = decisions->different;
	options.different_count = decisions->different_count;
	dedupe->figures->decisions_unknown = decisions->unknown;
	join_old(dedupe, &options);
	if (result == 0 && rules && dedupe->options->with_model)
		result = add_rules(dedupe, &input, &options, diag);
	if (result == 0 && rules && !dedupe->options->with_model)
		result = fixed_match(&dedupe->rules, &input, &options, &dedupe->match, diag);
	else if (result == 0)
		result = match_run(&dedupe->match, &input, &options, diag);
	if (result == 0 && rules && dedupe->figures->hot_blocks + dedupe->match.pairs.hot_blocks * !dedupe->options->with_model)
		diag_warn(diag, NULL, NULL, "a rule brings hundreds of different records together, of which only near ones were compared; add an exact comparison to it");
	return result;
}

/* What yesterday was: its links, and the customers that the input has brought along. */
static int read_yesterday(struct dedupe *dedupe, struct diag *diag)
{
	const struct dedupe_options *options = dedupe->options;

	if (options->master &&
	    master_read(&dedupe->master, options->master, &options->side, &dedupe->records, options->incremental, diag) < 0)
		return -1;
	return options->incremental ? incremental_init(&dedupe->incremental, &dedupe->master, &dedupe->records, diag) : 0;
}

/*
 * Customers do not go by the half in a night: files go by other names than yesterday, or their rows have moved, so that no record is known again,
 * and every tool behind would start anew.
 */
static void warn_of_gone(const struct dedupe *dedupe, struct diag *diag)
{
	struct place place = { .file = dedupe->options->master };
	size_t gone = dedupe->figures->renaming.gone, ids = dedupe->master.ids.count;

	if (dedupe->options->master && gone * 2 > ids)
		diag_warn(diag, &place, "ids-gone", "of yesterday's %zu customers %zu have no record here, so that their ids are given up; records are "
			  "known by source and source_id, or row: give files the same names every night", ids, gone);
}

static int name_customers(struct dedupe *dedupe, struct diag *diag)
{
	const struct dedupe_options *options = dedupe->options;
	bool known = options->master || options->incremental;

	if (!options->pairs && !options->explain && !options->evaluate && !options->truth_column)
		match_forget(&dedupe->match);
	customers_init(&dedupe->customers, &dedupe->records, dedupe->match.cluster);
	if (customers_name(&dedupe->customers, &dedupe->records, known ? &dedupe->master : NULL, dedupe->options->threads,
			   &dedupe->figures->renaming, diag) < 0)
		return -1;
	if (dedupe->figures->renaming.split && !dedupe->options->retired)
		diag_warn(diag, NULL, NULL, "%zu of yesterday's ids are several customers now; --retired FILE lists them",
			  dedupe->figures->renaming.split);
	warn_of_gone(dedupe, diag);
	return 0;
}

/* The best of a record's links within its customer says how sure it is that it belongs there. */
static void set_probabilities(struct dedupe *dedupe)
{
	const struct match *match = &dedupe->match;
	float *probability = memory_zero(dedupe->records.count + 1, sizeof *probability);

	for (size_t i = 0; i < match->link_count; i++) {
		const struct link *link = &match->links[i];
		float p = (float)(1 / (1 + exp2(-(double)link->bits)));

		if (match->cluster[link->a] != match->cluster[link->b])
			continue;
		probability[link->a] = fmaxf(probability[link->a], p);
		probability[link->b] = fmaxf(probability[link->b], p);
	}
	for (size_t i = 0; i < dedupe->records.count; i++)
		/* Alone, or with others by being a copy or by decision. */
		if (customers_size(&dedupe->customers, dedupe->customers.of[i]) == 1 || probability[i] == 0)
			probability[i] = 1;
	dedupe->findings.probability = probability;
}

enum { CUSTOMER_CHUNK = 8192 };

static int find_main_chunk(void *context, size_t chunk, unsigned worker, struct diag *diag)
{
	const struct dedupe *dedupe = context;
	const struct customers *customers = &dedupe->customers;
	size_t end = (chunk + 1) * CUSTOMER_CHUNK < customers->count ? (chunk + 1) * CUSTOMER_CHUNK : customers->count;
	struct arena arena;

	(void)worker;
	(void)diag;
	arena_init(&arena);
	for (size_t c = chunk * CUSTOMER_CHUNK; c < end; c++) {
		const uint32_t *members = customers->members + customers->begin[c];
		struct group group;

		dedupe->findings.main[c] = members[0];
		if (customers_size(customers, c) == 1)
			continue;
		group_open(&group, &dedupe->golden, members, customers_size(customers, c), &arena);
		dedupe->findings.main[c] = members[golden_main(&group)];
		arena_reset(&arena);
	}
	arena_release(&arena);
	return 0;
}

static int find_main_records(struct dedupe *dedupe, struct diag *diag)
{
	size_t count = dedupe->customers.count;

	dedupe->findings = (struct findings){ &dedupe->records, &dedupe->meanings, &dedupe->match, &dedupe->customers, &dedupe->golden,
					      memory_get(count + 1, sizeof(uint32_t)), NULL, &dedupe->decisions,
					      dedupe->options->incremental ? &dedupe->incremental : NULL, &dedupe->master, dedupe->options->threads, &dedupe->options->sink };
	set_probabilities(dedupe);
	return pool_each(find_main_chunk, dedupe, count / CUSTOMER_CHUNK + 1, dedupe->options->threads, diag);
}

static int evaluate_run(struct dedupe *dedupe, struct diag *diag)
{
	const struct dedupe_options *options = dedupe->options;
	const struct records *records = &dedupe->records;
	uint32_t *entity = memory_get(records->count + 1, sizeof *entity);
	int result = 0;

	if (options->truth_column)
		truth_of_column(records, records_find(records, slice_trim(slice_of(options->truth_column))), entity);
	else
		result = truth_read(options->evaluate, &options->side, records, entity, diag);
	if (result == 0)
		result = report_evaluation(&dedupe->findings, options->link_only, entity, diag);
	free(entity);
	return result;
}

/* Side files first: who reads the stream may open them at its first byte. */
static int write_reports(struct dedupe *dedupe, struct diag *diag)
{
	const struct dedupe_options *options = dedupe->options;
	const struct findings *findings = &dedupe->findings;
	bool judging = options->evaluate || options->truth_column;

	const struct { const char *path; int (*write)(const struct findings *, const char *, struct diag *); } files[] = {
		{ options->links, report_links }, { options->pairs, report_pairs }, { options->review, report_review },
		{ options->lineage, report_lineage }, { options->related, report_related }, { options->conflicts, report_conflicts },
	};

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (files[i].path && files[i].write(findings, files[i].path, diag) < 0)
			return -1;
	if (options->retired && renaming_write(&dedupe->figures->renaming, &dedupe->customers, &dedupe->master, options->retired, diag) < 0)
		return -1;
	if (judging && evaluate_run(dedupe, diag) < 0)
		return -1;
	if (options->explain && report_explain(findings, options->explain, options->explain_form, diag) < 0)
		return -1;
	if ((judging || options->explain) && !options->output)
		return 0;
	return report_stream(findings, options->output, &options->sink, options->mark, diag);
}

static void set_figures(struct dedupe *dedupe)
{
	struct dedupe_figures *figures = dedupe->figures;

	figures->records = dedupe->records.count;
	figures->customers = dedupe->customers.count;
	figures->merged = dedupe->records.count - dedupe->customers.count;
	figures->pairs = dedupe->match.pairs.count;
	figures->hot_blocks += dedupe->match.pairs.hot_blocks;
	figures->fresh = dedupe->incremental.fresh_count;
	figures->decisions = dedupe->decisions.count;
	figures->shift = dedupe->match.shift;
	figures->in_files = vast_most_filed(dedupe->vast) + store_filed(dedupe->records.store);
	figures->expected_pairs = dedupe->match.model.lambda * dedupe->match.background.total;
}

/* Options that are right alone and wrong together. */
static int check_options(const struct dedupe_options *options, struct diag *diag)
{
	const char *needs_model = options->review ? "review" : options->model ? "model" : options->save_model ? "save-model" : NULL;

	if (options->one_to_one && !options->link_only)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--one-to-one needs --link-only: it is about records of two sources");
	if (options->with_model && !options->rules)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--with-model needs --rules: without rules the model decides alone");
	if (options->rules && !options->with_model && needs_model)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--%s needs a model, which --rules alone has not; add --with-model", needs_model);
	if (options->retired && !options->master && !options->incremental)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--retired needs --master or --incremental: ids are retired of those that were there yesterday");
	return 0;
}

/* The first night there are no links of the night before: a nightly job needs no other command for it. */
static void allow_first_night(struct dedupe_options *options, struct diag *diag)
{
	const struct place place = { .file = options->master };

	if (!options->master || !file_is_missing(options->master))
		return;
	diag_warn(diag, &place, "first-night", "there is no such file, so this is taken for the first night, and every id is new");
	options->master = NULL;
}

/*
 * Three eighths of the memory for the values, keys and pairs of matching, one for the records, two for what is in use of files, where what is over
 * goes. The rest is for what has some bytes per record: numbers, clusters, ids.
 */
static void share_memory(struct dedupe *dedupe, struct dedupe_options *options)
{
	size_t eighth = options->records.memory / 8;

	dedupe->vast = vast_new(3 * eighth, 2 * eighth, options->records.tmpdir);
	options->records.memory = eighth;
	/* Large arrays that are given back are the system's again at once, not the heap's for later: the next phase needs others. */
	mallopt(M_MMAP_THRESHOLD, RETURNED_LEAST);
}

int dedupe_run(const struct dedupe_options *given, struct dedupe_figures *figures, struct diag *diag)
{
	struct dedupe_options own = *given, *options = &own;
	struct dedupe dedupe = { .options = options, .figures = figures };
	int result;

	*figures = (struct dedupe_figures){ 0 };
	if (check_options(options, diag) < 0)
		return -1;
	allow_first_night(options, diag);
	share_memory(&dedupe, options);
	result = records_read(&dedupe.records, &options->records, diag);
	if (result == 0)
		result = set_ignored(&dedupe, diag);
	if (result == 0)
		meanings_find(&dedupe.meanings, &dedupe.records, dedupe.ignore);
	if (result == 0)
		result = golden_init(&dedupe.golden, &dedupe.records, &options->golden, diag);
	if (result == 0)
		result = read_yesterday(&dedupe, diag);
	if (result == 0)
		result = find_matches(&dedupe, diag);
	if (result == 0)
		result = name_customers(&dedupe, diag);
	if (result == 0) {
		set_figures(&dedupe);
		result = find_main_records(&dedupe, diag);
	}
	if (result == 0)
		result = write_reports(&dedupe, diag);
	free(dedupe.findings.main);
	free(dedupe.findings.probability);
	free(dedupe.ignore);
	golden_release(&dedupe.golden);
	customers_release(&dedupe.customers);
	master_release(&dedupe.master);
	incremental_release(&dedupe.incremental);
	renaming_release(&figures->renaming);
	match_release(&dedupe.match);
	decisions_release(&dedupe.decisions);
	fixed_release(&dedupe.rules);
	meanings_release(&dedupe.meanings);
	records_release(&dedupe.records);
	vast_free(dedupe.vast);
	return result;
}
