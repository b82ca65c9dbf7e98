/*
 * What crm-rfm found, for a manager: segments, the matrix of recency and frequency scores, how concentrated the revenue is, and how many of
 * the customers of a month come again in the months after.
 *
 * As JSON: {"as_of", "customers", "buyers", "orders", "revenue", "segments": [{"segment", "customers", "orders", "revenue",
 * "share", "recency_days", "repurchase_rate"}], "matrix": [{"r", "f", "customers", "mean_monetary"}], "concentration": {"gini",
 * "deciles": [share of the top tenth, of the top two tenths, …]}, "cohorts": [{"month", "customers", "bought": [how many in
 * that month, in the next, …], "retention": [the same as shares]}]}. Shares are of the revenue, averages over customers. With values (score/value.h) segments
 * have "one_off", how many are, and there is "tiers": [{"tier", "customers", "orders", "revenue", …}]. With groups there is "groups":
 * [{"group", "buyers", their cuts, "segments": as above}].
 *
 * As tables: one of them. The segments have rows of each group, too, after those of all customers, whose group is empty.
 */
#ifndef CRM_SCORE_SUMMARY_H
#define CRM_SCORE_SUMMARY_H

#include "io/sink.h"

enum summary_table { SUMMARY_SEGMENTS, SUMMARY_MATRIX, SUMMARY_CONCENTRATION, SUMMARY_COHORTS };

struct rfm;
/*
 * The table to a file of the format that its name ends in, else as CSV; but the segments, where that is no table's format, as
 * the JSON document of all. `options`: of the output, for bom and excel_safe.
 */
int summary_write(const struct rfm *rfm, enum summary_table table, const char *path, const struct sink_options *options,
		  struct diag *diag) MUST_CHECK;

#endif
