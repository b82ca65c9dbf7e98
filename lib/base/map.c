#include "base/map.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

struct map_slot {
	uint32_t number;  /* MAP_NONE: free */
	uint32_t tag;     /* high half of the hash */
};

enum { FIRST_SLOTS = 64 };

static struct map_slot *new_slots(size_t count)
{
	struct map_slot *slots = memory_get(count, sizeof *slots);

	memset(slots, 0xff, count * sizeof *slots);
	return slots;
}

void map_init(struct map *map)
{
	*map = (struct map){ .seed = hash_random_seed(), .mask = FIRST_SLOTS - 1 };
	map->slots = new_slots(FIRST_SLOTS);
	arena_init(&map->text);
}

void map_release(struct map *map)
{
	free(map->slots);
	free(map->keys);
	arena_release(&map->text);
	*map = (struct map){ 0 };
}

void map_settle(struct map *map)
{
	free(map->slots);
	map->slots = NULL;
}

/* Where the search for a tag begins: its upper bits, so that growing needs no more than the tags. */
static size_t home(const struct map *map, uint32_t tag)
{
	return (size_t)((uint64_t)tag * (map->mask + 1) >> 32);
}

/* The slot that holds key, or the free one where it belongs. */
static struct map_slot *find_slot(const struct map *map, struct slice key, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	size_t at = home(map, tag);

	for (;; at = (at + 1) & map->mask) {
		struct map_slot *slot = &map->slots[at];

		if (slot->number == MAP_NONE)
			return slot;
		if (slot->tag == tag && slice_equal(map->keys[slot->number], key))
			return slot;
	}
}

static void grow(struct map *map)
{
	struct map_slot *old = map->slots;
	size_t count = map->mask + 1;

	map->slots = new_slots(count * 2);
	map->mask = count * 2 - 1;
	for (size_t i = 0; i < count; i++) {
		size_t at = home(map, old[i].tag);

		if (old[i].number == MAP_NONE)
			continue;
		while (map->slots[at].number != MAP_NONE)
			at = (at + 1) & map->mask;
		map->slots[at] = old[i];
	}
	free(old);
}

uint64_t map_hash(const struct map *map, struct slice key)
{
	return hash_bytes(key, map->seed);
}

void map_prefetch(const struct map *map, uint64_t hash, unsigned depth)
{
	const struct map_slot *slot = &map->slots[home(map, (uint32_t)(hash >> 32))];

	if (depth == 0)
		__builtin_prefetch(slot);
	else if (slot->number != MAP_NONE && depth == 1)
		__builtin_prefetch(&map->keys[slot->number]);
	else if (slot->number != MAP_NONE)
		__builtin_prefetch(map->keys[slot->number].ptr);
}

uint32_t map_add_hashed(struct map *map, struct slice key, uint64_t hash)
{
	struct map_slot *slot = find_slot(map, key, hash);

	if (slot->number != MAP_NONE)
		return slot->number;
	if (map->count >= MAP_NONE - 1)
		memory_exhausted();
	map->keys = memory_grow(map->keys, &map->capacity, map->count + 1, sizeof *map->keys);
	map->keys[map->count] = arena_copy(&map->text, key);
	*slot = (struct map_slot){ (uint32_t)map->count, (uint32_t)(hash >> 32) };
	map->count++;
	if (map->count * 4 > (map->mask + 1) * 3)
		grow(map);
	return (uint32_t)(map->count - 1);
}

uint32_t map_add(struct map *map, struct slice key)
{
	return map_add_hashed(map, key, map_hash(map, key));
}

uint32_t map_find(const struct map *map, struct slice key)
{
	return find_slot(map, key, map_hash(map, key))->number;
}
