#include "synth/purchase.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"

enum { BLOCK = 8192 };

void history_release(struct history *history)
{
	free(history->days);
}

static void add_day(struct history *history, int32_t day)
{
	history->days = memory_grow(history->days, &history->capacity, history->count + 1, sizeof *history->days);
	history->days[history->count++] = day;
}

void history_draw(const struct world *world, const struct entity *entity, struct history *h)
{
	struct rng rng;
	double weeks = 0, span = (world->as_of - entity->joined + 1) / 7.0;

	rng_init(&rng, world->seed, TOPIC_PURCHASE, entity->number);
	h->buys = rng_chance(&rng, world->buyers);
	h->lambda = rng_gamma(&rng, world->bg[0]) / world->bg[1];
	h->p = rng_beta(&rng, world->bg[2], world->bg[3]);
	h->left = CIVIL_NONE;
	h->count = 0;
	if (!h->buys)
		return;
	add_day(h, entity->joined);
	while (h->lambda > 0) {
		weeks += rng_exponential(&rng) / h->lambda;
		if (!(weeks < span))
			return;
		add_day(h, entity->joined + (int32_t)(weeks * 7));
		if (rng_chance(&rng, h->p)) {
			h->left = h->days[h->count - 1];
			return;
		}
	}
}

/* Happenings of one block of customers, in their order. */
struct block {
	struct happening *items;
	size_t count, capacity;
};

struct making {
	const struct world *world;
	const struct plan *plan;
	struct block *blocks;
	void (*make)(struct making *m, const struct entity *e, struct history *h, struct rng *rng, struct block *block);
	enum topic topic;
};

static struct happening *add_happening(struct making *m, const struct entity *e, int32_t day, struct rng *rng,
				       struct block *block)
{
	const uint32_t *first = &m->plan->first[e->number];
	struct happening *item;

	block->items = memory_grow(block->items, &block->capacity, block->count + 1, sizeof *block->items);
	item = &block->items[block->count++];
	*item = (struct happening){ .day = day, .record = first[0] + (uint32_t)rng_below(rng, first[1] - first[0]) };
	item->seconds = (uint32_t)rng_between(rng, 8 * 3600, 22 * 3600 - 1);
	return item;
}

static uint32_t draw_amount(const struct world *world, double nu, struct rng *rng)
{
	double cents = rng_gamma(rng, world->spend[0]) / nu * 100;

	return cents < 1 ? 1 : cents > 4e9 ? (uint32_t)4e9 : (uint32_t)cents;
}

static void make_orders(struct making *m, const struct entity *e, struct history *h, struct rng *rng,
			struct block *block)
{
	double nu = rng_gamma(rng, m->world->spend[1]) / m->world->spend[2];
	uint8_t favourite = (uint8_t)rng_below(rng, ORDER_CATEGORIES),
		channel = (uint8_t)rng_below(rng, ORDER_CHANNELS);

	for (size_t i = 0; i < h->count; i++) {
		struct happening *item;
		uint32_t amount = draw_amount(m->world, nu, rng);

		if (rng_chance(rng, .03)) { /* cancelled, and ordered again */
			int32_t day = h->days[i] - (int32_t)rng_below(rng, 3);

			item = add_happening(m, e, day < e->joined ? e->joined : day, rng, block);
			item->type = ORDER_CANCELLED;
			item->value = amount;
			item->category = favourite;
			item->channel = channel;
			item->quantity = 1;
		}
		item = add_happening(m, e, h->days[i], rng, block);
		item->type = rng_chance(rng, .02) ? ORDER_REFUNDED : ORDER_DONE;
		item->value = amount;
		item->category = rng_chance(rng, .7) ? favourite : (uint8_t)rng_below(rng, ORDER_CATEGORIES);
		item->channel = rng_chance(rng, .8) ? channel : (uint8_t)rng_below(rng, ORDER_CHANNELS);
		item->quantity = (uint8_t)(rng_chance(rng, .6) ? 1 : rng_between(rng, 2, 12));
	}
}

