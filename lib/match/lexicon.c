#include "match/lexicon.h"

#include "base/hash.h"
#include "base/memory.h"

struct lexicon_slot {
	uint32_t number;  /* plus one; 0: free */
	uint32_t tag;     /* high half of the hash */
};

enum { FIRST_SLOTS = 64, LENGTH_MOST = (1 << 21) - 1 };
static const uint64_t OFFSET_MASK = (UINT64_C(1) << 40) - 1;

void lexicon_init(struct lexicon *lexicon, struct vast *vast, const char *borrowed)
{
	*lexicon = (struct lexicon){ .vast = vast, .text = borrowed ? borrowed : "", .seed = hash_random_seed(), .mask = FIRST_SLOTS - 1 };
	if (!borrowed)
		lexicon->text = lexicon->own = vast_grow(vast, NULL, &lexicon->text_capacity, 1, 1);
	lexicon->slots = vast_get(vast, FIRST_SLOTS, sizeof *lexicon->slots);
}

void lexicon_release(struct lexicon *lexicon)
{
	vast_drop(lexicon->slots);
	vast_drop(lexicon->places);
	vast_drop(lexicon->own);
	*lexicon = (struct lexicon){ 0 };
}

void lexicon_settle(struct lexicon *lexicon)
{
	vast_drop(lexicon->slots);
	lexicon->slots = NULL;
}

void lexicon_close(struct lexicon *lexicon)
{
	lexicon->places = vast_resize(lexicon->vast, lexicon->places, lexicon->count + 1, sizeof *lexicon->places);
	if (lexicon->own)
		lexicon->text = lexicon->own = vast_resize(lexicon->vast, lexicon->own, lexicon->length + 1, 1);
}

/* Where the search for a tag begins: its upper bits, so that growing needs no more than the tags. */
static size_t home(const struct lexicon *lexicon, uint32_t tag)
{
	return (size_t)((uint64_t)tag * (lexicon->mask + 1) >> 32);
}

/* The slot that holds key, or the free one where it belongs. */
static struct lexicon_slot *find_slot(const struct lexicon *lexicon, struct slice key, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	for (size_t at = home(lexicon, tag);; at = (at + 1) & lexicon->mask) {
		struct lexicon_slot *slot = &lexicon->slots[at];

		if (slot->number == 0 || (slot->tag == tag && slice_equal(lexicon_text(lexicon, slot->number - 1), key)))
			return slot;
	}
}

static void grow(struct lexicon *lexicon)
{
	struct lexicon_slot *old = lexicon->slots;
	size_t count = lexicon->mask + 1;

	lexicon->slots = vast_get(lexicon->vast, count * 2, sizeof *lexicon->slots);
	memset(lexicon->slots, 0, count * 2 * sizeof *lexicon->slots); /* a page that is read before it is written is faulted in twice, and the second time all processors hear of it */
	lexicon->mask = count * 2 - 1;
	for (size_t i = 0; i < count; i++) {
		size_t at = home(lexicon, old[i].tag);

		if (old[i].number == 0)
			continue;
		while (lexicon->slots[at].number)
			at = (at + 1) & lexicon->mask;
		lexicon->slots[at] = old[i];
	}
	vast_drop(old);
}

static struct slice cut(struct slice key)
{
	return slice_first(key, LENGTH_MOST);
}

uint64_t lexicon_hash(const struct lexicon *lexicon, struct slice key)
{
	return hash_bytes(cut(key), lexicon->seed);
}

void lexicon_prefetch(const struct lexicon *lexicon, uint64_t hash, unsigned depth)
{
	const struct lexicon_slot *slot = &lexicon->slots[home(lexicon, (uint32_t)(hash >> 32))];

	if (depth == 0)
		__builtin_prefetch(slot);
	else if (slot->number && depth == 1)
		__builtin_prefetch(&lexicon->places[slot->number - 1]);
	else if (slot->number)
		__builtin_prefetch(lexicon->text + lexicon->places[slot->number - 1].offset);
}

uint32_t lexicon_add_hashed(struct lexicon *lexicon, struct slice key, uint64_t hash)
{
	struct lexicon_slot *slot;
	size_t offset = lexicon->length;

	key = cut(key);
	slot = find_slot(lexicon, key, hash);
	if (slot->number)
		return slot->number - 1;
	if (lexicon->count >= LEXICON_NONE - 1)
		memory_exhausted();
	if (!lexicon->own) {
		offset = key.len ? (size_t)(key.ptr - lexicon->text) : 0;
	} else if (key.len) {
		lexicon->text = lexicon->own = vast_grow(lexicon->vast, lexicon->own, &lexicon->text_capacity, offset + key.len, 1);
		memcpy(lexicon->own + offset, key.ptr, key.len);
		lexicon->length += key.len;
	}
	lexicon->places = vast_grow(lexicon->vast, lexicon->places, &lexicon->capacity, lexicon->count + 1, sizeof *lexicon->places);
	lexicon->places[lexicon->count] = (struct lexeme){ .offset = offset & OFFSET_MASK, .length = key.len & LENGTH_MOST };
	*slot = (struct lexicon_slot){ (uint32_t)++lexicon->count, (uint32_t)(hash >> 32) };
	if (lexicon->count * 4 > (lexicon->mask + 1) * 3)
		grow(lexicon);
	return (uint32_t)(lexicon->count - 1);
}

uint32_t lexicon_add(struct lexicon *lexicon, struct slice key)
{
	return lexicon_add_hashed(lexicon, key, lexicon_hash(lexicon, key));
}

uint32_t lexicon_find(const struct lexicon *lexicon, struct slice key)
{
	key = cut(key);
	return find_slot(lexicon, key, lexicon_hash(lexicon, key))->number - 1;
}
