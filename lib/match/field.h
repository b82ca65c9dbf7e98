/*
 * A field is a column made ready for comparing: every cell is brought to a key (letters and digits, one case), equal keys are one
 * value, and what a comparison needs to know of a value (tokens, date, nickname) is worked out once per value.
 */
#ifndef CRM_MATCH_FIELD_H
#define CRM_MATCH_FIELD_H

#include "base/arena.h"
#include "base/map.h"
#include "clean/roles.h"
#include "match/identity.h"
#include "match/nickname.h"

/* Records in memory, by row and column, however they are kept. */
struct match_input {
	size_t rows, columns;
	const struct slice *headers;
	const enum role *roles;      /* per column, or NULL: no roles known */
	const uint32_t *sources;     /* per row: number of the source, or NULL: one source */
	struct slice (*cell)(const void *context, size_t row, size_t column);  /* safe from several threads */
	const void *context;
	const bool *ignore;          /* per column: not to be looked at; or NULL */
};

/* What a column holds. */
enum field_kind {
	FIELD_NONE,      /* not compared */
	FIELD_CATEGORY,  /* few values: equal or not */
	FIELD_TEXT,      /* a few words: names, places */
	FIELD_LONG,      /* many words: addresses, titles, company names */
	FIELD_DATE,
	FIELD_NUMBER,
	FIELD_CODE,      /* phones, ids, postcodes: letters and digits, each of which counts */
	FIELD_EMAIL,
	FIELD_PERSON,    /* people's names */
	FIELD_COMPANY,
};

/* What is known of a column before it is read as a whole. */
struct profile {
	enum field_kind kind;
	enum role role;
	double filled;        /* share of the rows looked at */
	double distinct;      /* distinct among the filled ones looked at, 0 … 1 */
	double words;         /* mean per filled cell */
	bool whole;           /* the words of other columns are repeated in this one: those columns in `parts` */
	uint64_t parts;       /* bit per column (the first 64) */
	bool part;            /* all its words are in a `whole` column */
	size_t other;         /* persons and companies: the column of the other ones, where names may have gone astray; SIZE_MAX none */
};

enum { VALUE_MISSING = 0, FIELD_MOST = 20 };

struct field {
	size_t column;
	struct profile profile;
	uint32_t *ids;            /* per row: value, 0 for missing */
	uint32_t count;           /* values, 0 included */
	struct slice *texts;      /* per value: the key */
	uint32_t *frequency;      /* per value: rows that have it */
	uint32_t *token_begin;    /* per value, count + 1: where its tokens are in tokens */
	uint32_t *tokens;         /* token numbers, ascending within a value, no repeats */
	float *weights;           /* FIELD_LONG …, per value: sum of the weights of its tokens */
	uint32_t *digits;         /* FIELD_TEXT, FIELD_LONG, per value: hash of its digits in order, 0 where it has none */
	uint32_t *token_rows;     /* per token: rows that have it */
	struct slice *token_texts;
	float *token_weight;      /* per token: -log2 of the share of rows that have it */
	uint64_t *token_letters;  /* per token: a bit per letter that it has (several share a bit); 0 for numbers and Chinese: compared whole */
	uint32_t token_count;
	uint32_t *sketches;       /* per value: a few bits by which most unlike values are told apart (sketch.h); NULL: none */
	bool *valid;              /* roles uscc and id_number, per value: the check digits are right */
	bool *han;                /* FIELD_TEXT, FIELD_LONG, per value: has Chinese characters */
	uint32_t *dates;          /* FIELD_DATE, per value: yyyymmdd as digits, valid or not; 0 none */
	struct identity *identities;  /* FIELD_PERSON, FIELD_COMPANY: per value */
	struct slice *sounds;     /* FIELD_TEXT: pinyin of values in Chinese characters, or ptr NULL */
	struct nicknames known;   /* FIELD_PERSON, FIELD_TEXT: of given names */
	uint64_t *nicknames;      /* FIELD_TEXT, per value: nickname_find of the first word */
	struct map values, words;     /* private: own the texts */
	struct arena arena;           /* private: owns the arrays */
	size_t filled;            /* rows with a value */
	size_t rows;
};

/* Looks at up to 4,000 rows, spread evenly. profiles has one element per column of the input. */
void profile_columns(const struct match_input *input, struct profile *profiles);

/* Reads column `column`. `subtract`: words that stand in the columns of profile->parts are left out. */
void field_build(struct field *field, const struct match_input *input, size_t column, const struct profile *profile);
void field_release(struct field *field);

/* The key of a cell, in the arena or out of static storage; empty when the cell says nothing. */
struct slice key_of_cell(enum field_kind kind, enum role role, struct slice cell, struct arena *arena);
/* The digits yyyymmdd of a date however written, without a look at the calendar, or 0. */
uint32_t key_date(struct slice cell);

#endif
