#include "match/evaluate.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"

/* A record by its groups; sorted, records of one cluster, one entity, one source stand together. */
struct item {
	uint32_t cluster, entity, source;
};

static int by_cluster(const void *left, const void *right)
{
	const struct item *x = left, *y = right;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static int by_cluster_and_source(const void *left, const void *right)
{
	const struct item *x = left, *y = right;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static int by_entity_and_source(const void *left, const void *right)
{
	const struct item *x = left, *y = right;

	if (x->entity != y->entity)
		return x->entity < y->entity ? -1 : 1;
	return (x->source > y->source) - (x->source < y->source);
}

static double pairs_of(double n)
{
	return n * (n - 1) / 2;
}

/* Whether two items belong to one group of what is being counted. */
typedef int same_group(const struct item *, const struct item *);

static int same_cluster(const struct item *x, const struct item *y)
{
	return x->cluster == y->cluster;
}

static int same_entity(const struct item *x, const struct item *y)
{
	return x->entity == y->entity;
}

static int same_both(const struct item *x, const struct item *y)
{
	return same_cluster(x, y) && same_entity(x, y);
}

/* Pairs within the groups of sorted items, less those within one source. */
static double count_pairs(const struct item *items, size_t count, same_group *same, int by_source)
{
	double pairs = 0;

	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && same(&items[i], &items[i + n]); n++)
			;
		pairs += pairs_of((double)n);
		for (size_t j = i, m; by_source && j < i + n; j += m) {
			for (m = 1; j + m < i + n && items[j].source == items[j + m].source; m++)
				;
			pairs -= pairs_of((double)m);
		}
	}
	return pairs;
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 1;
}

static double harmonic(double x, double y)
{
	return x + y > 0 ? 2 * x * y / (x + y) : 0;
}

/* The mean over records of the share that its cluster and entity have in common of its cluster, and of its entity. */
static void cubed(struct evaluation *evaluation, const struct item *items, size_t count, const uint32_t *cluster_size,
		  const uint32_t *entity_size)
{
	double precision = 0, recall = 0;

	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && same_both(&items[i], &items[i + n]); n++)
			;
		precision += (double)n * (double)n / cluster_size[items[i].cluster];
		recall += (double)n * (double)n / entity_size[items[i].entity];
	}
	evaluation->b3_precision = ratio(precision, (double)count);
	evaluation->b3_recall = ratio(recall, (double)count);
	evaluation->b3_f1 = harmonic(evaluation->b3_precision, evaluation->b3_recall);
}

struct pair_figures evaluate_pairs(double true_pairs, double found, double right)
{
	struct pair_figures figures = { ratio(right, found), ratio(right, true_pairs), 0 };

	figures.f1 = harmonic(figures.precision, figures.recall);
	return figures;
}

void evaluate(struct evaluation *evaluation, size_t count, const uint32_t *cluster, const uint32_t *entity, const uint32_t *sources)
{
	struct item *items = memory_get(count + 1, sizeof *items);
	uint32_t *cluster_size = memory_zero(count + 1, sizeof *cluster_size), *entity_size = memory_zero(2 * count + 1, sizeof *entity_size);
	uint32_t alone = (uint32_t)count;
	struct pair_figures figures;

	*evaluation = (struct evaluation){ .records = count };
	for (size_t i = 0; i < count; i++) {
		items[i] = (struct item){ cluster[i], entity[i] == ENTITY_NONE ? alone++ : entity[i], sources ? sources[i] : 0 };
		evaluation->customers += cluster_size[items[i].cluster]++ == 0;
		evaluation->entities += entity_size[items[i].entity]++ == 0;
	}
	qsort(items, count, sizeof *items, by_entity_and_source);
	evaluation->true_pairs = count_pairs(items, count, same_entity, sources != NULL);
	qsort(items, count, sizeof *items, by_cluster_and_source);
	evaluation->found_pairs = count_pairs(items, count, same_cluster, sources != NULL);
	qsort(items, count, sizeof *items, by_cluster);
	evaluation->right_pairs = count_pairs(items, count, same_both, sources != NULL);
	figures = evaluate_pairs(evaluation->true_pairs, evaluation->found_pairs, evaluation->right_pairs);
	evaluation->precision = figures.precision;
	evaluation->recall = figures.recall;
	evaluation->f1 = figures.f1;
	cubed(evaluation, items, count, cluster_size, entity_size);
	free(items);
	free(cluster_size);
	free(entity_size);
}
