/*
 * Events and contacts of customers, counted as score/warning.h needs them. Their customers are found as those of orders are:
 * by links, then by key. Rows after as_of are left out and counted; dates after today and after as_of are rejected (future-date); rows
 * of no customer, or of one who is not in the roster, are counted. Events before a customer's first order count like others.
 */
#ifndef CRM_SCORE_EVENTS_H
#define CRM_SCORE_EVENTS_H

#include "score/links.h"
#include "score/roster.h"
#include "score/warning.h"

/* Of one customer. */
struct event_counts {
	uint32_t complaints_recent, complaints_earlier;
	uint32_t others_recent, others_earlier;
	int32_t first;           /* day of his first event; CIVIL_NONE */
	int32_t contact_left;    /* day on which a contact of his left last; CIVIL_NONE */
};

struct events {
	struct event_counts *customers;  /* by number of the key */
	size_t count;
	int32_t first_day;               /* of all events; CIVIL_NONE: none */
	uint64_t rows, complaints, later, without_customer, unknown;
	/* private */
	const struct roster *roster;
	const struct links *links;
	const struct warning_words *words;
	int32_t as_of, today;
	uint32_t window;
};

/* `links` may be NULL; `window`: days that are recent for events that are no complaints. The roster grows no more. */
void events_init(struct events *events, const struct roster *roster, const struct links *links,
		 const struct warning_words *words, int32_t as_of, int32_t today, uint32_t window);
void events_release(struct events *events);
struct events_inputs {
	const char *const *events, *const *contacts;  /* paths */
	size_t event_count, contact_count;
	struct intake_options events_intake, contacts_intake;
};
/* Reads all files, and warns of what was left out. */
int events_read(struct events *events, const struct events_inputs *inputs, const struct feed *feed,
		struct diag *diag) MUST_CHECK;
/* Complaints a customer and day, over all customers. */
double events_complaint_rate(const struct events *events);

#endif
