/* Short forms of given names (nicknames.txt beside this file: each line is one name in its forms). */
#ifndef CRM_MATCH_NICKNAME_H
#define CRM_MATCH_NICKNAME_H

#include "base/map.h"

struct nicknames {
	struct map names;
	uint64_t *groups;   /* per name: up to four group numbers of 16 bits */
};

void nickname_load(struct nicknames *nicknames);
void nickname_release(struct nicknames *nicknames);
/* The groups of a name in lower case, or 0. */
uint64_t nickname_find(const struct nicknames *nicknames, struct slice name);
/* Whether two names have a group in common. */
static inline bool nickname_shared(uint64_t a, uint64_t b)
{
	for (; a; a >>= 16)
		for (uint64_t rest = b; rest; rest >>= 16)
			if ((a & 0xffff) == (rest & 0xffff))
				return true;
	return false;
}

#endif
