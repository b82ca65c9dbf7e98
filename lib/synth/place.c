/* The part of name.h that is about phones and addresses. */
#include "synth/name.h"

/* Writes number's digits by a pattern: each 9 takes the next digit, everything else stands for itself. */
static void add_pattern(struct pen *pen, const char *pattern, struct slice digits)
{
	for (; *pattern; pattern++) {
		if (*pattern == '9' && digits.len) {
			pen_byte(pen, digits.ptr[0]);
			digits = slice_skip(digits, 1);
		} else if (*pattern != '9') {
			pen_byte(pen, *pattern);
		}
	}
}

static struct slice print_digits(uint64_t number, int width, char out[32])
{
	struct pen pen = { out, out + 32 };

	pen_number(&pen, number, width);
	return pen_since(&pen, out);
}

/* Numbers outside China: seven digits after an area. */
static void add_foreign(const struct words *words, uint32_t city, uint64_t number, unsigned format, struct pen *pen)
{
	static const char *const american[PHONE_FORMATS] = { "(#) 999-9999", "#-999-9999", "+1 # 999 9999",
							     "#9999999",     "#.999.9999", "+1#9999999" };
	static const char *const other[PHONE_FORMATS] = { "+@ # 999 9999", "0# 999 9999",     "+@#9999999",
							  "0#9999999",	   "+@ (0)# 9999999", "00@ # 9999999" };
	struct slice dial = words_text(words, LIST_CITY_LATIN, city, 4),
		     area = words_text(words, LIST_CITY_LATIN, city, 5);
	const char *pattern = slice_equal(dial, SLICE("1")) ? american[format] : other[format];
	char text[32];
	struct slice digits = print_digits(number, 7, text);

	for (; *pattern; pattern++) {
		if (*pattern == '#') {
			pen_add(pen, area);
		} else if (*pattern == '@') {
			pen_add(pen, dial);
		} else if (*pattern == '9') {
			pen_byte(pen, digits.ptr[0]);
			digits = slice_skip(digits, 1);
		} else {
			pen_byte(pen, *pattern);
		}
	}
}

struct slice name_mobile(const struct words *words, const struct entity *e, uint64_t number, unsigned format,
			 struct pen *pen)
{
	static const char *const patterns[PHONE_FORMATS] = { "99999999999",   "+86 999 9999 9999", "+8699999999999",
							     "999-9999-9999", "999 9999 9999",	   "0086-99999999999" };
	const char *start = pen->at;
	char text[32];

	if (entity_is_chinese(e->kind))
		add_pattern(pen, patterns[format], print_digits(number, 11, text));
	else
		add_foreign(words, e->landline_city, number, format, pen);
	return pen_since(pen, start);
}

struct slice name_landline(const struct words *words, const struct entity *e, unsigned format, struct pen *pen)
{
	static const char *const before[PHONE_FORMATS] = { "", "(", "+86 ", "", "", "+86-" };
	static const char *const between[PHONE_FORMATS] = { "-", ")", " ", " ", "", "-" };
	const char *start = pen->at;
	struct slice area;

	if (!entity_is_chinese(e->kind)) {
		add_foreign(words, e->landline_city, e->landline / 10, format, pen);
		return pen_since(pen, start);
	}
	area = words_text(words, LIST_CITY, e->landline_city, 4);
	pen_text(pen, before[format]);
	pen_add(pen,
		before[format][0] == '+' ? slice_skip(area, 1) : area); /* the zero is for calls within the country */
	pen_text(pen, between[format]);
	pen_number(pen, e->landline, 8);
	return pen_since(pen, start);
}

static struct slice district_of(const struct words *words, const struct location *at)
{
	struct slice names = words_text(words, LIST_CITY, at->city, 8), rest = names, name = { 0 };
	uint32_t count = 1;

	for (size_t i = 0; i < names.len; i++)
		count += names.ptr[i] == ' ';
	for (uint32_t i = 0; i <= at->district % count; i++)
		name = slice_cut(&rest, ' ');
	return name;
}

static void add_province(const struct words *words, uint32_t city, struct pen *pen)
{
	struct slice province = words_text(words, LIST_CITY, city, 2), name = words_text(words, LIST_CITY, city, 0);

	if (!slice_equal(province, name)) {
		pen_add(pen, province);
		if (!slice_equal(province, SLICE("广西")) && !slice_equal(province, SLICE("内蒙古")) &&
		    !slice_equal(province, SLICE("新疆")))
			pen_text(pen, "省");
	}
	pen_add(pen, name);
	pen_text(pen, "市");
}

static void add_chinese_address(const struct words *words, const struct location *at, const struct address_style *style,
				struct pen *pen)
{
	static const char *const block[] = { "栋", "号楼", "幢" }, *const floor_of[] = { "层", "楼", "F" };

	if (style->city)
		add_province(words, at->city, pen);
	pen_add(pen, district_of(words, at));
	pen_add(pen, words_text(words, LIST_ROAD, at->street, 0));
	pen_number(pen, at->number, 1);
	pen_text(pen, "号");
	pen_add(pen, words_text(words, at->office ? LIST_BUILDING : LIST_ESTATE, at->building, 0));
	if (!at->office) {
		pen_number(pen, at->block, 1);
		pen_text(pen, block[style->tail]);
	} else if (at->block % 2) {
		pen_number(pen, at->floor, 1);
		pen_text(pen, floor_of[style->tail]);
	}
	pen_number(pen, at->floor * 100u + at->room, 3);
	if (style->tail != 2)
		pen_text(pen, "室");
}

static void add_latin_address(const struct words *words, const struct location *at, const struct address_style *style,
			      struct pen *pen)
{
	static const char *const suite[] = { "Suite ", "Ste ", "#" }, *const flat[] = { "Apt ", "Apt. ", "#" };

	pen_number(pen, at->number, 1);
	pen_byte(pen, ' ');
	if (at->chinese) {
		pen_add(pen, words_text(words, LIST_ROAD, at->street, 1));
	} else {
		pen_add(pen, words_text(words, LIST_STREET, at->street, 0));
		pen_byte(pen, ' ');
		pen_add(pen, words_text(words, LIST_STREET_KIND, at->kind, style->tail == 1));
	}
	if (!at->office && at->block < 12 && !at->chinese)
		return; /* a house */
	pen_text(pen, style->line_break ? "\n" : ", ");
	pen_text(pen, at->chinese ? "Room " : at->office ? suite[style->tail] : flat[style->tail]);
	pen_number(pen, at->floor * 100u + at->room, 3);
}

struct slice name_address(const struct words *words, const struct location *at, const struct address_style *style,
			  struct pen *pen)
{
	const char *start = pen->at;

	if (at->chinese && !style->latin)
		add_chinese_address(words, at, style, pen);
	else
		add_latin_address(words, at, style, pen);
	return pen_since(pen, start);
}

struct slice name_postcode(const struct words *words, const struct location *at, struct pen *pen)
{
	const char *start = pen->at;
	struct slice first = words_text(words, at->chinese ? LIST_CITY : LIST_CITY_LATIN, at->city, 6);

	pen_add(pen, first);
	if (at->chinese || (first.ptr[0] >= '0' && first.ptr[0] <= '9'))
		pen_number(pen, at->chinese ? at->district % 10 * 100 : at->street % 100, at->chinese ? 3 : 2);
	else
		pen_number(pen, at->street % 10, 1);
	return pen_since(pen, start);
}
