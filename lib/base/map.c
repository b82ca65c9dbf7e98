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

/* The slot that holds key, or the free one where it belongs. */
static struct map_slot *find_slot(const struct map *map, struct slice key, uint64_t hash)
{
	size_t at = hash & map->mask;

	for (;; at = (at + 1) & map->mask) {
		struct map_slot *slot = &map->slots[at];

		if (slot->number == MAP_NONE)
			return slot;
		if (slot->tag == hash >> 32 && slice_equal(map->keys[slot->number], key))
			return slot;
	}
}

static void grow(struct map *map)
{
	size_t count = (map->mask + 1) * 2;

	free(map->slots);
	map->slots = new_slots(count);
	map->mask = count - 1;
	for (size_t i = 0; i < map->count; i++) {
		uint64_t hash = hash_bytes(map->keys[i], map->seed);
		size_t at = hash & map->mask;

		while (map->slots[at].number != MAP_NONE)
			at = (at + 1) & map->mask;
		map->slots[at] = (struct map_slot){ (uint32_t)i, (uint32_t)(hash >> 32) };
	}
}

uint32_t map_add(struct map *map, struct slice key)
{
	uint64_t hash = hash_bytes(key, map->seed);
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

uint32_t map_find(const struct map *map, struct slice key)
{
	return find_slot(map, key, hash_bytes(key, map->seed))->number;
}
