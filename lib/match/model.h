/*
 * The Fellegi–Sunter model: for each field and level, m is the probability of the level between two records of one customer, u between two
 * of different ones, both among pairs where the field is known on both sides. u comes from random pairs and the frequencies of values, m
 * from expectation maximisation over the distinct patterns of the candidate pairs. (Fellegi, Sunter 1969; Winkler 1988, 2000.)
 *
 * Fields are not independent: neighbours share street, town and telephone without being one customer. So u of a field is also
 * measured among pairs that agree on another one, and where that is more than u, agreement adds so much less. In the same way who
 * moves house changes several fields at once: m of disagreement is also measured among matches that disagree on another field.
 * And a household shares all that is not a person's own; given names that differ tell its members from one customer.
 */
#ifndef CRM_MATCH_MODEL_H
#define CRM_MATCH_MODEL_H

#include "match/background.h"
#include "match/keys.h"

enum { MODEL_ROWS = 64 };

struct model {
	unsigned count;                     /* fields */
	double m[FIELD_MOST][LEVELS], u[FIELD_MOST][LEVELS];
	double lambda;                      /* share of matches among all pairs */
	double together;                    /* mean number of further records of a record's customer */
	double log_likelihood;              /* of the candidates; 0 for a model that was read */
	size_t rows;                        /* that it was learnt from */
	unsigned iterations;
	float weight[FIELD_MOST][LEVELS];   /* log2 m/u; missing 0 */
	unsigned order[FIELD_MOST];         /* fields, the most telling first */
	/* bits that level l of field j loses where field i, earlier in order, agrees: log2 of u given i over u, at least 0 */
	float given[FIELD_MOST][FIELD_MOST][LEVELS];
	bool mutual[FIELD_MOST][FIELD_MOST];    /* neither is made of the other, as a mail address is of a name */
	/* bits that the disagreement of j costs less where i, earlier in order, disagrees as well */
	float excused[FIELD_MOST][FIELD_MOST];
	float prior;                        /* log2 of the odds of lambda */
	float weight_lost[FIELD_MOST][LEVELS];  /* log2 of m of LEVEL_EXACT over m */
	/* for model_glance */
	unsigned by_cost[FIELD_MOST];
	float most[FIELD_MOST];             /* what a field that does not agree exactly can add */
	float ceiling[FIELD_MOST][LEVELS];  /* what a level can add, whatever the other fields are */
	float exact[FIELD_MOST][MODEL_ROWS];/* of a value that so many rows have */
};

/* Distinct patterns and how many pairs have each. */
struct patterns {
	uint64_t *pattern;
	double *pairs;
	size_t count;
	size_t mask;      /* private */
};

void patterns_init(struct patterns *patterns);
void patterns_add(struct patterns *patterns, uint64_t pattern, double pairs);
void patterns_release(struct patterns *patterns);

/* Estimates the model from the candidates' patterns. `rows` records. */
void model_fit(struct model *model, const struct fields *fields, const struct patterns *patterns,
	       const struct background *background, size_t rows);
/* Works out what scoring needs from lambda, together, m, u, given and excused, for a model that was not fitted but read. */
void model_prepare(struct model *model, const struct fields *fields);
/* Adds so many bits to every pair. */
void model_shift(struct model *model, double bits);
/* log2 of the odds that rows a and b are one customer. */
double model_score(const struct model *model, const struct fields *fields, size_t a, size_t b);
/* A pair after a glance at its two rows, of which some fields are still open. */
struct candidate {
	uint32_t a, b;
	uint32_t open;      /* a bit per place in model->by_cost */
	bool company;       /* the companies agree */
	uint64_t pattern;   /* of the fields that are not open */
	double bound;       /* bits that it can have at most */
};

/*
 * Scoring at little cost for the many pairs that are nothing: a glance, which looks at the rows only and says whether the pair can have `least` bits;
 * then the open fields, the cheap ones first, only while they could still bring it that far. model_score_candidate returns -INFINITY where it
 * has less than `least`. What lies between waits for memory unless it was asked for before: model_prefetch, and again with `texts`.
 */
bool model_glance(const struct model *model, const struct fields *fields, size_t a, size_t b, double least, struct candidate *candidate);
void model_prefetch(const struct model *model, const struct fields *fields, const struct candidate *candidate, bool texts);
double model_score_candidate(const struct model *model, const struct fields *fields, const struct candidate *candidate, double least);
/* The same of a pattern known already. */
double model_score_pattern(const struct model *model, const struct fields *fields, uint64_t pattern, size_t a, size_t b);
/* What field i adds to it. */
double model_field_weight(const struct model *model, const struct fields *fields, unsigned i, uint64_t pattern, size_t a, size_t b);

#endif
