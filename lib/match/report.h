/* The side files of crm-dedupe, and its stream. */
#ifndef CRM_MATCH_REPORT_H
#define CRM_MATCH_REPORT_H

#include "match/customers.h"
#include "match/decisions.h"
#include "match/evaluate.h"
#include "match/golden.h"
#include "match/incremental.h"
#include "match/match.h"
#include "match/meanings.h"
#include "io/sink.h"

/* All of a run that reports are made of. */
struct findings {
	const struct records *records;
	const struct meanings *meanings;
	const struct match *match;
	const struct customers *customers;
	const struct golden *golden;
	uint32_t *main;          /* per customer: its main record */
	float *probability;      /* per record: that it belongs to its customer; 1 where it is alone */
	const struct decisions *decisions;
	const struct incremental *incremental;   /* or NULL */
	const struct master *master;
	unsigned threads;
	const struct sink_options *sink;         /* how the stream is written */
};

/*
 * source, source_row, source_id, customer_id: one row per record. Of an incremental run yesterday's links under the ids of today, then the new
 * records.
 */
int report_links(const struct findings *findings, const char *path, struct diag *diag) MUST_CHECK;
/* Pairs with a chance, best first, with what each field adds. */
int report_pairs(const struct findings *findings, const char *path, struct diag *diag) MUST_CHECK;
/* Doubtful pairs side by side, the most doubtful first, with an empty column `decision` for --decisions. */
int report_review(const struct findings *findings, const char *path, struct diag *diag) MUST_CHECK;
/* customer_id, column, value, rule, and source, source_row, source_id of the cell: a row for each value of a golden record, of unions for each part. */
int report_lineage(const struct findings *findings, const char *path, struct diag *diag) MUST_CHECK;
/*
 * Groups of customers that are related and not the same: branches (companies of one brand and trade, one of them a branch at least), households (people
 * of one family name at one address), phones that several have. A row for each customer of a group, with the record that says so.
 */
int report_related(const struct findings *findings, const char *path, struct diag *diag) MUST_CHECK;
/* Customers whose records have several owners, or stages that contradict each other, and who touched them last. */
int report_conflicts(const struct findings *findings, const char *path, struct diag *diag) MUST_CHECK;
/*
 * How good the customers are, on standard output as JSON: the figures of evaluate, cluster_sizes, thresholds (of the pairs as they are
 * scored, before they become customers; not for rules alone), and worst_errors, with masked values. entity: per record, as for evaluate.
 */
int report_evaluation(const struct findings *findings, bool link_only, const uint32_t *entity, struct diag *diag) MUST_CHECK;
enum explain_form { EXPLAIN_AUTO, EXPLAIN_TABLE, EXPLAIN_JSON, EXPLAIN_BAR };
/*
 * Why two records are one customer or not, on standard output: every field's two values, their level and weight, and the sum. `pair`: A,B, each a
 * source row, a source id, or SOURCE:ROW. EXPLAIN_AUTO: bars on a terminal, else the table, separated by tabs.
 */
int report_explain(const struct findings *findings, const char *pair, enum explain_form form, struct diag *diag) MUST_CHECK;
/* The stream: one golden record per customer, or with `mark` every record in the order of the input. */
int report_stream(const struct findings *findings, const char *path, const struct sink_options *options, bool mark, struct diag *diag) MUST_CHECK;

#endif
