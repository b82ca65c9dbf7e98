#include "clean/layout.h"

#include "base/utf8.h"
#include "clean/money.h"
#include "clean/text.h"
#include "clean/two_rows.h"

enum {
	LOOKED_AT = 30,       /* rows */
	HEADER_LONGEST = 40,  /* characters */
	DIGITS_OF_DATA = 6,
};

bool layout_is_blank(const struct slice *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_trim(cells[i]).len)
			return false;
	return true;
}

/* --- the header --- */

struct look {
	size_t filled;   /* cells that are not empty */
	size_t known;    /* of them headers of the dictionary */
	size_t data;     /* of them numbers, dates, e-mails */
	size_t values;   /* of those, what no header holds: e-mails, six digits or more */
	bool like_header; /* distinct short texts */
};

static bool is_repeated(const struct slice *values, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (slice_equal(slice_trim(values[j]), slice_trim(values[i])))
			return true;
	return false;
}

static size_t count_digits(struct slice s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++)
		digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
	return digits;
}

static struct look look_at(const struct record *record, struct role_dictionary *dictionary)
{
	struct look look = { .like_header = true };

	for (size_t i = 0; i < record->value_count; i++) {
		struct slice cell = slice_trim(record->values[i]);

		if (cell.len == 0)
			continue;
		look.filled++;
		look.known += role_dictionary_find(dictionary, cell).role != ROLE_NONE;
		look.data += (two_rows_is_numeric(cell) && !two_rows_is_period(cell)) || slice_find_byte(cell, '@') < cell.len;
		look.values += slice_find_byte(cell, '@') < cell.len || (two_rows_is_numeric(cell) && count_digits(cell) >= DIGITS_OF_DATA);
		if (utf8_count(slice_first(cell, 4 * HEADER_LONGEST + 4)) > HEADER_LONGEST)
			look.like_header = false;
		if (i < LOOKED_AT && is_repeated(record->values, i))
			look.like_header = false;
	}
	look.like_header &= look.filled > 0 && look.data == 0;
	return look;
}

static bool is_title(const struct look *look, size_t width)
{
	if (look->filled == 0)
		return true;
	return width > 1 && look->filled * 2 <= width && !(look->known >= 2 && look->data == 0);
}

static bool is_known_header(const struct look *look)
{
	if (look->filled <= 2)
		return look->known >= 1 && look->data == 0;
	return look->known >= 2 && look->known * 3 >= look->filled && look->known >= look->data;
}

/* Whether row i, a known header, is to be believed over an earlier row that could be one. */
static bool is_better(const struct look *looks, size_t i, size_t count)
{
	if (looks[i].data)
		return false;
	if (looks[i].known >= 3 && looks[i].known * 3 >= looks[i].filled * 2)
		return true;
	return looks[i].known == looks[i].filled && i + 1 < count && looks[i + 1].data;
}

static size_t choose(const struct look *looks, size_t count, size_t width, bool *found)
{
	size_t likely = count, first = count;

	*found = true;
	for (size_t i = 0; i < count; i++) {
		if (is_title(&looks[i], width))
			continue;
		if (first == count)
			first = i;
		if (is_known_header(&looks[i]) &&
		    (likely == count || (looks[likely].known == 0 && is_better(looks, i, count))))
			return i;
		if (looks[i].like_header && likely == count)
			likely = i;
		if (looks[i].data)
			break;
	}
	if (likely < count)
		return likely;
	first = first < count ? first : 0;
	*found = looks[first].known > 0;
	return first;
}

struct layout_header layout_find_header(const struct batch *batch, struct role_dictionary *dictionary)
{
	struct look looks[LOOKED_AT] = { 0 };
	size_t count = batch->count < LOOKED_AT ? batch->count : LOOKED_AT, width = 0, row;
	const struct record *records = batch->records;
	struct layout_header header;

	for (size_t i = 0; i < count; i++) {
		looks[i] = look_at(&records[i], dictionary);
		if (looks[i].filled > width)
			width = looks[i].filled;
	}
	row = choose(looks, count, width, &header.found);
	header.first = header.last = row;
	if (row + 1 < count && two_rows_are_header(&records[row], &records[row + 1], true, dictionary))
		header.last++;
	else if (row > 0 && two_rows_are_header(&records[row - 1], &records[row], false, dictionary))
		header.first--;
	header.known = looks[header.first].known + (header.last > header.first ? looks[header.last].known : 0);
	header.found |= header.last > header.first;
	header.data = !header.found && looks[row].values;
	return header;
}

bool layout_is_unreadable(const struct record *record)
{
	return record->dropped || (record->quoted && record->value_count == 0);
}

/* --- totals --- */

