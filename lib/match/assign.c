#include "match/assign.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

static const int64_t FAR = INT64_MAX;

enum { WORK_MOST = 400 };   /* looks at an edge, per edge and number */
static const double DECIDED_BITS = 1e4, LIMIT = 64;

/* Right numbers are those of the edges; after them each left has one of its own, which stands for being alone, at weight 0. */
struct assigning {
	const struct edge *edges;
	size_t *begin;               /* per left, lefts + 1 */
	size_t lefts, rights;
	int64_t most;                /* cost is most - weight, in millionths of a bit: whole numbers, so that nothing is rounded */
	int64_t *price;              /* per right */
	int64_t *rent;               /* per left: cost less price of its partner */
	uint32_t *left_of, *right_of;
	/* one search */
	int64_t *distance;           /* per right; FAR: not reached */
	uint32_t *from;              /* per right: the left that it was reached from */
	uint32_t *touched, *heap;
	size_t touched_count, heap_count;
	uint32_t *place;             /* per right: where in the heap, or UINT32_MAX: taken out */
	uint64_t work;               /* looks at an edge that are still allowed */
};

static int64_t units_of(double weight)
{
	return llround(weight * 1e6);
}

static int compare_edges(const void *left, const void *right)
{
	const struct edge *x = left, *y = right;

	if (x->left != y->left)
		return x->left < y->left ? -1 : 1;
	if (x->right != y->right)
		return x->right < y->right ? -1 : 1;
	return (x->weight < y->weight) - (x->weight > y->weight);
}

static bool is_before(const struct assigning *a, uint32_t x, uint32_t y)
{
	bool x_free = a->left_of[x] == UINT32_MAX, y_free = a->left_of[y] == UINT32_MAX;

	if (a->distance[x] != a->distance[y])
		return a->distance[x] < a->distance[y];
	return x_free != y_free ? x_free : x < y;
}

static void heap_put(struct assigning *a, size_t at, uint32_t right)
{
	a->heap[at] = right;
	a->place[right] = (uint32_t)at;
}

