/*
 * Columns of several inputs that mean the same under different headers: dob and BirthDate, a full name and its two parts. What is written keeps
 * them apart; they are compared as one column.
 */
#ifndef CRM_MATCH_MEANINGS_H
#define CRM_MATCH_MEANINGS_H

#include "match/records.h"

struct meanings {
	const struct records *records;
	size_t *next;              /* per column: another one of its meaning, which only records without this one have; SIZE_MAX: none */
	bool any;                  /* there is one */
	size_t name;               /* the column of names, where other inputs have the two parts; else SIZE_MAX */
	struct slice *names;       /* then per place in the store: the parts joined, or empty */
	struct arena arena;        /* private: owns the above */
};

/* Sets ignore[] for columns that are compared as part of another one; of those that are ignored already no meaning is taken. */
void meanings_find(struct meanings *meanings, const struct records *records, bool *ignore);
void meanings_release(struct meanings *meanings);
/* As records_cell and records_cells, in columns that are compared. */
struct slice meanings_cell(const void *meanings, size_t row, size_t column);
void meanings_cells(const void *meanings, size_t row, struct slice *cells);

#endif
