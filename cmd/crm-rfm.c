/* crm-rfm: recency, frequency, monetary value, segments and value of customers, from their orders. */
#include "rfm.h"

static const struct tool tool = {
	"crm-rfm", "[OPTION]... --orders FILE [FILE]",
	"adds recency, frequency, monetary value, scores and segment to customers", specs,
	"  crm-rfm --orders orders.csv customers.csv > scored.csv\n"
	"  crm-rfm --orders orders.csv --clv auto --horizon 180 -v customers.csv > scored.csv\n"
	"  crm-rfm --orders shop.csv --orders 订单.xlsx --links links.csv --value --lang zh customers.csv\n",
};

static void say_scale(struct run *run, const struct rfm *rfm, const struct scale *scale)
{
	for (int figure = RECENCY; figure < FIGURES; figure++) {
		struct slice cuts = scales_describe(&rfm->scales, scale, (enum figure)figure, &run->arena);

		if (cuts.len)
			run_say(run, cuts);
	}
}

static void say_cuts(struct run *run, const struct rfm *rfm)
{
	static const char *const names[] = { "cuts_recency", "cuts_frequency", "cuts_monetary" };
	const struct scales *scales = &rfm->scales;

	say_scale(run, rfm, &scales->all);
	for (int figure = RECENCY; figure < FIGURES; figure++)
		run_stat_node(run, names[figure], scale_report_cuts(&scales->all, (enum figure)figure, false));
	for (size_t i = 0; i < scales->count; i++)
		if (scales->groups[i].own)
			say_scale(run, rfm, &scales->groups[i]);
	if (scales->by) {
		run_stat_text(run, "by", slice_of(scales->by));
		run_stat_node(run, "groups", scales_report_groups(scales, false));
	}
	run_stat_text(run, "score", slice_of(scales_name(scales)));
	run_stat_text(run, "ties", scales->parted && !scales->taken ? SLICE("ntile") : SLICE("together"));
	run_stat_number(run, "bins", scales->bins);
	run_stat_number(run, "buyers", (double)rfm->buyers);
}

/* Nobody should believe a lifetime value without the holdout, so that is told without -v, too. */
static void say_clv(struct run *run, const struct values *values, const struct clv *clv)
{
	struct slice model = clv_describe_model(clv, &run->arena), holdout = clv_describe_holdout(clv, &run->arena);

	if (model.len)
		run_say(run, model);
	if (holdout.len)
		run_tell(run, holdout);
	run_stat_text(run, "clv_model", model);
	run_stat_text(run, "clv_holdout", holdout);
	if (clv_has_holdout(clv))
		run_stat_node(run, "holdout", holdout_json(clv));
	if (clv_has_holdout(clv) && values->holdout && !values->holdout_report)
		run_tell(run, holdout_text(clv, &run->arena));
}

/* The side outputs, which are in place before the first row is written. */
static int write_sides(const struct rfm *rfm, const struct values *values, const struct sink_options *sink, struct diag *diag)
{
	const char *const tables[] = { values->summary, values->matrix, values->concentration, values->cohorts };

	if (values->holdout_report && holdout_write(&rfm->clv, values->holdout_report, diag))
		return -1;
	if (values->save_model && rfm_save(rfm, values->save_model, diag))
		return -1;
	for (int table = SUMMARY_SEGMENTS; table <= SUMMARY_COHORTS; table++)
		if (tables[table] && summary_write(rfm, (enum summary_table)table, tables[table], sink, diag))
			return -1;
	return 0;
}

static int run_rfm(struct run *run, const struct values *values, struct rfm *rfm)
{
	struct roster_output output = { .cell = rfm_cell, .context = rfm, .threads = (unsigned)run->common->threads };
	struct sink_options sink = run_sink_options(run);
	struct feed feed = orders_feed(run);
	struct load_options inputs;
	struct load load;
	int failed;

	if (orders_load_options(run, &values->orders, &inputs))
		return -1;
	inputs.ledger.details = values->value;
	inputs.ledger.account.merge_days = values->same_day;
	inputs.group = rfm->scales.by;
	failed = load_all(&load, &inputs, &feed, &run->diag) || rfm_make(rfm, &load.ledger, &run->diag);
	orders_stats(run, &load);
	say_cuts(run, rfm);
	if (!failed && rfm->with_clv)
		say_clv(run, values, &rfm->clv);
	failed = failed || write_sides(rfm, values, &sink, &run->diag);
	output.count = rfm_columns(rfm, &output.columns);
	failed = failed || roster_put(&load.roster, &output, run->common->output, &sink, &run->diag);
	load_release(&load);
	return failed;
}

/* What --holdout, --holdout-report and --interval need. */
static int read_holdout(const struct values *values, struct rfm_options *options, struct diag *diag)
{
	bool fitted = values->clv && !values->model;

	if ((values->holdout || values->holdout_report) && !fitted)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--holdout judges a purchase model that is fitted here: add --clv auto, and leave --model out");
	if (values->interval > 0 && !values->clv && !values->model)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--interval is of expected orders and value: add --clv auto");
	return values->holdout ? holdout_parse(values->holdout, &options->clv.holdout, diag) : 0;
}

int main(int argc, char **argv)
{
	struct values values = { .score = -1, .ties = -1, .one_off_share = 80, .one_off_over = 95, .horizon = 365, .discount = .1, .margin = 1 };
	struct rfm_options options;
	struct run run;
	struct rfm rfm = { 0 };

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv) == 0) {
		options = rfm_options(&run, &values);
		if (read_holdout(&values, &options, &run.diag) == 0 && rfm_init(&rfm, &options, &run.diag) == 0 &&
		    value_read_tiers(&rfm.options.tiers, values.tiers, values.tier_a, values.tier_b, &run.diag) == 0)
			(void)!run_rfm(&run, &values, &rfm);
		rfm_release(&rfm);
	}
	return run_end(&run);
}
