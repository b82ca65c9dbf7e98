/*
 * Events and contacts of customers, read into their journal. Their customers are found as those of orders are: by links, then
 * by key. Rows after as_of are left out and counted; dates after today and after as_of are rejected (future-date); rows of
 * no customer, or of one who is not in the roster, are counted. Events before a customer's first order count like others.
 *
 * A contact has left on his left_at, where there is one; else, if his title says so, or is another one than in a row of the same
 * customer and name before, on the day of updated_at, or as of now where there is none.
 */
#ifndef CRM_SCORE_EVENTS_H
#define CRM_SCORE_EVENTS_H

#include "score/journal.h"
#include "score/links.h"
#include "score/notes.h"
#include "score/roster.h"
#include "score/wording.h"

struct events {
	struct journal *journal;
	const struct roster *roster;
	const struct links *links;       /* or NULL */
	const struct wording *wording;
	const struct notes *notes;       /* or NULL: notes are not looked at */
	int32_t as_of, today;
	uint64_t rows, later, without_customer, unknown;   /* out */
};

struct events_inputs {
	const char *const *events, *const *contacts;  /* paths */
	size_t event_count, contact_count;
	struct intake_options events_intake, contacts_intake;
};
/* Reads all files and warns of what was left out. The roster grows no more. */
int events_read(struct events *events, const struct events_inputs *inputs, const struct feed *feed,
		struct diag *diag) MUST_CHECK;

#endif
