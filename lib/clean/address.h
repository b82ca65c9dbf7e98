/* Addresses. Chinese ones are split by a table of provinces and cities; others are given back as detail. */
#ifndef CRM_CLEAN_ADDRESS_H
#define CRM_CLEAN_ADDRESS_H

#include "base/arena.h"

struct address {
	struct slice province;  /* standard short form: 广东, 上海 */
	struct slice city;      /* 深圳 */
	struct slice district;  /* 南山区 */
	struct slice detail;    /* the rest, as written */
};

struct address address_parse(struct slice s, struct arena *arena);
/* Standard short form of a province or city (广东省 → 广东, 深圳市 → 深圳), or s itself. */
struct slice address_region(struct slice s);

#endif
