/* Addresses. Chinese ones are split by the table of administrative divisions; others are given back as detail. */
#ifndef CRM_CLEAN_ADDRESS_H
#define CRM_CLEAN_ADDRESS_H

#include "base/arena.h"
#include "clean/region.h"

struct address {
	struct slice province;  /* standard short form: 广东, 上海 */
	struct slice city;      /* 深圳; of a municipality its own name: 上海 */
	struct slice district;  /* long form: 南山区, 昆山市 */
	struct slice detail;    /* the rest, as written */
};

/*
 * `known` is what other columns say of where it lies (province and city in short form, as far as not empty), or NULL. An address may begin with a
 * postcode and 中国, and with any of province, city and district, if only one place has that name: 昆山市人民路 lies in 江苏 苏州, 鼓楼区 may lie anywhere.
 */
struct address address_parse(struct slice s, const struct region *known, struct arena *arena);
/*
 * The standard form of a place in a column of that level, or s itself: of provinces and cities the short one (广东省 → 广东, 深圳市 → 深圳, 昆山市 → 昆山), of
 * districts the long one (昆山 → 昆山市). In a column of districts a province or city may stand, too.
 */
struct slice address_region(struct slice s, enum region_level level);

#endif
