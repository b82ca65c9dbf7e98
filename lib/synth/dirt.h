/* Damage to text. `at` is the text in the pen's memory, which these functions change or replace: give the result on. */
#ifndef CRM_SYNTH_DIRT_H
#define CRM_SYNTH_DIRT_H

#include "synth/pen.h"
#include "synth/words.h"

/* One edit of a Latin text: a letter lost, doubled, changed to its neighbour on the keyboard, or swapped with the next. */
struct slice dirt_typo(struct slice s, struct pen *pen, struct rng *rng);
/* One character taken for another; s itself when it has none in the tables. */
struct slice dirt_confuse(const struct words *words, enum confusion kind, struct slice s, struct pen *pen,
			  struct rng *rng);
/* Every character in its traditional form. */
struct slice dirt_traditional(const struct words *words, struct slice s, struct pen *pen);
/* ASCII from ! to ~ as U+FF01 to U+FF5E; a space as U+3000. */
struct slice dirt_full_width(struct slice s, struct pen *pen);
/* ASCII letters all upper or all lower. */
struct slice dirt_letter_case(struct slice s, bool upper, struct pen *pen);

#endif
