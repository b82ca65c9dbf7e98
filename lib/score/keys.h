/*
 * The keys of customers: a dictionary as base/map.h, each distinct text with a dense number in order of first sight, for tens of
 * millions of look-ups in random order. The hash is taken by the caller, once, so that what a look-up needs can be fetched ahead of use.
 * One thread at a time adds. Others may look up meanwhile, between keys_hold and keys_let_go; what is just being added they find or not.
 */
#ifndef CRM_SCORE_KEYS_H
#define CRM_SCORE_KEYS_H

#include <pthread.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/slice.h"

#define KEY_NONE UINT32_MAX

struct keys {
	size_t count;
	/* private */
	uint64_t *slots;         /* open addressing, a power of two: upper half of the hash, place of the record; 0: free */
	size_t mask;
	char **chunks;           /* of records, which never move */
	size_t used;             /* the place after the last record */
	uint32_t *places;        /* by number */
	size_t capacity;
	uint64_t seed;
	struct arena long_texts;
	pthread_rwlock_t moving; /* of slots: they move only while nobody holds it */
};

/* A place is counted in units from 1 on: 32 GB can be reached. */
enum { KEY_UNIT = 8, KEY_CHUNK_BITS = 18 /* of places in a chunk */, KEY_CHUNK = KEY_UNIT << KEY_CHUNK_BITS };

void keys_init(struct keys *keys);
void keys_release(struct keys *keys);

static inline uint64_t keys_hash(const struct keys *keys, struct slice key)
{
	return hash_bytes(key, keys->seed);
}

/* Shortly, for some thousands of look-ups: who adds may have to wait. */
void keys_hold(struct keys *keys);
void keys_let_go(struct keys *keys);
/* The number of key, or KEY_NONE. Safe from several threads while nobody adds, or who looks holds the keys. */
uint32_t keys_find(const struct keys *keys, struct slice key, uint64_t hash);
/* The number of key, which is added if it is new. Keys are shorter than 4 GiB. */
uint32_t keys_add(struct keys *keys, struct slice key, uint64_t hash);
/* The key with that number, while the keys live. Not while another thread adds. */
struct slice keys_text(const struct keys *keys, uint32_t number);

static inline uint64_t *keys_slot(const struct keys *keys, uint64_t hash)
{
	return &keys->slots[(hash >> 32) & keys->mask];
}

static inline char *keys_record(const struct keys *keys, uint64_t slot)
{
	uint32_t place = (uint32_t)slot;

	return keys->chunks[place >> KEY_CHUNK_BITS] + (size_t)(place & ((1U << KEY_CHUNK_BITS) - 1)) * KEY_UNIT;
}

/* Where the record of a key with this hash very likely is. */
static inline const char *keys_likely_record(const struct keys *keys, uint64_t hash)
{
	uint64_t slot = 0;

	for (size_t i = 0; i < 4; i++) {
		slot = __atomic_load_n(&keys->slots[((hash >> 32) + i) & keys->mask], __ATOMIC_ACQUIRE);
		if (slot >> 32 == hash >> 32)
			break;
	}
	return keys_record(keys, slot);
}

/*
 * Look-ups in a large dictionary wait for memory, unless it is asked for some rows ahead: before that of rows[i] of `count`, which have a member
 * `hash`. A macro, since gcc takes a function that only prefetches for one without effect and drops its calls.
 */
#define KEYS_FORESEE(keys, rows, i, count)                                                                \
	do {                                                                                              \
		if ((i) + 2 * KEYS_AHEAD < (count))                                                       \
			__builtin_prefetch(keys_slot(keys, (rows)[(i) + 2 * KEYS_AHEAD].hash));           \
		if ((i) + KEYS_AHEAD < (count))                                                           \
			__builtin_prefetch(keys_likely_record(keys, (rows)[(i) + KEYS_AHEAD].hash));      \
	} while (0)

enum { KEYS_AHEAD = 16 };

#endif
