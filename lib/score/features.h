/*
 * Features: what a trained model sees of a customer, out of the columns of the customer stream.
 *
 * A column whose cells are all numbers (1,234.5 and 10万 and 5% are, 007 is a code) is one input, standardised; so is one whose
 * cells are all dates, as the days from them to as_of; any other
 * is one input for each value that ten customers or more have, and one for all others. A cell that is empty is a value of its own in
 * both. So each feature has one input that speaks for a customer, or none; the other ones are 0.
 *
 * Left out, and named with the reason: the customers' key and what identifies people (names, phones, notes …), the label, columns
 * that this tool writes, columns that say the same of everybody, running numbers and long numbers that look like ids, and texts of
 * more than FEATURE_LEVELS_MOST values.
 */
#ifndef CRM_SCORE_FEATURES_H
#define CRM_SCORE_FEATURES_H

#include "base/map.h"
#include "score/roster.h"

enum { FEATURE_LEVELS_MOST = 50, FEATURE_LEVEL_LEAST = 10, FEATURES_MOST = 2000, LEVEL_LONGEST = 100 };

/* Whom an input of a feature speaks for. */
enum input_kind { INPUT_NUMBER, INPUT_LEVEL, INPUT_OTHER, INPUT_MISSING };

struct input {
	enum input_kind kind;
	struct slice level;        /* INPUT_LEVEL */
	double mean;               /* over the customers trained on: the share of those it speaks for; of a number 0 */
	double weight;             /* set by training */
};

struct feature {
	struct slice column;
	bool is_number;
	bool is_date;              /* of the number: days from the date to as_of */
	double mean, deviation;    /* is_number: of the cells that are not empty */
	uint32_t first, count;     /* its inputs */
	size_t at;                 /* its column in the stream */
	struct map levels;         /* key n is the level of input first + n; is_number: empty */
};

struct left_out {
	struct slice column, why;
};

struct features {
	struct feature *items;
	size_t count;
	struct input *inputs;
	size_t input_count;
	struct left_out *left_out;
	size_t left_out_count;
	int32_t as_of;             /* day, for dates */
	struct arena arena;
	size_t capacity, input_capacity;   /* private */
};

void features_init(struct features *features);
void features_release(struct features *features);

struct features_options {
	struct slice label;                   /* its column, where the stream has it */
	const char *const *ignore;            /* columns that are not wanted */
	size_t ignore_count;
	const struct column *own;             /* that this tool writes */
	size_t own_count;
};
/* Looks through the columns over the customers listed. STATUS_USAGE: no column of a name in `ignore`. */
int features_find(struct features *features, struct roster *roster, const uint32_t *customers, size_t count,
		  const struct features_options *options, struct diag *diag) MUST_CHECK;

/* For a model that was saved: one feature more, and one input more of the last feature. */
struct feature *features_add(struct features *features, struct slice column, bool is_number);
struct input *features_add_input(struct features *features, enum input_kind kind, struct slice level);

/* A cell as an input: its number, or FEATURE_NOTHING, and its value. */
#define FEATURE_NOTHING UINT32_MAX
enum cell_kind { CELL_KNOWN, CELL_NEW_LEVEL, CELL_NO_NUMBER };
struct reading_of_cell {
	uint32_t input;
	double value;
	enum cell_kind kind;       /* a value that training has not seen; a text where a number is due, taken as empty */
};
struct reading_of_cell feature_read(const struct features *features, const struct feature *feature, struct slice cell, struct arena *arena);
/* `text` is clean. */
bool feature_number(struct slice text, double *number);
bool feature_days(struct slice text, int32_t as_of, double *days);

#endif
