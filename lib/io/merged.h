/*
 * Cells of a sheet that are merged over several rows: the sheet shows one value beside all of them, but only the first row has
 * it. With --fill-merged the others get it, too: a company merged over the rows of its contacts.
 */
#ifndef CRM_IO_MERGED_H
#define CRM_IO_MERGED_H

#include "io/sheet_row.h"

struct merged_range {
	uint64_t top, bottom;      /* rows, from 1 */
	size_t column;             /* the left one, which has the value */
	char *text;                /* private: once its top row has been seen */
	size_t length;
};

struct merged {
	struct merged_range *ranges;  /* by top */
	size_t count, capacity;
	size_t next;                  /* private: first whose top has not come */
	size_t *active;               /* private: numbers of those that reach below the row before */
	size_t active_count, active_capacity;
};

void merged_init(struct merged *merged);
void merged_release(struct merged *merged);
/* Not over more than one row: nothing happens. False when there are more than a sheet could have. */
bool merged_add(struct merged *merged, uint64_t top, uint64_t bottom, size_t column);
/* After the ranges were added in any order. */
void merged_sort(struct merged *merged);
/* The row is complete: fills what is merged with rows above, if it is empty, and takes up what begins here. */
void merged_fill(struct merged *merged, struct sheet_row *row);

#endif
