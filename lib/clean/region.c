/*
 * Each name under which a place is known, long and short, is a key of one map; places of one name are chained. A text is looked up by its
 * first characters, most of them first, so that 朝阳区 is no 朝阳.
 */
#include "clean/region.h"

#include <pthread.h>

#include "base/embed.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"

EMBED(regions_text, "lib/clean/regions.txt")

enum { NONE = UINT32_MAX, NAME_SHORTEST = 2, NAME_LONGEST = 16 };  /* characters */
enum { BEGINNING = 6, BEGINNINGS = 8192 };  /* bytes of the two first characters of a name, and slots for these */

struct place_name {
	struct region region;
	bool short_county;  /* a county-level city without its 市: needs a province */
	uint32_t next;      /* of the same name */
};

/* Written once under pthread_once, then only read. */
static struct map names;
static struct place_name *places;
static uint32_t *first_place;  /* by the number of the name */
static size_t place_count, place_capacity, name_capacity;
static uint32_t lengths[BEGINNINGS];  /* bits: how many characters names of such a beginning have */
static pthread_once_t built = PTHREAD_ONCE_INIT;

/* --- the table --- */

static uint32_t *lengths_of(struct slice name)
{
	return &lengths[hash_bytes(slice_first(name, BEGINNING), 0) % BEGINNINGS];
}

static void add_name(struct slice begin, struct slice end, const struct region *region, bool short_county)
{
	char text[NAME_LONGEST * UTF8_LONGEST];
	size_t known = names.count;
	uint32_t number, *link;
	struct slice name;

	if (begin.len + end.len > sizeof text)
		return;
	memcpy(text, begin.ptr, begin.len);
	memcpy(text + begin.len, end.ptr, end.len);
	name = (struct slice){ text, begin.len + end.len };
	number = map_add(&names, name);
	*lengths_of(name) |= 1U << utf8_count(name);
	first_place = memory_grow(first_place, &name_capacity, names.count, sizeof *first_place);
	if (names.count > known)
		first_place[number] = NONE;
	for (link = &first_place[number]; *link != NONE;)
		link = &places[*link].next;
	*link = (uint32_t)place_count;
	places = memory_grow(places, &place_capacity, place_count + 1, sizeof *places);
	places[place_count++] = (struct place_name){ *region, short_county, NONE };
}

/* 广东 省; only a municipality is a 市. */
static struct slice add_province(struct slice line)
{
	struct region region = { .province = slice_cut(&line, ' '), .level = REGION_PROVINCE };

	if (slice_equal(line, SLICE("市")))
		region.city = region.province;
	while (line.len)
		add_name(region.province, slice_cut(&line, ' '), &region, false);
	region.bare = true;
	add_name(region.province, SLICE(""), &region, false);
	return region.province;
}

static void add_district(struct slice province, struct slice city, struct slice name)
{
	struct region region = { .province = province, .city = city, .district = name, .level = REGION_DISTRICT };

	add_name(name, SLICE(""), &region, false);
	region.bare = true;
	if (slice_ends_with(name, SLICE("市")) && name.len > 6)
		add_name(slice_first(name, name.len - 3), SLICE(""), &region, true);
}

/* 文昌市, which belongs to no other city. */
static void add_own_city(struct slice province, struct slice name)
{
	bool is_city = slice_ends_with(name, SLICE("市"));
	struct region region = { .province = province, .city = slice_first(name, name.len - (is_city ? 3 : 0)), .level = REGION_CITY };

	add_name(name, SLICE(""), &region, false);
	region.bare = true;
	if (is_city)
		add_name(region.city, SLICE(""), &region, true);
}

