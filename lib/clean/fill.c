#include "clean/fill.h"

#include "clean/address.h"
#include "clean/money.h"
#include "clean/text.h"

static struct slice cell_of(const struct fill_row *row, enum fill column)
{
	return row->cells[column] ? *row->cells[column] : (struct slice){ "", 0 };
}

static void set(struct fill_row *row, enum fill column, struct slice value)
{
	if (!row->cells[column] || row->cells[column]->len || value.len == 0)
		return;
	*row->cells[column] = value;
	row->outcomes[column] = FILL_DONE;
}

/* Province and city as given, as far as the table knows them: what an address is read by, and checked against. */
static struct region given_places(const struct fill_row *row)
{
	struct region given = { .province = { "", 0 }, .city = { "", 0 } }, found;

	if (region_named(cell_of(row, FILL_PROVINCE), REGION_PROVINCE, NULL, &found))
		given.province = found.province;
	if (region_named(cell_of(row, FILL_CITY), REGION_CITY, given.province.len ? &given : NULL, &found) ||
	    region_named(cell_of(row, FILL_CITY), REGION_PROVINCE, NULL, &found))
		given.city = found.city;
	return given;
}

static bool contradicts(struct slice given, struct slice found)
{
	return given.len && found.len && !slice_equal(given, found);
}

/* What the cells of a row without an address, or with one that does not say, tell: the district's, or the city's. */
static struct address by_cells(const struct fill_row *row, const struct region *given, struct arena *arena)
{
	struct slice cells[] = { cell_of(row, FILL_REGION), cell_of(row, FILL_CITY), cell_of(row, FILL_PROVINCE) };
	struct address address = { .province = { "", 0 } };

	for (size_t i = 0; i < 3 && !address.province.len; i++)
		if (cells[i].len)
			address = address_parse(cells[i], given->province.len || given->city.len ? given : NULL, arena);
	return address;
}

void fill_places(struct fill_row *row, struct slice text, struct arena *arena)
{
	struct region given = given_places(row);
	struct address address = { .province = { "", 0 } };

	if (text_has_han(text)) {
		address = address_parse(text, NULL, arena);
		if (!address.province.len && (given.province.len || given.city.len))
			address = address_parse(text, &given, arena);
	}
	if (!address.province.len)
		address = by_cells(row, &given, arena);
	if (contradicts(given.province, address.province))
		row->outcomes[FILL_PROVINCE] = FILL_CONTRADICTED;
	else if (contradicts(given.city, address.city))
		row->outcomes[FILL_CITY] = FILL_CONTRADICTED;
	if (row->outcomes[FILL_PROVINCE] == FILL_CONTRADICTED || row->outcomes[FILL_CITY] == FILL_CONTRADICTED)
		return;
	set(row, FILL_PROVINCE, address.province);
	if (cell_of(row, FILL_CITY).len == 0 || given.city.len) /* a city that is not known may be anywhere */
		set(row, FILL_REGION, address.district);
	set(row, FILL_CITY, address.city);
}

void fill_currency(struct fill_row *row, const char code[4], struct arena *arena)
{
	struct slice given = cell_of(row, FILL_CURRENCY);
	char known[4];

	if (!code[0] || !row->cells[FILL_CURRENCY])
		return;
	if (given.len == 0)
		set(row, FILL_CURRENCY, arena_copy(arena, slice_of(code)));
	else if (money_currency(given, known) && strcmp(known, code) != 0)
		row->outcomes[FILL_CURRENCY] = FILL_CONTRADICTED;
}
