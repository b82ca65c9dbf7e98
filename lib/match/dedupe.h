/* The run of crm-dedupe: read, match, group, name, and write; side files are in place before the first byte of the stream. */
#ifndef CRM_MATCH_DEDUPE_H
#define CRM_MATCH_DEDUPE_H

#include "match/customers.h"
#include "match/evaluate.h"
#include "match/golden.h"
#include "match/match.h"
#include "match/report.h"

struct dedupe_options {
	struct records_options records;
	struct intake_options side;          /* for reading links and truth */
	struct sink_options sink;
	const char *output;                  /* NULL: standard output */
	bool mark;
	bool link_only, one_to_one;
	bool incremental;                    /* records that carry a customer_id of crm-dedupe are old: compared with new ones only */
	const char *const *decisions;        /* files */
	size_t decisions_count;
	bool with_model;                     /* rules: what they do not join is for the model */
	double threshold;                    /* probability */
	struct golden_options golden;
	const char *const *ignore;           /* names of columns */
	size_t ignore_count;
	const char *links, *pairs, *review, *rules, *conflicts, *lineage, *related, *master, *retired, *evaluate, *truth_column, *explain, *model, *save_model;
	enum explain_form explain_form;
	unsigned threads;
};

/* What a run has found, for the messages and --stats. */
struct dedupe_figures {
	size_t records, customers, merged, pairs, hot_blocks;
	double expected_pairs;     /* the model's expected number of matching pairs */
	size_t fresh;              /* incremental: new records */
	size_t decisions;          /* pairs that somebody has decided on */
	double shift;              /* bits that the decisions add to every pair */
	size_t decisions_unknown;  /* decisions about records that are not there */
	size_t in_files;           /* the most bytes that were in temporary files, about */
	struct renaming renaming;
};

int dedupe_run(const struct dedupe_options *options, struct dedupe_figures *figures, struct diag *diag) MUST_CHECK;

#endif
