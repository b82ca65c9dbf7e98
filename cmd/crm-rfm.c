/* crm-rfm: recency, frequency, monetary value, segments and value of customers, from their orders. */
#include "orders.h"

#include "score/rfm.h"

struct values {
	struct common_options common;
	struct orders_options orders;
	struct texts breaks;
	const char *segments, *save_model, *model, *summary;
	uint64_t bins, tier_a, tier_b, horizon;
	double discount, margin;
	int ties, same_day, clv;
	bool value;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	ORDERS_OPTIONS(AT(orders)),
	{ 0, "same-day", "WHAT", OPTION_CHOICE, AT(same_day), "keep|merge", 0, 0,
	  "whether several orders on one day count as one purchase; default keep them apart" },
	{ 0, "bins", "N", OPTION_UINT, AT(bins), NULL, 2, CUTS_BINS_MOST, "scores go from 1 to N; default 5" },
	{ 0, "ties", "HOW", OPTION_CHOICE, AT(ties), "together|ntile", 0, 0,
	  "equal figures share a score (quantiles as in R's rfm), or are parted so that scores are equally frequent; default together" },
	{ 0, "breaks", "FIGURE=A,B,…", OPTION_TEXTS, AT(breaks), NULL, 0, 0,
	  "fixed limits between the scores of recency, frequency or monetary, as recency=30,90,180,365; repeatable" },
	{ 0, "segments", "MAP", OPTION_TEXT, AT(segments), NULL, 0, 0,
	  "names of segments: 11, 8 (重要价值 …, by the mean scores), r (R's rfm), shopify or a JSON file; default 11 with 5 bins, else 8" },
	{ 0, "value", NULL, OPTION_FLAG, AT(value), NULL, 0, 0,
	  "also the last twelve months, repurchase, categories, channel, share of revenue and tier" },
	{ 0, "tier-a", "PERCENT", OPTION_UINT, AT(tier_a), NULL, 1, 100,
	  "tier A are the largest customers who bring PERCENT of the revenue; default 80" },
	{ 0, "tier-b", "PERCENT", OPTION_UINT, AT(tier_b), NULL, 1, 100, "tiers A and B together; default 95" },
	{ 0, "clv", "MODEL", OPTION_CHOICE, AT(clv), "none|auto|bg-nbd|mbg-nbd|pareto-nbd", 0, 0,
	  "also the chance that a customer is still one, the orders expected, their value and the lifetime value, by a purchase "
	  "model; auto takes the one that foretells the last part of the history best" },
	{ 0, "horizon", "DAYS", OPTION_UINT, AT(horizon), NULL, 1, 3660,
	  "expected orders and value are those of the next DAYS; default 365" },
	{ 0, "discount", "RATE", OPTION_REAL, AT(discount), NULL, 0, 10, "discount a year; default 0.1" },
	{ 0, "margin", "SHARE", OPTION_REAL, AT(margin), NULL, 0, 1, "share of the amount that is earned; default 1" },
	{ 0, "save-model", "FILE", OPTION_OUTPUT, AT(save_model), NULL, 0, 0, "write the fitted model to FILE as JSON" },
	{ 0, "model", "FILE", OPTION_FILE, AT(model), NULL, 0, 0, "take the model of --save-model in place of a fit" },
	{ 0, "summary", "FILE", OPTION_OUTPUT, AT(summary), NULL, 0, 0,
	  "write segments, the matrix of scores, concentration and cohorts to FILE as JSON, or the segments where it ends in .csv" },
	{ 0 },
};

static const struct tool tool = {
	"crm-rfm", "[OPTION]... --orders FILE [FILE]",
	"adds recency, frequency, monetary value, scores and segment to customers", specs,
	"  crm-rfm --orders orders.csv customers.csv > scored.csv\n"
	"  crm-rfm --orders orders.csv --clv auto --horizon 180 -v customers.csv > scored.csv\n"
	"  crm-rfm --orders shop.csv --orders 订单.xlsx --links links.csv --value --lang zh customers.csv\n",
};

