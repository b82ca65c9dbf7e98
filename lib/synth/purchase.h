/*
 * What customers do. Purchases follow the BG/NBD model (Fader, Hardie, Lee 2005) to the letter: a first purchase; then,
 * at rate lambda a week, repeat purchases, after each of which the customer leaves for good with probability p; lambda
 * ~ Gamma(r, rate alpha), p ~ Beta(a, b). Amounts follow the Gamma-Gamma model: a customer's nu ~ Gamma(q, rate v),
 * each amount ~ Gamma(p, rate nu). Cancelled orders come on top and are marked so; refunds are of real orders. Events:
 * service and visits while he is a customer, complaints rarely, and several round the day of leaving.
 */
#ifndef CRM_SYNTH_PURCHASE_H
#define CRM_SYNTH_PURCHASE_H

#include "base/civil.h"
#include "synth/plan.h"

struct history {
	bool buys;
	double lambda, p;     /* per week; probability */
	int32_t left;         /* day of the last purchase of one who left, or CIVIL_NONE */
	int32_t *days;        /* of purchases, rising; the first is entity->joined */
	size_t count;
	size_t capacity;      /* private */
};

void history_draw(const struct world *world, const struct entity *entity, struct history *history);
void history_release(struct history *history);

enum order_status { ORDER_DONE, ORDER_REFUNDED, ORDER_CANCELLED };
enum event_type { EVENT_SERVICE, EVENT_VISIT, EVENT_INQUIRY, EVENT_COMPLAINT, EVENT_TYPES };

/* An order or an event. */
struct happening {
	uint32_t record;      /* index of the customer's record that it was entered under */
	int32_t day;
	uint32_t seconds;
	uint32_t value;       /* order: amount in cents; event: minutes, or severity 1 to 5 of a complaint */
	uint8_t type;         /* enum order_status, enum event_type */
	uint8_t category, channel, quantity;
};

struct happenings {
	struct happening *items;
	uint32_t *order;      /* by time */
	size_t count;
};

int purchase_orders(struct happenings *orders, const struct world *world, const struct plan *plan, unsigned threads,
		    struct diag *diag) MUST_CHECK;
int purchase_events(struct happenings *events, const struct world *world, const struct plan *plan, unsigned threads,
		    struct diag *diag) MUST_CHECK;
void happenings_free(struct happenings *happenings);

enum { ORDER_CATEGORIES = 8, ORDER_CHANNELS = 5 };

#endif