/* 延边~朝鲜族自治州 延吉市 图们市 … */
static void add_city(struct slice province, struct slice line)
{
	struct slice head = slice_cut(&line, ' '), name = slice_cut(&head, '~');
	struct region region = { .province = province, .city = name, .level = REGION_CITY };

	if (slice_equal(name, SLICE("+"))) {
		while (line.len)
			add_own_city(province, slice_cut(&line, ' '));
		return;
	}
	if (slice_equal(name, SLICE("-"))) {
		name = province;
	} else {
		add_name(name, SLICE("市"), &region, false);
		add_name(name, SLICE("地区"), &region, false);
		add_name(name, SLICE("自治州"), &region, false);
		if (head.len)
			add_name(slice_ends_with(name, SLICE("州")) ? SLICE("") : name, head, &region, false);
		region.bare = true;
		add_name(name, SLICE(""), &region, false);
	}
	while (line.len)
		add_district(province, name, slice_cut(&line, ' '));
}

static void build(void)
{
	struct slice text = regions_text(), province = { "", 0 };

	map_init(&names);
	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (line.ptr[0] == ' ')
			add_city(province, slice_skip(line, 1));
		else
			province = add_province(line);
	}
}

/* --- looking up --- */

static bool lies_within(const struct region *place, const struct region *within)
{
	if (!within)
		return true;
	return (within->province.len == 0 || slice_equal(place->province, within->province)) &&
	       (within->city.len == 0 || place->level == REGION_PROVINCE || slice_equal(place->city, within->city));
}

/* Of the places of one name: the largest that fits, if there is one only of its kind. Returns how many: 0, 1 or 2 for several. */
static int choose(uint32_t at, const struct region *within, const enum region_level *level, struct region *region)
{
	const struct place_name *best = NULL;
	int found = 0;

	for (; at != NONE; at = places[at].next) {
		const struct place_name *place = &places[at];

		if ((level && place->region.level != *level) || !lies_within(&place->region, within) ||
		    (place->short_county && !level && (!within || within->province.len == 0)))
			continue;
		if (!best || place->region.level < best->region.level) {
			best = place;
			found = 1;
		} else if (place->region.level == best->region.level) {
			found = 2;
		}
	}
	if (found == 1)
		*region = best->region;
	return found;
}

bool region_named(struct slice s, enum region_level level, const struct region *within, struct region *region)
{
	uint32_t name;

	pthread_once(&built, build);
	name = map_find(&names, s);
	if (name == MAP_NONE || choose(first_place[name], within, &level, region) != 1)
		return false;
	region->length = s.len;
	return true;
}

bool region_at_start(struct slice s, const struct region *within, struct region *region)
{
	size_t ends[NAME_LONGEST];
	struct slice rest = s;
	uint32_t possible;
	int count = 0;

	pthread_once(&built, build);
	*region = (struct region){ .length = 0 };
	if (s.len < BEGINNING || (unsigned char)s.ptr[0] < 0xE4 || (possible = *lengths_of(s)) == 0)
		return false;
	while (count < NAME_LONGEST && rest.len && (unsigned char)rest.ptr[0] >= 0xE4) {
		utf8_next(&rest);
		ends[count++] = s.len - rest.len;
	}
	for (; count >= NAME_SHORTEST; count--) {
		uint32_t name = possible >> count & 1 ? map_find(&names, slice_first(s, ends[count - 1])) : MAP_NONE;
		int found = name == MAP_NONE ? 0 : choose(first_place[name], within, NULL, region);

		if (found == 1) {
			region->length = ends[count - 1];
			return true;
		}
		if (found > 1 || (name != MAP_NONE && (!within || within->province.len == 0)))
			return false; /* 朝阳区 is in several cities: it is not the city of 朝阳 either */
	}
	return false;
}

bool region_district_at_start(struct slice s, const struct region *known, struct region *region)
{
	static const char *const endings[] = { "区", "县" };
	char text[(NAME_SHORTEST + 2) * UTF8_LONGEST];
	struct slice rest = s;

	for (int n = 1; n <= NAME_SHORTEST + 1 && rest.len; n++) {
		utf8_next(&rest);
		for (size_t i = 0; i < 2 && n >= NAME_SHORTEST; i++) {
			size_t length = s.len - rest.len;

			memcpy(text, s.ptr, length);
			memcpy(text + length, endings[i], 3);
			if (!region_named((struct slice){ text, length + 3 }, REGION_DISTRICT, known, region))
				continue;
			region->bare = true;
			region->length = length;
			return true;
		}
	}
	return false;
}
