/*
 * The journal is what each customer did, by day: his purchases (purchase days and their amounts) and what happened to him (service,
 * complaints, contacts who left). All that is judged on a day is judged from the view of that day, which ends with it,
 * so that nothing later can come in.
 *
 * 12 bytes a purchase (20 where there are categories) and a happening, 24 a customer; in memory.
 */
#ifndef CRM_SCORE_JOURNAL_H
#define CRM_SCORE_JOURNAL_H

#include "score/account.h"

/* The first two are events; the others are what an event, or a contact, also says. */
enum happening_kind {
	HAPPENING_SERVICE, HAPPENING_COMPLAINT,
	HAPPENING_CONTACT_LEFT, HAPPENING_UNFOLLOWED,
	HAPPENING_HESITATION, HAPPENING_REFUSAL   /* in a note */
};

struct happening {
	uint32_t customer;
	int32_t day;
	uint32_t kind;           /* enum happening_kind */
};

/* Where a customer's items lie. */
struct stretch {
	uint64_t first;
	uint32_t count;
};

struct journal {
	size_t customers;
	int32_t *days;           /* of purchases, by customer, then day */
	int64_t *amounts;        /* 1/10000 */
	uint64_t *categories;    /* of a purchase: bits, by the groups of score/ledger.h; NULL: the orders have none */
	struct stretch *purchases_of;
	struct happening *happenings;   /* after journal_seal: by customer, then day */
	struct stretch *happenings_of;
	size_t happening_count;
	/* private */
	uint64_t used, room;     /* of days and amounts */
	size_t happening_capacity;
};

enum { JOURNAL_CATEGORIES = 64 };  /* LEDGER_GROUPS */

/* `purchases`: the most there can be. */
void journal_init(struct journal *journal, size_t customers, uint64_t purchases, bool has_categories);
void journal_release(struct journal *journal);
/* The purchases of a customer, once for each, no two on one day. Any thread. */
void journal_note(struct journal *journal, uint32_t customer, const struct account *account, const struct line *lines,
		  size_t line_count);
/* One thread. */
void journal_add(struct journal *journal, uint32_t customer, int32_t day, enum happening_kind kind);
/* After the last happening. */
void journal_seal(struct journal *journal);

/* What was known of a customer at the end of a day. */
struct view {
	int32_t day;
	const int32_t *days;
	const int64_t *amounts;
	const uint64_t *categories;   /* or NULL */
	size_t count;
	const struct happening *happenings;
	size_t happening_count;
};
struct view journal_view(const struct journal *journal, uint32_t customer, int32_t day);
/* Customers who had bought by the end of `day`. */
size_t journal_buyers(const struct journal *journal, int32_t day);
/* Whether he had bought by the end of `day`; whether he buys in the `horizon` days after it. */
bool journal_has_bought(const struct journal *journal, uint32_t customer, int32_t day);
bool journal_buys_within(const struct journal *journal, uint32_t customer, int32_t day, uint32_t horizon);
/* Complaints a customer and day up to `day`, from the first happening of all on, over the customers known by then. */
double journal_complaint_rate(const struct journal *journal, int32_t day);

#endif
