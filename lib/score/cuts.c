#include "score/cuts.h"

#include <stdlib.h>

#include "base/memory.h"

static void swap(int64_t *a, int64_t *b)
{
	int64_t kept = *a;

	*a = *b;
	*b = kept;
}

static void sort_three(int64_t *a, int64_t *b, int64_t *c)
{
	if (*b < *a)
		swap(a, b);
	if (*c < *b)
		swap(b, c);
	if (*b < *a)
		swap(a, b);
}

static int compare_figures(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Puts the figure of rank k at figures[k], smaller ones before it, larger ones after it (Hoare's FIND). What is left after
 * many bad halvings is sorted, so that no input makes it quadratic.
 */
static void select_rank(int64_t *figures, size_t first, size_t last, size_t k)
{
	for (int rounds = 0; last - first > 16 && rounds < 64; rounds++) {
		size_t i = first, j = last;
		int64_t pivot;

		sort_three(&figures[first], &figures[first + (last - first) / 2], &figures[last]);
		pivot = figures[first + (last - first) / 2];
		while (i <= j) {
			while (figures[i] < pivot)
				i++;
			while (figures[j] > pivot)
				j--;
			if (i <= j)
				swap(&figures[i++], &figures[j--]);
		}
		if (k <= j)
			last = j;
		else if (k >= i)
			first = i;
		else
			return;
	}
	qsort(figures + first, last - first + 1, sizeof *figures, compare_figures);
}

void cuts_find(struct cuts *cuts, int64_t *figures, size_t count, unsigned bins, int64_t one)
{
	size_t first = 0;

	*cuts = (struct cuts){ .bins = bins };
	for (unsigned i = 1; i < bins && count; i++) {
		unsigned __int128 place = (unsigned __int128)(count - 1) * i;
		size_t rank = (size_t)(place / bins);
		unsigned rest = (unsigned)(place % bins);
		int64_t low, high;

		select_rank(figures, first, count - 1, rank);
		low = high = figures[rank];
		if (rest) {
			select_rank(figures, rank + 1, count - 1, rank + 1);
			high = figures[rank + 1];
		}
		first = rank;
		cuts->at[i - 1] = ((__int128)low + one) * bins + ((__int128)high - low) * rest;
	}
}

void cuts_set(struct cuts *cuts, const int64_t *at, unsigned count)
{
	*cuts = (struct cuts){ .bins = count + 1 };
	for (unsigned i = 0; i < count; i++)
		cuts->at[i] = (__int128)at[i] * cuts->bins;
}

unsigned cuts_score(const struct cuts *cuts, int64_t figure)
{
	unsigned score = 1;

	while (score < cuts->bins && (__int128)figure * cuts->bins >= cuts->at[score - 1])
		score++;
	return score;
}

double cuts_value(const struct cuts *cuts, unsigned i, int64_t one)
{
	return (double)cuts->at[i] / (double)cuts->bins / (double)one;
}

struct ranked {
	int64_t figure;
	size_t place;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->figure != y->figure)
		return x->figure < y->figure ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

void cuts_ntile(const int64_t *figures, size_t count, unsigned bins, uint8_t *scores)
{
	struct ranked *ranked = memory_get(count, sizeof *ranked);
	size_t small = count / bins, large = count % bins;

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ figures[i], i };
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	for (size_t i = 0; i < count; i++) {
		size_t in_large = large * (small + 1);
		size_t bin = i < in_large ? i / (small + 1) : large + (i - in_large) / small;

		scores[ranked[i].place] = (uint8_t)(bin + 1);
	}
	free(ranked);
}
