/* crm-tag: tags, tiers and scores for customers, by rules that people write. */
#include <stddef.h>
#include <stdio.h>

#include "cli/run.h"
#include "rule/ready.h"
#include "rule/tag.h"

struct values {
	struct common_options common;
	const char *rules, *evidence, *previous, *audit, *fail_if, *split_by, *folder, *dump_rules, *readers, *reader;
	struct texts only, masks, hides;
	bool check;
};

#define FIELD(name) offsetof(struct values, name)

static const struct option_spec specs[] = {
	{ 'r', "rules", "FILE", OPTION_FILE, FIELD(rules), NULL, 0, 0, "the rules, JSON with comments (required)" },
	{ 0, "check", NULL, OPTION_FLAG, FIELD(check), NULL, 0, 0,
	  "only check the rules, which may be the first operand, against the columns of the input if one is named; all faults are told" },
	{ 0, "evidence", "FILE", OPTION_OUTPUT, FIELD(evidence), NULL, 0, 0,
	  "write a line for each tag of each customer with the values that gave it, as CSV" },
	{ 0, "previous", "FILE", OPTION_FILE, FIELD(previous), NULL, 0, 0,
	  "yesterday's output: adds tags_since, tags_added and tags_removed, and lets leave_when keep tags" },
	{ 0, "audit", "FILE", OPTION_OUTPUT, FIELD(audit), NULL, 0, 0,
	  "write a review of the tags: coverage, dead and doubled ones, which to drop; text, or CSV or JSON by the file's ending" },
	{ 0, "fail-if", "EXPRESSION", OPTION_TEXT, FIELD(fail_if), NULL, 0, 0,
	  "exit with 1 if this holds of the review: 'never > 0 or overlap > 0.95'" },
	{ 0, "only", "TAG", OPTION_TEXTS, FIELD(only), NULL, 0, 0, "write only customers with this tag; repeatable" },
	{ 0, "split-by", "COLUMN", OPTION_TEXT, FIELD(split_by), NULL, 0, 0,
	  "write one file for each value of this column into the folder of --dir, instead of one stream" },
	{ 0, "dir", "FOLDER", OPTION_FILE, FIELD(folder), NULL, 0, 0, "the folder of --split-by" },
	{ 0, "mask", "ROLE,...", OPTION_LIST, FIELD(masks), NULL, 0, 0,
	  "make these columns unreadable in what is written; a role (phone, email, id_number, name) or a column" },
	{ 0, "hide", "ROLE,...", OPTION_LIST, FIELD(hides), NULL, 0, 0, "leave these columns out of what is written; a role or a column" },
	{ 0, "readers", "FILE", OPTION_FILE, FIELD(readers), NULL, 0, 0, "who may see what: JSON with what is shown, hidden and masked for each reader" },
	{ 0, "reader", "NAME", OPTION_TEXT, FIELD(reader), NULL, 0, 0, "write what this reader of --readers may see" },
	{ 0, "dump-rules", "NAME", OPTION_TEXT, FIELD(dump_rules), NULL, 0, 0,
	  "print a rule set that comes with the program: levels, lifecycle, leads or quality, with -en or -zh" },
	{ 0 },
};

static const struct tool tool = {
	.name = "crm-tag",
	.synopsis = "--rules FILE [OPTION]... [FILE]...",
	.summary = "tag customers by rules: tags, tiers and scores",
	.options = specs,
	.examples = "crm-tag --rules rules.json customers.csv > tagged.csv\n"
		    "crm-tag --check rules.json sample.csv\n"
		    "crm-tag --rules rules.json --only VIP --evidence why.csv customers.csv > vip.csv\n",
};

static void opened(void *context, const struct intake *intake)
{
	struct run *run = context;

	run_stat_input(run, intake);
	run_say(run, intake_describe(intake, &run->arena));
}

static struct tag_options tag_options_of(struct run *run, const struct values *values)
{
	static const char *const standard_input[] = { "-" };
	const struct common_options *common = &values->common;
	const char *const *operands = common->operands.items;
	/* crm-tag --check rules.json sample.csv */
	bool first = values->check && !values->rules && common->operands.count > 0, named = common->operands.count > first;

	return (struct tag_options){
		.rules = first ? operands[0] : values->rules,
		.inputs = named ? operands + first : standard_input,
		.input_count = named ? common->operands.count - first : !values->check,
		.intake = run_intake_options(run, KIND_CUSTOMERS),
		.sink = run_sink_options(run),
		.output = common->output,
		.evidence = values->evidence,
		.previous = values->previous,
		.side = run_side_options(run, KIND_CUSTOMERS),
		.audit = values->audit,
		.fail_if = values->fail_if,
		.split_by = values->split_by,
		.folder = values->folder,
		.masks = values->masks.items,
		.mask_count = values->masks.count,
		.hides = values->hides.items,
		.hide_count = values->hides.count,
		.readers = values->readers,
		.reader = values->reader,
		.only = values->only.items,
		.only_count = values->only.count,
		.rejects = run->rejects,
		.as_of = common->as_of,
		.threads = (unsigned)common->threads,
		.memory = common->memory,
		.strict = common->strict,
		.opened = opened,
		.progress = run_progress,
		.context = run,
	};
}

static void check(struct run *run, const struct tag_options *options)
{
	struct slice summary;

	if (tag_check(options, &run->arena, &summary, &run->diag) == 0)
		printf("%.*s\n", SLICE_ARG(summary));
}

static void dump_rules(struct run *run, const char *name)
{
	struct slice text;

	if (ready_rules(name, &text, &run->diag) == 0)
		fwrite(text.ptr, 1, text.len, stdout);
}

static void tag(struct run *run, const struct tag_options *options)
{
	struct cJSON *figures;

	(void)!tag_run(options, &figures, &run->diag);
	if (figures)
		run_stat_node(run, "tagging", figures);
}

int main(int argc, char **argv)
{
	struct values values = { 0 };
	struct run run;
	struct tag_options options;

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv))
		return run_end(&run);
	options = tag_options_of(&run, &values);
	if (values.dump_rules)
		dump_rules(&run, values.dump_rules);
	else if (!options.rules)
		diag_fail(&run.diag, STATUS_USAGE, NULL, NULL, "--rules FILE is needed");
	else if (values.check)
		check(&run, &options);
	else
		tag(&run, &options);
	return run_end(&run);
}
