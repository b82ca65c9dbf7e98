/* The command line of crm-churn. */
#ifndef CRM_CMD_CHURN_H
#define CRM_CMD_CHURN_H

#include "learn.h"
#include "signals.h"
#include "orders.h"

#include "score/backtest_files.h"

struct values {
	struct common_options common;
	struct orders_options orders;
	struct learn_options learn;
	struct signals_options signals;
	struct texts events, contacts, labels, actions;
	const char *by, *previous, *watchlist, *worth, *backtest_report, *backtest_scores;
	bool backtest;
	uint64_t origins, horizon, top, trend_days, hold, new_days, at_risk_days, dormant_days, lost_days;
	double at_risk_ratio, dormant_ratio, lost_ratio, growth, margin, medium, high;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	ORDERS_OPTIONS(AT(orders)),
	{ 0, "events", "FILE", OPTION_FILES, AT(events), NULL, 0, 0,
	  "service tickets, complaints, visits: customer_id, event_date, event_type; repeatable" },
	{ 0, "contacts", "FILE", OPTION_FILES, AT(contacts), NULL, 0, 0,
	  "contacts: customer_id, and left_at, the day on which one left, or name and title; repeatable" },
	{ 0, "previous", "FILE", OPTION_FILE, AT(previous), NULL, 0, 0,
	  "yesterday's output: adds lifecycle_before and lifecycle_since, and keeps customers from changing state to and fro; "
	  "a file that is not there yet, or is empty, is the first night" },
	{ 0, "by", "COLUMN", OPTION_TEXT, AT(by), NULL, 0, 0,
	  "column of the input, such as industry: short histories are drawn towards the rhythm of their group, not of all" },
	{ 0, "horizon", "DAYS", OPTION_UINT, AT(horizon), NULL, 1, 3660,
	  "the risk is that of no purchase within DAYS; default 90" },
	{ 0, "watchlist", "FILE", OPTION_OUTPUT, AT(watchlist), NULL, 0, 0,
	  "write the customers with most value at risk (risk times worth), of each owner, to FILE; its ending names the format, else CSV" },
	{ 0, "top", "N", OPTION_UINT, AT(top), NULL, 1, 1e9, "length of the watchlist, for each owner, and so many in the backtest; default 100" },
	{ 0, "worth", "COLUMN", OPTION_TEXT, AT(worth), NULL, 0, 0,
	  "column of the input with what a customer is worth, for the watchlist; default clv, else the amount of the last 12 months" },
	{ 0, "backtest", NULL, OPTION_FLAG, AT(backtest), NULL, 0, 0,
	  "in place of the customers, write how good the warnings would have been on days in the past; --to json for programs" },
	{ 0, "backtest-report", "FILE", OPTION_OUTPUT, AT(backtest_report), NULL, 0, 0,
	  "write that to FILE, besides the customers: JSON where its name ends in .json, else text" },
	{ 0, "backtest-scores", "FILE", OPTION_OUTPUT, AT(backtest_scores), NULL, 0, 0,
	  "write what the backtest is made of to FILE: every customer on every day, his risk and what he did" },
	{ 0, "origins", "N", OPTION_UINT, AT(origins), NULL, 1, 120, "days in the past that are looked from, at most; default 12" },
	{ 0, "at-risk-ratio", "X", OPTION_REAL, AT(at_risk_ratio), NULL, 0.1, 1000,
	  "at risk is who has not bought for X times his typical gap, or is warned of; default 1.5" },
	{ 0, "dormant-ratio", "X", OPTION_REAL, AT(dormant_ratio), NULL, 0.1, 1000,
	  "dormant is who has not bought for X times his typical gap; default 2" },
	{ 0, "lost-ratio", "X", OPTION_REAL, AT(lost_ratio), NULL, 0.1, 1000,
	  "lost is who has not bought for X times his typical gap; default 4" },
	{ 0, "new-days", "DAYS", OPTION_UINT, AT(new_days), NULL, 1, 36600,
	  "new is who bought for the first time within DAYS; default: who bought once" },
	{ 0, "at-risk-days", "DAYS", OPTION_UINT, AT(at_risk_days), NULL, 1, 36600, "fixed days in place of --at-risk-ratio" },
	{ 0, "dormant-days", "DAYS", OPTION_UINT, AT(dormant_days), NULL, 1, 36600, "fixed days in place of --dormant-ratio" },
	{ 0, "lost-days", "DAYS", OPTION_UINT, AT(lost_days), NULL, 1, 36600, "fixed days in place of --lost-ratio" },
	{ 0, "growth", "X", OPTION_REAL, AT(growth), NULL, 0.01, 100,
	  "growing is who buys by X more than before, stable who buys about as much; default 0.25" },
	{ 0, "trend-days", "DAYS", OPTION_UINT, AT(trend_days), NULL, 1, 3660,
	  "growth compares the last DAYS with as many before; default 180" },
	{ 0, "margin", "X", OPTION_REAL, AT(margin), NULL, 0, 0.9,
	  "with --previous: a state is left only when its limit is passed back by this share; default 0.1" },
	{ 0, "hold", "DAYS", OPTION_UINT, AT(hold), NULL, 0, 3660,
	  "with --previous: who is at risk stays so for DAYS, unless he buys or gets worse, and no trend changes sooner; default 14" },
	{ 0, "label", "CODE=NAME", OPTION_TEXTS, AT(labels), NULL, 0, 0,
	  "name of a state, level or reason, in place of the built-in ones; CODE is its English name; repeatable" },
	{ 0, "action", "CODE=TEXT", OPTION_TEXTS, AT(actions), NULL, 0, 0,
	  "what to do about a state or a reason, for churn_action; repeatable" },
	SIGNALS_OPTIONS(AT(signals)),
	LEARN_OPTIONS(AT(learn)),
	{ 0, "medium", "RISK", OPTION_REAL, AT(medium), NULL, 0, 1, "risk from which the level is medium; default 0.4" },
	{ 0, "high", "RISK", OPTION_REAL, AT(high), NULL, 0, 1, "risk from which the level is high; default 0.7" },
	{ 0 },
};

