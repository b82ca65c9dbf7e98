#include "clean/two_rows.h"

#include "base/memory.h"
#include "base/utf8.h"

enum {
	LABEL_LONGEST = 40,  /* characters */
	WIDTH_MOST = 1000,   /* columns: names are compared with each other */
};

/* The upper row's cell that stands over a column, NONE where there is none. */
#define NONE SIZE_MAX

static struct slice cell_at(const struct record *record, size_t c)
{
	return c < record->value_count ? slice_trim(record->values[c]) : (struct slice){ NULL, 0 };
}

static size_t width_of(const struct record *upper, const struct record *lower)
{
	return upper->value_count > lower->value_count ? upper->value_count : lower->value_count;
}

static bool has_any(struct slice cell, const char *const *words)
{
	for (; *words; words++)
		for (size_t at = 0, n = strlen(*words); at + n <= cell.len; at++)
			if (slice_equal_nocase(slice_first(slice_skip(cell, at), n), slice_of(*words)))
				return true;
	return false;
}

/* --- labels --- */

static size_t skip_digits(struct slice *s)
{
	size_t digits = 0;

	while (digits < s->len && s->ptr[digits] >= '0' && s->ptr[digits] <= '9')
		digits++;
	*s = slice_skip(*s, digits);
	return digits;
}

bool two_rows_is_period(struct slice cell)
{
	static const struct slice year = { "年", 3 }, month = { "月", 3 };
	size_t digits;

	if (cell.len == 2 && (cell.ptr[0] | 0x20) == 'q' && cell.ptr[1] >= '1' && cell.ptr[1] <= '4')
		return true;
	digits = skip_digits(&cell);
	if (digits == 4 && slice_starts_with(cell, year)) {
		cell = slice_skip(cell, year.len);
		if (cell.len == 0 || slice_equal(cell, SLICE("度")))
			return true;
		digits = skip_digits(&cell);
	}
	return (digits == 1 || digits == 2) && slice_equal(cell, month);
}

bool two_rows_is_numeric(struct slice s)
{
	static const char signs[] = " +-.,:/%$()TZ";
	static const uint32_t units[] = {
		0xA5,   0xFFE5, 0x5143, 0x4E07, 0x4EBF, 0x5343, 0x5E74, 0x6708,
		0x65E5, 0x65F6, 0x5206, 0x79D2, 0x2014, 0x20AC, 0xA3
	}; /* ¥ ￥ 元 万 亿 千 年 月 日 时 分 秒 — € £ */
	bool digit = false;

	while (s.len) {
		uint32_t c = utf8_next(&s);
		bool unit = false;

		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFEE0;
		for (size_t i = 0; i < sizeof units / sizeof *units; i++)
			unit |= c == units[i];
		if (c >= '0' && c <= '9')
			digit = true;
		else if (!unit && (c >= 0x80 || !memchr(signs, (int)c, sizeof signs - 1)))
			return false;
	}
	return digit;
}

static bool is_label(struct slice cell)
{
	static const char *const never[] = { ":", "：", "@", NULL };

	if (utf8_count(slice_first(cell, 4 * LABEL_LONGEST + 4)) > LABEL_LONGEST || has_any(cell, never))
		return false;
	return two_rows_is_period(cell) || !two_rows_is_numeric(cell);
}

/* What an instruction row says above each column. */
static bool is_instruction(struct slice cell)
{
	static const char *const words[] = { "必填", "选填", "可选", "必须", "required", "optional", NULL };

	return has_any(cell, words);
}

/* --- telling them from titles and data --- */

struct shape {
	size_t groups;     /* over two columns or more */
	size_t singles;    /* upper cells with nothing beneath */
	size_t odd;        /* upper cells over one lower cell that is neither the same nor a known header */
	size_t known;      /* known headers in the lower row */
	size_t upper;      /* filled cells of the upper row */
	bool labels;       /* nothing but labels in both */
};

static struct shape shape_of(const struct record *upper, const struct record *lower, struct role_dictionary *dictionary)
{
	struct shape shape = { .labels = true };
	size_t width = width_of(upper, lower), span;

	for (size_t c = 0; c < width; c++) {
		struct slice above = cell_at(upper, c), below = cell_at(lower, c);
		bool known = below.len && role_dictionary_find(dictionary, below).role != ROLE_NONE;

		shape.labels &= is_label(above) && is_label(below) && !is_instruction(above);
		shape.known += known;
		shape.upper += above.len > 0;
		shape.singles += above.len && !below.len;
		if (!above.len || !below.len)
			continue;
		for (span = 1; c + span < width && !cell_at(upper, c + span).len && cell_at(lower, c + span).len; span++)
			;
		shape.groups += span > 1;
		shape.odd += span == 1 && !known && !slice_equal(above, below);
	}
	return shape;
}