static const struct {
	struct slice word;
	bool latin;
} totals[] = {
	{ { "合计", 6 }, false },    { { "小计", 6 }, false },   { { "总计", 6 }, false },      { { "共计", 6 }, false },
	{ { "总合计", 9 }, false },  { { "累计", 6 }, false },   { { "汇总", 6 }, false },      { { "本页小计", 12 }, false },
	{ { "本页合计", 12 }, false }, { { "total", 5 }, true }, { { "totals", 6 }, true },     { { "subtotal", 8 }, true },
	{ { "sub total", 9 }, true }, { { "sub-total", 9 }, true }, { { "grand total", 11 }, true },
};

/* What may follow the word: nothing, a colon, a number, brackets. */
static bool ends_word(struct slice rest)
{
	rest = slice_trim(rest);
	return rest.len == 0 || strchr(":(0123456789", rest.ptr[0]) != NULL || slice_starts_with(rest, SLICE("：")) ||
	       slice_starts_with(rest, SLICE("（"));
}

/* Most cells of most rows can be told by a byte from the words that are looked for. A switch, since it is asked for every row. */
static bool may_begin_total(char c)
{
	switch (c) {
	case 't': case 'T': case 's': case 'S': case 'g': case 'G': case '\xE5': case '\xE6': case '\xE7':
		return true;
	default:
		return false;
	}
}

static bool may_end_total(char c)
{
	return c == '\xA1' || c == '\xBB';
}

static bool may_begin_note(char c)
{
	switch (c) {
	case 'N': case 'R': case 'S': case 'E': case 'P': case 'p': case '\xE5': case '\xE6': case '\xE7': case '\xE8':
		return true;
	default:
		return false;
	}
}

bool layout_is_plainly_data(struct slice first_cell)
{
	char first, last;

	if (first_cell.len == 0)
		return false;
	first = first_cell.ptr[0];
	last = first_cell.ptr[first_cell.len - 1];
	return first > ' ' && first <= '~' && last > ' ' && last <= '~' && !may_begin_total(first) && !may_begin_note(first);
}

/* The word for totals that the cell begins with: its place in the table, or -1. 合 计 is written with spaces, too. */
static int total_word(struct slice cell)
{
	static const struct slice split[] = { { "合", 3 }, { "小", 3 }, { "总", 3 } };
	char joined[64];

	if (cell.len == 0 || !may_begin_total(cell.ptr[0]))
		return -1;
	for (size_t i = 0; i < sizeof split / sizeof *split; i++) {
		struct slice rest = slice_trim(slice_skip(cell, split[i].len));

		while (slice_starts_with(rest, SLICE("\xE3\x80\x80")) || (rest.len && rest.ptr[0] == ' '))
			rest = slice_skip(rest, rest.ptr[0] == ' ' ? 1 : 3);
		if (!slice_starts_with(cell, split[i]) || rest.len > sizeof joined - 3)
			continue;
		memcpy(joined, cell.ptr, 3);
		memcpy(joined + 3, rest.ptr, rest.len);
		cell = (struct slice){ joined, 3 + rest.len };
		break;
	}
	for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
		if (slice_equal_nocase(slice_first(cell, totals[i].word.len), totals[i].word) &&
		    ends_word(slice_skip(cell, totals[i].word.len)))
			return (int)i;
	return -1;
}

/* How many records there were: 3家, 共27条, 12 rows. */
static bool is_count(struct slice cell)
{
	static const struct slice units[] = {
		{ "家", 3 },     { "条", 3 },     { "个", 3 },   { "人", 3 },      { "户", 3 }, { "行", 3 },
		{ "笔", 3 },     { "单", 3 },     { "位", 3 },   { "名", 3 },      { "项", 3 }, { "件", 3 },
		{ "家客户", 9 }, { "条记录", 9 }, { "rows", 4 }, { "records", 7 },
	};
	size_t digits = 0;

	if (slice_starts_with(cell, SLICE("共")))
		cell = slice_trim(slice_skip(cell, 3));
	while (digits < cell.len && cell.ptr[digits] >= '0' && cell.ptr[digits] <= '9')
		digits++;
	cell = slice_trim(slice_skip(cell, digits));
	for (size_t i = 0; i < sizeof units / sizeof *units && digits; i++)
		if (slice_equal_nocase(cell, units[i]))
			return true;
	return false;
}

/* 共2家, and nothing else in the row. */
static bool is_count_alone(const struct slice *cells, size_t count)
{
	struct slice cell = slice_trim(cells[0]);

	return slice_starts_with(cell, SLICE("共")) && is_count(cell) && layout_is_blank(cells + 1, count - 1);
}

