/*
 * Threads. pool_pipeline keeps the order of its items; pool_each runs independent tasks.
 * With one thread everything runs in the caller's thread. Results never depend on the number of threads.
 */
#ifndef CRM_BASE_POOL_H
#define CRM_BASE_POOL_H

#include <stddef.h>

#include "base/diag.h"

/*
 * read fills one item and is called by one thread at a time, in order: 1 filled, 0 end, -1 failed (diag says why).
 * work changes an item, several at a time; `worker` is 0 .. threads-1 and names storage of that thread.
 * write takes the items in the order of read, one thread at a time. work and write return 0 or -1.
 * Any of work and write may be NULL.
 */
struct pool_stages {
	int (*read)(void *context, void *item, struct diag *diag);
	int (*work)(void *context, void *item, unsigned worker, struct diag *diag);
	int (*write)(void *context, void *item, struct diag *diag);
};

/*
 * Runs until read says end, or something fails. `items` are the caller's reusable slots, at least one; twice the
 * threads is a good number. The first error in input order ends the run and is what diag holds; everything before it
 * has been written. Returns 0 or -1.
 */
int pool_pipeline(const struct pool_stages *stages, void *context, void **items, size_t item_count,
		  unsigned threads, struct diag *diag) MUST_CHECK;

/* Runs task(context, 0 .. count-1, worker, diag) in any order. The error of the lowest task wins. Returns 0 or -1. */
int pool_each(int (*task)(void *context, size_t index, unsigned worker, struct diag *diag), void *context,
	      size_t count, unsigned threads, struct diag *diag) MUST_CHECK;

/* The processors this process may run on, at most 64. */
unsigned pool_processors(void);

#endif
