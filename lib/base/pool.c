/*
 * The pipeline has no thread of its own for reading or writing. Every thread loops: write the oldest item if it is
 * ready and nobody writes; else work on a filled item; else read the next one if nobody reads; else wait. Slots form a
 * ring: item number n lives in slot n % count. Invariants, under the lock: written <= claimed <= filled <= written + count.
 * An item that fails keeps its diag; the writer, who meets items in order, stops at the first such item.
 */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum slot_state { SLOT_FREE, SLOT_FILLED, SLOT_BUSY, SLOT_DONE };

struct slot {
	void *item;
	enum slot_state state;
	struct diag diag;
};

struct pipeline {
	const struct pool_stages *stages;
	void *context;
	struct slot *slots;
	size_t count;
	uint64_t filled, claimed, written;  /* item numbers: next to fill, to work on, to write */
	bool reading, writing, ended, stopped;
	struct diag *diag;
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

struct member {
	pthread_t thread;
	unsigned number;
	void *shared;
};

static struct slot *slot_of(struct pipeline *p, uint64_t number)
{
	return &p->slots[number % p->count];
}

/* A caller's function that fails must say why; here is what is said when it does not. */
static void need_reason(int result, struct diag *diag)
{
	if (result < 0 && diag->status == STATUS_OK)
		diag_fail(diag, STATUS_SYSTEM, NULL, NULL, "internal error: failure without a reason");
}

/* Each step below is entered and left with the lock held, and gives it up for the time of the call. */

static void read_one(struct pipeline *p)
{
	struct slot *slot = slot_of(p, p->filled);
	int got;

	p->reading = true;
	pthread_mutex_unlock(&p->lock);
	got = p->stages->read(p->context, slot->item, &slot->diag);
	need_reason(got, &slot->diag);
	pthread_mutex_lock(&p->lock);
	p->reading = false;
	if (got <= 0)
		p->ended = true;
	if (got == 0)
		return; /* what it warned of comes last: pool_pipeline */
	slot->state = got > 0 ? SLOT_FILLED : SLOT_DONE;
	p->filled++;
}

static void work_one(struct pipeline *p, unsigned worker)
{
	struct slot *slot = slot_of(p, p->claimed);

	p->claimed++;
	if (slot->state == SLOT_DONE)
		return; /* a failed read */
	slot->state = SLOT_BUSY;
	pthread_mutex_unlock(&p->lock);
	if (p->stages->work)
		need_reason(p->stages->work(p->context, slot->item, worker, &slot->diag), &slot->diag);
	pthread_mutex_lock(&p->lock);
	slot->state = SLOT_DONE;
}

static void write_one(struct pipeline *p)
{
	struct slot *slot = slot_of(p, p->written);
	bool failed = slot->diag.status != STATUS_OK;

	p->writing = true;
	pthread_mutex_unlock(&p->lock);
	if (!failed && p->stages->write)
		need_reason(p->stages->write(p->context, slot->item, &slot->diag), &slot->diag);
	failed = slot->diag.status != STATUS_OK;
	pthread_mutex_lock(&p->lock);
	p->writing = false;
	diag_merge(p->diag, &slot->diag);
	if (failed) {
		p->stopped = true;
		return;
	}
	slot->state = SLOT_FREE;
	p->written++;
}

static bool is_over(const struct pipeline *p)
{
	return p->stopped || (p->ended && p->written == p->filled);
}

static void *pipeline_member(void *argument)
{
	struct member *self = argument;
	struct pipeline *p = self->shared;

	pthread_mutex_lock(&p->lock);
	while (!is_over(p)) {
		if (!p->writing && p->written < p->filled && slot_of(p, p->written)->state == SLOT_DONE &&
		    p->written < p->claimed)
			write_one(p);
		else if (p->claimed < p->filled)
			work_one(p, self->number);
		else if (!p->reading && !p->ended && p->filled < p->written + p->count)
			read_one(p);
		else {
			pthread_cond_wait(&p->changed, &p->lock);
			continue;
		}
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Runs `body` in `threads` threads, the caller's being number 0. Fewer are used when the system gives no more. */
static void run_members(void *(*body)(void *), void *shared, unsigned threads)
{
	struct member *members = memory_zero(threads, sizeof *members);
	unsigned started = 1;

	for (unsigned i = 0; i < threads; i++)
		members[i] = (struct member){ .number = i, .shared = shared };
	while (started < threads && pthread_create(&members[started].thread, NULL, body, &members[started]) == 0)
		started++;
	body(&members[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(members[i].thread, NULL);
	free(members);
}

int pool_pipeline(const struct pool_stages *stages, void *context, void **items, size_t item_count,
		  unsigned threads, struct diag *diag)
{
	struct pipeline p = { .stages = stages, .context = context, .count = item_count, .diag = diag };

	p.slots = memory_zero(item_count, sizeof *p.slots);
	for (size_t i = 0; i < item_count; i++) {
		p.slots[i].item = items[i];
		diag_init(&p.slots[i].diag);
	}
	pthread_mutex_init(&p.lock, NULL);
	pthread_cond_init(&p.changed, NULL);
	run_members(pipeline_member, &p, threads ? threads : 1);
	pthread_cond_destroy(&p.changed);
	pthread_mutex_destroy(&p.lock);
	if (!p.stopped)
		diag_merge(diag, &slot_of(&p, p.filled)->diag);
	for (size_t i = 0; i < item_count; i++)
		diag_release(&p.slots[i].diag);
	free(p.slots);
	return diag->status == STATUS_OK ? 0 : -1;
}

struct each {
	int (*task)(void *context, size_t index, unsigned worker, struct diag *diag);
	void *context;
	size_t next, count;
	size_t failed;     /* lowest task that failed, or SIZE_MAX */
	struct diag diag;  /* its error, and all warnings */
	pthread_mutex_t lock;
};

static void *each_member(void *argument)
{
	struct member *self = argument;
	struct each *each = self->shared;
	struct diag own;

	diag_init(&own);
	pthread_mutex_lock(&each->lock);
	while (each->next < each->count && each->failed == SIZE_MAX) {
		size_t index = each->next++;

		pthread_mutex_unlock(&each->lock);
		need_reason(each->task(each->context, index, self->number, &own), &own);
		pthread_mutex_lock(&each->lock);
		if (own.status != STATUS_OK && index < each->failed) {
			each->failed = index;
			each->diag.status = STATUS_OK;
		}
		diag_merge(&each->diag, &own);
	}
	pthread_mutex_unlock(&each->lock);
	diag_release(&own);
	return NULL;
}

int pool_each(int (*task)(void *context, size_t index, unsigned worker, struct diag *diag), void *context,
	      size_t count, unsigned threads, struct diag *diag)
{
	struct each each = { .task = task, .context = context, .count = count, .failed = SIZE_MAX };

	if (threads > count)
		threads = (unsigned)count;
	diag_init(&each.diag);
	pthread_mutex_init(&each.lock, NULL);
	run_members(each_member, &each, threads ? threads : 1);
	pthread_mutex_destroy(&each.lock);
	diag_merge(diag, &each.diag);
	diag_release(&each.diag);
	return each.failed == SIZE_MAX ? 0 : -1;
}

unsigned pool_processors(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	count = CPU_COUNT(&set);
	return count < 1 ? 1 : count > 64 ? 64 : (unsigned)count;
}