static void heap_rise(struct assigning *a, uint32_t right)
{
	size_t at = a->place[right];

	for (; at > 0 && is_before(a, right, a->heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap_put(a, at, a->heap[(at - 1) / 2]);
	heap_put(a, at, right);
}

static uint32_t heap_take(struct assigning *a)
{
	uint32_t first = a->heap[0], last = a->heap[--a->heap_count];
	size_t at = 0, child;

	for (; (child = 2 * at + 1) < a->heap_count; at = child) {
		child += child + 1 < a->heap_count && is_before(a, a->heap[child + 1], a->heap[child]);
		if (!is_before(a, a->heap[child], last))
			break;
		heap_put(a, at, a->heap[child]);
	}
	if (a->heap_count)
		heap_put(a, at, last);
	a->place[first] = UINT32_MAX;
	return first;
}

static void reach(struct assigning *a, uint32_t left, uint32_t right, int64_t cost, int64_t base)
{
	int64_t distance = base + cost - a->rent[left] - a->price[right];

	if (distance >= a->distance[right])
		return;
	if (a->distance[right] == FAR) {
		a->touched[a->touched_count++] = right;
		a->place[right] = (uint32_t)a->heap_count;
		a->heap[a->heap_count++] = right;
	}
	a->distance[right] = distance;
	a->from[right] = left;
	heap_rise(a, right);
}

static void reach_from(struct assigning *a, uint32_t left, int64_t base)
{
	for (size_t i = a->begin[left]; i < a->begin[left + 1]; i++)
		reach(a, left, a->edges[i].right, a->most - units_of(a->edges[i].weight), base);
	reach(a, left, (uint32_t)(a->rights + left), a->most, base);
	a->work -= a->work < a->begin[left + 1] - a->begin[left] ? a->work : a->begin[left + 1] - a->begin[left];
}

/* What is left when the work is too much, as with thousands of records that are all alike: the best of those that are free. */
static void assign_free(struct assigning *a, uint32_t left)
{
	const struct edge *best = NULL;

	for (size_t i = a->begin[left]; i < a->begin[left + 1]; i++)
		if (a->left_of[a->edges[i].right] == UINT32_MAX && (!best || a->edges[i].weight > best->weight))
			best = &a->edges[i];
	if (best) {
		a->right_of[left] = best->right;
		a->left_of[best->right] = left;
	}
}

static int64_t cost_of(const struct assigning *a, uint32_t left, uint32_t right)
{
	size_t low = a->begin[left], high = a->begin[left + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->edges[middle].right < right)
			low = middle + 1;
		else
			high = middle;
	}
	return right >= a->rights ? a->most : a->most - units_of(a->edges[low].weight);
}

/* Gives `left` a partner; those who have to move for it find another. */
static void assign_left(struct assigning *a, uint32_t left)
{
	uint32_t right, start = left;
	int64_t least;

	a->touched_count = a->heap_count = 0;
	a->rent[left] = 0;
	reach_from(a, left, 0);
	while (a->left_of[right = heap_take(a)] != UINT32_MAX)
		reach_from(a, a->left_of[right], a->distance[right]);
	least = a->distance[right];
	for (size_t i = 0; i < a->touched_count; i++) {
		uint32_t r = a->touched[i];

		if (a->place[r] == UINT32_MAX && r != right)
			a->price[r] += a->distance[r] - least;
	}
	for (uint32_t next; right != UINT32_MAX; right = next) {
		uint32_t l = a->from[right];

		next = l == start ? UINT32_MAX : a->right_of[l];
		a->right_of[l] = right;
		a->left_of[right] = l;
	}
	for (size_t i = 0; i < a->touched_count; i++) {
		uint32_t r = a->touched[i], l = a->left_of[r];

		if (l != UINT32_MAX)
			a->rent[l] = cost_of(a, l, r) - a->price[r];
		a->distance[r] = FAR;
	}
}

void assign_edges(struct edge *edges, size_t count, size_t lefts, size_t rights, uint32_t *right_of)
{
	size_t all = lefts + rights;
	struct assigning a = { .edges = edges, .lefts = lefts, .rights = rights, .right_of = right_of };

	if (count)
		qsort(edges, count, sizeof *edges, compare_edges);
	a.begin = memory_zero(lefts + 2, sizeof *a.begin);
	for (size_t i = 0; i < count; i++) {
		a.begin[edges[i].left + 1]++;
		a.most = units_of(edges[i].weight) > a.most ? units_of(edges[i].weight) : a.most;
	}
	for (size_t l = 0; l < lefts; l++) {
		a.begin[l + 1] += a.begin[l];
		right_of[l] = UINT32_MAX;
	}
	a.price = memory_zero(all + 1, sizeof *a.price);
	a.rent = memory_zero(lefts + 1, sizeof *a.rent);
	a.distance = memory_get(all + 1, sizeof *a.distance);
	a.left_of = memory_get(4 * all + 4, sizeof *a.left_of);
	a.from = a.left_of + all + 1;
	a.touched = a.from + all + 1;
	a.heap = a.touched + all + 1;
	a.place = memory_get(all + 1, sizeof *a.place);
	for (size_t r = 0; r < all; r++) {
		a.distance[r] = FAR;
		a.left_of[r] = UINT32_MAX;
	}
	a.work = WORK_MOST * ((uint64_t)count + all);
	for (uint32_t l = 0; l < lefts; l++)
		if (a.work > 0)
			assign_left(&a, l);
		else
			assign_free(&a, l);
	for (size_t l = 0; l < lefts; l++)
		right_of[l] = right_of[l] < rights ? right_of[l] : UINT32_MAX;
	free(a.begin);
	free(a.price);
	free(a.rent);
	free(a.distance);
	free(a.left_of);
	free(a.place);
}

/* A link, at the turn of the source whose record it brings in. */
struct offer {
	uint32_t turn, older, row;   /* older: a row of a source that had its turn before */
	bool decided;
};

struct rounds {
	const struct cluster_options *options;
	const uint32_t *sources;
	uint64_t *apart;             /* pairs that were decided to be different, ascending */
	struct offer *offers;
	size_t count;
	uint32_t *cluster, *next;    /* per row: number of its customer; a ring of the members */
	uint32_t *place;             /* per row: its number on a side, or UINT32_MAX */
	uint32_t *lefts, *rights;    /* customers and rows that take part in a round */
};

static int compare_offers(const void *left, const void *right)
{
	const struct offer *x = left, *y = right;

	if (x->turn != y->turn)
		return x->turn < y->turn ? -1 : 1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->older > y->older) - (x->older < y->older);
}

static void add_offers(struct rounds *rounds, const struct link *links, size_t count, bool decided)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t a = links[i].a, b = links[i].b, x = rounds->sources[a], y = rounds->sources[b];

		if (x != y)
			rounds->offers[rounds->count++] = (struct offer){ x > y ? x : y, x < y ? a : b, x < y ? b : a, decided };
	}
}

