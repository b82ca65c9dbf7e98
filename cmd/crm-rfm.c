/* crm-rfm: recency, frequency, monetary value, segments and value of customers, from their orders. */
#include "orders.h"

#include "io/json.h"
#include "score/rfm.h"

struct values {
	struct common_options common;
	struct orders_options orders;
	const char *segments;
	uint64_t bins, tier_a, tier_b;
	int ties, same_day;
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
	{ 0, "segments", "MAP", OPTION_TEXT, AT(segments), NULL, 0, 0,
	  "names of segments: 11, 8 (重要价值 …, by the mean scores) or a JSON file; default 11 with 5 bins, else 8" },
	{ 0, "value", NULL, OPTION_FLAG, AT(value), NULL, 0, 0,
	  "also the last twelve months, repurchase, categories, channel, share of revenue and tier" },
	{ 0, "tier-a", "PERCENT", OPTION_UINT, AT(tier_a), NULL, 1, 100,
	  "tier A are the largest customers who bring PERCENT of the revenue; default 80" },
	{ 0, "tier-b", "PERCENT", OPTION_UINT, AT(tier_b), NULL, 1, 100, "tiers A and B together; default 95" },
	{ 0 },
};

static const struct tool tool = {
	"crm-rfm", "[OPTION]... --orders FILE [FILE]",
	"adds recency, frequency, monetary value, scores and segment to customers", specs,
	"  crm-rfm --orders orders.csv customers.csv > scored.csv\n"
	"  crm-rfm --orders shop.csv --orders 订单.xlsx --links links.csv --value --lang zh customers.csv\n",
};

static void say_cuts(struct run *run, const struct rfm *rfm)
{
	static const char *const names[] = { "recency", "frequency", "monetary" };

	for (unsigned figure = 0; figure < 3 && !rfm->options.ntile && rfm->buyers; figure++) {
		cJSON *list = cJSON_CreateArray();
		struct buf text;

		buf_init(&text, 1000);
		buf_format(&text, "cuts of %s:", names[figure]);
		for (unsigned i = 0; i + 1 < rfm->options.bins; i++) {
			buf_format(&text, " %.10g", rfm_cut(rfm, figure, i));
			cJSON_AddItemToArray(list, json_number_node(rfm_cut(rfm, figure, i)));
		}
		run_say(run, buf_slice(&text));
		run_stat_node(run, arena_format(&run->arena, "cuts_%s", names[figure]).ptr, list);
		buf_release(&text);
	}
	run_stat_number(run, "buyers", (double)rfm->buyers);
}

static int run_rfm(struct run *run, const struct values *values)
{
	struct rfm_options options = {
		.as_of = run->common->as_of, .bins = (unsigned)values->bins, .ntile = values->ties,
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
	struct values values = { .bins = 5, .tier_a = 80, .tier_b = 95 };
	struct run run;

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv) == 0)
		(void)!run_rfm(&run, &values);
	return run_end(&run);
}
