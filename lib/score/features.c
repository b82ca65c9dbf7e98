#include "score/features.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/date.h"
#include "clean/money.h"
#include "clean/text.h"

enum { DISTINCT_MOST = 1000, ID_DIGITS = 6 };

static const double number_most = 1e15;

void features_init(struct features *features)
{
	*features = (struct features){ 0 };
	arena_init(&features->arena);
}

void features_release(struct features *features)
{
	for (size_t i = 0; i < features->count; i++)
		map_release(&features->items[i].levels);
	free(features->items);
	free(features->inputs);
	free(features->left_out);
	arena_release(&features->arena);
}

struct feature *features_add(struct features *features, struct slice column, bool is_number)
{
	struct feature *feature;

	features->items = memory_grow(features->items, &features->capacity, features->count + 1, sizeof *features->items);
	feature = &features->items[features->count++];
	*feature = (struct feature){
		.column = arena_copy(&features->arena, column), .is_number = is_number, .deviation = 1,
		.first = (uint32_t)features->input_count, .at = ROSTER_NO_COLUMN,
	};
	map_init(&feature->levels);
	return feature;
}

struct input *features_add_input(struct features *features, enum input_kind kind, struct slice level)
{
	struct feature *feature = &features->items[features->count - 1];
	struct input *input;

	features->inputs = memory_grow(features->inputs, &features->input_capacity, features->input_count + 1, sizeof *features->inputs);
	input = &features->inputs[features->input_count++];
	*input = (struct input){ .kind = kind };
	feature->count++;
	if (kind == INPUT_LEVEL) {
		uint32_t number = map_add(&feature->levels, level);

		input->level = feature->levels.keys[number];
	}
	return input;
}

bool feature_number(struct slice text, double *number)
{
	bool percent = text.len > 1 && text.ptr[text.len - 1] == '%';
	struct slice digits = percent ? slice_first(text, text.len - 1) : text;
	struct money money;

	if (digits.len > 1 && digits.ptr[0] == '0' && digits.ptr[1] >= '0' && digits.ptr[1] <= '9')
		return false;
	if (!slice_to_double(digits, number)) {
		if (percent || money_parse(text, 1, &money) != MONEY_OK)
			return false;
		*number = (double)money.value / MONEY_ONE;
	}
	*number = percent ? *number / 100 : *number;
	return fabs(*number) <= number_most;
}

bool feature_days(struct slice text, int32_t as_of, double *days)
{
	struct date date;

	if (date_parse(text, DATE_ORDER_UNKNOWN, &date) != DATE_OK)
		return false;
	*days = (double)as_of - date.days;
	return true;
}

/* The input of `kind` among a feature's last two, or FEATURE_NOTHING. */
static uint32_t input_of_kind(const struct features *features, const struct feature *feature, enum input_kind kind)
{
	for (uint32_t i = feature->count; i-- > 0 && i + 2 >= feature->count;)
		if (features->inputs[feature->first + i].kind == kind)
			return feature->first + i;
	return FEATURE_NOTHING;
}

struct reading_of_cell feature_read(const struct features *features, const struct feature *feature, struct slice cell, struct arena *arena)
{
	struct slice text = text_clean(cell, arena);
	struct reading_of_cell missing = { input_of_kind(features, feature, INPUT_MISSING), 1, CELL_KNOWN };
	double number;
	uint32_t level;

	if (text_is_empty(text))
		return missing;
	if (feature->is_number) {
		missing.kind = CELL_NO_NUMBER;
		if (!(feature->is_date ? feature_days(text, features->as_of, &number) : feature_number(text, &number)))
			return missing;
		return (struct reading_of_cell){ feature->first, (number - feature->mean) / feature->deviation, CELL_KNOWN };
	}
	level = map_find(&feature->levels, text);
	if (level != MAP_NONE)
		return (struct reading_of_cell){ feature->first + level, 1, CELL_KNOWN };
	return (struct reading_of_cell){ input_of_kind(features, feature, INPUT_OTHER), 1, CELL_NEW_LEVEL };
}