/* So many events of a type, on days from `from` to `to`. */
static void spread(struct making *m, const struct entity *e, enum event_type type, double mean, int32_t from,
		   int32_t to, struct rng *rng, struct block *block)
{
	unsigned count = rng_poisson(rng, mean);

	if (to > m->world->as_of)
		to = m->world->as_of;
	while (count-- > 0 && from <= to) {
		struct happening *item = add_happening(m, e, (int32_t)rng_between(rng, from, to), rng, block);

		item->type = (uint8_t)type;
		item->value = (uint32_t)(type == EVENT_COMPLAINT ? rng_between(rng, 1, 5) : rng_between(rng, 3, 90));
	}
}

static void make_events(struct making *m, const struct entity *e, struct history *h, struct rng *rng,
			struct block *block)
{
	int32_t end = h->left == CIVIL_NONE ? m->world->as_of : h->left;
	double years = (end - e->joined) / 365.25;

	spread(m, e, EVENT_INQUIRY, .35, e->joined - 30, e->joined, rng, block);
	if (!h->buys)
		return;
	spread(m, e, EVENT_SERVICE, .6 * years, e->joined, end, rng, block);
	spread(m, e, EVENT_VISIT, (entity_is_firm(e->kind) ? .4 : 0) * years, e->joined, end, rng, block);
	spread(m, e, EVENT_COMPLAINT, .12 * years, e->joined, end, rng, block);
	if (h->left != CIVIL_NONE)
		spread(m, e, EVENT_COMPLAINT, m->world->leave_complaints,
		       h->left - 60 < e->joined ? e->joined : h->left - 60, h->left + 14, rng, block);
}

static int make_block(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct making *m = context;
	uint32_t number = (uint32_t)index * BLOCK, end = number + BLOCK;
	struct history history = { 0 };
	struct entity e;

	(void)worker, (void)diag;
	if (end > m->world->customers)
		end = m->world->customers;
	for (; number < end; number++) {
		struct rng rng;

		entity_draw(m->world, number, &e);
		history_draw(m->world, &e, &history);
		rng_init(&rng, m->world->seed, m->topic, number);
		m->make(m, &e, &history, &rng, &m->blocks[index]);
	}
	history_release(&history);
	return 0;
}

/* Joins the blocks and orders by day and second. */
static void collect(struct making *m, size_t blocks, struct happenings *all)
{
	uint64_t *keys;

	for (size_t b = 0; b < blocks; b++)
		all->count += m->blocks[b].count;
	all->items = memory_get(all->count, sizeof *all->items);
	all->count = 0;
	for (size_t b = 0; b < blocks; b++) {
		if (m->blocks[b].count)
			memcpy(all->items + all->count, m->blocks[b].items, m->blocks[b].count * sizeof *all->items);
		all->count += m->blocks[b].count;
		free(m->blocks[b].items);
	}
	keys = memory_get(all->count, sizeof *keys);
	for (size_t i = 0; i < all->count; i++)
		keys[i] =
			((uint64_t)(all->items[i].day - m->world->start + CREATED_BEFORE) << 17 | all->items[i].seconds)
				<< 32 |
			i;
	plan_sort(keys, all->count);
	all->order = memory_get(all->count, sizeof *all->order);
	for (size_t i = 0; i < all->count; i++)
		all->order[i] = (uint32_t)keys[i];
	free(keys);
}

static int make_all(struct making *m, struct happenings *all, unsigned threads, struct diag *diag)
{
	size_t blocks = (m->world->customers + BLOCK - 1) / BLOCK;
	int result;

	*all = (struct happenings){ 0 };
	m->blocks = memory_zero(blocks, sizeof *m->blocks);
	result = pool_each(make_block, m, blocks, threads, diag);
	collect(m, blocks, all);
	free(m->blocks);
	return result;
}

int purchase_orders(struct happenings *orders, const struct world *world, const struct plan *plan, unsigned threads,
		    struct diag *diag)
{
	struct making m = { .world = world, .plan = plan, .make = make_orders, .topic = TOPIC_ORDER };

	return make_all(&m, orders, threads, diag);
}

int purchase_events(struct happenings *events, const struct world *world, const struct plan *plan, unsigned threads,
		    struct diag *diag)
{
	struct making m = { .world = world, .plan = plan, .make = make_events, .topic = TOPIC_EVENT };

	return make_all(&m, events, threads, diag);
}

void happenings_free(struct happenings *happenings)
{
	free(happenings->items);
	free(happenings->order);
}
