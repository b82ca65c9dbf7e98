#include "clean/items.h"

#include "base/hash.h"

enum { FEW = 16, SLOTS_LEAST = 64 };

void items_init(struct items *items, struct arena *arena)
{
	*items = (struct items){ .arena = arena };
}

static uint64_t hash_of(struct slice text)
{
	return hash_mix(hash_bytes(text, 1), 2);
}

/*
 * The slot that names this text, or the free one where it would go. A slot may name an item that has been cut off, or another
 * that has come in its place: it then means that one, which is as good.
 */
static size_t find_slot(const struct items *items, struct slice text)
{
	size_t at = hash_of(text) & items->mask;

	while (items->slots[at]) {
		size_t number = items->slots[at] - 1;

		if (number < items->count && slice_equal(items->items[number], text))
			break;
		at = (at + 1) & items->mask;
	}
	return at;
}

static void rebuild(struct items *items)
{
	size_t slots = SLOTS_LEAST;

	while (slots < items->count * 4)
		slots *= 2;
	items->slots = arena_zero(items->arena, slots, sizeof *items->slots);
	items->mask = slots - 1;
	items->used = items->count;
	for (size_t i = 0; i < items->count; i++)
		items->slots[find_slot(items, items->items[i])] = i + 1;
}

static bool is_there(const struct items *items, struct slice text)
{
	if (items->slots)
		return items->slots[find_slot(items, text)] != 0;
	for (size_t i = 0; i < items->count; i++)
		if (slice_equal(items->items[i], text))
			return true;
	return false;
}

static void append(struct items *items, struct slice text)
{
	if (items->count == items->capacity) {
		struct slice *grown;

		items->capacity = items->capacity ? items->capacity * 2 : 4;
		grown = arena_get(items->arena, items->capacity, sizeof *grown);
		if (items->count)
			memcpy(grown, items->items, items->count * sizeof *grown);
		items->items = grown;
	}
	items->items[items->count++] = text;
}

void items_add(struct items *items, struct slice text)
{
	if (is_there(items, text))
		return;
	append(items, text);
	if (items->count <= FEW && !items->slots)
		return;
	if (!items->slots || ++items->used > (items->mask + 1) / 4 * 3)
		rebuild(items);
	else
		items->slots[find_slot(items, text)] = items->count;
}

void items_add_list(struct items *items, struct slice list)
{
	while (list.len)
		items_add(items, slice_cut(&list, ';'));
}

void items_cut(struct items *items, size_t count)
{
	items->count = count;
}

struct slice items_text(const struct items *items)
{
	size_t length = 0;
	char *text, *to;

	if (items->count == 0)
		return SLICE("");
	if (items->count == 1)
		return items->items[0];
	for (size_t i = 0; i < items->count; i++)
		length += items->items[i].len + (i > 0);
	text = to = arena_bytes(items->arena, length);
	for (size_t i = 0; i < items->count; i++) {
		if (i)
			*to++ = ';';
		if (items->items[i].len)
			memcpy(to, items->items[i].ptr, items->items[i].len);
		to += items->items[i].len;
	}
	return (struct slice){ text, length };
}
