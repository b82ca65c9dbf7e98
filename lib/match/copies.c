#include "match/copies.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

/* Rows are brought together by the values of their fields, which are numbers; only those that agree there are looked at cell by cell. */
static uint32_t hash_of_row(const struct fields *fields, size_t row)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < fields->count; i++)
		hash = hash_mix(hash + i, fields_row(fields, row)[i]);
	return (uint32_t)(hash >> 32);
}

static bool counts(const struct match_input *input, size_t column)
{
	enum role role = input->roles ? input->roles[column] : ROLE_NONE;

	return role != ROLE_SOURCE && role != ROLE_SOURCE_ROW && !(input->ignore && input->ignore[column]);
}

static bool is_copy(const struct match_input *input, size_t a, size_t b)
{
	unsigned filled = 0;

	for (size_t c = 0; c < input->columns; c++) {
		struct slice cell;

		if (!counts(input, c))
			continue;
		cell = input->cell(input->context, a, c);
		if (!slice_equal(cell, input->cell(input->context, b, c)))
			return false;
		filled += cell.len > 0;
	}
	return filled >= COPY_CELLS;
}

static int compare_u64(const void *left, const void *right)
{
	uint64_t x = *(const uint64_t *)left, y = *(const uint64_t *)right;

	return (x > y) - (x < y);
}

/* Keeps the rows whose hash others have, too, as far as a small table tells: most have no copy, and need not be sorted. */
static size_t drop_alone(uint64_t *order, size_t rows)
{
	size_t bits = 1 << 10, kept = 0;

	while (bits < 8 * rows && bits < UINT64_C(1) << 32)
		bits *= 2;
	uint64_t *once = memory_zero(bits / 64, sizeof *once), *twice = memory_zero(bits / 64, sizeof *twice);

	for (size_t i = 0; i < rows; i++) {
		size_t at = (order[i] >> 32) & (bits - 1);
		uint64_t bit = UINT64_C(1) << at % 64;

		twice[at / 64] |= once[at / 64] & bit;
		once[at / 64] |= bit;
	}
	for (size_t i = 0; i < rows; i++) {
		size_t at = (order[i] >> 32) & (bits - 1);

		order[kept] = order[i];
		kept += twice[at / 64] >> at % 64 & 1;
	}
	free(once);
	free(twice);
	return kept;
}

void copies_find(const struct match_input *input, const struct fields *fields, uint32_t *copies)
{
	uint64_t *order = memory_get(input->rows + 1, sizeof *order);
	size_t count;

	for (size_t row = 0; row < input->rows; row++) {
		copies[row] = (uint32_t)row;
		order[row] = (uint64_t)hash_of_row(fields, row) << 32 | row;
	}
	count = drop_alone(order, input->rows);
	qsort(order, count, sizeof *order, compare_u64);
	for (size_t i = 1; i < count; i++) {
		uint32_t before = (uint32_t)order[i - 1], row = (uint32_t)order[i];

		if (order[i] >> 32 == order[i - 1] >> 32 && is_copy(input, before, row))
			copies[row] = copies[before];
	}
	free(order);
}
