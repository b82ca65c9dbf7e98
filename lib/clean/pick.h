/*
 * Values out of JSON text in a cell: what [{"userid":"li","tags":[{"tag_name":"A"},{"tag_name":"B"}]}] says under userid, or under
 * tags[].tag_name. Arrays are passed through, so that the [] of a path only tells people that there is one.
 */
#ifndef CRM_CLEAN_PICK_H
#define CRM_CLEAN_PICK_H

#include "base/arena.h"

/* All plain values at the path, joined with ';', or only the first that is not empty. "" where there is none, or no JSON. */
struct slice pick_values(struct slice json, struct slice path, bool all, struct arena *arena);
/* Cuts "follow_info[].tags[].tag_name" in the column and the path in it; false when there is no []. */
bool pick_cut(struct slice header, struct slice *column, struct slice *path);

#endif
