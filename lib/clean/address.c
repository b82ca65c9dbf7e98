#include "clean/address.h"

#include "base/utf8.h"
#include "clean/text.h"

/* The longest district name in characters, its suffix included: 积石山保安族东乡族撒拉族自治县 is the exception. */
enum { DISTRICT_MOST = 10, POSTCODE = 6 };

/* Bytes of a district at the start that the table does not have (高新区): at least two characters that end with 区 县 市 旗. */
static size_t district_length(struct slice s)
{
	struct slice rest = s;

	for (int n = 0; n < DISTRICT_MOST && rest.len; n++) {
		uint32_t c = utf8_next(&rest);

		if (c == 0x8DEF || c == 0x8857 || c == 0x53F7 || c < 0x80) /* 路 街 号: past it */
			return 0;
		if (c == 0x5C0F || c == 0x793E) /* 小区 社区 */
			return 0;
		if (n >= 1 && (c == 0x533A || c == 0x53BF || c == 0x5E02 || c == 0x65D7 || c == 0x7E23))
			return (size_t)(rest.ptr - s.ptr);
	}
	return 0;
}

/* Streets, villages and parks are called after places (中山路, 北京东路, 中山公园): then the place is where they are not. */
static bool is_street(struct slice rest, const struct region *region)
{
	static const char *const streets[] = { "路",   "街",   "大道", "大街", "大路", "东路", "西路", "南路", "北路", "中路", "东街", "西街",
					       "南街", "北街", "道",   "巷",   "里",   "弄",   "胡同", "新村", "村",   "公园", "大厦", "广场",
					       "花园", "小区", "桥",   "门" };

	if (!region->bare)
		return false;
	rest = slice_skip(rest, region->length);
	for (size_t i = 0; i < sizeof streets / sizeof streets[0]; i++)
		if (slice_starts_with(rest, slice_of(streets[i])))
			return true;
	return false;
}

static struct slice skip_separators(struct slice s)
{
	for (;;) {
		if (s.len && memchr(" ,-/|", s.ptr[0], 5))
			s = slice_skip(s, 1);
		else if (slice_starts_with(s, SLICE("·")))
			s = slice_skip(s, 2);
		else if (slice_starts_with(s, SLICE("，")) || slice_starts_with(s, SLICE("、")))
			s = slice_skip(s, 3);
		else
			return s;
	}
}

/* 邮编:518000 中国 */
static struct slice skip_start(struct slice s)
{
	static const char *const marks[] = { "邮编", "邮政编码", ":", "：", "地址" };
	static const char *const countries[] = { "中华人民共和国", "中国" };
	size_t digits = 0;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (slice_starts_with(s, slice_of(marks[i])))
			s = skip_separators(slice_skip(s, strlen(marks[i])));
	while (digits < s.len && s.ptr[digits] >= '0' && s.ptr[digits] <= '9')
		digits++;
	if (digits == POSTCODE)
		s = skip_separators(slice_skip(s, digits));
	for (size_t i = 0; i < 2; i++)
		if (slice_starts_with(s, slice_of(countries[i])))
			return skip_separators(slice_skip(s, strlen(countries[i])));
	return s;
}

/* Takes one place off the rest, if it goes on from what is known. */
static bool take_place(struct slice *rest, struct region *known)
{
	struct region region;

	if (!region_at_start(*rest, known, &region) || is_street(*rest, &region))
		return false;
	if (region.level < known->level || (known->length && region.level == known->level && known->level > REGION_PROVINCE))
		return false;
	if (known->length && region.level == REGION_PROVINCE && region.city.len == 0) /* but 上海市上海市 */
		return false;
	*rest = skip_separators(slice_skip(*rest, region.length));
	*known = region;
	return true;
}

struct address address_parse(struct slice s, const struct region *known, struct arena *arena)
{
	struct address address = { .province = { "", 0 }, .city = { "", 0 }, .district = { "", 0 }, .detail = s };
	struct region region = { .length = 0 };
	struct slice rest = text_clean(s, arena);

	if (!text_has_han(rest))
		return address;
	if (known)
		region = (struct region){ .province = known->province, .city = known->city };
	rest = skip_start(rest);
	while (region.level < REGION_DISTRICT && take_place(&rest, &region))
		;
	if (region.length && region.level < REGION_DISTRICT) {
		region.district = slice_first(rest, district_length(rest));
		rest = skip_separators(slice_skip(rest, region.district.len));
	}
	if (region.length || known)
		address = (struct address){ region.province, region.city, region.district, rest };
	address.detail = rest;
	return address;
}

struct slice address_region(struct slice s, enum region_level level)
{
	struct region region;

	if (s.len < 6 || (unsigned char)s.ptr[0] < 0xE4)
		return s;
	if (level == REGION_DISTRICT && region_named(s, REGION_DISTRICT, NULL, &region))
		return region.district;
	if (level != REGION_PROVINCE && region_named(s, REGION_CITY, NULL, &region))
		return region.city;
	if (region_named(s, REGION_PROVINCE, NULL, &region))
		return region.province;
	if (level == REGION_CITY && region_named(s, REGION_DISTRICT, NULL, &region) && slice_ends_with(region.district, SLICE("市")))
		return slice_first(region.district, region.district.len - 3);
	return s;
}
