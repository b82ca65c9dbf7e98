#include "clean/address.h"

#include "base/utf8.h"
#include "clean/region.h"
#include "clean/text.h"

/* The longest district name in characters, its suffix included: 积石山保安族东乡族撒拉族自治县 is the exception. */
enum { DISTRICT_MOST = 10 };

/* Bytes of a district at the start: at least two characters that end with 区 县 市 旗. */
static size_t district_length(struct slice s)
{
	struct slice rest = s;

	for (int n = 0; n < DISTRICT_MOST && rest.len; n++) {
		uint32_t c = utf8_next(&rest);

		if (c == 0x8DEF || c == 0x8857 || c == 0x53F7 || (c >= '0' && c <= '9')) /* 路 街 号: past it */
			return 0;
		if (n >= 1 && (c == 0x533A || c == 0x53BF || c == 0x5E02 || c == 0x65D7 || c == 0x7E23))
			return (size_t)(rest.ptr - s.ptr);
	}
	return 0;
}

/* Streets are called after places (中山路, 北京东路): then the place is where the street is not. */
static bool is_street(struct slice rest, const struct region *region)
{
	static const char *const streets[] = { "路", "街", "大道", "大街", "东路", "西路", "南路", "北路", "中路", "道", "巷", "新村" };

	rest = slice_skip(rest, region->length);
	for (size_t i = 0; i < sizeof streets / sizeof streets[0]; i++)
		if (slice_starts_with(rest, slice_of(streets[i])))
			return true;
	return false;
}

struct address address_parse(struct slice s, struct arena *arena)
{
	struct address address = { .detail = s };
	struct slice rest = text_clean(s, arena);
	struct region region;

	if (!text_has_han(rest))
		return address;
	if (slice_starts_with(rest, SLICE("中国")))
		rest = slice_trim(slice_skip(rest, 6));
	if (region_at_start(rest, &region) && !is_street(rest, &region)) {
		address.province = region.province;
		address.city = region.city;
		rest = slice_trim(slice_skip(rest, region.length));
		if (region_at_start(rest, &region) && !is_street(rest, &region) && slice_equal(region.province, address.province) && !address.city.len) {
			address.city = region.city.len ? region.city : region.province; /* 上海市上海市 */
			rest = slice_trim(slice_skip(rest, region.length));
		}
		address.district = slice_first(rest, district_length(rest));
		rest = slice_trim(slice_skip(rest, address.district.len));
	}
	address.detail = rest;
	return address;
}

struct slice address_region(struct slice s)
{
	struct region region;

	if (!region_at_start(s, &region) || region.length != s.len)
		return s;
	return region.city.len ? region.city : region.province;
}
