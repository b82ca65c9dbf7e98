/*
 * Records of several sources, linked one to one: a customer has at most one record of each source. Of two sources this is the matching with the
 * largest sum of bits over the threshold (the linear assignment problem; shortest augmenting paths: Jonker, Volgenant 1987). Of more, each
 * source in its turn is assigned to what the ones before it have become, a record's bits to these being the mean over them.
 */
#ifndef CRM_MATCH_ASSIGN_H
#define CRM_MATCH_ASSIGN_H

#include "match/cluster.h"

/* What joins left and right, numbers of a side each; weight over 0. */
struct edge {
	uint32_t left, right;
	double weight;
};

/* right_of[left]: its partner, or UINT32_MAX. Edges are sorted here. Equal sums are settled by the order of the numbers. */
void assign_edges(struct edge *edges, size_t count, size_t lefts, size_t rights, uint32_t *right_of);

/*
 * cluster[row] becomes the smallest row of its customer. sources: per row. options->score is asked for pairs, options->same and
 * different are decided: a decided pair is joined before any other, as far as no record is joined twice.
 */
void assign_rows(size_t rows, const uint32_t *sources, const struct link *links, size_t count, const struct cluster_options *options,
		 uint32_t *cluster);

#endif