/* One column, seen over the customers. */
struct survey {
	struct roster *roster;
	const uint32_t *customers;
	size_t count, column;
	double *numbers;             /* of the cells that are */
	size_t number_count, missing;
	bool dates;                  /* the numbers are those of dates */
	int32_t as_of;
	struct map values;           /* DISTINCT_MOST + 1 of them at most */
	size_t *counts;              /* by value */
	bool too_long;
	struct arena scratch;
};

static void look_at(struct survey *s, struct slice text)
{
	double number;
	uint32_t value;

	if (text_is_empty(text)) {
		s->missing++;
		return;
	}
	if (s->dates ? feature_days(text, s->as_of, &number) : feature_number(text, &number))
		s->numbers[s->number_count++] = number;
	s->too_long |= text.len > LEVEL_LONGEST;
	if (s->values.count > DISTINCT_MOST || s->too_long)
		return;
	value = map_add(&s->values, text);
	s->counts[value]++;
}

/* Looks through a column, at dates or at numbers. */
static void survey_column(struct survey *s, size_t column, bool dates)
{
	map_release(&s->values);
	s->column = column;
	s->dates = dates;
	s->number_count = s->missing = 0;
	s->too_long = false;
	map_init(&s->values);
	memset(s->counts, 0, (DISTINCT_MOST + 1) * sizeof *s->counts);
	for (size_t i = 0; i < s->count; i++) {
		look_at(s, text_clean(roster_cell(s->roster, s->customers[i], column), &s->scratch));
		arena_reset(&s->scratch);
	}
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Integers, every one its own, that run on without a gap or are all of one length of six digits or more. */
static bool looks_like_ids(struct survey *s)
{
	double first = s->numbers[0], last = s->numbers[s->number_count - 1];

	for (size_t i = 0; i < s->number_count; i++)
		if (s->numbers[i] != floor(s->numbers[i]) || s->numbers[i] < 0 || (i > 0 && s->numbers[i] == s->numbers[i - 1]))
			return false;
	return s->number_count > FEATURE_LEVEL_LEAST &&
	       (last - first == (double)s->number_count - 1 ||
		(first >= pow(10, ID_DIGITS - 1) && floor(log10(first)) == floor(log10(last))));
}

static const char *add_number(struct features *features, struct survey *s, struct slice column)
{
	double sum = 0, squares = 0, mean;
	struct feature *feature;

	qsort(s->numbers, s->number_count, sizeof *s->numbers, compare_doubles); /* the sums do not depend on the order of rows */
	if (s->numbers[0] == s->numbers[s->number_count - 1] && s->missing == 0)
		return "says the same of everybody";
	if (!s->dates && looks_like_ids(s))
		return "looks like an id: every number is its own";
	for (size_t i = 0; i < s->number_count; i++)
		sum += s->numbers[i];
	mean = sum / (double)s->number_count;
	for (size_t i = 0; i < s->number_count; i++)
		squares += (s->numbers[i] - mean) * (s->numbers[i] - mean);
	feature = features_add(features, column, true);
	feature->at = s->column;
	feature->is_date = s->dates;
	feature->mean = mean;
	feature->deviation = squares > 0 ? sqrt(squares / (double)s->number_count) : 1;
	features_add_input(features, INPUT_NUMBER, SLICE(""));
	if (s->missing)
		features_add_input(features, INPUT_MISSING, SLICE(""))->mean = (double)s->missing / (double)s->count;
	return NULL;
}

static int compare_slices(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static const char *add_levels(struct features *features, struct survey *s, struct slice column)
{
	struct slice levels[FEATURE_LEVELS_MOST];
	size_t count = 0, others = 0;
	double all = (double)s->count;

	for (size_t i = 0; i < s->values.count; i++) {
		if (s->counts[i] < FEATURE_LEVEL_LEAST)
			others += s->counts[i];
		else if (count == FEATURE_LEVELS_MOST)
			return "has too many values";
		else
			levels[count++] = s->values.keys[i];
	}
	if (2 * others > s->count)
		return "has too many values, most of them of fewer than ten customers";
	if (count + (others > 0) + (s->missing > 0) < 2)
		return "says the same of everybody";
	qsort(levels, count, sizeof *levels, compare_slices);
	features_add(features, column, false)->at = s->column;
	for (size_t i = 0; i < count; i++)
		features_add_input(features, INPUT_LEVEL, levels[i])->mean = (double)s->counts[map_find(&s->values, levels[i])] / all;
	if (others)
		features_add_input(features, INPUT_OTHER, SLICE(""))->mean = (double)others / all;
	if (s->missing)
		features_add_input(features, INPUT_MISSING, SLICE(""))->mean = (double)s->missing / all;
	return NULL;
}

/* NULL when the column has become a feature, else why it is left out. */
static const char *take_column(struct features *features, struct survey *s, struct slice column)
{
	size_t present = s->count - s->missing;

	if (present == 0)
		return "is empty";
	if (s->number_count == present)
		return add_number(features, s, column);
	survey_column(s, s->column, true);
	if (s->number_count == present)
		return add_number(features, s, column);
	survey_column(s, s->column, false);
	if (s->too_long)
		return "has long texts";
	if (s->number_count * 10 >= present * 9)
		return arena_format(&features->arena, "has numbers, but also %zu cells of other text", present - s->number_count).ptr;
	if (s->values.count > DISTINCT_MOST)
		return "has too many values";
	return add_levels(features, s, column);
}

static bool is_named(const char *const *names, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal(name, slice_of(names[i])))
			return true;
	return false;
}

/* What is left out for what it is, whatever its values; or NULL. */
static const char *by_header(const struct roster *roster, size_t column, const struct features_options *options)
{
	static const enum role identities[] = {
		ROLE_SOURCE_ID, ROLE_CUSTOMER_ID, ROLE_NAME, ROLE_COMPANY, ROLE_PHONE, ROLE_EMAIL, ROLE_ADDRESS, ROLE_POSTCODE,
		ROLE_BIRTHDAY, ROLE_ID_NUMBER, ROLE_USCC, ROLE_WECHAT, ROLE_NOTE, ROLE_GIVEN_NAME, ROLE_FAMILY_NAME, ROLE_SOURCE_ROW,
	};
	struct slice name = roster->headers[column];

	if (column == roster->key_column)
		return "is the customers' key";
	if (slice_equal(name, options->label))
		return "is the label";
	if (is_named(options->ignore, options->ignore_count, name))
		return "is not wanted (--ignore)";
	for (size_t i = 0; i < options->own_count; i++)
		if (slice_equal(name, options->own[i].name))
			return "is written by crm-churn itself";
	for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
		if (roster->role_columns[identities[i]] == column)
			return "says who the customer is";
	return NULL;
}

int features_find(struct features *features, struct roster *roster, const uint32_t *customers, size_t count,
		  const struct features_options *options, struct diag *diag)
{
	struct survey s = {
		.roster = roster, .customers = customers, .count = count, .numbers = memory_get(count, sizeof *s.numbers),
		.counts = memory_get(DISTINCT_MOST + 1, sizeof *s.counts), .as_of = features->as_of,
	};
	int failed = 0;

	for (size_t i = 0; i < options->ignore_count && !failed; i++)
		if (roster_column(roster, slice_of(options->ignore[i])) == ROSTER_NO_COLUMN)
			failed = roster_fail_column(roster, options->ignore[i], STATUS_USAGE, diag);
	map_init(&s.values);
	arena_init(&s.scratch);
	features->left_out = memory_get(roster->columns, sizeof *features->left_out);
	for (size_t column = 0; column < roster->columns && !failed; column++) {
		struct slice name = roster->headers[column];
		const char *why = features->count == FEATURES_MOST ? "is one too many" : by_header(roster, column, options);

		if (!why) {
			survey_column(&s, column, false);
			why = take_column(features, &s, name);
		}
		if (why)
			features->left_out[features->left_out_count++] = (struct left_out){ arena_copy(&features->arena, name), slice_of(why) };
	}
	map_release(&s.values);
	arena_release(&s.scratch);
	free(s.numbers);
	free(s.counts);
	return failed;
}
