/*
 * Names of people and companies, taken apart once per value, and compared by their parts. Chinese and Latin forms of a name are compared by pinyin.
 */
#ifndef CRM_MATCH_IDENTITY_H
#define CRM_MATCH_IDENTITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "match/level.h"

struct identity {
	struct slice family, given;   /* of a person, in lower case; Latin: words with spaces */
	struct slice brand, trade;    /* of a company */
	struct slice sound;           /* Han: pinyin without spaces, of person family then given, of a company the brand */
	uint16_t family_sound;        /* bytes of `sound` that are the family name, of a company the first two characters of the brand */
	bool han;
	uint32_t place;               /* of a company: province << 16 | city, each 0 for not named */
	uint32_t branch;              /* of a company: 0, or which one it is of 上海分公司, 北京办事处, shanghai branch */
};

/* The key of a person's name, the same for "Smith, John" and "John Smith" and without titles: "family|given"; empty for placeholders such as 个人. */
struct slice person_key(struct slice cell, struct arena *arena);
struct identity identity_of_person(struct slice key, struct arena *arena);
struct nicknames;
enum level person_level(const struct identity *a, const struct identity *b, const struct nicknames *nicknames);

/*
 * What an identity says beyond its key, in few bytes, behind those that are in `out`; and the identity again, whose texts then stand in the key or in
 * these bytes. Of a person in Latin letters there is nothing to keep: `packed` is not looked at.
 */
void identity_pack(const struct identity *identity, struct slice key, bool company, struct buf *out);
struct identity identity_unpack(const char *packed, struct slice key, bool company, bool han);

/* The key of a company's name: its words, full width and case undone; empty for placeholders. */
struct slice company_key(struct slice cell, struct arena *arena);
struct identity identity_of_company(struct slice key, struct arena *arena);
/* Two companies of which one is Chinese at least. Latin ones are compared by their words (compare.c). */
enum level company_level(const struct identity *a, const struct identity *b);
/* Whether a cell of the company column is more likely a person's name, or the other way round. */
bool looks_like_person(struct slice cell, struct arena *arena);
bool looks_like_company(struct slice cell);

#endif
