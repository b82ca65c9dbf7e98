/*
 * Links are taken best first. Two clusters that a link joins are merged when the mean over the pairs between them, each pair's
 * bits cut to ±LIMIT, is over the threshold; of large clusters a sample spread evenly over their members is taken. A cluster's members
 * are a ring of rows. What no chain of links joins never meets, so each component of the links is a task of its own.
 */
#include "match/cluster.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"

enum { SAMPLE = 12, WALK_MOST = 256, TASK = 4096 };
static const double LIMIT = 8;

int link_compare(const void *left, const void *right)
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
	uint32_t *component; /* per row: the smallest row that links, decisions and copies join it with; known before clustering begins */
	struct link *links;  /* by component */
	size_t *begin;       /* per task: its first link; tasks hold whole components */
	size_t tasks;
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

/* Up to SAMPLE members of the cluster, spread over its ring; of a very large one over the first WALK_MOST, since to walk round it for every link would take the square of its size. */
static unsigned members(const struct forest *forest, uint32_t cluster, uint32_t out[SAMPLE])
{
	uint32_t size = forest->size[cluster] < WALK_MOST ? forest->size[cluster] : WALK_MOST, row = cluster;
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
		const struct link *pair = &forest->options->different[i];

		/* What other tasks work on is not looked at. */
		if (forest->component[pair->a] != forest->component[x] || forest->component[pair->b] != forest->component[x])
			continue;
		uint32_t a = find(forest, pair->a), b = find(forest, pair->b);

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

static uint32_t find_component(uint32_t *component, uint32_t row)
{
	while (component[row] != row) {
		component[row] = component[component[row]];
		row = component[row];
	}
	return row;
}

static void join_components(uint32_t *component, uint32_t a, uint32_t b)
{
	a = find_component(component, a);
	b = find_component(component, b);
	component[a > b ? a : b] = a < b ? a : b;
}

static void find_components(struct forest *forest, size_t rows, const struct link *links, size_t count)
{
	const struct cluster_options *options = forest->options;
	uint32_t *component = forest->component;

	for (size_t i = 0; i < rows; i++)
		component[i] = (uint32_t)i;
	for (size_t i = 0; i < rows; i++)
		join_components(component, (uint32_t)i, options->copies[i]);
	for (size_t i = 0; i < options->same_count; i++)
		join_components(component, options->same[i].a, options->same[i].b);
	for (size_t i = 0; i < count; i++)
		join_components(component, links[i].a, links[i].b);
	/* Smaller rows come first, so that one step leads to the root. */
	for (size_t i = 0; i < rows; i++)
		component[i] = component[component[i]];
}

/* Brings the links of each component together, and whole components into tasks of TASK links or more. */
static void set_tasks(struct forest *forest, size_t rows, const struct link *links, size_t count)
{
	size_t *next = memory_zero(rows + 1, sizeof *next), total = 0;

	forest->links = memory_get(count + 1, sizeof *forest->links);
	forest->begin = memory_get(count / TASK + 2, sizeof *forest->begin);
	for (size_t i = 0; i < count; i++)
		next[forest->component[links[i].a]]++;
	for (size_t row = 0; row < rows; row++) {
		size_t size = next[row];

		next[row] = total;
		if (size && (forest->tasks == 0 || total >= forest->begin[forest->tasks - 1] + TASK))
			forest->begin[forest->tasks++] = total;
		total += size;
	}
	forest->begin[forest->tasks] = total;
	for (size_t i = 0; i < count; i++)
		forest->links[next[forest->component[links[i].a]]++] = links[i];
	free(next);
}

static int cluster_task(void *context, size_t task, unsigned worker, struct diag *diag)
{
	struct forest *forest = context;
	struct link *links = forest->links + forest->begin[task];
	size_t count = forest->begin[task + 1] - forest->begin[task];

	(void)worker;
	(void)diag;
	qsort(links, count, sizeof *links, link_compare);
	for (size_t i = 0; i < count; i++) {
		uint32_t x = find(forest, links[i].a), y = find(forest, links[i].b);

		if (x == y || must_not_merge(forest, x, y))
			continue;
		if (mean_bits(forest, x, y) > forest->options->threshold)
			merge(forest, x, y);
	}
	return 0;
}

int cluster_rows(size_t rows, const struct link *links, size_t count, const struct cluster_options *options, uint32_t *cluster, struct diag *diag)
{
	struct forest forest = { .cluster = cluster, .options = options };
	int result;

	forest.next = memory_get(rows + 1, sizeof *forest.next);
	forest.size = memory_get(rows + 1, sizeof *forest.size);
	forest.component = memory_get(rows + 1, sizeof *forest.component);
	for (size_t i = 0; i < rows; i++) {
		cluster[i] = forest.next[i] = (uint32_t)i;
		forest.size[i] = 1;
	}
	forest.kept_apart = memory_zero(rows + 1, sizeof *forest.kept_apart);
	find_components(&forest, rows, links, count);
	merge_known(&forest, rows);
	set_tasks(&forest, rows, links, count);
	result = pool_each(cluster_task, &forest, forest.tasks, options->threads, diag);
	for (size_t i = 0; i < rows; i++)
		cluster[i] = find(&forest, (uint32_t)i);
	free(forest.next);
	free(forest.size);
	free(forest.component);
	free(forest.kept_apart);
	free(forest.links);
	free(forest.begin);
	return result;
}
