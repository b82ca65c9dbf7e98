/*
 * Which pairs of records are worth a comparison (blocking). Every field gives some keys: the value, how it begins or sounds, its halves,
 * its rare words. Rows with an equal key are a block; a block too large is split by the other keys of its rows, again and again
 * (dynamic blocking: McNeill, Kardes, Borthwick, Dynamic record blocking, 2012), and what can not be split is paired with
 * near neighbours only and reported.
 */
#ifndef CRM_MATCH_KEYS_H
#define CRM_MATCH_KEYS_H

#include "base/diag.h"
#include "match/compare.h"

struct pairs {
	uint64_t *all;       /* a << 32 | b with a < b, ascending, no repeats; of the vast */
	size_t count, capacity;
	uint64_t hot_rows;   /* rows of blocks that could not be split, counted per block */
	uint64_t hot_blocks;
	bool complete;       /* every pair of rows is there */
};

static inline uint32_t pair_first(uint64_t pair) { return (uint32_t)(pair >> 32); }
static inline uint32_t pair_second(uint64_t pair) { return (uint32_t)pair; }

struct keys_options {
	const uint32_t *sources;   /* per row, or NULL */
	bool link_only;            /* pairs between two sources only */
	const bool *fresh;         /* per row, or NULL: pairs with one of these only; blocks without one cost nothing */
	size_t block_most;         /* rows in a block */
	double chance_most;        /* rows that chance alone may bring into what splitting leaves: a block of a town and a trade with three rows in it may be three strangers */
	uint64_t all_most;         /* up to this many pairs there is no blocking */
	unsigned threads;
	struct vast *vast;         /* keeps the pairs; or NULL */
	size_t entries_most;       /* keys of rows that a thread sorts at once, about; of more, in several passes */
};

int keys_find_pairs(const struct fields *fields, size_t rows, const struct keys_options *options, struct pairs *pairs, struct diag *diag) MUST_CHECK;
void pairs_release(struct pairs *pairs);

#endif