bool two_rows_are_header(const struct record *upper, const struct record *lower, bool chosen_upper,
			 struct role_dictionary *dictionary)
{
	struct shape shape;

	if (!upper->value_count || !lower->value_count || lower->row > upper->row + 1 ||
	    width_of(upper, lower) > WIDTH_MOST)
		return false;
	shape = shape_of(upper, lower, dictionary);
	if (!shape.labels || shape.groups == 0 || shape.upper < 2) /* one cell alone is a title */
		return false;
	return !chosen_upper || (shape.odd == 0 && (shape.singles || shape.known));
}

/* --- names --- */

/* The columns of the group that begins at c. */
static size_t span_at(const size_t *groups, size_t c, size_t width)
{
	size_t span = 0;

	while (c + span < width && groups[c + span] == c)
		span++;
	return span;
}

/* After groups that are all as wide as each other, the last one is no wider: what follows it just has no group. */
static void cut_last_group(size_t *groups, size_t width)
{
	size_t last = NONE, common = 0, before;

	for (size_t c = 0; c < width; c++)
		if (groups[c] == c) {
			before = last == NONE ? 0 : span_at(groups, last, width);
			if (last != NONE && common && before != common)
				return;
			common = before;
			last = c;
		}
	for (size_t c = last == NONE ? width : last + common; common && c < width; c++)
		groups[c] = NONE;
}

static size_t *find_groups(const struct record *upper, const struct record *lower, size_t width, struct arena *arena)
{
	size_t *groups = arena_get(arena, width, sizeof *groups), group = NONE;

	for (size_t c = 0; c < width; c++) {
		bool below = cell_at(lower, c).len > 0;

		if (cell_at(upper, c).len)
			group = below ? c : NONE;
		else if (!below)
			group = NONE;
		groups[c] = group;
	}
	cut_last_group(groups, width);
	return groups;
}

/* How many columns before, or in all, have this name beneath. */
static size_t count_same(const struct record *lower, struct slice name, size_t columns)
{
	size_t same = 0;

	for (size_t c = 0; c < columns; c++)
		same += slice_equal(cell_at(lower, c), name);
	return same;
}

/* A heading that says nothing of whom or when. */
static bool is_heading(struct slice group)
{
	static const struct slice endings[] = { { "信息", 6 }, { "资料", 6 }, { "方式", 6 }, { "情况", 6 }, { "info", 4 },
						{ "information", 11 }, { "details", 7 } };

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (group.len >= endings[i].len &&
		    slice_equal_nocase(slice_skip(group, group.len - endings[i].len), endings[i]))
			return true;
	return false;
}

static bool is_of_customer(struct slice group)
{
	static const char *const words[] = { "客户", "会员", "买家", "顾客", "联系", "收货", "基本", "customer", "contact", "client",
					     "member", "buyer", NULL };

	return has_any(group, words);
}

/* Somebody else: a colleague, whoever recommended the customer, a relative. */
static bool is_of_other(struct slice group, struct role_dictionary *dictionary)
{
	static const char *const words[] = { "经理", "业务员", "销售", "跟进", "推荐", "介绍", "紧急", "配偶", "家属", "供应商",
					     "manager", "sales", "emergency", "referr", "spouse", NULL };

	return role_dictionary_find(dictionary, group).role == ROLE_OWNER || has_any(group, words);
}

/* Whether column c goes by its lower name alone. */
static bool stands_alone(const struct record *upper, const struct record *lower, const size_t *groups, size_t c,
			 size_t width, struct role_dictionary *dictionary)
{
	struct slice group = cell_at(upper, groups[c]), name = cell_at(lower, c);
	bool known = role_dictionary_find(dictionary, name).role != ROLE_NONE;

	if (is_of_other(group, dictionary))
		return false;
	if (count_same(lower, name, width) == 1)
		return known || is_heading(group);
	for (size_t i = 0; i < c; i++) /* the first of the customer's own */
		if (slice_equal(cell_at(lower, i), name) && (groups[i] == NONE || is_of_customer(cell_at(upper, groups[i]))))
			return false;
	return known && is_of_customer(group);
}

size_t two_rows_names(const struct record *upper, const struct record *lower, struct role_dictionary *dictionary,
		      struct slice *names, struct arena *arena)
{
	size_t width = width_of(upper, lower), *groups = find_groups(upper, lower, width, arena);

	for (size_t c = 0; c < width; c++) {
		struct slice above = cell_at(upper, c), below = cell_at(lower, c);

		if (!below.len)
			names[c] = above;
		else if (groups[c] == NONE || slice_equal(cell_at(upper, groups[c]), below) ||
			 stands_alone(upper, lower, groups, c, width, dictionary))
			names[c] = below;
		else
			names[c] = arena_format(arena, "%.*s_%.*s", SLICE_ARG(cell_at(upper, groups[c])), SLICE_ARG(below));
	}
	return width;
}
