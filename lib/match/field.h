/*
 * A field is a column made ready for comparing: every cell is brought to a key (letters and digits, one case), equal keys are one
 * value, and what a comparison needs to know of a value (tokens, date, nickname) is worked out once per value.
 */
#ifndef CRM_MATCH_FIELD_H
#define CRM_MATCH_FIELD_H

#include "base/arena.h"
#include "clean/roles.h"
#include "match/identity.h"
#include "match/lexicon.h"
#include "match/nickname.h"

/* Records in memory, by row and column, however they are kept. */
struct match_input {
	size_t rows, columns;
	const struct slice *headers;
	const enum role *roles;      /* per column, or NULL: no roles known */
	const uint32_t *sources;     /* per row: number of the source, or NULL: one source */
	struct slice (*cell)(const void *context, size_t row, size_t column);  /* safe from several threads */
	/* All cells of a row at once, where that is cheaper than one by one; or NULL. Safe from several threads. */
	void (*cells)(const void *context, size_t row, struct slice *cells);
	const void *context;
	const bool *fresh;           /* per row: only pairs with one of these are looked for; or NULL: all */
	const bool *ignore;          /* per column: not to be looked at; or NULL */
	struct vast *vast;           /* keeps what is large; or NULL */
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

enum { VALUE_MISSING = 0, FIELD_MOST = 20, FIELD_FEW = 2048, TOKENS_MOST = 48 };

/* What a row has in a field: its value, and the value's sketch, which is kept by row, since values are far away in memory. */
struct datum {
	uint32_t value, sketch;
};

/*
 * Values and tokens are millions, so nothing is kept of them that can be worked out as fast, and what is kept stands in arrays of its own, without pointers.
 */
struct field {
	size_t column;
	struct profile profile;
	struct vast *vast;        /* the input's */
	uint32_t *data;           /* value of row r: data[r * stride]; set by who calls fields_read */
	size_t stride;
	struct lexicon keys;      /* the values; of their bits `han` is known of FIELD_TEXT, FIELD_LONG and names: it has Chinese characters */
	uint32_t count;           /* values, 0 included */
	uint32_t *value_rows;     /* per value: rows that have it */
	uint32_t *digits;         /* FIELD_TEXT, FIELD_LONG, per value: hash of its digits in order, 0 where it has none; FIELD_DATE: yyyymmdd, valid or not */
	bool checked;             /* roles uscc and id_number: values have check digits; keys' bit `valid`: they are right */
	struct lexicon words;     /* the tokens, parts of the keys */
	uint32_t token_count;
	uint32_t *token_begin;    /* per value and one more: where its tokens are in `tokens`; NULL: values are not cut into tokens */
	char *tokens;             /* numbers of tokens, ascending within a value, no repeats, each as LEB128 of what it is more than the one before */
	size_t token_bytes;
	uint32_t *token_rows;     /* per token: rows that have it */
	float *token_weight;      /* per token, not FIELD_CODE: -log2 of the share of rows that have it */
	uint64_t *token_letters;  /* per token, not FIELD_CODE: a bit per letter that it has (several share a bit); 0 for numbers and Chinese: compared whole */
	float *weight;            /* per value, not FIELD_CODE: sum of the weights of its tokens */
	/*
	 * FIELD_TEXT of at most FIELD_FEW values: count × count levels plus one that have been worked out, 0 for not yet. Threads that
	 * work out the same level write the same byte.
	 */
	unsigned char *levels;
	uint32_t *sketches;       /* per value: a few bits by which most unlike values are told apart (sketch.h); NULL once fields_build has put them into the rows */
	uint32_t *identity_begin; /* FIELD_PERSON, FIELD_COMPANY, per value: where in `identities` its identity is */
	char *identities;         /* packed */
	size_t identity_bytes;
	struct nicknames known;   /* FIELD_PERSON, FIELD_TEXT: of given names; of FIELD_TEXT the keys' bit `named`: the first word is one that has other forms */
	size_t filled;            /* rows with a value */
	size_t rows;
};

static inline struct slice field_text(const struct field *field, uint32_t v)
{
	return lexicon_text(&field->keys, v);
}

static inline struct slice field_token(const struct field *field, uint32_t token)
{
	return lexicon_text(&field->words, token);
}

/* The tokens of a value, ascending; how many. */
static inline unsigned field_tokens(const struct field *field, uint32_t v, uint32_t tokens[TOKENS_MOST])
{
	const char *at = field->tokens + field->token_begin[v], *end = field->tokens + field->token_begin[v + 1];
	uint32_t token = 0;
	unsigned count = 0;

	while (at < end) {
		unsigned char byte = (unsigned char)*at++;
		uint32_t more = byte & 0x7f;

		for (unsigned shift = 7; byte & 0x80; shift += 7) {
			byte = (unsigned char)*at++;
			more |= (uint32_t)(byte & 0x7f) << shift;
		}
		tokens[count++] = token += more;
	}
	return count;
}

static inline struct identity field_identity(const struct field *field, uint32_t v)
{
	return identity_unpack(field->identities + field->identity_begin[v], field_text(field, v), field->profile.kind == FIELD_COMPANY,
			       field->keys.places[v].han);
}

/* Looks at up to 4,000 rows, spread evenly. profiles has one element per column of the input. */
void profile_columns(const struct match_input *input, struct profile *profiles);

void field_init(struct field *field, size_t column, const struct profile *profile);
/* Reads the columns of some fields, row by row, into field->data: each cell becomes a value. Words that stand in the columns of profile->parts are left out. */
void fields_read(struct field *const *fields, size_t count, const struct match_input *input);
/* Works out what comparing needs to know of the values, sketches included. */
void field_prepare(struct field *field);
/* Gives back what only reading and compare_find_partners need. */
void field_settle(struct field *field);
void field_release(struct field *field);

/* The key of a cell, in the arena or out of static storage; empty when the cell says nothing. */
struct slice key_of_cell(enum field_kind kind, enum role role, struct slice cell, struct arena *arena);
/* The digits yyyymmdd of a date however written, without a look at the calendar, or 0. */
uint32_t key_date(struct slice cell);

#endif
