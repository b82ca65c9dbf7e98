/*
 * Sketches: 32 bits per value that tell most pairs of unlike values apart without a look at the values, which are far away in memory. Of a name
 * the set of its letters (in pinyin), of a mail address the letter pairs before the @ and a hash of the domain, of a code how often each digit
 * comes. Of a date it is the date itself.
 */
#ifndef CRM_MATCH_SKETCH_H
#define CRM_MATCH_SKETCH_H

#include "match/field.h"
#include "match/level.h"

/* Whether values of the kind have sketches at all. */
bool sketch_is_used(enum field_kind kind);
/* Fills field->sketches; 0 for values that have none. */
void sketch_values(struct field *field);
/* Whether two values are unlike for sure, by their sketches; then *level is LEVEL_DIFFERENT or, for mail of one domain, LEVEL_WEAK. */
bool sketch_unlike(enum field_kind kind, uint32_t x, uint32_t y, enum level *level);
/* Whether two different texts (FIELD_TEXT) have so few letters in common that their level is LEVEL_WEAK at most. */
bool sketch_texts_apart(uint32_t x, uint32_t y);

#endif