/* The options of the room; `values` outlives them. */
static inline struct churn_options churn_options_of(const struct values *v)
{
	return (struct churn_options){
		.as_of = v->common.as_of, .language = v->common.language, .threads = (unsigned)v->common.threads,
		.origin = { .horizon = (uint32_t)v->horizon, .trend_days = (uint32_t)v->trend_days,
			    .signals = { (uint32_t)v->signals.no_contact, (uint32_t)v->signals.contract_days } },
		.medium = v->medium, .high = v->high, .hold = (uint32_t)v->hold, .cool_down = (uint32_t)v->signals.cool_down, .grouped = v->by,
		.no_orders = v->orders.orders.count == 0,
		.limits = { .at_risk_ratio = v->at_risk_ratio, .dormant_ratio = v->dormant_ratio, .lost_ratio = v->lost_ratio,
			    .new_days = (uint32_t)v->new_days, .at_risk_days = (uint32_t)v->at_risk_days,
			    .dormant_days = (uint32_t)v->dormant_days, .lost_days = (uint32_t)v->lost_days,
			    .growth = v->growth, .margin = v->margin },
		.labels = v->labels.items, .label_count = v->labels.count,
		.actions = v->actions.items, .action_count = v->actions.count,
	};
}

static inline bool wants_backtest(const struct values *v)
{
	return v->backtest || v->backtest_report || v->backtest_scores;
}

/* -1 with a message: options that go against each other. */
static inline int check_values(const struct values *v, struct diag *diag)
{
	enum format to = v->common.to != FORMAT_AUTO ? (enum format)v->common.to : format_of_path(v->common.output);

	if (wants_backtest(v) && (v->learn.train || v->learn.model))
		return diag_fail(diag, STATUS_USAGE, NULL, NULL,
				 "a backtest judges the risk that comes from orders: leave --train and --model out");
	if (v->previous && v->orders.orders.count == 0)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--previous is about lifecycles, which come from orders: name their file with --orders FILE");
	if (wants_backtest(v) && v->orders.orders.count == 0)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "a backtest is of orders: name their file with --orders FILE");
	if (v->backtest && to != FORMAT_AUTO && to != FORMAT_JSON)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--backtest writes text, or JSON with --to json");
	if (v->worth && !v->watchlist)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--worth is about the watchlist: name its file with --watchlist FILE");
	if (v->medium > v->high)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--medium is over --high");
	if (v->at_risk_ratio > v->dormant_ratio || v->dormant_ratio > v->lost_ratio)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--at-risk-ratio, --dormant-ratio and --lost-ratio must rise in this order");
	if ((v->at_risk_days && v->dormant_days && v->at_risk_days > v->dormant_days) ||
	    (v->dormant_days && v->lost_days && v->dormant_days > v->lost_days) ||
	    (v->at_risk_days && v->lost_days && v->at_risk_days > v->lost_days))
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--at-risk-days, --dormant-days and --lost-days must rise in this order");
	return 0;
}

/* The report is the output where it was asked for in place of the customers, and goes into --stats. */
static inline int run_backtest(struct run *run, const struct values *v, const struct churn *churn, const struct keys *keys)
{
	struct backtest_options options = { (size_t)v->origins, v->top, v->backtest_scores, run_file_options(run, v->backtest_scores),
					    v->backtest_report };
	struct backtest backtest;
	int failed = backtest_run(&backtest, churn, keys, &options, &run->diag);

	if (!failed)
		run_stat_node(run, "backtest", backtest_json(&backtest, &churn->wording));
	if (!failed && v->backtest)
		failed = backtest_write(&backtest, &churn->wording, run->common->output, run_sink_options(run).to == FORMAT_JSON, &run->diag);
	backtest_release(&backtest);
	return failed;
}

static const struct values defaults = {
	.signals = SIGNALS_DEFAULTS,
	.origins = 12, .horizon = 90, .top = 100, .at_risk_ratio = 1.5, .dormant_ratio = 2, .lost_ratio = 4, .growth = .25, .trend_days = 180,
	.margin = .1, .hold = 14, .medium = .4, .high = .7,
};

#endif
