/*
 * Scales: how the recency, frequency and monetary value of a customer become scores 1 to `bins`, the highest for the most
 * recent, most frequent and largest. There is one scale for all customers who have a purchase and, where they are scored by groups
 * (a region, an industry), one for each group; a group of too few buyers, and customers of no group, go by the scale of all.
 *
 * The cuts of a scale are quantiles as R's rfm has them, ranks as SQL's NTILE, limits of the user's, or the mean of the figure; limits
 * of the user's for one figure go with any of these for the others. Scales are written to a model file and taken from one.
 */
#ifndef CRM_SCORE_SCALES_H
#define CRM_SCORE_SCALES_H

#include "base/map.h"
#include "score/cuts.h"
#include "score/roster.h"

struct cJSON;

enum figure { RECENCY, FREQUENCY, MONETARY, FIGURES };
enum scoring { SCORING_NONE /* nobody has said: quantiles */, SCORING_QUANTILE, SCORING_NTILE, SCORING_FIXED, SCORING_MEAN };
enum ties { TIES_NONE /* as the scoring has them */, TIES_TOGETHER, TIES_NTILE };

enum { GROUPS_MOST = UINT16_MAX - 1 };

struct rfm_customer {
	int32_t first, last;       /* days of the first and the last purchase; CIVIL_NONE: none */
	uint32_t frequency;
	uint16_t group;            /* number in scales.groups plus 1; 0: none */
	int64_t monetary;
	uint8_t scores[FIGURES];   /* r, f, m; 0: none */
	uint8_t segment;           /* SEGMENT_NONE: none */
};

struct scale_options {
	enum scoring scoring;
	enum ties ties;            /* NTILE: equal figures may be parted */
	unsigned bins;             /* 2..CUTS_BINS_MOST; 0: 5, or 2 by the mean */
	const char *const *breaks; /* "recency=30,90,180,365": fixed cuts of a figure, bins - 1 of them */
	size_t break_count;
	const char *high;          /* from which score on one is high (score/segments.h): "mean", "median", "3.5"; NULL: mean */
	const char *by;            /* column of the customers whose values are the groups; NULL: none */
	uint64_t least;            /* a group of fewer buyers goes by the scale of all; 0: as many as there are bins */
};

struct scale {
	struct slice group;        /* empty: all customers */
	uint64_t buyers;
	bool own;                  /* else customers go by the scale of all */
	struct cuts cuts[FIGURES];
	double high[FIGURES];      /* from this score on one is high */
};

struct scales {
	enum scoring scoring;
	bool parted;               /* scores by rank, not by the cuts */
	unsigned bins;
	bool fixed[FIGURES];       /* the cuts are those of the user */
	const char *by;
	uint64_t least;
	bool median;               /* what is high: else, where high_from is 0, the mean */
	double high_from;
	struct scale all, *groups;
	size_t count;
	bool taken;                /* from a model file */
	/* private */
	struct map names;          /* of groups */
	size_t capacity, known;    /* known: how many groups the model file has */
};

/* `model`: the member "scores" of a model file, or NULL. What cannot be is STATUS_USAGE. scales_release always follows. */
int scales_init(struct scales *scales, const struct scale_options *options, const struct cJSON *model,
		const char *model_file, struct arena *arena, struct diag *diag) MUST_CHECK;
void scales_release(struct scales *scales);

/* Scores customers, whose figures are made. Warns of groups that are too small, or that the model does not have. */
int scales_make(struct scales *scales, struct rfm_customer *customers, size_t count, int32_t as_of, bool has_amount,
		struct roster *roster, unsigned threads, struct diag *diag) MUST_CHECK;

static inline const struct scale *scales_of(const struct scales *scales, const struct rfm_customer *customer)
{
	return customer->group && scales->groups[customer->group - 1].own ? &scales->groups[customer->group - 1] : &scales->all;
}

/* "quantile", "ntile", "fixed" or "mean". */
const char *scales_name(const struct scales *scales);
/* Lines such as "cuts of recency: 115 181 …", empty where there are none. */
struct slice scales_describe(const struct scales *scales, const struct scale *scale, enum figure figure, struct arena *arena);
/* A list of numbers, as shown or (exact) as scales_init takes it. */
struct cJSON *scale_report_cuts(const struct scale *scale, enum figure figure, bool exact);
/* What goes into a model file as "scores". */
struct cJSON *scales_report(const struct scales *scales);
/* The groups and their cuts, for --stats and --summary. */
struct cJSON *scales_report_groups(const struct scales *scales, bool exact);

#endif
