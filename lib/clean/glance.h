/* What the rows in sight show of a table whose columns are known, beyond the order of its dates. */
#ifndef CRM_CLEAN_GLANCE_H
#define CRM_CLEAN_GLANCE_H

#include "clean/roles.h"
#include "io/batch.h"

struct glance {
	bool *decimal_commas;  /* per column: its amounts are written 1.234,50 */
	bool names_currency;   /* an amount of a role names its currency */
	bool names_place;      /* an address begins with a place that the table of regions knows */
};

/*
 * `first` is the first batch as table_peek gives it (NULL: nothing in sight), whose data begins at record `skip`. A column has decimal
 * commas if some amount in it can be read only so, and none only the other way.
 */
void glance_look(struct glance *glance, const struct column_role *roles, size_t columns, const struct batch *first, size_t skip,
		struct arena *arena);

#endif
