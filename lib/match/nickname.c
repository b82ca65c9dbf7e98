#include "match/nickname.h"

#include <stdlib.h>

#include "base/embed.h"
#include "base/memory.h"

EMBED(nickname_lines, "lib/match/nicknames.txt")

void nickname_load(struct nicknames *nicknames)
{
	struct slice text = nickname_lines();
	size_t capacity = 0;

	*nicknames = (struct nicknames){ 0 };
	map_init(&nicknames->names);
	for (uint64_t group = 1; text.len; group++)
		for (struct slice line = slice_cut(&text, '\n'); line.len;) {
			uint32_t known = (uint32_t)nicknames->names.count;
			uint32_t name = map_add(&nicknames->names, slice_cut(&line, ' '));

			nicknames->groups = memory_grow(nicknames->groups, &capacity, name + 1, sizeof *nicknames->groups);
			nicknames->groups[name] = (name < known ? nicknames->groups[name] << 16 : 0) | group;
		}
}

void nickname_release(struct nicknames *nicknames)
{
	map_release(&nicknames->names);
	free(nicknames->groups);
}

uint64_t nickname_find(const struct nicknames *nicknames, struct slice name)
{
	uint32_t number = map_find(&nicknames->names, name);

	return number == MAP_NONE ? 0 : nicknames->groups[number];
}
