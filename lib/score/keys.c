#include "score/keys.h"

#include <stdlib.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 1024, CHUNKS = 1 << (32 - KEY_CHUNK_BITS), LONG = 1 << 12 };

/* Padded with zeros to whole units. Of a long key, the text is elsewhere, and its address here. */
struct key_record {
	uint32_t number;
	uint32_t length;
	char text[];
};

static uint64_t *new_slots(size_t count)
{
	uint64_t *slots = memory_get_huge(count, sizeof *slots);

	return memset(slots, 0, count * sizeof *slots);
}

void keys_init(struct keys *keys)
{
	*keys = (struct keys){ .mask = FIRST_SLOTS - 1, .seed = hash_random_seed(), .slots = new_slots(FIRST_SLOTS), .used = 1 };
	keys->chunks = memory_zero(CHUNKS, sizeof *keys->chunks);
	keys->chunks[0] = memory_get(KEY_CHUNK, 1);
	arena_init(&keys->long_texts);
	pthread_rwlock_init(&keys->moving, NULL);
}

void keys_release(struct keys *keys)
{
	for (size_t i = 0; keys->chunks && keys->chunks[i]; i++)
		free(keys->chunks[i]);
	free(keys->chunks);
	free(keys->slots);
	free(keys->places);
	arena_release(&keys->long_texts);
	pthread_rwlock_destroy(&keys->moving);
}

void keys_hold(struct keys *keys)
{
	pthread_rwlock_rdlock(&keys->moving);
}

void keys_let_go(struct keys *keys)
{
	pthread_rwlock_unlock(&keys->moving);
}

static struct slice text_of(const struct key_record *record)
{
	const char *text = record->text;

	if (record->length >= LONG)
		memcpy(&text, record->text, sizeof text);
	return (struct slice){ text, record->length };
}

static bool has_text(const struct key_record *record, struct slice key)
{
	uint64_t word;

	if (record->length != key.len)
		return false;
	if (key.len > 16)
		return slice_equal(text_of(record), key);
	memcpy(&word, record->text, sizeof word); /* its padding is there, even of an empty one */
	if (le64toh(word) != hash_word(key.ptr, key.len < 8 ? key.len : 8))
		return false;
	if (key.len <= 8)
		return true;
	memcpy(&word, record->text + 8, sizeof word);
	return le64toh(word) == hash_word(key.ptr + 8, key.len - 8);
}

/* The slot that holds key and its number, or the free one where it belongs and KEY_NONE. A slot that is taken says that its record is there. */
static uint64_t *find_slot(const struct keys *keys, struct slice key, uint64_t hash, uint32_t *number)
{
	*number = KEY_NONE;
	for (size_t at = (hash >> 32) & keys->mask;; at = (at + 1) & keys->mask) {
		uint64_t slot = __atomic_load_n(&keys->slots[at], __ATOMIC_ACQUIRE);
		const struct key_record *record;

		if (slot == 0)
			return &keys->slots[at];
		if (slot >> 32 != hash >> 32)
			continue;
		record = (const struct key_record *)keys_record(keys, slot);
		if (!has_text(record, key))
			continue;
		*number = record->number;
		return &keys->slots[at];
	}
}

uint32_t keys_find(const struct keys *keys, struct slice key, uint64_t hash)
{
	uint32_t number;

	(void)find_slot(keys, key, hash, &number);
	return number;
}

struct slice keys_text(const struct keys *keys, uint32_t number)
{
	return text_of((const struct key_record *)keys_record(keys, keys->places[number]));
}

/* Those who look up do so in the old slots until the new ones are ready. */
static void grow(struct keys *keys)
{
	size_t count = (keys->mask + 1) * 2, mask = count - 1;
	uint64_t *old = keys->slots, *slots = new_slots(count);

	for (size_t i = 0; i <= keys->mask; i++) {
		size_t at = (old[i] >> 32) & mask;

		if (old[i] == 0)
			continue;
		while (slots[at])
			at = (at + 1) & mask;
		slots[at] = old[i];
	}
	pthread_rwlock_wrlock(&keys->moving);
	keys->slots = slots;
	keys->mask = mask;
	pthread_rwlock_unlock(&keys->moving);
	free(old);
}

/* The place of a new record. */
static uint32_t put_record(struct keys *keys, struct slice key)
{
	size_t chunk = keys->used >> KEY_CHUNK_BITS, room = (size_t)1 << KEY_CHUNK_BITS, size = key.len < LONG ? key.len : sizeof(char *), place;
	size_t units = (sizeof(struct key_record) + (size ? size : 1) + KEY_UNIT - 1) / KEY_UNIT;
	struct key_record *record;

	place = keys->used % room + units <= room ? keys->used : (chunk + 1) * room;
	if (place >> KEY_CHUNK_BITS >= CHUNKS)
		memory_exhausted();
	if (!keys->chunks[place >> KEY_CHUNK_BITS])
		keys->chunks[place >> KEY_CHUNK_BITS] = memory_get_huge(KEY_CHUNK, 1);
	record = (struct key_record *)keys_record(keys, place);
	memset((uint64_t *)record + units - 1, 0, KEY_UNIT);
	record->number = (uint32_t)keys->count;
	record->length = (uint32_t)key.len;
	if (key.len < LONG) {
		memcpy(record->text, key.len ? key.ptr : "", key.len);
	} else {
		const char *text = arena_copy(&keys->long_texts, key).ptr;

		memcpy(record->text, &text, sizeof text);
	}
	keys->used = place + units;
	return (uint32_t)place;
}

uint32_t keys_add(struct keys *keys, struct slice key, uint64_t hash)
{
	uint32_t number, place;
	uint64_t *slot = find_slot(keys, key, hash, &number);

	if (number != KEY_NONE)
		return number;
	if (keys->count >= KEY_NONE - 1 || key.len > UINT32_MAX)
		memory_exhausted();
	if ((keys->count + 1) * 2 > keys->mask + 1) {
		grow(keys);
		slot = find_slot(keys, key, hash, &number);
	}
	place = put_record(keys, key);
	keys->places = memory_grow(keys->places, &keys->capacity, keys->count + 1, sizeof *keys->places);
	keys->places[keys->count] = place;
	__atomic_store_n(slot, hash >> 32 << 32 | place, __ATOMIC_RELEASE);
	return (uint32_t)keys->count++;
}
