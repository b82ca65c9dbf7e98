/* crm-dedupe: which records are one customer, and one golden record for each. */

#include "cli/run.h"
#include "match/dedupe.h"

struct values {
	struct common_options common;
	bool mark, link_only, one_to_one, incremental, with_model;
	double threshold;
	int explain_as;
	struct texts decisions, ignore, survive, source_rank;
	const char *links, *pairs, *review, *rules, *conflicts, *lineage, *related, *master, *retired, *evaluate, *truth_column, *explain, *model, *save_model;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	{ 0, "mark", NULL, OPTION_FLAG, AT(mark), NULL, 0, 0,
	  "keep every record, in order, and add customer_id, match_probability and golden (1 on one record of each customer)" },
	{ 0, "links", "FILE", OPTION_OUTPUT, AT(links), NULL, 0, 0, "write which record belongs to which customer: source, source_row, source_id, customer_id" },
	{ 0, "pairs", "FILE", OPTION_OUTPUT, AT(pairs), NULL, 0, 0, "write the pairs of records that may be one customer, with probability and reasons" },
	{ 0, "review", "FILE", OPTION_OUTPUT, AT(review), NULL, 0, 0,
	  "write the doubtful pairs side by side, the most doubtful first, with a column decision to fill in: same or different" },
	{ 0, "decisions", "FILE", OPTION_FILES, AT(decisions), NULL, 0, 0,
	  "obey a file of --review in which decision is filled in, and learn from it; repeatable, the last decision about a pair counts" },
	{ 0, "rules", "FILE", OPTION_FILE, AT(rules), NULL, 0, 0,
	  "fixed rules that say which records are one customer, one a line, such as: phone and name ~ 0.9" },
	{ 0, "with-model", NULL, OPTION_FLAG, AT(with_model), NULL, 0, 0, "let the model decide about what --rules does not join" },
	{ 0, "conflicts", "FILE", OPTION_OUTPUT, AT(conflicts), NULL, 0, 0,
	  "write the customers whose records have several owners or contradictory stages, and who touched them last" },
	{ 0, "related", "FILE", OPTION_OUTPUT, AT(related), NULL, 0, 0,
	  "write the groups of customers that are related and not the same: branches of a company, households, phones of several" },
	{ 0, "survive", "COL=RULE,...", OPTION_LIST, AT(survive), NULL, 0, 0,
	  "which value a golden record gets: recent, complete, frequent, source, longest, union, min or max; RULE alone is for all other columns" },
	{ 0, "source-rank", "SOURCE,...", OPTION_LIST, AT(source_rank), NULL, 0, 0, "the sources, the most trusted first, for source of --survive" },
	{ 0, "lineage", "FILE", OPTION_OUTPUT, AT(lineage), NULL, 0, 0,
	  "write the source cell of every value of the golden records: customer_id, column, value, rule, source, source_row, source_id" },
	{ 0, "master", "FILE", OPTION_FILE, AT(master), NULL, 0, 0, "yesterday's links: a customer keeps its id, and of several that are one now the oldest stays" },
	{ 0, "incremental", NULL, OPTION_FLAG, AT(incremental), NULL, 0, 0,
	  "the input has yesterday's output in it: its records keep their customer_id and are compared with new ones only" },
	{ 0, "retired", "FILE", OPTION_OUTPUT, AT(retired), NULL, 0, 0,
	  "with --master or --incremental: write what became of ids that are not what they were: old_id, customer_id, change (kept, merged, split, gone), records" },
	{ 0, "link-only", NULL, OPTION_FLAG, AT(link_only), NULL, 0, 0, "look for pairs between two sources only" },
	{ 0, "one-to-one", NULL, OPTION_FLAG, AT(one_to_one), NULL, 0, 0,
	  "with --link-only: a customer has one record of each source at most, by the best assignment of all" },
	{ 0, "ignore", "COL,...", OPTION_LIST, AT(ignore), NULL, 0, 0, "columns that say nothing about who it is" },
	{ 0, "threshold", "P", OPTION_REAL, AT(threshold), NULL, 0.0001, 0.9999, "probability from which records are one customer; default 0.5" },
	{ 0, "evaluate", "FILE", OPTION_FILE, AT(evaluate), NULL, 0, 0,
	  "compare with the truth (source, source_row, entity) and print figures, sizes, thresholds and worst errors as JSON; the stream goes only to --output" },
	{ 0, "truth-column", "COL", OPTION_TEXT, AT(truth_column), NULL, 0, 0,
	  "the same with a column of the input, which is not compared; records where it is empty are customers of their own" },
	{ 0, "save-model", "FILE", OPTION_FILE, AT(save_model), NULL, 0, 0, "write what was learnt about the columns, as JSON" },
	{ 0, "model", "FILE", OPTION_FILE, AT(model), NULL, 0, 0, "use a model that --save-model wrote, and learn nothing" },
	{ 0, "explain", "A,B", OPTION_TEXT, AT(explain), NULL, 0, 0,
	  "print why two records, by row, id or SOURCE:ROW, are one customer or two; the stream goes only to --output" },
	{ 0, "explain-as", "FORM", OPTION_CHOICE, AT(explain_as), "auto|table|json|bar", 0, 0,
	  "how --explain shows it; default auto: bars on a terminal, else a table with tabs" },
	{ 0 },
};

