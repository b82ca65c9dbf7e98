/*
 * What some cells of a row say of others that are empty: an amount of its currency, an address of its province, city and district. What
 * is given is never changed; where it and the other cell contradict each other, nothing is filled and that is told.
 */
#ifndef CRM_CLEAN_FILL_H
#define CRM_CLEAN_FILL_H

#include "base/arena.h"

enum fill { FILL_PROVINCE, FILL_CITY, FILL_REGION, FILL_CURRENCY, FILL_COUNT };

enum fill_outcome { FILL_NOTHING, FILL_DONE, FILL_CONTRADICTED };

/* The cells in standard form; those of columns that are not there are NULL. */
struct fill_row {
	struct slice *cells[FILL_COUNT];
	enum fill_outcome outcomes[FILL_COUNT];
};

/* By an address, else by what the cells say of each other: 深圳 lies in 广东. */
void fill_places(struct fill_row *row, struct slice address, struct arena *arena);
/* By the code of a currency, "" for none. A currency that is given is one of these codes or its name (人民币, $). */
void fill_currency(struct fill_row *row, const char code[4], struct arena *arena);

#endif
