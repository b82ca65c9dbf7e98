/* One row of an orders file, read: its line (all but the customer's number) and the texts that are looked up later. */
#ifndef CRM_SCORE_ORDER_ROW_H
#define CRM_SCORE_ORDER_ROW_H

#include "base/map.h"
#include "score/feed.h"
#include "score/lines.h"

/* Status words, as keys (clean/text.h). Made once, read by all threads. */
struct status_words {
	struct slice *counts, *voids;
	size_t count_count, void_count;
};
/* The built-in words and `more` that void. The arena owns them. */
void status_words_load(struct status_words *words, const char *const *more, size_t more_count, struct arena *arena);
bool status_is_void(const struct status_words *words, struct slice status, struct arena *scratch);

/* Where things stand in a file; a column that is absent has the number `columns`. */
struct order_columns {
	size_t customer, date, order, amount, price, quantity, refund, cost, profit, status, category, channel, currency;
};
/* `price`: the name of the column of unit prices, or NULL. Fails without a customer or a date. */
int order_columns_bind(struct order_columns *columns, const struct intake *intake, const char *price,
		       struct diag *diag) MUST_CHECK;

/* A status of at most 16 bytes, as it stands. */
struct recent_status {
	uint64_t head[2];
	uint8_t length;             /* 0: none */
	bool is_void;
};

enum { RECENT_STATUSES = 16 };

/* What one thread remembers between rows. */
struct order_memory {
	struct recent_status recent[RECENT_STATUSES];
	struct map statuses;        /* seen lately */
	uint8_t *is_void;           /* by status */
	size_t capacity;
	struct arena scratch;
};
void order_memory_init(struct order_memory *memory);
void order_memory_release(struct order_memory *memory);

struct order_reader {
	struct order_columns columns;
	const struct status_words *words;
	unsigned file;              /* which of the files, from 0 */
	int32_t latest;             /* day after which a date is a mistake */
	bool details, categories;   /* category, channel and profit are wanted; categories are */
	uint64_t seed;              /* of hashes */
};

struct order_row {
	struct line line;
	struct slice customer, category, channel;  /* clean; empty where absent */
	uint64_t hash;              /* of the customer's key */
	uint32_t currency;          /* three letters packed, 0: none named */
	uint32_t record;            /* its number in the batch */
	bool relinked;              /* the customer was found by a link */
	bool continues;             /* no amount, but an order id: further row of the order of the row before */
};

/* Three letters of a currency, upper case, by its code, name or sign (USD, 美元, US$). 0: none that is known. */
uint32_t order_pack_currency(struct slice name);
/* False: the record has been rejected. */
bool order_row_read(const struct order_reader *reader, const struct intake *intake, struct batch *batch, size_t r,
		    struct order_memory *memory, struct order_row *row);

#endif
