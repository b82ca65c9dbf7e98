/*
 * The figures that statistics of the rules stand for: percentile, rank, mean, sum, count, median, over all rows or by the text of a key. They
 * are filled row by row in the order of the input, so that sums are the same however many threads there are; then finished, then read.
 * percentile and rank and median keep every value (8 to 16 bytes); the others keep one record for each key. Equal statistics are kept once.
 */
#ifndef CRM_RULE_STATISTICS_H
#define CRM_RULE_STATISTICS_H

#include "rule/program.h"

struct statistic_table;

struct statistics {
	const struct program *program;
	struct statistic_table *tables;   /* by statistic of the program */
	uint64_t bytes;                   /* about what they take */
};

void statistics_init(struct statistics *statistics, const struct program *program);
void statistics_release(struct statistics *statistics);
/* One row: the key (any text, for a statistic that is not grouped) and the value; what is not known is not added. */
void statistics_add(struct statistics *statistics, size_t number, struct slice key, double value);
void statistics_finish(struct statistics *statistics);
/*
 * The figure for a row with that key (and, for percentile and rank, that value): false when there is none. percentile: 0 for the least,
 * 100 for the greatest: 100 (rows below) / (rows − 1), as PERCENT_RANK in SQL; rank: 1 for the greatest, equals share a rank.
 * Safe from several threads.
 */
bool statistics_get(const struct statistics *statistics, size_t number, struct slice key, double value, double *result);

#endif
