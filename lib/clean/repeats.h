/*
 * Which values have come before, in bounded memory: hashes of 64 bits in a table of at most 16 MiB. Up to 1.5 million
 * distinct values every repeat is found (two values of one hash: once in 10^7 runs of that size). Beyond, only values whose hash begins with
 * `level` zero bits are looked at, half of them at each further level, and each repeat stands for 2^level. The result
 * depends on the values and their order only.
 */
#ifndef CRM_CLEAN_REPEATS_H
#define CRM_CLEAN_REPEATS_H

#include "base/slice.h"

struct repeats {
	uint64_t *slots;        /* private: hashes, 0 is free */
	size_t mask, used;      /* private */
	unsigned level;
};

void repeats_init(struct repeats *repeats);
void repeats_release(struct repeats *repeats);
uint64_t repeats_hash(struct slice value);
/* Whether the value has been added. Of values that are not looked at it is never known. */
bool repeats_has(const struct repeats *repeats, uint64_t hash);
void repeats_add(struct repeats *repeats, uint64_t hash);

#endif
