/*
 * Two records compared field by field. A pair's pattern is the levels of all its fields, three bits each.
 */
#ifndef CRM_MATCH_COMPARE_H
#define CRM_MATCH_COMPARE_H

#include "match/field.h"
#include "match/level.h"

struct fields {
	struct field *all;
	unsigned count;                /* at most FIELD_MOST */
	uint32_t *table;               /* rows × count: the values of a row side by side, for comparing rows */
	unsigned partner[FIELD_MOST];  /* a field with which its values may have been swapped, of higher number, or 0 */
};

static inline unsigned pattern_level(uint64_t pattern, unsigned field)
{
	return (unsigned)(pattern >> 3 * field) & 7;
}

/* The level of two values of one field. */
enum level compare_values(const struct field *field, uint32_t a, uint32_t b);
/* The levels of all fields for two rows. Of a swapped pair of fields the first says so and the second counts as missing. */
uint64_t compare_rows(const struct fields *fields, size_t a, size_t b);
/* The same from the levels of each field alone: what swaps and agreeing companies change. */
uint64_t compare_together(const struct fields *fields, uint64_t pattern, size_t a, size_t b);
static inline const uint32_t *fields_row(const struct fields *fields, size_t row)
{
	return fields->table + row * fields->count;
}
/* Makes the table. */
void compare_prepare(struct fields *fields, size_t rows);
/* Finds fields whose values turn up in each other. */
void compare_find_partners(struct fields *fields);
/* Rows that have the more frequent of two values, or of two lists the rarest item that is in both. */
double compare_shared_rows(const struct field *field, uint32_t a, uint32_t b);

#endif
