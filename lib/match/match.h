/*
 * The heart of crm-dedupe: which records in memory are one customer. Profile the columns, read them into fields, find candidate pairs,
 * fit the model, score, cluster. Needs no file and no option.
 */
#ifndef CRM_MATCH_MATCH_H
#define CRM_MATCH_MATCH_H

#include "base/diag.h"
#include "match/cluster.h"
#include "match/model.h"

struct match_options {
	bool link_only;       /* pairs between two sources only */
	bool one_to_one;      /* and a customer has one record of each source at most */
	double threshold;     /* probability from which two records are one; 0: 0.5 */
	unsigned threads;
	const char *model, *save_model;        /* files, or NULL */
	const struct link *same, *different;   /* pairs that were decided on, by rows */
	size_t same_count, different_count;
	size_t labels_same;                    /* of `same` the first so many were decided by people: the model learns from these and `different` */
};

struct match {
	struct fields fields;
	struct pairs pairs;      /* their number; they themselves are gone once they are scored */
	struct background background;
	struct model model;
	double shift;            /* bits that decisions have added to every pair */
	struct link *links;      /* pairs with a chance */
	size_t link_count;
	size_t rows;
	uint32_t *copies;        /* per row: the first row that it is a copy of, or itself */
	uint32_t *cluster;       /* per row: smallest row of its cluster */
	struct profile *profiles;
	const uint32_t *sources; /* the input's */
	const struct fixed_rules *rules; /* matched by rules alone: there is no model; else NULL */
	bool *clean;             /* link_only: per source, whether it holds each customer once */
};

int match_run(struct match *match, const struct match_input *input, const struct match_options *options, struct diag *diag) MUST_CHECK;
/*
 * By fixed rules alone: records that a chain of pairs joins are one customer. Fields, links and clusters are filled as by match_run, the model is not.
 * The rules must live as long as the match.
 */
struct fixed_rules;
int fixed_match(const struct fixed_rules *rules, const struct match_input *input, const struct match_options *options, struct match *match,
		struct diag *diag) MUST_CHECK;
/* Adds the pairs that rules join to those that are to be together whatever the model says. */
int fixed_add_same(const struct fixed_rules *rules, const struct match_input *input, bool link_only, unsigned threads, struct link **same,
		   size_t *count, size_t *hot_blocks, struct diag *diag) MUST_CHECK;
/* Gives back what only scoring and explaining pairs need: after it fields know their columns and no more. */
void match_forget(struct match *match);
void match_release(struct match *match);

#endif
