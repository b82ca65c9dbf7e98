/* crm-churn: where customers stand in their life, who is leaving, why, and what to do. */
#include "orders.h"

#include "score/churn.h"

struct values {
	struct common_options common;
	struct orders_options orders;
	struct texts events, contacts;
	const char *watchlist;
	uint64_t horizon, top, dormant_days, lost_days;
	double dormant_ratio, lost_ratio, medium, high;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	ORDERS_OPTIONS(AT(orders)),
	{ 0, "events", "FILE", OPTION_FILES, AT(events), NULL, 0, 0,
	  "service tickets, complaints, visits: customer_id, event_date, event_type; repeatable" },
	{ 0, "contacts", "FILE", OPTION_FILES, AT(contacts), NULL, 0, 0,
	  "contacts: customer_id, left_at, the day on which one left; repeatable" },
	{ 0, "horizon", "DAYS", OPTION_UINT, AT(horizon), NULL, 1, 3660,
	  "the risk is that of no purchase within DAYS; default 90" },
	{ 0, "watchlist", "FILE", OPTION_OUTPUT, AT(watchlist), NULL, 0, 0,
	  "write the customers with most value at risk (risk times the amount of the last 12 months) to FILE, as CSV" },
	{ 0, "top", "N", OPTION_UINT, AT(top), NULL, 1, 1e9, "length of the watchlist; default 100" },
	{ 0, "dormant-ratio", "X", OPTION_REAL, AT(dormant_ratio), NULL, 0.1, 1000,
	  "dormant is who has not bought for X times his typical gap; default 2" },
	{ 0, "lost-ratio", "X", OPTION_REAL, AT(lost_ratio), NULL, 0.1, 1000, 
	  "lost is who has not bought for X times his typical gap; default 4" },
	{ 0, "dormant-days", "DAYS", OPTION_UINT, AT(dormant_days), NULL, 1, 36600,
	  "fixed days in place of --dormant-ratio" },
	{ 0, "lost-days", "DAYS", OPTION_UINT, AT(lost_days), NULL, 1, 36600, "fixed days in place of --lost-ratio" },
	{ 0, "medium", "RISK", OPTION_REAL, AT(medium), NULL, 0, 1, "risk from which the level is medium; default 0.4" },
	{ 0, "high", "RISK", OPTION_REAL, AT(high), NULL, 0, 1, "risk from which the level is high; default 0.7" },
	{ 0 },
};

static const struct tool tool = {
	"crm-churn", "[OPTION]... --orders FILE [FILE]",
	"adds lifecycle, churn risk, reasons and a next step to customers", specs,
	"  crm-churn --orders orders.csv customers.csv > watched.csv\n"
	"  crm-churn --orders orders.csv --links links.csv --events tickets.csv --watchlist call.csv --lang zh customers.csv\n",
};

/* The model of the risk, and how good it has been on this history, beside plain recency. */
static void say_risk(struct run *run, const struct risk *risk)
{
	run_say(run, risk_describe(risk, &run->arena));
	for (size_t k = 0; k < RISK_ORIGINS; k++)
		if (risk->origins[k].customers)
			run_say(run, risk_describe_origin(risk, k, &run->arena));
	run_stat_text(run, "risk_model", risk_describe(risk, &run->arena));
	run_stat_node(run, "backtest", risk_report(risk));
}

static void count_states(struct run *run, const struct churn *churn)
{
	const struct warning_words *words = &churn->words;

	for (size_t i = 0; i < LIFECYCLES; i++)
		run_stat_number(run, arena_format(&run->arena, "lifecycle_%.*s", SLICE_ARG(words->lifecycle[i][0])).ptr,
				(double)churn->by_lifecycle[i]);
	for (size_t i = 0; i < 3; i++)
		run_stat_number(run, arena_format(&run->arena, "level_%.*s", SLICE_ARG(words->level[i][0])).ptr,
				(double)churn->by_level[i]);
}

static int judge(struct run *run, const struct values *values, struct load *load, struct churn *churn,
		 const struct feed *feed)
{
	const struct links *links = values->orders.links ? &load->links : NULL;
	struct roster_output output = { .cell = churn_cell, .context = churn, .threads = feed->threads };
	struct sink_options options = run_sink_options(run);
	struct events_inputs inputs = {
		values->events.items, values->contacts.items, values->events.count, values->contacts.count,
		run_side_options(run, KIND_EVENTS), run_side_options(run, KIND_CONTACTS),
	};
	struct events events;
	int failed;

	events_init(&events, &load->roster, links, &churn->words, churn->options.as_of, civil_today(), churn->options.horizon);
	failed = events_read(&events, &inputs, feed, &run->diag) ||
		 churn_make(churn, &load->ledger, &events, &run->diag);
	events_release(&events);
	orders_stats(run, load);
	if (failed)
		return -1;
	say_risk(run, &churn->risk);
	count_states(run, churn);
	if (values->watchlist &&
	    churn_watchlist(churn, &load->roster, values->watchlist, values->top, &run->diag))
		return -1;
	output.count = churn_columns(&output.columns);
	return roster_put(&load->roster, &output, run->common->output, &options, &run->diag);
}

static int run_churn(struct run *run, const struct values *values)
{
	struct churn_options options = {
		.as_of = run->common->as_of, .horizon = (uint32_t)values->horizon, .medium = values->medium, .high = values->high,
		.limits = { values->dormant_ratio, values->lost_ratio, (uint32_t)values->dormant_days,
			    (uint32_t)values->lost_days },
		.language = run->common->language,
	};
	struct feed feed = orders_feed(run);
	struct load_options inputs;
	struct churn churn;
	struct load load;
	int failed;

	if (values->medium > values->high || values->dormant_ratio > values->lost_ratio)
		return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--medium is over --high, or --dormant-ratio over --lost-ratio");
	if (orders_load_options(run, &values->orders, &inputs))
		return -1;
	inputs.ledger.account.merge_days = true;
	churn_init(&churn, &options);
	failed = load_all(&load, &inputs, &feed, &run->diag) || judge(run, values, &load, &churn, &feed);
	load_release(&load);
	churn_release(&churn);
	return failed;
}

int main(int argc, char **argv)
{
	struct values values = { .horizon = 90, .top = 100, .dormant_ratio = 2, .lost_ratio = 4, .medium = .4, .high = .7 };
	struct run run;

	options_defaults(&values.common);
	if (run_begin(&run, &tool, &values.common, argc, argv) == 0)
		(void)!run_churn(&run, &values);
	return run_end(&run);
}
