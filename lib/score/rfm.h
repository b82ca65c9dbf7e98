/*
 * Recency, frequency and monetary value of every customer, their scores and segment.
 *
 * Frequency counts purchases (score/account.h); monetary is the sum of all amounts, returns taken off, in 1/10000;
 * recency is the days from the last purchase to as_of. Scores are 1 to `bins`, the highest for the most recent, most frequent and
 * largest; they are taken over the customers who have a purchase, by quantiles as R's rfm 0.3.0 (score/cuts.h) or by rank.
 * Customers without a purchase have no scores and no segment. Without amounts there is no monetary score and no segment.
 */
#ifndef CRM_SCORE_RFM_H
#define CRM_SCORE_RFM_H

#include "io/sink.h"
#include "score/clv.h"
#include "score/cuts.h"
#include "score/ledger.h"
#include "score/segments.h"
#include "score/summary.h"
#include "score/value.h"

struct rfm_options {
	int32_t as_of;
	unsigned bins;             /* 2..CUTS_BINS_MOST */
	bool ntile;                /* by rank: equal figures may be parted */
	const char *const *breaks; /* "recency=30,90,180,365": fixed cuts of a figure in place of quantiles, bins - 1 of them */
	size_t break_count;
	const char *segments;      /* "11", "8" or a file */
	int language;              /* 0 English, 1 Chinese */
	bool value;                /* the columns of score/value.h, too */
	unsigned tier_a, tier_b;   /* percent of revenue: see score/value.h */
	bool cohorts;              /* count them for score/summary.h */
	const struct clv_options *clv;   /* the columns of score/clv.h, too; or NULL */
};

struct rfm_customer {
	int32_t first, last;       /* days of the first and the last purchase; CIVIL_NONE: none */
	uint32_t frequency;
	int64_t monetary;
	uint8_t scores[3];         /* r, f, m; 0: none */
	uint8_t segment;           /* SEGMENT_NONE: none */
};

struct rfm {
	struct rfm_options options;
	struct rfm_customer *customers;   /* by number of the key */
	size_t count;
	size_t buyers;                    /* customers who have a purchase */
	int64_t revenue;                  /* sum of monetary */
	bool has_amount, has_profit, has_categories, has_channels;
	struct cuts cuts[3];              /* of recency, frequency, monetary, unless scores go by rank */
	bool fixed[3];                    /* the cuts are those of options.breaks */
	struct segments segments;
	struct value *values;             /* by number of the key, or NULL */
	struct clv clv;                   /* if options.clv */
	struct cohorts cohorts;           /* if options.cohorts */
	/* private */
	const struct ledger *ledger;
	struct column *columns;
	unsigned *column_numbers;         /* of the columns: which of all that there are */
	size_t column_count;
	struct arena arena;
};

/* Reads breaks and segments. rfm_release always follows. */
int rfm_init(struct rfm *rfm, const struct rfm_options *options, struct diag *diag) MUST_CHECK;
void rfm_release(struct rfm *rfm);
int rfm_make(struct rfm *rfm, struct ledger *ledger, struct diag *diag) MUST_CHECK;

/* The cut i (0 .. bins-2) of recency (days), frequency or monetary (units of money), as R's rfm prints them. */
double rfm_cut(const struct rfm *rfm, unsigned figure, unsigned i);

/* All cuts of a figure: a line "cuts of recency: 115 181 …", empty where there are none (ranks, no customers), and a list for --stats. */
struct slice rfm_describe_cuts(const struct rfm *rfm, unsigned figure, struct arena *arena);
struct cJSON *rfm_report_cuts(const struct rfm *rfm, unsigned figure);

/* The columns that crm-rfm writes, and a cell of one (for score/roster.h; context is the struct rfm). */
size_t rfm_columns(struct rfm *rfm, const struct column **columns);
void rfm_cell(const void *rfm, struct rows *rows, uint32_t customer, size_t column);

#endif