static uint64_t pair_key(uint32_t a, uint32_t b)
{
	return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static int compare_keys(const void *left, const void *right)
{
	uint64_t x = *(const uint64_t *)left, y = *(const uint64_t *)right;

	return (x > y) - (x < y);
}

static uint64_t *sort_apart(const struct cluster_options *options)
{
	uint64_t *apart = memory_get(options->different_count + 1, sizeof *apart);

	for (size_t i = 0; i < options->different_count; i++)
		apart[i] = pair_key(options->different[i].a, options->different[i].b);
	qsort(apart, options->different_count, sizeof *apart, compare_keys);
	return apart;
}

static bool is_apart(const struct rounds *rounds, uint32_t a, uint32_t b)
{
	uint64_t key = pair_key(a, b);

	return bsearch(&key, rounds->apart, rounds->options->different_count, sizeof key, compare_keys) != NULL;
}

/* Mean bits over the threshold of a row to a customer; -INFINITY: they must not be together. */
static double weight_of(const struct rounds *rounds, uint32_t customer, uint32_t row)
{
	const struct cluster_options *options = rounds->options;
	double sum = 0;
	unsigned members = 0;
	uint32_t member = customer;

	do {
		double bits = is_apart(rounds, member, row) ? -INFINITY : options->score(options->context, member, row);

		if (bits == -INFINITY)
			return bits;
		sum += fmin(fmax(bits, -LIMIT), LIMIT);
		members++;
		member = rounds->next[member];
	} while (member != customer);
	return sum / members - options->threshold;
}

static uint32_t number_on_side(struct rounds *rounds, uint32_t *side, size_t *count, uint32_t row)
{
	if (rounds->place[row] == UINT32_MAX) {
		rounds->place[row] = (uint32_t)*count;
		side[(*count)++] = row;
	}
	return rounds->place[row];
}

static void join(struct rounds *rounds, uint32_t customer, uint32_t row)
{
	rounds->cluster[row] = customer;
	rounds->next[row] = rounds->next[customer];
	rounds->next[customer] = row;
}

/* The offers of one source: its rows are assigned to the customers that there are. */
static void assign_source(struct rounds *rounds, const struct offer *offers, size_t count)
{
	struct edge *edges = memory_get(count + 1, sizeof *edges);
	size_t edge_count = 0, lefts = 0, rights = 0;
	uint32_t *right_of;

	for (size_t i = 0; i < count; i++) {
		uint32_t customer = rounds->cluster[offers[i].older], row = offers[i].row;
		double weight = offers[i].decided ? DECIDED_BITS : weight_of(rounds, customer, row);

		if (weight <= 0 || (offers[i].decided && is_apart(rounds, offers[i].older, row)))
			continue;
		edges[edge_count++] = (struct edge){ number_on_side(rounds, rounds->lefts, &lefts, row),
						     number_on_side(rounds, rounds->rights, &rights, customer), weight };
	}
	right_of = memory_get(lefts + 1, sizeof *right_of);
	assign_edges(edges, edge_count, lefts, rights, right_of);
	for (size_t l = 0; l < lefts; l++)
		if (right_of[l] != UINT32_MAX)
			join(rounds, rounds->rights[right_of[l]], rounds->lefts[l]);
	for (size_t l = 0; l < lefts; l++)
		rounds->place[rounds->lefts[l]] = UINT32_MAX;
	for (size_t r = 0; r < rights; r++)
		rounds->place[rounds->rights[r]] = UINT32_MAX;
	free(right_of);
	free(edges);
}

/* Customers are called by their smallest row. */
static void name_by_smallest(const struct rounds *rounds, size_t rows)
{
	uint32_t *smallest = rounds->place;

	for (size_t i = 0; i < rows; i++)
		smallest[i] = UINT32_MAX;
	for (uint32_t i = 0; i < rows; i++) {
		uint32_t *least = &smallest[rounds->cluster[i]];

		*least = *least == UINT32_MAX ? i : *least;
		rounds->cluster[i] = *least;
	}
}

void assign_rows(size_t rows, const uint32_t *sources, const struct link *links, size_t count, const struct cluster_options *options,
		 uint32_t *cluster)
{
	struct rounds rounds = { .options = options, .sources = sources, .cluster = cluster };

	rounds.apart = sort_apart(options);
	rounds.offers = memory_get(count + options->same_count + 1, sizeof *rounds.offers);
	rounds.next = memory_get(rows + 1, sizeof *rounds.next);
	rounds.place = memory_get(rows + 1, sizeof *rounds.place);
	rounds.lefts = memory_get(2 * rows + 2, sizeof *rounds.lefts);
	rounds.rights = rounds.lefts + rows + 1;
	for (uint32_t i = 0; i < rows; i++) {
		cluster[i] = rounds.next[i] = i;
		rounds.place[i] = UINT32_MAX;
	}
	add_offers(&rounds, options->same, options->same_count, true);
	add_offers(&rounds, links, count, false);
	qsort(rounds.offers, rounds.count, sizeof *rounds.offers, compare_offers);
	for (size_t i = 0, end; i < rounds.count; i = end) {
		for (end = i + 1; end < rounds.count && rounds.offers[end].turn == rounds.offers[i].turn;)
			end++;
		assign_source(&rounds, rounds.offers + i, end - i);
	}
	name_by_smallest(&rounds, rows);
	free(rounds.apart);
	free(rounds.offers);
	free(rounds.next);
	free(rounds.place);
	free(rounds.lefts);
}
