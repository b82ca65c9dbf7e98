#include "clean/layout.h"

#include "clean/text.h"

enum { LOOKED_AT = 30 };

bool layout_is_blank(const struct slice *cells, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_trim(cells[i]).len)
			return false;
	return true;
}

/* Digits with the signs that numbers, dates and phones have: never a header. */
static bool is_numeric(struct slice s)
{
	bool digit = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
			digit = true;
		else if (!memchr(" +-.,:/%$()TZ", s.ptr[i], 13) && !((unsigned char)s.ptr[i] == 0xC2 || (unsigned char)s.ptr[i] == 0xA5))
			return false;
	}
	return digit;
}

struct row_look {
	size_t filled;     /* cells that are not empty */
	size_t known;      /* of them headers of the dictionary */
	size_t numeric;
	bool distinct;
};

static struct row_look look_at(const struct record *record, struct role_dictionary *dictionary)
{
	struct row_look look = { .distinct = true };

	for (size_t i = 0; i < record->value_count; i++) {
		struct slice cell = slice_trim(record->values[i]);

		if (cell.len == 0)
			continue;
		look.filled++;
		look.numeric += is_numeric(cell) || slice_find_byte(cell, '@') < cell.len;
		look.known += role_dictionary_find(dictionary, cell).role != ROLE_NONE;
		for (size_t j = 0; j < i && i < LOOKED_AT && look.distinct; j++)
			if (slice_equal(slice_trim(record->values[j]), cell))
				look.distinct = false;
	}
	return look;
}

/* The number of filled cells that most rows reach at least half of. */
static size_t widest(const struct row_look *looks, size_t count)
{
	size_t most = 0;

	for (size_t i = 0; i < count; i++)
		if (looks[i].filled > most)
			most = looks[i].filled;
	return most;
}

static size_t first_filled(const struct row_look *looks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (looks[i].filled)
			return i;
	return 0;
}

size_t layout_find_header(const struct batch *batch, enum kind kind)
{
	struct row_look looks[LOOKED_AT] = { { 0 } };
	size_t count = batch->count < LOOKED_AT ? batch->count : LOOKED_AT;
	struct role_dictionary *dictionary = role_dictionary_new(kind);
	size_t best = 0, width, first;

	for (size_t i = 0; i < count; i++)
		looks[i] = look_at(&batch->records[i], dictionary);
	role_dictionary_free(dictionary);
	width = widest(looks, count);
	first = first_filled(looks, count);
	best = first;
	for (size_t i = first + 1; i < count; i++) {
		size_t least = looks[best].known * 2 + 1; /* what a later row must know to be believed over an earlier one */

		if (looks[i].known >= (least < 2 ? 2 : least) && looks[i].numeric == 0)
			best = i;
	}
	if (looks[best].known >= 2 || (looks[best].known == 1 && looks[best].filled * 2 > width))
		return best;
	for (size_t i = first; i < count; i++)
		if (looks[i].filled * 4 >= width * 3 && looks[i].numeric == 0 && looks[i].distinct)
			return i;
	return first;
}

bool layout_is_total(const struct slice *cells, size_t count)
{
	static const struct slice words[] = { { "合计", 6 }, { "小计", 6 }, { "总计", 6 }, { "共计", 6 }, { "汇总", 6 },
					      { "本页小计", 12 }, { "总合计", 9 } };
	struct slice first;
	size_t i = 0;
	bool total = false;

	while (i < count && slice_trim(cells[i]).len == 0)
		i++;
	if (i == count)
		return false;
	first = slice_trim(cells[i]);
	for (size_t w = 0; w < sizeof words / sizeof *words && !total; w++) {
		struct slice rest = slice_skip(first, words[w].len);

		total = slice_starts_with(first, words[w]) &&
			(rest.len == 0 || rest.ptr[0] == ':' || slice_starts_with(rest, SLICE("：")) || rest.ptr[0] == ' ' ||
			 (rest.ptr[0] >= '0' && rest.ptr[0] <= '9') || rest.ptr[0] == '(');
	}
	if (first.len && first.ptr[first.len - 1] == ':')
		first.len--;
	if (!total && !slice_equal_nocase(first, SLICE("total")) && !slice_equal_nocase(first, SLICE("subtotal")) &&
	    !slice_equal_nocase(first, SLICE("grand total")) && !slice_equal_nocase(first, SLICE("sub total")) &&
	    !slice_equal_nocase(first, SLICE("totals")))
		return false;
	while (++i < count) {
		struct slice cell = slice_trim(cells[i]);

		if (cell.len && !is_numeric(cell) && !(cell.ptr[0] >= '0' && cell.ptr[0] <= '9') && !text_is_empty(cell))
			return false;
	}
	return true;
}
