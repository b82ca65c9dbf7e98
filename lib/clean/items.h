/* A list of distinct texts in their order, joined with ';' in the end: what a cell with several phones says. Linear in the items. */
#ifndef CRM_CLEAN_ITEMS_H
#define CRM_CLEAN_ITEMS_H

#include "base/arena.h"

struct items {
	struct slice *items;
	size_t count;
	size_t capacity;            /* private */
	size_t *slots, mask, used;  /* private: numbers of items plus one, by hash; once there are many */
	struct arena *arena;        /* owns it all; the texts are not copied */
};

void items_init(struct items *items, struct arena *arena);
/* Adds the text unless it is there. */
void items_add(struct items *items, struct slice text);
/* Adds what stands between the semicolons of a list. */
void items_add_list(struct items *items, struct slice list);
/* Back to the first `count`. */
void items_cut(struct items *items, size_t count);
struct slice items_text(const struct items *items);

#endif
