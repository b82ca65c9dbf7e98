/*
 * How long customers stay: the survival function by Kaplan and Meier (JASA 53, 1958) in each group, and the log-rank test of whether the
 * groups differ (Mantel 1966; Peto and Peto 1972, with the hypergeometric variance).
 *
 *     S(t) = Π over times u <= t of (1 - d/n)      d left at u, of n who were still there
 *
 * Limits of 95 % are Greenwood's on the log-log scale, S^exp(±z √v / log S) with v = Σ d / (n (n - d)); where S is 0 there
 * are none. The median is the first time at which S is .5 or less; its limits are the first times at which those of S are.
 * Who leaves and who is last seen at the same time: the first leaves before the second goes out of sight.
 */
#ifndef CRM_SCORE_SURVIVAL_H
#define CRM_SCORE_SURVIVAL_H

#include "base/diag.h"
#include "score/roster.h"

enum { SURVIVAL_GROUPS_MOST = 32 };

struct survival_case {
	double time;            /* 0 or more */
	uint32_t group;
	bool left;              /* else he was still there at that time, and what came after is not known */
};

struct survival_point {
	double time;
	uint64_t at_risk, left, censored;
	double survival, lower, upper;   /* limits NaN: none */
};

struct survival_group {
	struct slice name;
	uint64_t customers, left;
	struct survival_point *points;   /* every time at which somebody left or was last seen */
	size_t count;
	double median, median_lower, median_upper;   /* NaN: not reached */
};

struct survival {
	struct survival_group *groups;
	size_t group_count;
	/* The log-rank test; degrees 0: there is nothing to compare. */
	double chi_square, p_value;
	unsigned degrees;
	/* Where the times come from: columns, or the order history in days; and who is left out for want of a time or a label. */
	bool from_orders;
	uint64_t left_out;
	struct arena arena;     /* private */
};

/* Sorts the cases. Names, one for each group, are kept. */
void survival_fit(struct survival *survival, struct survival_case *cases, size_t count, const struct slice *names, size_t groups);
void survival_release(struct survival *survival);

/* Where the cases come from. The columns are of the customer stream, by name. */
struct survival_source {
	const char *time, *event;        /* both or none: then `history` says it */
	const char *group;               /* or NULL */
	/* Days from the first purchase to when he was lost, or to now; false: he has never bought. */
	bool (*history)(const void *context, uint32_t customer, double *days, bool *left);
	const void *context;
};
/*
 * Each customer of the roster counts once, by his first row. -1 with diag: no such column (STATUS_USAGE), a cell that is no time or no
 * label (bad-duration, bad-label), too many groups.
 */
int survival_make(struct survival *survival, struct roster *roster, const struct survival_source *source, struct diag *diag) MUST_CHECK;

/* As CSV where the name ends in .csv: the points of all groups; else JSON, with the medians and the test. */
int survival_write(const struct survival *survival, const char *path, struct diag *diag) MUST_CHECK;
/* What the JSON has, or without its points. */
struct cJSON *survival_report(const struct survival *survival, bool points, struct arena *arena);
/* Median of a group, or the test, in a line. */
struct slice survival_describe_group(const struct survival *survival, size_t group, struct arena *arena);
struct slice survival_describe_test(const struct survival *survival, struct arena *arena);

#endif
