/*
 * The word lists that customers are made of: names, places, trades, and tables of characters that are taken for each
 * other. They come from chinese.txt, latin.txt and confusions.txt beside this file, built in. Read-only once loaded:
 * any thread may draw.
 */
#ifndef CRM_SYNTH_WORDS_H
#define CRM_SYNTH_WORDS_H

#include "base/arena.h"
#include "base/map.h"
#include "synth/rng.h"

enum { LIST_COLUMNS = 9 };

/* A section of a word file: a line each, columns split by TAB. */
struct list {
	struct slice (*lines)[LIST_COLUMNS];
	uint32_t *cumulative;  /* weights summed up to and including the line */
	size_t count;
};

enum list_name {
	LIST_SURNAME,
	LIST_GIVEN_M,
	LIST_GIVEN_F,
	LIST_BRAND,
	LIST_CITY,
	LIST_ROAD,
	LIST_ESTATE,
	LIST_BUILDING,
	LIST_TRADE,
	LIST_FAMILY,
	LIST_FIRST_M,
	LIST_FIRST_F,
	LIST_WORD,
	LIST_WORD_2,
	LIST_TRADE_LATIN,
	LIST_CITY_LATIN,
	LIST_STREET,
	LIST_STREET_KIND,
	LIST_MAIL,
	LIST_MAIL_CHINESE,
	LIST_HOMOPHONE,
	LIST_LOOK_ALIKE,
	LIST_TRADITIONAL,
	LIST_COUNT
};

struct words {
	struct list lists[LIST_COUNT];
	struct map characters;            /* Han characters of the confusion tables */
	struct slice (*confused)[3];	  /* by number in `characters`: homophones, look-alikes (all of the group),
					     traditional form */
	struct arena arena;
};

enum confusion { CONFUSE_HOMOPHONE, CONFUSE_LOOK_ALIKE, CONFUSE_TRADITIONAL };

void words_load(struct words *words);
void words_release(struct words *words);

/* The number of a line, drawn by weight. */
uint32_t words_draw(const struct words *words, enum list_name list, struct rng *rng);
static inline struct slice words_text(const struct words *words, enum list_name list, uint32_t line, int column)
{
	return words->lists[list].lines[line][column];
}
/* The characters that `character` may be taken for (itself may be among them), or an empty slice. */
struct slice words_confused(const struct words *words, enum confusion kind, struct slice character);

#endif
