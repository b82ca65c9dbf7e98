/*
 * How good a grouping is when the truth is known: pairwise precision, recall and F1, and B-cubed (Bagga, Baldwin 1998), the mean over
 * records of the precision and recall of a record's own group.
 */
#ifndef CRM_MATCH_EVALUATE_H
#define CRM_MATCH_EVALUATE_H

#include <stddef.h>
#include <stdint.h>

enum { ENTITY_NONE = UINT32_MAX };

struct evaluation {
	double precision, recall, f1;   /* 1 where there is nothing to find or nothing found wrongly */
	double b3_precision, b3_recall, b3_f1;
	double true_pairs, found_pairs, right_pairs;
	size_t records, customers, entities;
};

struct pair_figures {
	double precision, recall, f1;
};

/*
 * cluster: per record, any numbers below `count`; entity: per record, numbers below `count`, or ENTITY_NONE for one of its own.
 * sources: per record, or NULL; with sources, only pairs between two sources count (for B-cubed all records do).
 */
void evaluate(struct evaluation *evaluation, size_t count, const uint32_t *cluster, const uint32_t *entity, const uint32_t *sources);

struct pair_figures evaluate_pairs(double true_pairs, double found, double right);

#endif