/* 小王 小计, 华东 汇总: as spreadsheets name the totals of a group. */
static bool names_group_total(struct slice cell)
{
	static const struct slice endings[] = { { "小计", 6 }, { "合计", 6 }, { "总计", 6 }, { "汇总", 6 } };

	if (cell.len == 0 || !may_end_total(cell.ptr[cell.len - 1]))
		return false;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (slice_ends_with(cell, endings[i]))
			return true;
	return false;
}

bool layout_is_total(const struct slice *cells, size_t count)
{
	size_t i = 0, numbers = 0, empty = 0;
	bool group = false;
	struct money money;
	int word;

	while (i < count && cells[i].len == 0)
		i++;
	if (count < 2 || i == count)
		return false;
	word = total_word(slice_trim(cells[i]));
	if (word < 0) {
		group = names_group_total(slice_trim(cells[i]));
		if (!group)
			return is_count_alone(cells + i, count - i);
	}
	while (++i < count) {
		struct slice cell = slice_trim(cells[i]);

		if (text_is_empty(cell)) {
			empty++;
			continue;
		}
		if (!two_rows_is_numeric(cell) && !is_count(cell) && money_parse(cell, 1, &money) != MONEY_OK) /* 12 JPY */
			return false;
		numbers++;
	}
	return group ? numbers && empty : numbers || !totals[word].latin;
}

/* 备注：…, 制表人：…, 日期：… */
static bool is_note(struct slice cell)
{
	static const struct slice words[] = { { "备注", 6 }, { "说明", 6 }, { "注", 3 }, { "制表", 6 }, { "填表", 6 }, { "审核", 6 },
					      { "复核", 6 }, { "经办", 6 }, { "批准", 6 }, { "日期", 6 }, { "导出", 6 }, { "打印", 6 },
					      { "数据来源", 12 }, { "Note", 4 }, { "Notes", 5 }, { "Remark", 6 }, { "Source", 6 },
					      { "Exported", 8 }, { "Prepared by", 11 } };

	for (size_t w = 0; w < sizeof words / sizeof *words; w++)
		if (slice_starts_with(cell, words[w]))
			return slice_find_byte(cell, ':') < cell.len || slice_find(cell, SLICE("：")) < cell.len;
	return false;
}

/* 第 2 页, 第2页/共3页, Page 2 of 3: what a printer put there. */
static bool is_page_mark(struct slice cell)
{
	bool chinese = slice_starts_with(cell, SLICE("第"));
	struct slice rest = slice_trim(slice_skip(cell, chinese ? 3 : 4));
	size_t digits = 0;

	if (!chinese && !slice_equal_nocase(slice_first(cell, 4), SLICE("Page")))
		return false;
	while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9')
		digits++;
	rest = slice_trim(slice_skip(rest, digits));
	if (digits == 0)
		return false;
	return chinese ? slice_starts_with(rest, SLICE("页")) : rest.len == 0 || rest.ptr[0] == '/' || slice_starts_with(rest, SLICE("of"));
}

bool layout_is_note(const struct slice *cells, size_t count)
{
	size_t filled = 0;

	for (size_t i = 0; i < count; i++) {
		struct slice cell = slice_trim(cells[i]);

		if (cell.len && (!may_begin_note(cell.ptr[0]) || (!is_note(cell) && !is_page_mark(cell))))
			return false;
		filled += cell.len > 0;
	}
	return filled && count >= 3;
}

/* 必填, 选填，最多50字, required … */
static bool is_instruction(struct slice cell)
{
	static const struct slice words[] = { { "必填", 6 }, { "选填", 6 }, { "可选", 6 }, { "可不填", 9 }, { "非必填", 9 }, { "必须", 6 },
					      { "required", 8 }, { "optional", 8 } };

	while (cell.len && memchr("(*[", cell.ptr[0], 3))
		cell = slice_skip(cell, 1);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_equal_nocase(slice_first(cell, words[i].len), words[i]))
			return true;
	return slice_starts_with(cell, SLICE("（必填")) || slice_starts_with(cell, SLICE("（选填"));
}

static bool is_example(struct slice cell)
{
	static const struct slice begins[] = { { "示例：", 9 }, { "示例:", 7 }, { "例：", 6 }, { "例:", 4 }, { "例如", 6 }, { "样例：", 9 } };

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (slice_starts_with(cell, begins[i]))
			return true;
	return slice_equal(cell, SLICE("示例")) || slice_equal(cell, SLICE("样例")) || slice_equal(cell, SLICE("例"));
}

bool layout_is_instruction(const struct slice *cells, size_t count)
{
	size_t filled = 0;

	for (size_t i = 0; i < count; i++) {
		struct slice cell = slice_trim(cells[i]);

		if (cell.len && filled == 0 && is_example(cell))
			return true;
		if (cell.len && !is_instruction(cell))
			return false;
		filled += cell.len > 0;
	}
	return filled > 1;
}
