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
	uint32_t *values;              /* rows × count: a row side by side */
	uint32_t *sketches;            /* rows × sketched: those of the fields that have them */
	unsigned sketched;
	unsigned char sketch_at[FIELD_MOST];  /* per field: where its sketch is among those of a row, or SKETCH_NONE */
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
enum { SKETCH_NONE = 255 };

/* The values of a row. */
static inline const uint32_t *fields_row(const struct fields *fields, size_t row)
{
	return fields->values + row * fields->count;
}
/* The value of field i with its sketch. */
static inline struct datum fields_datum(const struct fields *fields, size_t row, unsigned i)
{
	unsigned at = fields->sketch_at[i];

	return (struct datum){ fields_row(fields, row)[i], at == SKETCH_NONE ? 0 : fields->sketches[row * fields->sketched + at] };
}
/* Asks for a row that will be needed soon. */
static inline void fields_prefetch(const struct fields *fields, size_t row)
{
	const char *values = (const char *)fields_row(fields, row), *sketches = (const char *)(fields->sketches + row * fields->sketched);

	for (size_t i = 0; i < fields->count * sizeof *fields->values; i += 64)
		__builtin_prefetch(values + i);
	for (size_t i = 0; i < fields->sketched * sizeof *fields->sketches; i += 64)
		__builtin_prefetch(sketches + i);
}
/* Asks for what comparing a value needs; with `texts` for what stands behind that, which must have come by now. */
void compare_prefetch(const struct field *field, uint32_t v, bool texts);
/* Reads all fields, which are initialised, prepares them and puts the rows together. */
int fields_build(struct fields *fields, const struct match_input *input, unsigned threads, struct diag *diag) MUST_CHECK;
/* The rows; fields->all is the caller's. */
void fields_release(struct fields *fields);
/* Finds fields whose values turn up in each other. */
void compare_find_partners(struct fields *fields);
/* Rows that have the more frequent of two values, or of two lists the rarest item that is in both. */
double compare_shared_rows(const struct field *field, uint32_t a, uint32_t b);

#endif