static void say_cuts(struct run *run, const struct rfm *rfm)
{
	static const char *const names[] = { "cuts_recency", "cuts_frequency", "cuts_monetary" };

	for (unsigned figure = 0; figure < 3; figure++) {
		struct slice cuts = rfm_describe_cuts(rfm, figure, &run->arena);

		if (cuts.len)
			run_say(run, cuts);
		run_stat_node(run, names[figure], rfm_report_cuts(rfm, figure));
	}
	run_stat_number(run, "buyers", (double)rfm->buyers);
}

/* The model in words, and to its file, which is in place before the first row is written. */
static int say_clv(struct run *run, const struct clv *clv, const char *save_model)
{
	struct slice model = clv_describe_model(clv, &run->arena), holdout = clv_describe_holdout(clv, &run->arena);

	if (model.len)
		run_say(run, model);
	if (holdout.len)
		run_say(run, holdout);
	run_stat_text(run, "clv_model", model);
	run_stat_text(run, "clv_holdout", holdout);
	return save_model && clv->modelled ? clv_save(clv, save_model, &run->diag) : 0;
}

static struct clv_options clv_options(const struct run *run, const struct values *values)
{
	struct clv_options options = {
		.as_of = run->common->as_of, .horizon = (uint32_t)values->horizon, .discount = values->discount,
		.margin = values->margin, .model_file = values->model, .threads = (unsigned)run->common->threads,
	};

	for (int model = 0; model < BTYD_MODELS; model++)
		options.models[model] = values->clv == 1 || values->clv == model + 2;
	return options;
}

static int run_rfm(struct run *run, const struct values *values)
{
	struct clv_options clv = clv_options(run, values);
	struct rfm_options options = {
		.clv = values->clv || values->model ? &clv : NULL, .cohorts = values->summary, .as_of = run->common->as_of, .bins = (unsigned)values->bins, .ntile = values->ties,
		.breaks = values->breaks.items, .break_count = values->breaks.count,
		.segments = values->segments ? values->segments : values->bins == 5 ? "11" : "8",
		.language = run->common->language, .value = values->value,
		.tier_a = (unsigned)values->tier_a, .tier_b = (unsigned)values->tier_b,
	};
	struct roster_output output = { .cell = rfm_cell, .threads = (unsigned)run->common->threads };
	struct sink_options sink = run_sink_options(run);
	struct feed feed = orders_feed(run);
	struct load_options inputs;
	struct load load;
	struct rfm rfm;
	int failed;

	if ((values->save_model && !values->clv) || (values->model && values->clv))
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--save-model goes with --clv MODEL, --model without it");
	if (values->tier_a > values->tier_b)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--tier-a is more than --tier-b");
	if (orders_load_options(run, &values->orders, &inputs))
		return -1;
	inputs.ledger.details = values->value;
	inputs.ledger.account.merge_days = values->same_day;
	failed = rfm_init(&rfm, &options, &run->diag);
	if (!failed) {
		failed = load_all(&load, &inputs, &feed, &run->diag) || rfm_make(&rfm, &load.ledger, &run->diag);
		orders_stats(run, &load);
		say_cuts(run, &rfm);
		failed = failed || (options.clv && say_clv(run, &rfm.clv, values->save_model));
		failed = failed || (values->summary && summary_write(&rfm, values->summary, &run->diag));
		output.context = &rfm;
		output.count = rfm_columns(&rfm, &output.columns);
		failed = failed || roster_put(&load.roster, &output, run->common->output, &sink, &run->diag);
		load_release(&load);
	}
	rfm_release(&rfm);
	return failed;
}

int main(int argc, char **argv)
{
	struct values values = { .bins = 5, .tier_a = 80, .tier_b = 95, .horizon = 365, .discount = .1, .margin = 1 };
	struct run run;

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv) == 0)
		(void)!run_rfm(&run, &values);
	return run_end(&run);
}
