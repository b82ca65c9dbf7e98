/*
 * A map gives each distinct text a dense number 0, 1, 2, … in order of first sight. That one thing serves as
 * a set, as a dictionary (index an array of your own with the number) and to intern text: the map owns a copy of each key.
 * The hash is seeded at random, so no input can be made to collide; the numbers depend on the order of insertion only.
 */
#ifndef CRM_BASE_MAP_H
#define CRM_BASE_MAP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

#define MAP_NONE UINT32_MAX

struct map_slot;

struct map {
	struct map_slot *slots;  /* private: open addressing, a power of two */
	size_t mask;             /* private */
	struct slice *keys;      /* by number; owned by `text` */
	size_t count;            /* how many keys; under MAP_NONE */
	size_t capacity;         /* private */
	uint64_t seed;           /* private */
	struct arena text;       /* private */
};

void map_init(struct map *map);
void map_release(struct map *map);
/* Gives back what finding needs: after it the keys can be read, and no more. */
void map_settle(struct map *map);
/* The number of key, which is added if it is new. */
uint32_t map_add(struct map *map, struct slice key);
/* The number of key, or MAP_NONE. Safe from several threads while nobody adds. */
uint32_t map_find(const struct map *map, struct slice key);

/*
 * For adding many keys: the hash of a key, which stays the same, and asking for what finding it will need before it is added. depth 0: its
 * place; 1: the key that is there, once the place has come; 2: that key's text.
 */
uint64_t map_hash(const struct map *map, struct slice key);
void map_prefetch(const struct map *map, uint64_t hash, unsigned depth);
uint32_t map_add_hashed(struct map *map, struct slice key, uint64_t hash);

#endif
