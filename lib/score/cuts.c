#include "score/cuts.h"

#include <float.h>
#include <math.h>
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

/* The least whole number that is not under a / b. */
static __int128 divide_up(__int128 a, __int128 b)
{
	return a / b + (a % b > 0);
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
		__int128 at;

		select_rank(figures, first, count - 1, rank);
		low = high = figures[rank];
		if (rest) {
			select_rank(figures, rank + 1, count - 1, rank + 1);
			high = figures[rank + 1];
		}
		first = rank;
		at = ((__int128)low + one) * bins + ((__int128)high - low) * rest;
		cuts->from[i - 1] = divide_up(at, bins);
		cuts->shown[i - 1] = (double)at / (double)bins / (double)one;
	}
}

/* Of the `bins` into which NTILE parts `count`, where the one of number `bin` begins. */
static size_t ntile_start(size_t count, unsigned bins, unsigned bin)
{
	size_t large = count % bins;

	return bin * (count / bins) + (bin < large ? bin : large);
}

void cuts_rank(struct cuts *cuts, int64_t *figures, size_t count, unsigned bins, int64_t one, bool down)
{
	*cuts = (struct cuts){ .bins = bins };
	if (count == 0)
		return;
	qsort(figures, count, sizeof *figures, compare_figures);
	for (unsigned i = 1; i < bins; i++) {
		size_t start = down ? count - ntile_start(count, bins, bins - i) : ntile_start(count, bins, i);
		__int128 from;

		while (!down && start > 0 && start < count && figures[start] == figures[start - 1])
			start++;
		from = start < count ? (__int128)figures[start] : (__int128)figures[count - 1] + 1;
		cuts->from[i - 1] = from;
		cuts->shown[i - 1] = (double)from / (double)one;
	}
}

void cuts_mean(struct cuts *cuts, const int64_t *figures, size_t count, int64_t one, bool down)
{
	__int128 sum = 0, n = count ? (__int128)count : 1;

	*cuts = (struct cuts){ .bins = 2 };
	for (size_t i = 0; i < count; i++)
		sum += figures[i];
	cuts->from[0] = divide_up(sum + down, n);
	cuts->shown[0] = (double)sum / (double)n / (double)one;
}

void cuts_set(struct cuts *cuts, const int64_t *at, unsigned count, int64_t one)
{
	*cuts = (struct cuts){ .bins = count + 1 };
	for (unsigned i = 0; i < count; i++) {
		cuts->from[i] = at[i];
		cuts->shown[i] = (double)at[i] / (double)one;
	}
}

/* A number may be off what it stands for by its last bit. */
static __int128 read_cut(double number, int64_t one)
{
	long double figure = (long double)number * (long double)one;

	return (__int128)ceill(figure - fabsl(figure) * (long double)DBL_EPSILON - 1e-9l);
}

double cuts_number(const struct cuts *cuts, unsigned i, int64_t one)
{
	if (read_cut(cuts->shown[i], one) == cuts->from[i])
		return cuts->shown[i];
	return (double)cuts->from[i] / (double)one;
}

bool cuts_read(struct cuts *cuts, const double *numbers, unsigned count, int64_t one)
{
	*cuts = (struct cuts){ .bins = count + 1 };
	for (unsigned i = 0; i < count; i++) {
		if (!(fabs(numbers[i]) < 1e18) || (i > 0 && numbers[i] < numbers[i - 1]))
			return false;
		cuts->from[i] = read_cut(numbers[i], one);
		cuts->shown[i] = numbers[i];
	}
	return true;
}

unsigned cuts_score(const struct cuts *cuts, int64_t figure)
{
	unsigned score = 1;

	while (score < cuts->bins && figure >= cuts->from[score - 1])
		score++;
	return score;
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
	unsigned bin = 0;

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ figures[i], i };
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	for (size_t i = 0; i < count; i++) {
		while (i >= ntile_start(count, bins, bin + 1))
			bin++;
		scores[ranked[i].place] = (uint8_t)(bin + 1);
	}
	free(ranked);
}
