/* The truth about records, to evaluate by: a column of the input, or a file of source, source_row, entity. */
#ifndef CRM_MATCH_TRUTH_H
#define CRM_MATCH_TRUTH_H

#include "match/records.h"

/* Fills entity[0 .. records->count) with numbers below that count, or ENTITY_NONE where the cell is empty. */
void truth_of_column(const struct records *records, size_t column, uint32_t *entity);
/* The same out of a file: source is the name as links have it, or a path that ends in it. Records not in the file stay alone. */
int truth_read(const char *path, const struct intake_options *options, const struct records *records, uint32_t *entity, struct diag *diag) MUST_CHECK;

#endif
