#include "clean/han.h"

#include <pthread.h>

#include "base/embed.h"
#include "base/utf8.h"

EMBED(pinyin_text, "lib/clean/pinyin.txt")
EMBED(simplified_text, "lib/clean/simplified.txt")

enum { FIRST = 0x4E00, COUNT = 0x9FFF - 0x4E00 + 1 };

/* Written once under pthread_once, then only read. */
static struct slice readings[COUNT];
static uint16_t simplified[COUNT];
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void add_readings(struct slice line)
{
	struct slice syllable = slice_cut(&line, ' ');

	while (line.len) {
		uint32_t character = utf8_next(&line);

		if (han_in_block(character))
			readings[character - FIRST] = syllable;
	}
}

static void add_simplified(struct slice line)
{
	uint32_t to = utf8_next(&line);

	while (line.len) {
		uint32_t from = utf8_next(&line);

		if (han_in_block(from) && to <= UINT16_MAX)
			simplified[from - FIRST] = (uint16_t)to;
	}
}

static void each_line(struct slice text, void (*add)(struct slice line))
{
	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len && line.ptr[0] != '#')
			add(line);
	}
}

static void build(void)
{
	each_line(pinyin_text(), add_readings);
	each_line(simplified_text(), add_simplified);
}

struct slice han_pinyin(uint32_t character)
{
	pthread_once(&built, build);
	return han_in_block(character) ? readings[character - FIRST] : (struct slice){ NULL, 0 };
}

uint32_t han_simplified(uint32_t character)
{
	pthread_once(&built, build);
	if (!han_in_block(character) || !simplified[character - FIRST])
		return character;
	return simplified[character - FIRST];
}
