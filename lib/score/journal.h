/*
 * The journal is what each customer did, by day: his purchases (purchase days and their amounts) and what happened to him (service,
 * complaints, contacts who left). All that is judged on a day is judged from the view of that day, which ends with it,
 * so that nothing later can come in.
 *
 * Purchases are kept as numbers of as many bytes as they need: a byte or two a purchase, and as much again for its amount; 4 bytes a happening (12 until
 * journal_seal), 8 bytes a customer. What is more than `memory` is in files that are mapped (io/vast.h); the 8 bytes a customer are not.
 */
#ifndef CRM_SCORE_JOURNAL_H
#define CRM_SCORE_JOURNAL_H

#include "base/civil.h"
#include "score/account.h"

/* The first two are events; the others are what an event, or a contact, also says. */
enum happening_kind {
	HAPPENING_SERVICE, HAPPENING_COMPLAINT,
	HAPPENING_CONTACT_LEFT, HAPPENING_UNFOLLOWED,
	HAPPENING_HESITATION, HAPPENING_REFUSAL   /* in a note */
};

struct happening {
	int32_t day;
	enum happening_kind kind;
};

struct journal_options {
	size_t memory;             /* bytes; 0: no bound */
	const char *tmpdir;
	bool has_amounts, has_categories;
};

/* What befell all customers on a day. */
struct day_counts {
	uint32_t bought_first, bought_again;
	uint32_t known;            /* who first bought, or to whom something first happened */
	uint32_t complaints;
};

struct journal {
	size_t customers;
	struct journal_options options;
	int32_t *firsts;           /* by customer: day of his first purchase; CIVIL_NONE: he has none */
	/* after journal_seal */
	struct day_counts *days;   /* from first_day on */
	size_t day_count;          /* 0: nobody did anything */
	int32_t first_day, first_purchase, first_event;   /* of all; CIVIL_NONE: there is none */
	/* private */
	uint32_t *places;          /* by customer: where his purchases are in his part */
	struct part *parts;
	struct vast *vast;
};

enum { JOURNAL_CATEGORIES = 64 };  /* LEDGER_GROUPS */

void journal_init(struct journal *journal, size_t customers, const struct journal_options *options);
void journal_release(struct journal *journal);
/* The purchases of a customer, once for each, no two on one day. By several threads as lines_each visits. */
void journal_note(struct journal *journal, uint32_t customer, const struct account *account, const struct line *lines,
		  size_t line_count);
/* One thread. */
void journal_add(struct journal *journal, uint32_t customer, int32_t day, enum happening_kind kind);
/* After the last of both. -1: the disk is full. */
int journal_seal(struct journal *journal, unsigned threads, struct diag *diag) MUST_CHECK;

/* What a thread reads a customer into; all zero is an empty one. */
struct page {
	int32_t *days;
	int64_t *amounts;
	uint64_t *categories;
	struct happening *happenings;
	size_t count, capacity, happening_count, happening_capacity;
};
void page_release(struct page *page);

/* What was known of a customer at the end of a day. */
struct view {
	int32_t day;
	const int32_t *days;          /* of purchases, rising */
	const int64_t *amounts;       /* 1/10000; NULL: there are none, or fewer than JOURNAL_LEAST_AMOUNTS purchases up to now */
	const uint64_t *categories;   /* of a purchase: bits, by the groups of score/ledger.h; or NULL */
	size_t count;
	const struct happening *happenings;   /* by day, then kind */
	size_t happening_count;
};
/* Nothing is learned from the amounts of customers with fewer purchases. */
enum { JOURNAL_LEAST_AMOUNTS = 4 };

/* Soon a view of the customer will be asked for. */
void journal_prefetch(const struct journal *journal, uint32_t customer);
/* Valid until the page is used again. */
struct view journal_view(const struct journal *journal, uint32_t customer, int32_t day, struct page *page);
/* How many of his purchases lie on `day` or before, and the last of them; *next is the one after, CIVIL_NONE: there is none. */
uint32_t journal_purchases(const struct journal *journal, uint32_t customer, int32_t day, int32_t *last, int32_t *next);
/* Customers who had bought by the end of `day`. */
size_t journal_buyers(const struct journal *journal, int32_t day);
/* Whether he had bought by the end of `day`; whether he buys in the `horizon` days after it. */
static inline bool journal_has_bought(const struct journal *journal, uint32_t customer, int32_t day)
{
	return journal->firsts[customer] != CIVIL_NONE && journal->firsts[customer] <= day;
}
bool journal_buys_within(const struct journal *journal, uint32_t customer, int32_t day, uint32_t horizon);
/* Complaints a customer and day up to `day`, from the first event of all on, over the customers known by then. */
double journal_complaint_rate(const struct journal *journal, int32_t day);

#endif