static const struct tool tool = {
	"crm-dedupe", "[OPTION]... [FILE]...", "finds the records of one customer and writes one golden record for each", specs,
	"  crm-merge shop.csv crm.xlsx | crm-dedupe --links links.csv > customers.csv\n"
	"  crm-dedupe --mark --pairs pairs.csv customers.csv > marked.csv\n"
	"  crm-dedupe --ignore id --truth-column entity labelled.csv\n",
};

static void describe_input(void *run, const struct intake *intake)
{
	run_stat_input(run, intake);
	run_say(run, intake_describe(intake, &((struct run *)run)->arena));
}

static void report_figures(struct run *run, const struct dedupe_figures *figures)
{
	run_stat_number(run, "records", (double)figures->records);
	run_stat_number(run, "customers", (double)figures->customers);
	run_stat_number(run, "merged", (double)figures->merged);
	run_stat_number(run, "pairs_compared", (double)figures->pairs);
	run_stat_number(run, "hot_blocks", (double)figures->hot_blocks);
	run_stat_number(run, "temporary_bytes", (double)figures->in_files);
	run_stat_number(run, "new_records", (double)figures->fresh);
	run_stat_number(run, "decisions", (double)figures->decisions);
	run_stat_number(run, "decisions_unknown", (double)figures->decisions_unknown);
	run_stat_number(run, "decisions_shift_bits", figures->shift);
	run_stat_number(run, "ids_kept", (double)figures->renaming.kept);
	run_stat_number(run, "ids_retired", (double)figures->renaming.retired);
	run_stat_number(run, "ids_split", (double)figures->renaming.split);
	run_stat_number(run, "ids_gone", (double)figures->renaming.gone);
	if (figures->decisions)
		run_say(run, arena_format(&run->arena, "%zu decisions move all pairs by %+.2f bits; %zu are about records that are not there",
					  figures->decisions, figures->shift, figures->decisions_unknown));
	if (figures->in_files)
		run_say(run, arena_format(&run->arena, "%zu MB were in temporary files", figures->in_files >> 20));
	run_say(run, arena_format(&run->arena, "%zu records are %zu customers; %zu pairs compared, %.0f expected to match; %zu blocks too large to compare whole",
				  figures->records, figures->customers, figures->pairs, figures->expected_pairs, figures->hot_blocks));
}

int main(int argc, char **argv)
{
	struct values values = { .threshold = 0.5 };
	struct common_options *common = &values.common;
	struct dedupe_figures figures;
	struct run run;

	options_defaults(common);
	if (run_begin(&run, &tool, common, argc, argv))
		return run_end(&run);
	struct dedupe_options options = {
		.records = {
			.paths = common->operands.items, .path_count = common->operands.count,
			.intake = run_intake_options(&run, KIND_CUSTOMERS), .memory = common->memory, .tmpdir = common->tmpdir,
			.threads = (unsigned)common->threads, .rejects = run.rejects, .opened = describe_input,
			.progress = run_progress, .context = &run,
		},
		.side = run_side_options(&run, KIND_CUSTOMERS), .sink = run_sink_options(&run), .output = common->output,
		.mark = values.mark, .link_only = values.link_only, .one_to_one = values.one_to_one, .incremental = values.incremental, .threshold = values.threshold,
		.golden = { values.survive.items, values.survive.count, values.source_rank.items, values.source_rank.count },
		.ignore = values.ignore.items, .ignore_count = values.ignore.count,
		.links = values.links, .pairs = values.pairs, .review = values.review, .decisions = values.decisions.items, .decisions_count = values.decisions.count, .rules = values.rules, .with_model = values.with_model, .conflicts = values.conflicts, .lineage = values.lineage, .related = values.related, .master = values.master, .retired = values.retired,
		.evaluate = values.evaluate, .truth_column = values.truth_column, .explain = values.explain, .explain_form = (enum explain_form)values.explain_as,
		.model = values.model, .save_model = values.save_model, .threads = (unsigned)common->threads,
	};
	if (dedupe_run(&options, &figures, &run.diag) == 0)
		report_figures(&run, &figures);
	return run_end(&run);
}
