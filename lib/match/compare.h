/*
 * Two records compared field by field. A pair's pattern is the levels of all its fields, three bits each.
 */
#ifndef CRM_MATCH_COMPARE_H
#define CRM_MATCH_COMPARE_H

#include "base/diag.h"
#include "match/field.h"
#include "match/level.h"

struct fields {
	struct field *all;
	unsigned count;                /* at most FIELD_MOST */
	struct datum *table;           /* rows × count: a row side by side */
	unsigned partner[FIELD_MOST];  /* a field with which its values may have been swapped, of higher number, or 0 */
};

static inline unsigned pattern_level(uint64_t pattern, unsigned field)
{
	return (unsigned)(pattern >> 3 * field) & 7;
}

/* The level of two values of one field. */
enum level compare_values(const struct field *field, struct datum a, struct datum b);
/* The same where it takes no look at the values themselves; false: it does. Both have a value, and not the same. */
bool compare_at_hand(const struct field *field, struct datum a, struct datum b, enum level *level);
/* The levels of all fields for two rows. Of a swapped pair of fields the first says so and the second counts as missing. */
uint64_t compare_rows(const struct fields *fields, size_t a, size_t b);
/* The same from the levels of each field alone: what swaps and agreeing companies change. */
uint64_t compare_together(const struct fields *fields, uint64_t pattern, size_t a, size_t b);
static inline const struct datum *fields_row(const struct fields *fields, size_t row)
{
	return fields->table + row * fields->count;
}
/* Asks for a row that will be needed soon. */
static inline void fields_prefetch(const struct fields *fields, size_t row)
{
	const char *at = (const char *)fields_row(fields, row);

	for (size_t i = 0; i < fields->count * sizeof *fields->table; i += 64)
		__builtin_prefetch(at + i);
}
/* Asks for what comparing a value needs; with `texts` for what stands behind that, which must have come by now. */
void compare_prefetch(const struct field *field, uint32_t v, bool texts);
/* Reads all fields, which are initialised, prepares them and makes the table. */
int fields_build(struct fields *fields, const struct match_input *input, unsigned threads, struct diag *diag) MUST_CHECK;
/* Finds fields whose values turn up in each other. */
void compare_find_partners(struct fields *fields);
/* Rows that have the more frequent of two values, or of two lists the rarest item that is in both. */
double compare_shared_rows(const struct field *field, uint32_t a, uint32_t b);

#endif
