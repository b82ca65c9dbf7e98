/*
 * Distinct texts with numbers 0, 1, 2 … in order of first sight, as base/map has them, but for millions: the texts stand one behind the other, and
 * a text costs eight bytes besides. The hash is seeded at random.
 */
#ifndef CRM_MATCH_LEXICON_H
#define CRM_MATCH_LEXICON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "io/vast.h"

#define LEXICON_NONE UINT32_MAX

/* Where a text is, and three bits about it for whoever uses the lexicon. */
struct lexeme {
	uint64_t offset : 40, length : 21;
	uint64_t han : 1, valid : 1, named : 1;
};

struct lexicon_slot;

struct lexicon {
	struct vast *vast;
	const char *text;            /* all texts */
	struct lexeme *places;       /* by number */
	size_t count;                /* under LEXICON_NONE */
	/* private */
	char *own;                   /* `text`, unless it is another's */
	size_t length, text_capacity, capacity, mask;
	struct lexicon_slot *slots;
	uint64_t seed;
};

/* borrowed: NULL, or texts that all keys to come are parts of, and which outlive the lexicon: then nothing is copied. */
void lexicon_init(struct lexicon *lexicon, struct vast *vast, const char *borrowed);
void lexicon_release(struct lexicon *lexicon);
/* No key is added any more: gives back the room for it. The texts stay where they are now. */
void lexicon_close(struct lexicon *lexicon);
/* And none is to be found any more. */
void lexicon_settle(struct lexicon *lexicon);

/* The text of a number; moves when another is added. */
static inline struct slice lexicon_text(const struct lexicon *lexicon, uint32_t number)
{
	return (struct slice){ lexicon->text + lexicon->places[number].offset, lexicon->places[number].length };
}

/* The number of key, which is added if it is new; at most 2 MiB of it count. */
uint32_t lexicon_add(struct lexicon *lexicon, struct slice key);
/* The number of key, or LEXICON_NONE. Safe from several threads while nobody adds. */
uint32_t lexicon_find(const struct lexicon *lexicon, struct slice key);
/* For many keys, as in base/map. */
uint64_t lexicon_hash(const struct lexicon *lexicon, struct slice key);
void lexicon_prefetch(const struct lexicon *lexicon, uint64_t hash, unsigned depth);
uint32_t lexicon_add_hashed(struct lexicon *lexicon, struct slice key, uint64_t hash);

#endif
