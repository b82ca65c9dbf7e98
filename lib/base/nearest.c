#include "base/nearest.h"

enum { LONGEST = 64 };

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t nearest_distance(struct slice a, struct slice b)
{
	size_t rows[3][LONGEST + 1], *before = rows[0], *above = rows[1], *row = rows[2];

	a = slice_first(a, LONGEST);
	b = slice_first(b, LONGEST);
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *free_row = before;

		before = above;
		above = row;
		row = free_row;
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned char x = lower(a.ptr[i - 1]), y = lower(b.ptr[j - 1]);

			row[j] = least(above[j - 1] + (x != y), least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && x == lower(b.ptr[j - 2]) && y == lower(a.ptr[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[b.len];
}

size_t nearest_index(const struct slice *names, size_t count, struct slice wanted)
{
	size_t best = count, best_distance = SIZE_MAX;

	for (size_t i = 0; i < count; i++) {
		size_t longer = names[i].len > wanted.len ? names[i].len : wanted.len;
		size_t distance = nearest_distance(names[i], wanted);
		bool begins = wanted.len >= 2 && slice_starts_with(names[i], wanted);

		if ((begins || distance * 5 <= longer * 2) && distance < best_distance) {
			best = i;
			best_distance = distance;
		}
	}
	return best;
}
