/* crm-merge: scattered files into one stream with one set of columns and standard values. */
#include "clean/merge.h"
#include "cli/run.h"

struct values {
	struct common_options common;
	int kind;
	bool raw, drop_others, score, fill_merged;
	struct texts profiles, weights;
	const char *dump, *to, *sheet, *completeness;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	{ 'k', "kind", "KIND", OPTION_CHOICE, AT(kind), "customers|orders|contacts|events", 0, 0,
	  "what the rows are; decides which columns have a meaning; default customers" },
	{ 0, "profile", "NAME|FILE", OPTION_TEXTS, AT(profiles), NULL, 0, 0,
	  "the system that wrote the inputs (salesforce, zoho …; a wrong NAME lists them), or a profile of your own; "
	  "repeatable; default auto, by the headers; generic: none" },
	{ 0, "dump-profile", "NAME", OPTION_TEXT, AT(dump), NULL, 0, 0,
	  "write the profile NAME, to copy and change for --profile FILE, and end" },
	{ 0, "to-profile", "NAME[:TABLE]", OPTION_TEXT, AT(to), NULL, 0, 0,
	  "write what this system (or FILE of a profile) imports: its headers, dates, empty cells and byte order mark" },
	{ 0, "drop-others", NULL, OPTION_FLAG, AT(drop_others), NULL, 0, 0,
	  "with --to-profile, leave out the columns for which the system has no header" },
	{ 0, "raw", NULL, OPTION_FLAG, AT(raw), NULL, 0, 0, "keep the originals of standardised columns as NAME_raw" },
	{ 0, "sheet", "NAME", OPTION_TEXT, AT(sheet), NULL, 0, 0,
	  "the sheet to read of workbooks named without one (FILE#SHEET), or all: every shown one; default the first with rows" },
	{ 0, "fill-merged", NULL, OPTION_FLAG, AT(fill_merged), NULL, 0, 0,
	  "cells merged over several rows (XLSX, ODS) have their value in each of them, not only in the first" },
	{ 0, "completeness", "FILE", OPTION_OUTPUT, AT(completeness), NULL, 0, 0,
	  "report how complete and valid the rows are, in all, by source and by owner, as JSON to FILE.json, else as a table" },
	{ 0, "weight", "COLUMN=N,...", OPTION_LIST, AT(weights), NULL, 0, 0,
	  "what columns count for in the score of --completeness and --score; default 1 for each column with a meaning" },
	{ 0, "score", NULL, OPTION_FLAG, AT(score), NULL, 0, 0,
	  "write each row's score, 0 to 100, as the column completeness" },
	{ 0 },
};

static const struct tool tool = {
	"crm-merge",
	"[OPTION]... [FILE|FILE#SHEET|FOLDER]...",
	"merges files of any form into one stream of standardised rows",
	specs,
	"  crm-merge salesforce.csv 客户表.xlsx shop-gbk.csv > customers.csv\n"
	"  crm-merge -v --rejects rejects.csv exports/ -o customers.csv\n"
	"  crm-merge --kind orders --map amount=实付 orders-2023.csv orders-2024.csv | crm-rfm --orders - "
	"customers.csv\n",
};

static void tell_inputs(struct run *run, struct merge *merge, const struct export *export)
{
	cJSON *not_read = merge_not_read(merge), *one;
	const struct intake *intake;

	cJSON_ArrayForEach(one, not_read)
		run_say(run, arena_format(&run->arena, "%s: not read: %s", one->child->valuestring, one->child->next->valuestring));
	run_stat_node(run, "not_read", not_read);
	for (size_t i = 0; (intake = merge_input(merge, i)); i++) {
		run_say(run, intake_describe(intake, &run->arena));
		run_stat_input(run, intake);
	}
	if (!export)
		return;
	run_say(run, export_describe(export, &run->arena));
	run_stat_text(run, "to_profile", export_profile(export)->name);
}

static int write_merged(struct run *run, struct merge *merge, const struct export *export)
{
	struct sink_options options = run_sink_options(run);
	struct stream stream = { .rejects = run->rejects, .progress = run_progress, .progress_context = run };

	export_sink(export, &options);
	if (sink_open(&stream.sink, run->common->output, &options, &run->diag) < 0)
		return -1;
	if (merge_run(merge, &stream, &run->diag) < 0) {
		sink_abort(stream.sink);
		return -1;
	}
	run_stat_number(run, "rows_out", (double)sink_count(stream.sink));
	return sink_close(stream.sink, &run->diag);
}

static int merge_operands(struct run *run, const struct values *values, const struct merge_options *options)
{
	static const char *const standard_input[] = { "-" };
	const struct texts *operands = &run->common->operands;
	const struct sink_options sink = run_sink_options(run);
	struct merge *merge;
	int failed;

	if (merge_open(&merge, operands->count ? operands->items : standard_input,
		       operands->count ? operands->count : 1, options, &run->diag) < 0)
		return -1;
	tell_inputs(run, merge, options->export);
	failed = write_merged(run, merge, options->export);
	if (!failed && values->completeness)
		failed = completeness_write(merge_completeness(merge), values->completeness, &sink, &run->diag);
	run_stat_node(run, "columns", merge_figures(merge));
	merge_free(merge);
	return failed;
}

static int run_merge(struct run *run, const struct values *values)
{
	const struct common_options *common = run->common;
	const struct completeness_options completeness = { values->weights.items, values->weights.count };
	struct merge_options options = {
		.intake = run_intake_options(run, (enum kind)values->kind), .raw = values->raw, .drop_others = values->drop_others,
		.threads = (unsigned)common->threads, .outputs = run_outputs(run),
		.score = values->score, .completeness = values->completeness || values->score ? &completeness : NULL,
	};
	struct profile_set *profiles = NULL;
	int failed;

	if (values->completeness && strcmp(values->completeness, "-") == 0)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--completeness needs a file; standard output is for the stream");
	if (values->drop_others && !values->to)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--drop-others goes with --to-profile");
	if (values->dump)
		return profile_dump(values->dump, common->output, &run->diag);
	if ((values->to && export_open(&options.export, values->to, options.intake.kind, &run->diag) < 0) ||
	    profile_set_open(&profiles, values->profiles.items, values->profiles.count, &run->diag) < 0) {
		export_free(options.export);
		return -1;
	}
	options.intake.profiles = profiles;
	options.intake.decide_dates = true;
	options.intake.table.fill_merged = values->fill_merged;
	options.intake.table.sheet = values->sheet;
	failed = merge_operands(run, values, &options);
	profile_set_free(profiles);
	export_free(options.export);
	return failed;
}

int main(int argc, char **argv)
{
	struct values values = { .kind = KIND_CUSTOMERS };
	struct run run;

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv) == 0)
		(void)!run_merge(&run, &values);
	return run_end(&run);
}
