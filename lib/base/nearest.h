/* The known name that a mistyped one most likely means: for messages. */
#ifndef CRM_BASE_NEAREST_H
#define CRM_BASE_NEAREST_H

#include "base/slice.h"

/*
 * Edits (insert, delete, change a byte, swap two neighbours; Damerau-Levenshtein, restricted) that turn a into b, ASCII
 * case aside. Names over 64 bytes are compared by their first 64.
 */
size_t nearest_distance(struct slice a, struct slice b);
/*
 * Index of the name nearest to `wanted`, the first of equals; `count` when none is near: more edits than two fifths of
 * the longer one, and it does not begin with `wanted` either.
 */
size_t nearest_index(const struct slice *names, size_t count, struct slice wanted);

#endif
