/*
 * Recency, frequency and monetary value of every customer, their scores and segment.
 *
 * Frequency counts purchases (score/account.h); monetary is the sum of all amounts, returns taken off, in 1/10000;
 * recency is the days from the last purchase to as_of. Scores (score/scales.h) are taken over the customers who have a purchase.
 * Customers without a purchase have no scores and no segment. Without amounts there is no monetary score and no segment.
 */
#ifndef CRM_SCORE_RFM_H
#define CRM_SCORE_RFM_H

#include "io/sink.h"
#include "score/clv.h"
#include "score/cohorts.h"
#include "score/ledger.h"
#include "score/scales.h"
#include "score/segments.h"
#include "score/value.h"

struct rfm_options {
	int32_t as_of;
	struct scale_options scale;
	const char *segments;      /* a map of score/segments.h or a file; NULL: "11" with 5 bins, else "8" */
	int language;              /* 0 English, 1 Chinese */
	bool value;                /* the columns of score/value.h, too */
	struct value_options tiers;
	bool one_off_segment;      /* one-offs (score/value.h) have a segment of their own */
	bool cohorts;              /* count them for score/summary.h */
	const char *model_file;    /* what rfm_save wrote: its cuts, and its purchase model, in place of a fit; or NULL */
	struct clv_options clv;    /* the columns of score/clv.h, too, where it names a model or the model file has one */
};

struct rfm {
	struct rfm_options options;
	struct rfm_customer *customers;   /* by number of the key */
	size_t count;
	size_t buyers;                    /* customers who have a purchase */
	int64_t revenue;                  /* sum of monetary */
	bool has_amount, has_profit, has_categories, has_channels;
	struct scales scales;
	struct segments segments;
	size_t one_off_segment;           /* its number, if options.one_off_segment */
	struct value *values;             /* by number of the key, or NULL */
	bool with_clv;
	struct clv clv;                   /* if with_clv */
	struct cohorts cohorts;           /* if options.cohorts */
	/* private */
	const struct ledger *ledger;
	struct cJSON *model;              /* of options.model_file */
	struct column *columns;
	unsigned *column_numbers;         /* of the columns: which of all that there are */
	size_t column_count;
	struct arena arena;
};

/* Reads the model file, limits and segments: what is wrong with them is STATUS_USAGE. rfm_release always follows. */
int rfm_init(struct rfm *rfm, const struct rfm_options *options, struct diag *diag) MUST_CHECK;
void rfm_release(struct rfm *rfm);
/* The roster of the ledger has been read with group_name = scales.by. */
int rfm_make(struct rfm *rfm, struct ledger *ledger, struct diag *diag) MUST_CHECK;

/*
 * The model file: {"tool", "version", "model", "params", "log_likelihood", "rows", …, "scores"}, of score/clv.h and score/scales.h;
 * without a purchase model its "model" is "RFM" and its params are empty. Where nobody has bought, nothing is written, with a warning.
 */
int rfm_save(const struct rfm *rfm, const char *path, struct diag *diag) MUST_CHECK;

/* The columns that crm-rfm writes, and a cell of one (for score/roster.h; context is the struct rfm). */
size_t rfm_columns(struct rfm *rfm, const struct column **columns);
void rfm_cell(const void *rfm, struct rows *rows, uint32_t customer, size_t column);

#endif
