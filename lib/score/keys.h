/*
 * The keys of customers: a dictionary as base/map.h, each distinct text with a dense number in order of first sight, for tens of
 * millions of look-ups in random order. The hash is taken by the caller, once, so that the slot can be fetched ahead of use.
 */
#ifndef CRM_SCORE_KEYS_H
#define CRM_SCORE_KEYS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/slice.h"

#define KEY_NONE UINT32_MAX

enum { KEY_HEAD = 16 };

/* Half a cache line: most keys are short and are compared without leaving it. */
struct key_slot {
	uint64_t hash;
	uint32_t number;    /* KEY_NONE: free */
	uint32_t length;
	uint64_t head[KEY_HEAD / 8];   /* the first bytes, then zeros */
};

struct keys {
	struct slice *keys;      /* by number; owned by `text` */
	size_t count;
	/* private */
	struct key_slot *slots;  /* open addressing, a power of two */
	size_t mask, capacity;
	uint64_t seed;
	struct arena text;
};

void keys_init(struct keys *keys);
void keys_release(struct keys *keys);

static inline uint64_t keys_hash(const struct keys *keys, struct slice key)
{
	return hash_bytes(key, keys->seed);
}

/*
 * Soon a look-up with this hash will come. A macro, since gcc takes a function that only prefetches for one without effect
 * and drops its calls.
 */
#define KEYS_PREFETCH(keys, hash) __builtin_prefetch(&(keys)->slots[(hash) & (keys)->mask])

/* The number of key, or KEY_NONE. Safe from several threads while nobody adds. */
uint32_t keys_find(const struct keys *keys, struct slice key, uint64_t hash);
/* The number of key, which is added if it is new. Keys are shorter than 4 GiB. */
uint32_t keys_add(struct keys *keys, struct slice key, uint64_t hash);

#endif
