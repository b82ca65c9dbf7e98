/* Rows that are copies of another one: equal in every column that is looked at. Whatever else is rare or common, such rows are one. */
#ifndef CRM_MATCH_COPIES_H
#define CRM_MATCH_COPIES_H

#include "match/compare.h"

/*
 * copies[row]: the first row of which it is a copy, or itself. A row must have COPY_CELLS cells filled, so that "Li Wei, Beijing" is not
 * taken for a copy of another one. Columns that say where a record came from do not count.
 */
enum { COPY_CELLS = 3 };
void copies_find(const struct match_input *input, const struct fields *fields, uint32_t *copies);

#endif
