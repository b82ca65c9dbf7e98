#include "clean/region.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/embed.h"
#include "base/memory.h"

EMBED(regions_text, "lib/clean/regions.txt")

enum { PLACES_MOST = 512, SUFFIXES_MOST = 4 };

struct place_name {
	struct slice name, province;
	bool city;
	struct slice suffixes[SUFFIXES_MOST];
	size_t suffix_count;
};

/* Written once under pthread_once, then only read. */
static struct place_name places[PLACES_MOST];
static size_t place_count;
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void add_province(struct slice line)
{
	struct slice head = slice_cut(&line, ':');
	struct place_name *province = &places[place_count++];

	*province = (struct place_name){ .name = slice_cut(&head, ' ') };
	province->province = province->name;
	while (head.len && province->suffix_count < SUFFIXES_MOST)
		province->suffixes[province->suffix_count++] = slice_cut(&head, ' ');
	while (line.len && place_count < PLACES_MOST) {
		struct place_name *city = &places[place_count++];

		*city = (struct place_name){ .name = slice_cut(&line, ' '), .province = province->name, .city = true,
					     .suffixes = { SLICE("市"), SLICE("地区"), SLICE("自治州") }, .suffix_count = 3 };
	}
}

static void build(void)
{
	struct slice text = regions_text();

	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len && line.ptr[0] != '#' && place_count < PLACES_MOST)
			add_province(line);
	}
}

static size_t matched_length(const struct place_name *place, struct slice s)
{
	struct slice rest = slice_skip(s, place->name.len);

	if (!slice_starts_with(s, place->name))
		return 0;
	for (size_t i = 0; i < place->suffix_count; i++)
		if (slice_starts_with(rest, place->suffixes[i]))
			return place->name.len + place->suffixes[i].len;
	return place->name.len;
}

bool region_at_start(struct slice s, struct region *region)
{
	bool found = false;

	pthread_once(&built, build);
	*region = (struct region){ .length = 0 };
	if (s.len < 6 || (unsigned char)s.ptr[0] < 0xE4)
		return false;
	for (size_t i = 0; i < place_count; i++) {
		size_t length = matched_length(&places[i], s);

		if (length <= region->length)
			continue;
		region->province = places[i].province;
		region->city = places[i].city ? places[i].name : (struct slice){ "", 0 };
		region->length = length;
		found = true;
	}
	return found;
}
