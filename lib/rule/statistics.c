#include "rule/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

enum { MAP_ENTRY = 40 };  /* bytes, about */

/* Rows of one key. */
struct cohort {
	uint64_t count;
	double sum, lost;      /* Neumaier: what the additions have lost */
	double *values;        /* sorted, after statistics_finish */
	size_t capacity;
};

struct statistic_table {
	struct map keys;
	struct cohort *cohorts;
	size_t capacity;
	bool keeps_values;
};

void statistics_init(struct statistics *statistics, const struct program *program)
{
	statistics->program = program;
	statistics->bytes = 0;
	statistics->tables = memory_zero(program->statistic_count + 1, sizeof *statistics->tables);
	for (size_t i = 0; i < program->statistic_count; i++) {
		enum statistic kind = program->statistics[i].kind;

		map_init(&statistics->tables[i].keys);
		statistics->tables[i].keeps_values = kind == STATISTIC_PERCENTILE || kind == STATISTIC_RANK || kind == STATISTIC_MEDIAN;
	}
}

void statistics_release(struct statistics *statistics)
{
	for (size_t i = 0; statistics->tables && i < statistics->program->statistic_count; i++) {
		struct statistic_table *table = &statistics->tables[i];

		for (size_t k = 0; k < table->keys.count; k++)
			free(table->cohorts[k].values);
		free(table->cohorts);
		map_release(&table->keys);
	}
	free(statistics->tables);
	statistics->tables = NULL;
}

static void add_to_sum(struct cohort *cohort, double value)
{
	double sum = cohort->sum + value;

	cohort->lost += fabs(cohort->sum) >= fabs(value) ? cohort->sum - sum + value : value - sum + cohort->sum;
	cohort->sum = sum;
}

void statistics_add(struct statistics *statistics, size_t number, struct slice key, double value)
{
	struct statistic_table *table = &statistics->tables[number];
	size_t before = table->keys.count;
	uint32_t at = map_add(&table->keys, key);
	struct cohort *cohort;

	if (table->keys.count > before) {
		table->cohorts = memory_grow(table->cohorts, &table->capacity, at + 1, sizeof *table->cohorts);
		table->cohorts[at] = (struct cohort){ 0 };
		statistics->bytes += sizeof *cohort + key.len + MAP_ENTRY;
	}
	cohort = &table->cohorts[at];
	if (table->keeps_values) {
		statistics->bytes += sizeof *cohort->values;
		cohort->values = memory_grow(cohort->values, &cohort->capacity, cohort->count + 1, sizeof *cohort->values);
		cohort->values[cohort->count] = value;
	}
	cohort->count++;
	add_to_sum(cohort, value);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void statistics_finish(struct statistics *statistics)
{
	for (size_t i = 0; i < statistics->program->statistic_count; i++) {
		struct statistic_table *table = &statistics->tables[i];

		for (size_t k = 0; k < table->keys.count && table->keeps_values; k++)
			qsort(table->cohorts[k].values, table->cohorts[k].count, sizeof(double), by_value);
	}
}

/* How many values are less than `value`, or, `or_equal`, not greater. */
static size_t count_below(const struct cohort *cohort, double value, bool or_equal)
{
	size_t low = 0, high = cohort->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cohort->values[middle] < value || (or_equal && cohort->values[middle] == value))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static double median(const struct cohort *cohort)
{
	size_t half = cohort->count / 2;

	return cohort->count % 2 ? cohort->values[half] : cohort->values[half - 1] / 2 + cohort->values[half] / 2;
}

bool statistics_get(const struct statistics *statistics, size_t number, struct slice key, double value, double *result)
{
	const struct statistic_table *table = &statistics->tables[statistics->program->statistics[number].same];
	enum statistic kind = statistics->program->statistics[number].kind;
	uint32_t at = map_find(&table->keys, key);
	const struct cohort *cohort = at == MAP_NONE ? NULL : &table->cohorts[at];

	*result = 0;
	if (!cohort)
		return kind == STATISTIC_COUNT || kind == STATISTIC_SUM;
	switch (kind) {
	case STATISTIC_PERCENTILE:
		*result = cohort->count > 1 ? 100 * (double)count_below(cohort, value, false) / (double)(cohort->count - 1) : 0;
		break;
	case STATISTIC_RANK: *result = (double)(cohort->count - count_below(cohort, value, true) + 1); break;
	case STATISTIC_MEAN: *result = (cohort->sum + cohort->lost) / (double)cohort->count; break;
	case STATISTIC_SUM: *result = cohort->sum + cohort->lost; break;
	case STATISTIC_MEDIAN: *result = median(cohort); break;
	default: *result = (double)cohort->count; break;
	}
	return true;
}
