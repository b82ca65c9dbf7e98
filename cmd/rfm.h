/* The command line of crm-rfm. */
#ifndef CRM_CMD_RFM_H
#define CRM_CMD_RFM_H

#include "orders.h"
#include "score/holdout.h"
#include "score/rfm.h"
#include "score/summary.h"

struct values {
	struct common_options common;
	struct orders_options orders;
	struct texts breaks;
	const char *by, *high, *segments, *tiers, *save_model, *model, *summary, *holdout, *holdout_report, *matrix, *concentration, *cohorts;
	uint64_t bins, by_least, tier_a, tier_b, one_off_share, one_off_over, horizon;
	double discount, margin, interval;
	int score, ties, same_day, one_off, clv;   /* score, ties -1: not said */
	bool value;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	ORDERS_OPTIONS(AT(orders)),
	{ 0, "same-day", "WHAT", OPTION_CHOICE, AT(same_day), "keep|merge", 0, 0,
	  "whether several orders on one day count as one purchase; default keep them apart" },
	{ 0, "score", "HOW", OPTION_CHOICE, AT(score), "quantile|ntile|fixed|mean", 0, 0,
	  "scores by quantiles as in R's rfm, by rank so that they are equally frequent, by the limits of --breaks, or 2 from the "
	  "mean on and 1 under it; default quantile" },
	{ 0, "ties", "HOW", OPTION_CHOICE, AT(ties), "together|ntile", 0, 0,
	  "equal figures share a score, or are parted as by NTILE; default together, ntile with --score ntile" },
	{ 0, "bins", "N", OPTION_UINT, AT(bins), NULL, 2, CUTS_BINS_MOST, "scores go from 1 to N; default 5, with --score mean 2" },
	{ 0, "breaks", "FIGURE=A,B,…", OPTION_TEXTS, AT(breaks), NULL, 0, 0,
	  "fixed limits between the scores of recency, frequency or monetary, as recency=30,90,180,365; repeatable" },
	{ 0, "by", "COLUMN", OPTION_TEXT, AT(by), NULL, 0, 0,
	  "score customers within each value of a column of theirs, by its header or its meaning, such as region or industry" },
	{ 0, "by-least", "N", OPTION_UINT, AT(by_least), NULL, 1, 1000000000,
	  "a group of --by of fewer than N buyers is scored by the cuts of all; default as many as there are scores" },
	{ 0, "segments", "MAP", OPTION_TEXT, AT(segments), NULL, 0, 0,
	  "names of segments: 11, 8 (重要价值 …, by the mean scores), r (R's rfm), shopify or a JSON file; default 11 with 5 bins, else 8" },
	{ 0, "high", "FROM", OPTION_TEXT, AT(high), NULL, 0, 0,
	  "with --segments 8, the score that is high: at or over the mean, the median or a number; default mean" },
	{ 0, "value", NULL, OPTION_FLAG, AT(value), NULL, 0, 0,
	  "also the last twelve months and their growth, repurchase, categories, channel, share of revenue, tier and one-off large deals" },
	{ 0, "tiers", "HOW", OPTION_TEXT, AT(tiers), NULL, 0, 0,
	  "value_tier by share of revenue (share), share of customers (quantile) or amounts A,B from which on a customer is A or B; default share" },
	{ 0, "tier-a", "PERCENT", OPTION_UINT, AT(tier_a), NULL, 1, 100,
	  "tier A are the largest customers who bring PERCENT of the revenue, default 80; with --tiers quantile PERCENT of the customers, default 20" },
	{ 0, "tier-b", "PERCENT", OPTION_UINT, AT(tier_b), NULL, 1, 100, "tiers A and B together; default 95, with --tiers quantile 50" },
	{ 0, "one-off", "WHAT", OPTION_CHOICE, AT(one_off), "mark|segment", 0, 0,
	  "one-off large deals: mark them in the column one_off of --value, or give them a segment of their own; default mark" },
	{ 0, "one-off-share", "PERCENT", OPTION_UINT, AT(one_off_share), NULL, 1, 100,
	  "one-off is who brought at least PERCENT on his largest day of purchases; default 80" },
	{ 0, "one-off-over", "PERCENT", OPTION_UINT, AT(one_off_over), NULL, 1, 99,
	  "… that is over this percentile of all customers' largest days; default 95" },
	{ 0, "clv", "MODEL", OPTION_CHOICE, AT(clv), "none|auto|bg-nbd|mbg-nbd|pareto-nbd", 0, 0,
	  "also the chance that a customer is still one, the orders expected, their value and the lifetime value, by a purchase "
	  "model; auto takes the one that foretells the last part of the history best" },
	{ 0, "horizon", "DAYS", OPTION_UINT, AT(horizon), NULL, 1, 3660,
	  "expected orders and value are those of the next DAYS; default 365" },
	{ 0, "discount", "RATE", OPTION_REAL, AT(discount), NULL, 0, 10, "discount a year; default 0.1" },
	{ 0, "margin", "SHARE", OPTION_REAL, AT(margin), NULL, 0, 1, "share of the amount that is earned; default 1" },
	{ 0, "interval", "CHANCE", OPTION_REAL, AT(interval), NULL, 0, 0.999,
	  "with --clv also the limits between which expected orders and value lie with this chance, such as 0.9, as far as the parameters are uncertain" },
	{ 0, "holdout", "DAYS", OPTION_TEXT, AT(holdout), NULL, 0, 0,
	  "with --clv fit to what was before the last DAYS (180, 180d, 26w), foretell these, and print how well that went, beside two plain guesses" },
	{ 0, "holdout-report", "FILE", OPTION_OUTPUT, AT(holdout_report), NULL, 0, 0,
	  "write that to FILE instead, as JSON where it ends in .json" },
	{ 0, "save-model", "FILE", OPTION_OUTPUT, AT(save_model), NULL, 0, 0, "write the cuts, and the purchase model of --clv, to FILE as JSON" },
	{ 0, "model", "FILE", OPTION_FILE, AT(model), NULL, 0, 0, "take the cuts, and the purchase model where there is one, that --save-model wrote" },
	{ 0, "summary", "FILE", OPTION_OUTPUT, AT(summary), NULL, 0, 0,
	  "write segments, the matrix of scores, concentration and cohorts to FILE as JSON, or a table of the segments where it ends in .csv, .tsv, .jsonl or .xlsx" },
	{ 0, "matrix", "FILE", OPTION_OUTPUT, AT(matrix), NULL, 0, 0,
	  "write how many customers have each recency and frequency score, and what they brought on average, to FILE as a table" },
	{ 0, "concentration", "FILE", OPTION_OUTPUT, AT(concentration), NULL, 0, 0,
	  "write the share of revenue of the top tenths of the customers, and Gini's coefficient, to FILE as a table" },
	{ 0, "cohorts", "FILE", OPTION_OUTPUT, AT(cohorts), NULL, 0, 0,
	  "write how many of the customers of each first month bought in the months after to FILE as a table" },
	{ 0 },
};

/* What the options say, for lib/score. */
static inline struct rfm_options rfm_options(const struct run *run, const struct values *values)
{
	struct rfm_options options = {
		.as_of = run->common->as_of, .cohorts = values->summary || values->cohorts, .segments = values->segments,
		.scale = { .scoring = (enum scoring)(values->score + 1), .ties = (enum ties)(values->ties + 1),
			   .bins = (unsigned)values->bins, .breaks = values->breaks.items, .break_count = values->breaks.count,
			   .high = values->high, .by = values->by, .least = values->by_least },
		.language = run->common->language, .value = values->value, .model_file = values->model,
		.tiers = { .one_off_share = (unsigned)values->one_off_share, .one_off_over = (unsigned)values->one_off_over },
		.one_off_segment = values->one_off,
		.clv = { .as_of = run->common->as_of, .horizon = (uint32_t)values->horizon, .discount = values->discount,
			 .margin = values->margin, .interval = values->interval,
			 .ranks = values->holdout || values->holdout_report, .threads = (unsigned)run->common->threads },
	};

	for (int model = 0; model < BTYD_MODELS; model++)
		options.clv.models[model] = values->clv == 1 || values->clv == model + 2;
	return options;
}

#endif
