/*
 * The account of one customer: order lines put together into orders, by day.
 *
 * Lines with the same order id are one order; a line without an order id is an order of its own. Of an order that stands
 * in several files, purchases are taken from the last of them (a later export knows better) and returns from all, but one that stands in several files, of the same day and amount, once.
 * A row that repeats another one of its order exactly is left out, unless duplicates are kept. Returns net off within
 * their order; a return without its order counts into the amount on its own day. An order is a purchase when it has a line
 * that is no return and is worth something after returns, or was worth nothing from the start (a gift; unless zeros are dropped).
 */
#ifndef CRM_SCORE_ACCOUNT_H
#define CRM_SCORE_ACCOUNT_H

#include "score/keys.h"
#include "score/lines.h"

struct account_options {
	bool merge_days;       /* purchases of one day are one */
	bool drop_zeros;       /* an order worth nothing is no purchase */
	bool keep_duplicates;
};

struct order {
	int32_t day;           /* of its first purchase line, or of its first line where there is none */
	bool is_purchase;
	int64_t amount;        /* 1/10000, net of returns */
	int64_t profit;
};

/* What was left out, of all customers that went through one account. */
struct account_counts {
	uint64_t duplicates;   /* rows that repeat another one */
	uint64_t superseded;   /* rows of orders that a later file has, too */
	uint64_t voids;        /* rows that are cancelled, closed, unpaid … */
	uint64_t returns;      /* rows that are returns */
	uint64_t refunded;     /* orders that came to nothing by returns */
	uint64_t purchases;
};

struct account {
	struct order *orders;  /* by day */
	size_t count;
	struct account_counts counts;
	const struct keys *keys;
	uint32_t customer;     /* whose it is, for messages: a number of the keys */
	/* private */
	size_t capacity, place_capacity, seen_capacity;
	uint64_t *seen;        /* orders, by hash */
	struct place_of_line *places;
};

void account_init(struct account *account);
void account_release(struct account *account);
/*
 * Makes the orders of one customer, by day, and marks lines that are left out LINE_VOID. Sums that overflow are STATUS_INPUT.
 */
int account_make(struct account *account, struct line *lines, size_t count, const struct account_options *options,
		 struct diag *diag) MUST_CHECK;
/* Says that sums over the customer's orders do not fit (STATUS_INPUT). Returns -1. */
int account_fail_overflow(const struct account *account, struct diag *diag);
void account_add_counts(struct account_counts *to, const struct account_counts *from);

#endif
