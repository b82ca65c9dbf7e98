/* How people lay out sheets: titles above the header, totals below, the header again in the middle. */
#ifndef CRM_CLEAN_LAYOUT_H
#define CRM_CLEAN_LAYOUT_H

#include "clean/roles.h"
#include "io/batch.h"

/*
 * Which of the first records (values set) is the header: the one with the most headers that the dictionary knows; if it knows
 * none, the first that is as wide as the rest and holds distinct texts that are no numbers; else the first.
 */
size_t layout_find_header(const struct batch *batch, enum kind kind);
/* A row of totals: its first filled cell says so and the others are empty or numbers. */
bool layout_is_total(const struct slice *cells, size_t count);
bool layout_is_blank(const struct slice *cells, size_t count);

#endif
