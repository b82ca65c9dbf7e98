/*
 * Yesterday's output of crm-churn: in which state each customer was, since when, and in which before that, and why he was warned of. A file that is not there, or
 * is empty, is the first night: a warning, and nothing is known. 16 bytes a customer.
 */
#ifndef CRM_SCORE_PREVIOUS_H
#define CRM_SCORE_PREVIOUS_H

#include "score/roster.h"
#include "score/wording.h"

struct previous_state {
	uint8_t state, before;     /* enum lifecycle; LIFECYCLES: not known */
	int32_t since;             /* CIVIL_NONE: not known */
	int32_t alarmed;           /* day of his last new alarm; CIVIL_NONE: none */
	unsigned reasons;          /* bits of enum reason */
};

struct previous {
	struct previous_state *states;   /* by customer */
	/* private */
	const struct roster *roster;
	const struct wording *wording;
	size_t key, state, before, since, reasons, alarmed;
	uint64_t unknown_states;
};

void previous_init(struct previous *previous, const struct roster *roster, const struct wording *wording);
void previous_release(struct previous *previous);
/*
 * The column of the customers is the one that is the roster's key, by name, else by role. Rows of customers who are gone are skipped; of
 * rows of one customer (crm-dedupe --mark) the first counts. Rejected: bad-date. A state of no known name is not known, and warned of.
 */
int previous_read(struct previous *previous, const char *path, const struct intake_options *options, const struct feed *feed,
		  struct diag *diag) MUST_CHECK;

#endif
