#include "clean/repeats.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

enum { SLOTS_LEAST = 1 << 10, SLOTS_MOST = 1 << 21 };

void repeats_init(struct repeats *repeats)
{
	*repeats = (struct repeats){ .slots = memory_zero(SLOTS_LEAST, sizeof(uint64_t)), .mask = SLOTS_LEAST - 1 };
}

void repeats_release(struct repeats *repeats)
{
	free(repeats->slots);
	repeats->slots = NULL;
}

/* The same in every run, since it decides what is looked at. */
uint64_t repeats_hash(struct slice value)
{
	uint64_t hash = hash_mix(hash_bytes(value, 0x9E37), 0xC2B2);

	return hash ? hash : 1;
}

static bool is_looked_at(const struct repeats *repeats, uint64_t hash)
{
	return repeats->level == 0 || hash >> (64 - repeats->level) == 0;
}

static size_t find(const struct repeats *repeats, uint64_t hash)
{
	size_t at = hash & repeats->mask;

	while (repeats->slots[at] && repeats->slots[at] != hash)
		at = (at + 1) & repeats->mask;
	return at;
}

bool repeats_has(const struct repeats *repeats, uint64_t hash)
{
	return is_looked_at(repeats, hash) && repeats->slots[find(repeats, hash)];
}

/* Into a table of so many slots, without what is not looked at any more. */
static void rebuild(struct repeats *repeats, size_t slots)
{
	uint64_t *old = repeats->slots;
	size_t count = repeats->mask + 1;

	repeats->slots = memory_zero(slots, sizeof *repeats->slots);
	repeats->mask = slots - 1;
	repeats->used = 0;
	for (size_t i = 0; i < count; i++)
		if (old[i] && is_looked_at(repeats, old[i])) {
			repeats->slots[find(repeats, old[i])] = old[i];
			repeats->used++;
		}
	free(old);
}

void repeats_add(struct repeats *repeats, uint64_t hash)
{
	size_t at, slots = repeats->mask + 1;

	if (!is_looked_at(repeats, hash))
		return;
	at = find(repeats, hash);
	if (repeats->slots[at])
		return;
	repeats->slots[at] = hash;
	if (++repeats->used <= slots / 4 * 3)
		return;
	repeats->level += slots == SLOTS_MOST;
	rebuild(repeats, slots == SLOTS_MOST ? slots : slots * 2);
}
