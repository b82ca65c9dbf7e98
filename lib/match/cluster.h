/*
 * Customers out of scored pairs: average-link agglomeration, so that one wrong pair does not join two groups whose other
 * pairs speak against it. Pairs that are no candidates are scored when a merger depends on them.
 */
#ifndef CRM_MATCH_CLUSTER_H
#define CRM_MATCH_CLUSTER_H

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

/* A pair that may be one customer; bits: log2 of the odds. */
struct link {
	uint32_t a, b;
	float bits;
};

struct cluster_options {
	double threshold;                       /* bits that the mean of a merger must reach */
	/* bits of any pair of rows; -INFINITY: must not be together; safe from several threads */
	double (*score)(const void *context, uint32_t a, uint32_t b);
	const void *context;
	const uint32_t *copies;                 /* per row: the first row that it is a copy of, or itself; these are together whatever the score */
	/* pairs that somebody has decided on: together and apart whatever the score; what is said to be apart wins */
	const struct link *same, *different;
	size_t same_count, different_count;
	unsigned threads;
};

/* For qsort: best first, then by rows. */
int link_compare(const void *left, const void *right);

/* cluster[row] becomes the smallest row of its cluster. */
int cluster_rows(size_t rows, const struct link *links, size_t count, const struct cluster_options *options, uint32_t *cluster, struct diag *diag) MUST_CHECK;

#endif
