#include "score/keys.h"

#include <stdlib.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 1024 };

static struct key_slot *new_slots(size_t count)
{
	struct key_slot *slots = memory_get_huge(count, sizeof *slots);

	for (size_t i = 0; i < count; i++)
		slots[i].number = KEY_NONE;
	return slots;
}

void keys_init(struct keys *keys)
{
	*keys = (struct keys){ .mask = FIRST_SLOTS - 1, .seed = hash_random_seed(), .slots = new_slots(FIRST_SLOTS) };
	arena_init(&keys->text);
}

void keys_release(struct keys *keys)
{
	free(keys->slots);
	free(keys->keys);
	arena_release(&keys->text);
}

static void copy_head(uint64_t head[KEY_HEAD / 8], struct slice key)
{
	head[0] = hash_word(key.ptr, key.len < 8 ? key.len : 8);
	head[1] = key.len <= 8 ? 0 : hash_word(key.ptr + 8, key.len < KEY_HEAD ? key.len - 8 : 8);
}

/* The slot that holds key, or the free one where it belongs. */
static struct key_slot *find_slot(const struct keys *keys, struct slice key, uint64_t hash)
{
	size_t at = hash & keys->mask;
	uint64_t head[KEY_HEAD / 8];

	copy_head(head, key);
	for (;; at = (at + 1) & keys->mask) {
		struct key_slot *slot = &keys->slots[at];

		if (slot->number == KEY_NONE)
			return slot;
		if (slot->hash == hash && slot->length == key.len && slot->head[0] == head[0] && slot->head[1] == head[1] &&
		    (key.len <= KEY_HEAD || slice_equal(keys->keys[slot->number], key)))
			return slot;
	}
}

uint32_t keys_find(const struct keys *keys, struct slice key, uint64_t hash)
{
	return find_slot(keys, key, hash)->number;
}

static void grow(struct keys *keys)
{
	size_t old_count = keys->mask + 1, count = old_count * 2;
	struct key_slot *old = keys->slots;

	keys->slots = new_slots(count);
	keys->mask = count - 1;
	for (size_t i = 0; i < old_count; i++) {
		size_t at = old[i].hash & keys->mask;

		if (old[i].number == KEY_NONE)
			continue;
		while (keys->slots[at].number != KEY_NONE)
			at = (at + 1) & keys->mask;
		keys->slots[at] = old[i];
	}
	free(old);
}

uint32_t keys_add(struct keys *keys, struct slice key, uint64_t hash)
{
	struct key_slot *slot = find_slot(keys, key, hash);

	if (slot->number != KEY_NONE)
		return slot->number;
	if (keys->count >= KEY_NONE - 1 || key.len > UINT32_MAX)
		memory_exhausted();
	keys->keys = memory_grow(keys->keys, &keys->capacity, keys->count + 1, sizeof *keys->keys);
	keys->keys[keys->count] = arena_copy(&keys->text, key.len ? key : SLICE(""));
	*slot = (struct key_slot){ .hash = hash, .number = (uint32_t)keys->count, .length = (uint32_t)key.len };
	copy_head(slot->head, key);
	keys->count++;
	if (keys->count * 2 > keys->mask + 1)
		grow(keys);
	return (uint32_t)(keys->count - 1);
}
