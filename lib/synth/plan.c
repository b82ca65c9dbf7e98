#include "synth/plan.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"

enum { BLOCK = 8192 };

/* Share of each kind of customer's records by source, in hundredths. */
static const uint8_t shares[ENTITY_KINDS][SOURCE_KINDS] = {
	[CHINESE_FIRM] = { 20, 40, 26, 14 },
	[CHINESE_PERSON] = { 10, 24, 20, 46 },
	[LATIN_FIRM] = { 72, 8, 8, 12 },
	[LATIN_PERSON] = { 56, 2, 4, 38 },
};

void plan_sort(uint64_t *keys, size_t count)
{
	uint64_t *other = memory_get(count, sizeof *other), *from = keys, *to = other;

	for (int shift = 32; shift < 64; shift += 8) {
		size_t start[257] = { 0 };
		uint64_t *kept = from;

		for (size_t i = 0; i < count; i++)
			start[(from[i] >> shift & 255) + 1]++;
		for (int b = 0; b < 256; b++)
			start[b + 1] += start[b];
		for (size_t i = 0; i < count; i++)
			to[start[from[i] >> shift & 255]++] = from[i];
		from = to;
		to = kept;
	}
	free(other); /* after four passes the result is in keys */
}

static unsigned draw_count(const struct world *world, uint32_t number)
{
	struct rng rng;
	uint64_t at;

	rng_init(&rng, world->seed, TOPIC_PLAN, number);
	at = rng_below(&rng, 100);
	return at < 62 ? 1 : at < 87 ? 2 : at < 96 ? 3 : 4;
}

struct filling {
	struct plan *plan;
	const struct world *world;
	double sheet_share;  /* of what the workbook would get */
};

static uint8_t draw_source(const struct filling *f, enum entity_kind kind, struct rng *rng)
{
	uint64_t at = rng_below(rng, 100), sum = 0;
	uint8_t source = 0;

	while (source < SOURCE_KINDS - 1 && at >= (sum += shares[kind][source]))
		source++;
	if (source == SOURCE_SALES && !rng_chance(rng, f->sheet_share))
		source = SOURCE_ERP;
	return source;
}

/* One block of customers: their records' sources and days. */
static int fill_block(void *context, size_t index, unsigned worker, struct diag *diag)
{
	const struct filling *f = context;
	uint32_t number = (uint32_t)index * BLOCK, end = number + BLOCK;
	struct entity e;

	(void)worker, (void)diag;
	if (end > f->world->customers)
		end = f->world->customers;
	for (; number < end; number++) {
		uint32_t from = f->plan->first[number], to = f->plan->first[number + 1];
		struct rng rng;

		entity_draw(f->world, number, &e);
		rng_init(&rng, f->world->seed, TOPIC_PLAN, ~(uint64_t)number);
		for (uint32_t i = from; i < to; i++) {
			int32_t late = i == from ? e.joined : f->world->as_of;

			f->plan->records[i] = (struct place_in_file){
				.entity = number, .nth = (uint8_t)(i - from), .source = draw_source(f, e.kind, &rng),
				.created = (int32_t)rng_between(&rng, e.joined - CREATED_BEFORE, late) };
		}
	}
	return 0;
}

/* Rows by day of entry; on the same day in an order that says nothing. */
static void order_source(struct plan *plan, const struct world *world, uint8_t source)
{
	uint64_t *keys = memory_get(plan->count[source], sizeof *keys);
	size_t n = 0;

	for (uint32_t i = 0; i < plan->total; i++) {
		uint64_t day, state = world->seed + i;

		if (plan->records[i].source != source)
			continue;
		day = (uint64_t)(plan->records[i].created - world->start + CREATED_BEFORE);
		keys[n++] = day << 48 | (rng_split(&state) & 0xFFFF) << 32 | i;
	}
	plan_sort(keys, n);
	plan->order[source] = memory_get(n, sizeof *plan->order[source]);
	for (size_t i = 0; i < n; i++) {
		plan->order[source][i] = (uint32_t)keys[i];
		plan->records[(uint32_t)keys[i]].number = (uint32_t)i;
	}
	free(keys);
}

int plan_make(struct plan *plan, const struct world *world, unsigned threads, struct diag *diag)
{
	struct filling filling = { .plan = plan, .world = world };
	double expected = world->customers * 1.55 * .181; /* records that the shares give the workbook */

	*plan = (struct plan){ .first = memory_get((size_t)world->customers + 1, sizeof *plan->first) };
	filling.sheet_share = expected > SHEET_ROWS ? SHEET_ROWS / expected : 1;
	for (uint32_t i = 0; i < world->customers; i++) {
		plan->first[i] = plan->total;
		plan->total += draw_count(world, i);
	}
	plan->first[world->customers] = plan->total;
	plan->records = memory_get(plan->total, sizeof *plan->records);
	if (pool_each(fill_block, &filling, (world->customers + BLOCK - 1) / BLOCK, threads, diag) < 0)
		return -1;
	for (uint32_t i = 0; i < plan->total; i++)
		plan->count[plan->records[i].source]++;
	for (uint8_t source = 0; source < SOURCE_KINDS; source++)
		order_source(plan, world, source);
	return 0;
}

void plan_free(struct plan *plan)
{
	for (int source = 0; source < SOURCE_KINDS; source++)
		free(plan->order[source]);
	free(plan->records);
	free(plan->first);
}
