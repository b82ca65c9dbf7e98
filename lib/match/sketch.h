/*
 * Sketches: 32 bits per value that tell most pairs of unlike values apart without a look at the values, which are far away in memory. Of a name
 * the set of its letters (in pinyin), of a mail address the letter pairs before the @ and a hash of the domain, of a code how often each digit
 * comes.
 */
#ifndef CRM_MATCH_SKETCH_H
#define CRM_MATCH_SKETCH_H

#include "match/field.h"
#include "match/level.h"

/* Fills field->sketches for the kinds that have them. */
void sketch_values(struct field *field);
/* Whether two values are unlike for sure; then *level is LEVEL_DIFFERENT or, for mail of one domain, LEVEL_WEAK. */
bool sketch_unlike(const struct field *field, uint32_t a, uint32_t b, enum level *level);

#endif
