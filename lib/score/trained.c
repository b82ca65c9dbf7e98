#include "score/trained.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "clean/text.h"

enum { CHUNK = 4096, REASONS_MOST = 3, VALUE_SHOWN = 40 };

static const double least_contribution = .05;

void trained_init(struct trained *trained, int32_t as_of)
{
	*trained = (struct trained){ 0 };
	features_init(&trained->features);
	trained->features.as_of = as_of;
}

void trained_release(struct trained *trained)
{
	features_release(&trained->features);
}

int trained_bind(struct trained *trained, const struct roster *roster, struct diag *diag)
{
	for (size_t f = 0; f < trained->features.count; f++) {
		struct feature *feature = &trained->features.items[f];

		feature->at = roster_column(roster, feature->column);
		if (feature->at == ROSTER_NO_COLUMN)
			return roster_fail_column(roster, arena_cstr(&trained->features.arena, feature->column), STATUS_INPUT, diag);
	}
	return 0;
}

/* What a feature adds to a customer's log odds. */
static double add_of(const struct features *features, const struct reading_of_cell *reading)
{
	return reading->input == FEATURE_NOTHING ? 0 : features->inputs[reading->input].weight * reading->value;
}

struct scoring {
	const struct trained *trained;
	struct roster *roster;
	double *risks;
	uint64_t new_levels, no_numbers;   /* added to by all threads */
};

static double score(struct scoring *s, uint32_t customer, struct arena *arena, uint64_t *new_levels, uint64_t *no_numbers)
{
	const struct features *features = &s->trained->features;
	double odds = s->trained->intercept;

	for (size_t f = 0; f < features->count; f++) {
		const struct feature *feature = &features->items[f];
		struct reading_of_cell reading = feature_read(features, feature, roster_cell(s->roster, customer, feature->at), arena);

		odds += add_of(features, &reading);
		*new_levels += reading.kind == CELL_NEW_LEVEL && reading.input == FEATURE_NOTHING;
		*no_numbers += reading.kind == CELL_NO_NUMBER;
	}
	return 1 / (1 + exp(-odds));
}

static int score_chunk(void *context, size_t index, unsigned worker, struct diag *diag)
{
	struct scoring *s = context;
	size_t all = s->roster->keys.count, end = (index + 1) * CHUNK < all ? (index + 1) * CHUNK : all;
	uint64_t new_levels = 0, no_numbers = 0;
	struct arena arena;

	(void)worker;
	(void)diag;
	arena_init(&arena);
	for (size_t i = index * CHUNK; i < end; i++) {
		s->risks[i] = NAN;
		if (roster_has_row(s->roster, (uint32_t)i))
			s->risks[i] = score(s, (uint32_t)i, &arena, &new_levels, &no_numbers);
		arena_reset(&arena);
	}
	arena_release(&arena);
	__atomic_fetch_add(&s->new_levels, new_levels, __ATOMIC_RELAXED);
	__atomic_fetch_add(&s->no_numbers, no_numbers, __ATOMIC_RELAXED);
	return 0;
}

int trained_score(const struct trained *trained, struct roster *roster, unsigned threads, double **risks, struct diag *diag)
{
	struct scoring s = { .trained = trained, .roster = roster, .risks = memory_get(roster->keys.count, sizeof **risks) };

	*risks = s.risks;
	roster_index(roster);
	if (pool_each(score_chunk, &s, (roster->keys.count + CHUNK - 1) / CHUNK, threads, diag))
		return -1;
	if (s.new_levels)
		diag_warn(diag, NULL, "new-value", "cells with a value that the model has not seen, which say nothing: %" PRIu64, s.new_levels);
	if (s.no_numbers)
		diag_warn(diag, NULL, "no-number", "cells that are no number where the model has numbers, taken as empty: %" PRIu64,
			  s.no_numbers);
	return 0;
}

/* A feature that speaks for leaving. */
struct contribution {
	const struct feature *feature;
	double amount;
};

/* Keeps the largest, in order; of equal ones the first. */
static void keep_largest(struct contribution *best, const struct feature *feature, double amount)
{
	size_t at = REASONS_MOST;

	while (at > 0 && amount > best[at - 1].amount)
		at--;
	if (at == REASONS_MOST)
		return;
	memmove(&best[at + 1], &best[at], (REASONS_MOST - 1 - at) * sizeof *best);
	best[at] = (struct contribution){ feature, amount };
}

static double mean_add(const struct features *features, const struct feature *feature)
{
	double sum = 0;

	for (uint32_t i = feature->first; i < feature->first + feature->count; i++)
		sum += features->inputs[i].weight * features->inputs[i].mean;
	return sum;
}

/* Text as it may stand in a list: short, whole characters, no ';'. */
static void add_text(struct buf *to, struct slice text)
{
	size_t end = text.len < VALUE_SHOWN ? text.len : VALUE_SHOWN;

	while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
		end--;
	for (size_t i = 0; i < end; i++)
		buf_add_byte(to, text.ptr[i] == ';' ? ',' : text.ptr[i]);
	if (end < text.len)
		buf_add(to, SLICE("…"));
}

void trained_reasons(const struct trained *trained, struct roster *roster, uint32_t customer, struct buf *reasons)
{
	const struct features *features = &trained->features;
	struct contribution best[REASONS_MOST + 1] = { 0 };
	struct arena arena;

	if (!roster_has_row(roster, customer))
		return;
	arena_init(&arena);
	for (size_t i = 0; i < REASONS_MOST; i++)
		best[i].amount = least_contribution;
	for (size_t f = 0; f < features->count; f++) {
		const struct feature *feature = &features->items[f];
		struct reading_of_cell reading = feature_read(features, feature, roster_cell(roster, customer, feature->at), &arena);

		keep_largest(best, feature, add_of(features, &reading) - mean_add(features, feature));
	}
	for (size_t i = 0; i < REASONS_MOST && best[i].feature; i++) {
		if (reasons->len)
			buf_add_byte(reasons, ';');
		add_text(reasons, best[i].feature->column);
		buf_add_byte(reasons, '=');
		add_text(reasons, text_clean(roster_cell(roster, customer, best[i].feature->at), &arena));
		buf_format(reasons, " +%.2f", best[i].amount);
	}
	arena_release(&arena);
}

struct slice trained_describe(const struct trained *t, struct arena *arena)
{
	if (t->rows == 0)
		return arena_format(arena, "trained model of %zu columns", t->features.count);
	return arena_format(arena, "trained on %" PRIu64 " customers (%" PRIu64 " left) and %zu columns: C %g of %d-fold cross-validation, there AUC %.4f, "
			    "Brier score %.4f, log loss %.4f, lift of the top tenth %.2f; weights %.3g left, %.3g stayed", t->rows, t->left,
			    t->features.count, t->C, TRAINED_FOLDS, t->auc, t->brier, t->log_loss, t->lift, t->weight_left, t->weight_stayed);
}
