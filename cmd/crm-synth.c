/* crm-synth: messy customers, orders and events with known truth. The work is in lib/synth. */
#include <stdlib.h>

#include "cli/run.h"
#include "io/file.h"
#include "synth/synth.h"

struct values {
	struct common_options common;
	const char *dir, *bg, *spend;
	uint64_t customers, seed, weeks;
	double buyers, errors;
	struct texts rates;
	bool describe;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	{ 0, "customers", "N", OPTION_UINT, AT(customers), NULL, 1, 100e6,
	  "make N true customers, who have 1.55 records each on average over the four files; default 10000" },
	{ 0, "seed", "N", OPTION_UINT, AT(seed), NULL, 0, 0, "the same seed gives the same bytes; default 1" },
	{ 0, "dir", "DIR", OPTION_FILE, AT(dir), NULL, 0, 0,
	  "write the files into DIR, which is made if it is not there" },
	{ 0, "rate", "KIND=R", OPTION_TEXTS, AT(rates), NULL, 0, 0,
	  "set the rate of one kind of error, from 0 to 1; repeatable; --describe lists the kinds" },
	{ 0, "errors", "X", OPTION_REAL, AT(errors), NULL, 0, 100,
	  "multiply all error rates by X, before --rate: 0 is clean; default 1" },
	{ 0, "bg-nbd", "R,ALPHA,A,B", OPTION_TEXT, AT(bg), NULL, 0, 0,
	  "parameters of purchases and leaving, in weeks; default 0.55,5,0.8,3" },
	{ 0, "gamma-gamma", "P,Q,V", OPTION_TEXT, AT(spend), NULL, 0, 0,
	  "parameters of the amounts; default 6.25,3.74,1500" },
	{ 0, "buyers", "SHARE", OPTION_REAL, AT(buyers), NULL, 0, 1,
	  "share of the customers who ever buy; default 0.8" },
	{ 0, "weeks", "N", OPTION_UINT, AT(weeks), NULL, 1, 1040, "weeks of purchases, up to --as-of; default 156" },
	{ 0, "describe", NULL, OPTION_FLAG, AT(describe), NULL, 0, 0,
	  "list the kinds of errors and their rates, and end" },
	{ 0 },
};

static const struct tool tool = {
	.name = "crm-synth",
	.synopsis = "--dir DIR [OPTION]...",
	.summary = "make messy customers in several files, their orders and events, and the truth about them",
	.options = specs,
	.examples = "crm-synth --customers 100000 --seed 7 --dir data\n"
		    "crm-synth --customers 1000 --rate typo=0.2 --rate missing=0 --dir data\n"
		    "crm-synth --describe",
};

/*
 * Common options that speak of reading, or of one output stream, would do nothing here. In a configuration they may be
 * meant for the other tools.
 */
static int check_common(const struct common_options *c, const char *dir, struct diag *diag)
{
	const struct { bool is_set; const char *name; } idle[] = {
		{ c->output, "--output" }, { c->to, "--to" }, { c->from, "--from" }, { c->delimiter, "--delimiter" },
		{ c->no_header, "--no-header" }, { c->maps.count, "--map" }, { c->date_order, "--date-order" },
		{ c->rejects, "--rejects" }, { c->strict, "--strict" }, { c->bom, "--bom" }, { c->excel_safe, "--excel-safe" },
		{ strcmp(c->encoding, "auto") != 0, "--encoding" },
	};
	bool shared = c->config || getenv("CRM_CONFIG");

	if (c->operands.count)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "takes no input, but was given %s", c->operands.items[0]);
	for (size_t i = 0; i < sizeof idle / sizeof idle[0] && !shared; i++) {
		if (idle[i].is_set)
			return diag_fail(diag, STATUS_USAGE, NULL, NULL,
					 "%s has no effect here: the formats of the files in --dir are fixed", idle[i].name);
	}
	if (c->as_of < civil_to_days(1990, 1, 1) || c->as_of > civil_to_days(2199, 12, 31))
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--as-of must be from 1990-01-01 to 2199-12-31");
	if (!dir)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--dir is missing: name the folder to write into");
	return 0;
}

static int make_options(const struct values *v, struct synth_options *o, struct diag *diag)
{
	o->dir = v->dir;
	o->tmpdir = v->common.tmpdir;
	o->customers = v->customers;
	o->seed = v->seed;
	o->as_of = v->common.as_of;
	o->weeks = (unsigned)v->weeks;
	o->threads = (unsigned)v->common.threads;
	o->buyers = v->buyers;
	rates_defaults(o->rates, v->errors);
	for (size_t i = 0; i < v->rates.count; i++) {
		if (rates_set(o->rates, v->rates.items[i], diag) < 0)
			return -1;
	}
	if ((v->bg && rates_numbers("--bg-nbd", v->bg, 4, o->bg, diag) < 0) ||
	    (v->spend && rates_numbers("--gamma-gamma", v->spend, 3, o->spend, diag) < 0))
		return -1;
	return 0;
}

static int describe(const struct synth_options *options, struct diag *diag)
{
	struct buf text;
	int result;

	buf_init(&text, 1 << 16);
	synth_describe(options, &text);
	result = file_write("-", buf_slice(&text), diag);
	buf_release(&text);
	return result;
}

static void add_count(struct run *run, const char *name, uint64_t rows)
{
	run_stat_number(run, name, (double)rows);
	run_say(run, arena_format(&run->arena, "%s: %ju rows", name, (uintmax_t)rows));
}

static void add_counts(struct run *run, const struct synth_counts *counts)
{
	for (int i = 0; i < SOURCE_KINDS; i++)
		add_count(run, source_names[i], counts->rows[i]);
	add_count(run, "orders.csv", counts->orders);
	add_count(run, "shop-orders.jsonl", counts->shop_orders);
	add_count(run, "events.csv", counts->events);
}

int main(int argc, char **argv)
{
	struct synth_options options;
	struct synth_counts counts;
	struct values values = { 0 };
	struct run run;

	synth_defaults(&options);
	options_defaults(&values.common);
	values.common.as_of = options.as_of; /* a fixed day, so that the bytes are the same on any day */
	values.customers = options.customers;
	values.seed = options.seed;
	values.weeks = options.weeks;
	values.buyers = options.buyers;
	values.errors = 1;
	options.progress = run_progress;
	options.progress_context = &run;
	if (run_begin(&run, &tool, &values.common, argc, argv) < 0 || make_options(&values, &options, &run.diag) < 0 ||
	    (values.describe && describe(&options, &run.diag) < 0) || values.describe)
		return run_end(&run);
	if (check_common(&values.common, values.dir, &run.diag) == 0 && synth_run(&options, &counts, &run.diag) == 0)
		add_counts(&run, &counts);
	return run_end(&run);
}
