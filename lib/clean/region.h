/* The administrative divisions of China (regions.txt), built once and never changed after. */
#ifndef CRM_CLEAN_REGION_H
#define CRM_CLEAN_REGION_H

#include "base/slice.h"

enum region_level { REGION_PROVINCE, REGION_CITY, REGION_DISTRICT };

struct region {
	struct slice province;  /* short: 广东 */
	struct slice city;      /* short: 深圳; of a municipality its own name; empty for other provinces */
	struct slice district;  /* long: 南山区; empty for the others */
	enum region_level level;
	bool bare;              /* without 省 市 自治州: 深圳 */
	size_t length;          /* bytes of the text that it took */
};

/*
 * The province, city or district that `s` begins with; false when there is none. `within` (NULL: nothing is known) says where it must lie: province and
 * city, as far as not empty. The longest name wins; of equal names the larger place; districts that have a name in common are none, unless `within` tells
 * which. A county-level city may be without its 市 where the province is known.
 */
bool region_at_start(struct slice s, const struct region *within, struct region *region);
/* 番禺 for 番禺区: a district of the city that is known, without its 区 or 县; at least two characters. */
bool region_district_at_start(struct slice s, const struct region *known, struct region *region);
/* What the whole text names at that level, likewise. */
bool region_named(struct slice s, enum region_level level, const struct region *within, struct region *region);

#endif
