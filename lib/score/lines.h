/*
 * Order lines of all customers, kept until every input has been read, then handed out customer by customer. Lines lie in
 * partitions by customer number; a partition is sorted by customer when it is asked for, which costs its own size
 * in memory, for each thread. What does not fit into `memory` bytes moves to files in tmpdir that have no name.
 * Filled by several writers side by side. Of the lines of a customer, those of one writer keep the order in which they were added, and come before
 * those of the next.
 */
#ifndef CRM_SCORE_LINES_H
#define CRM_SCORE_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum line_flag {
	LINE_RETURN = 1,  /* goods that came back, or money: counts into the amount, is no purchase of its own */
	LINE_VOID = 2,    /* cancelled, closed, refunded in full, never paid: as if it had not been */
};

/* One row of an orders file. 40 bytes, and 24 while it is kept where it has no more than an amount: there may be a hundred million. */
struct line {
	uint32_t customer;      /* number of the key */
	int32_t day;            /* since 1970-01-01 */
	int64_t amount;         /* 1/10000, net of a refund column */
	int64_t profit;         /* 1/10000 */
	uint64_t order;         /* hash of the order id, 0: the row is an order of its own */
	uint32_t row : 24;      /* hash of the row as it stood: tells repeated rows of an order */
	uint32_t file : 8;      /* which file, from 0 */
	uint16_t category;      /* 0: none */
	uint8_t channel;        /* 0: none */
	uint8_t flags;          /* enum line_flag */
};

struct lines;

/*
 * LINES_TOGETHER customers after another are in one partition, the next ones in the next, and so round and round: what is kept by customer is
 * met in order, however many there will be.
 */
enum { LINES_PARTITIONS = 256, LINES_TOGETHER = 64 };

static inline size_t lines_partition(uint32_t customer)
{
	return customer / LINES_TOGETHER % LINES_PARTITIONS;
}

/* The customer's number within his partition, and back. */
static inline size_t lines_local(uint32_t customer)
{
	return customer / (LINES_TOGETHER * LINES_PARTITIONS) * LINES_TOGETHER + customer % LINES_TOGETHER;
}

static inline uint32_t lines_customer(size_t partition, size_t local)
{
	return (uint32_t)((local / LINES_TOGETHER * LINES_PARTITIONS + partition) * LINES_TOGETHER + local % LINES_TOGETHER);
}

/* Numbers within a partition are less than this. */
static inline size_t lines_locals(size_t customers, size_t partition)
{
	size_t round = LINES_TOGETHER * LINES_PARTITIONS, rest = customers % round, before = partition * LINES_TOGETHER;

	return customers / round * LINES_TOGETHER +
	       (rest <= before ? 0 : rest - before < LINES_TOGETHER ? rest - before : LINES_TOGETHER);
}

struct lines *lines_new(size_t memory, unsigned writers, const char *tmpdir);
void lines_free(struct lines *lines);
/* By a writer, from 0; several at a time, each by one thread. */
int lines_add(struct lines *lines, unsigned writer, const struct line *line, struct diag *diag) MUST_CHECK;
uint64_t lines_count(const struct lines *lines);

/* The lines of one customer; the callee may reorder them. 0 or -1. Several at a time, by different workers. */
typedef int lines_visit(void *context, uint32_t customer, struct line *of_customer, size_t count, unsigned worker,
			struct diag *diag);
/*
 * Visits every customer that has lines, `customers` being over every number used; those of one partition one after another. Once: lines that
 * have been visited are given back.
 */
int lines_each(struct lines *lines, uint32_t customers, lines_visit *visit, void *context, unsigned threads,
	       struct diag *diag) MUST_CHECK;

#endif
