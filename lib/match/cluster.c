/*
 * Links are taken best first. Two clusters that a link joins are merged when the mean over the pairs between them, each pair's
 * bits cut to ±LIMIT, is over the threshold; of large clusters a sample spread evenly over their members is taken. A cluster's members
 * are a ring of rows.
 */
#include "match/cluster.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

enum { SAMPLE = 12 };
static const double LIMIT = 8;

static int compare_links(const void *left, const void *right)
{
	const struct link *x = left, *y = right;

	if (x->bits != y->bits)
		return x->bits < y->bits ? 1 : -1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

struct forest {
	uint32_t *cluster;   /* per row: its cluster's number */
	uint32_t *next;      /* per row: the next member of the ring */
	uint32_t *size;      /* per cluster */
	bool *kept_apart;    /* per cluster: a pair that was decided to be different has a member in it */
	const struct cluster_options *options;
};

static uint32_t find(struct forest *forest, uint32_t row)
{
	while (forest->cluster[row] != row) {
		forest->cluster[row] = forest->cluster[forest->cluster[row]];
		row = forest->cluster[row];
	}
	return row;
}

/* Up to SAMPLE members of the cluster. */
static unsigned members(const struct forest *forest, uint32_t cluster, uint32_t out[SAMPLE])
{
	uint32_t size = forest->size[cluster], row = cluster;
	unsigned count = 0;

	for (uint32_t i = 0; i < size && count < SAMPLE; i++, row = forest->next[row])
		if ((uint64_t)i * SAMPLE >= (uint64_t)count * size || size <= SAMPLE)
			out[count++] = row;
	return count;
}

static double mean_bits(const struct forest *forest, uint32_t x, uint32_t y)
{
	uint32_t in_x[SAMPLE], in_y[SAMPLE];
	unsigned xs = members(forest, x, in_x), ys = members(forest, y, in_y);
	double sum = 0;

	for (unsigned i = 0; i < xs; i++)
		for (unsigned j = 0; j < ys; j++) {
			double bits = forest->options->score(forest->options->context, in_x[i], in_y[j]);

			if (bits == -INFINITY)
				return bits;
			sum += fmin(fmax(bits, -LIMIT), LIMIT);
		}
	return sum / (xs * ys);
}

static void merge(struct forest *forest, uint32_t x, uint32_t y)
{
	uint32_t low = x < y ? x : y, high = x < y ? y : x, after = forest->next[low];

	forest->next[low] = forest->next[high];
	forest->next[high] = after;
	forest->cluster[high] = low;
	forest->size[low] += forest->size[high];
	forest->kept_apart[low] |= forest->kept_apart[high];
}

static bool must_not_merge(struct forest *forest, uint32_t x, uint32_t y)
{
	if (!forest->kept_apart[x] || !forest->kept_apart[y])
		return false;
	for (size_t i = 0; i < forest->options->different_count; i++) {
		uint32_t a = find(forest, forest->options->different[i].a), b = find(forest, forest->options->different[i].b);

		if ((a == x && b == y) || (a == y && b == x))
			return true;
	}
	return false;
}

/* What is together before any score is asked. */
static void merge_known(struct forest *forest, size_t rows)
{
	const struct cluster_options *options = forest->options;

	for (size_t i = 0; i < options->different_count; i++)
		forest->kept_apart[options->different[i].a] = forest->kept_apart[options->different[i].b] = true;
	for (size_t i = 0; i < options->same_count; i++) {
		uint32_t x = find(forest, options->same[i].a), y = find(forest, options->same[i].b);

		if (x != y && !must_not_merge(forest, x, y))
			merge(forest, x, y);
	}
	for (size_t i = 0; i < rows; i++) {
		uint32_t x = find(forest, options->copies[i]), y = find(forest, (uint32_t)i);

		if (x != y && !must_not_merge(forest, x, y))
			merge(forest, x, y);
	}
}

void cluster_rows(size_t rows, struct link *links, size_t count, const struct cluster_options *options, uint32_t *cluster)
{
	struct forest forest = { .cluster = cluster, .options = options };

	forest.next = memory_get(rows + 1, sizeof *forest.next);
	forest.size = memory_get(rows + 1, sizeof *forest.size);
	for (size_t i = 0; i < rows; i++) {
		cluster[i] = forest.next[i] = (uint32_t)i;
		forest.size[i] = 1;
	}
	forest.kept_apart = memory_zero(rows + 1, sizeof *forest.kept_apart);
	merge_known(&forest, rows);
	if (count) /* links may be NULL */
		qsort(links, count, sizeof *links, compare_links);
	for (size_t i = 0; i < count; i++) {
		uint32_t x = find(&forest, links[i].a), y = find(&forest, links[i].b);

		if (x == y || must_not_merge(&forest, x, y))
			continue;
		if (mean_bits(&forest, x, y) > options->threshold)
			merge(&forest, x, y);
	}
	for (size_t i = 0; i < rows; i++)
		cluster[i] = find(&forest, (uint32_t)i);
	free(forest.next);
	free(forest.size);
	free(forest.kept_apart);
}
