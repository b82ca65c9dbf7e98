#include "synth/words.h"

#include "base/embed.h"
#include "base/memory.h"
#include "base/utf8.h"

EMBED(chinese_txt, "lib/synth/chinese.txt")
EMBED(latin_txt, "lib/synth/latin.txt")
EMBED(confusions_txt, "lib/synth/confusions.txt")

/* Where a list comes from: file, section, the column of the weight (-1: all alike), and the sex it takes (0: all). */
static const struct {
	char file;
	const char *section;
	int weight;
	char sex;
} origins[LIST_COUNT] = {
	[LIST_SURNAME] = { 'c', "surname", 2, 0 },
	[LIST_GIVEN_M] = { 'c', "given", 2, 'm' },
	[LIST_GIVEN_F] = { 'c', "given", 2, 'f' },
	[LIST_BRAND] = { 'c', "brand", -1, 0 },
	[LIST_CITY] = { 'c', "city", 7, 0 },
	[LIST_ROAD] = { 'c', "road", -1, 0 },
	[LIST_ESTATE] = { 'c', "estate", -1, 0 },
	[LIST_BUILDING] = { 'c', "building", -1, 0 },
	[LIST_TRADE] = { 'c', "trade", 4, 0 },
	[LIST_FAMILY] = { 'l', "family", 1, 0 },
	[LIST_FIRST_M] = { 'l', "given", 2, 'm' },
	[LIST_FIRST_F] = { 'l', "given", 2, 'f' },
	[LIST_WORD] = { 'l', "brand", -1, 0 },
	[LIST_WORD_2] = { 'l', "brand-second", -1, 0 },
	[LIST_TRADE_LATIN] = { 'l', "trade", 3, 0 },
	[LIST_CITY_LATIN] = { 'l', "city", 7, 0 },
	[LIST_STREET] = { 'l', "street", -1, 0 },
	[LIST_STREET_KIND] = { 'l', "street-kind", -1, 0 },
	[LIST_MAIL] = { 'l', "mail", 1, 0 },
	[LIST_MAIL_CHINESE] = { 'l', "mail-chinese", 1, 0 },
	[LIST_HOMOPHONE] = { 'x', "homophone", -1, 0 },
	[LIST_LOOK_ALIKE] = { 'x', "look-alike", -1, 0 },
	[LIST_TRADITIONAL] = { 'x', "traditional", -1, 0 },
};

enum { SEX_COLUMN = 3 };

static void list_add(struct list *list, size_t *capacity, const struct slice columns[LIST_COLUMNS], uint32_t weight,
		     struct arena *arena)
{
	if (list->count == *capacity) {
		size_t more = *capacity ? 2 * *capacity : 64;
		struct slice (*lines)[LIST_COLUMNS] = arena_get(arena, more, sizeof *lines);
		uint32_t *cumulative = arena_get(arena, more, sizeof *cumulative);

		if (list->count) {
			memcpy(lines, list->lines, list->count * sizeof *lines);
			memcpy(cumulative, list->cumulative, list->count * sizeof *cumulative);
		}
		list->lines = lines;
		list->cumulative = cumulative;
		*capacity = more;
	}
	memcpy(list->lines[list->count], columns, sizeof list->lines[0]);
	list->cumulative[list->count] = weight + (list->count ? list->cumulative[list->count - 1] : 0);
	list->count++;
}

/* Gives the line to every list that takes it. */
static void take_line(struct words *words, char file, struct slice section, struct slice line,
		      size_t capacity[LIST_COUNT])
{
	struct slice columns[LIST_COLUMNS] = { { 0 } };

	for (int c = 0; c < LIST_COLUMNS && line.len; c++)
		columns[c] = slice_cut(&line, '\t');
	for (int i = 0; i < LIST_COUNT; i++) {
		uint64_t weight = 1;
		struct slice sex = columns[SEX_COLUMN];

		if (origins[i].file != file || !slice_equal(slice_of(origins[i].section), section))
			continue;
		if (origins[i].sex && (sex.len != 1 || sex.ptr[0] != origins[i].sex))
			continue;
		if (origins[i].weight >= 0 && !slice_to_u64(columns[origins[i].weight], &weight))
			continue;
		list_add(&words->lists[i], &capacity[i], columns, (uint32_t)weight, &words->arena);
	}
}

static void take_file(struct words *words, char file, struct slice text, size_t capacity[LIST_COUNT])
{
	struct slice section = { 0 };

	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len && line.ptr[0] == '[') {
			line = slice_skip(line, 1);
			section = slice_cut(&line, ']');
		} else if (line.len) {
			take_line(words, file, section, line, capacity);
		}
	}
}

static void note_confusion(struct words *words, enum confusion kind, struct slice character, struct slice others)
{
	uint32_t number = map_add(&words->characters, character);

	if (words->confused[number][kind].len == 0)
		words->confused[number][kind] = others;
}

static void take_groups(struct words *words, enum list_name name, enum confusion kind)
{
	const struct list *list = &words->lists[name];

	for (size_t i = 0; i < list->count; i++) {
		struct slice rest = list->lines[i][0];

		while (rest.len) {
			struct slice before = rest;

			utf8_next(&rest);
			note_confusion(words, kind, slice_first(before, before.len - rest.len), list->lines[i][0]);
		}
	}
}

void words_load(struct words *words)
{
	size_t capacity[LIST_COUNT] = { 0 };
	const struct list *traditional = &words->lists[LIST_TRADITIONAL];
	enum { MOST_CHARACTERS = 8192 }; /* of the confusion tables: they hold under 2,000 */

	*words = (struct words){ 0 };
	arena_init(&words->arena);
	map_init(&words->characters);
	take_file(words, 'c', chinese_txt(), capacity);
	take_file(words, 'l', latin_txt(), capacity);
	take_file(words, 'x', confusions_txt(), capacity);
	words->confused = arena_zero(&words->arena, MOST_CHARACTERS, sizeof *words->confused);
	take_groups(words, LIST_HOMOPHONE, CONFUSE_HOMOPHONE);
	take_groups(words, LIST_LOOK_ALIKE, CONFUSE_LOOK_ALIKE);
	for (size_t i = 0; i < traditional->count; i++)
		note_confusion(words, CONFUSE_TRADITIONAL, traditional->lines[i][0], traditional->lines[i][1]);
}

void words_release(struct words *words)
{
	map_release(&words->characters);
	arena_release(&words->arena);
}

uint32_t words_draw(const struct words *words, enum list_name name, struct rng *rng)
{
	const struct list *list = &words->lists[name];
	uint32_t at = (uint32_t)rng_below(rng, list->cumulative[list->count - 1]);
	size_t low = 0, high = list->count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (list->cumulative[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return (uint32_t)low;
}

struct slice words_confused(const struct words *words, enum confusion kind, struct slice character)
{
	uint32_t number = map_find(&words->characters, character);

	return number == MAP_NONE ? (struct slice){ 0 } : words->confused[number][kind];
}
