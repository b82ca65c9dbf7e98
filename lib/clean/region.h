/* The table of Chinese provinces and cities (regions.txt), built once and never changed after. */
#ifndef CRM_CLEAN_REGION_H
#define CRM_CLEAN_REGION_H

#include "base/slice.h"

struct region {
	struct slice province;  /* short: 广东 */
	struct slice city;      /* short: 深圳; empty for a province */
	size_t length;          /* bytes of the text that it took, 省 市 自治区 included */
};

/* The province or city that `s` begins with; false when there is none. The longest name wins; a city over a province of the same name only if 市 follows. */
bool region_at_start(struct slice s, struct region *region);

#endif
