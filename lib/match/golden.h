/*
 * One record per customer out of several (survivorship). The main record is the one touched last, then the most complete, then the first; it
 * gives source, source row and source id together. A column's value: where updated_at is known, that of the latest record that has one; else the
 * most frequent, of equals the longest, then the main record's; of names and companies a fuller form of it (黄志强 for 黄总). tags are united, created_at is the earliest.
 */
#ifndef CRM_MATCH_GOLDEN_H
#define CRM_MATCH_GOLDEN_H

#include "match/customers.h"

struct golden {
	const struct records *records;
	size_t updated_at, created_at, tags;   /* columns, or records->columns */
};

void golden_init(struct golden *golden, const struct records *records);
/* Position of the main record among the customer's `count` members. */
size_t golden_main(const struct golden *golden, const uint32_t *members, size_t count);
/*
 * Where the value of a column comes from: a position among the members. For a value that is no member's own (united tags) it is in
 * *made, else made->ptr is NULL. `main`: from golden_main.
 */
size_t golden_choose(const struct golden *golden, const uint32_t *members, size_t count, size_t main, size_t column, struct slice *made,
		     struct arena *arena);

#endif
