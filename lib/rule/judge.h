/* What the rules say of one row: its tags, the one tag of each group, scores and grades. */
#ifndef CRM_RULE_JUDGE_H
#define CRM_RULE_JUDGE_H

#include "base/civil.h"
#include "rule/eval.h"
#include "rule/yesterday.h"
#include "rule/rules.h"

/* The rules of a run in the order of judging: those of `tags`, then those of each group. */
struct verdict_rule {
	const struct tag_rule *rule;
	size_t group;           /* NO_GROUP: of `tags` */
	uint32_t tag;           /* number of its text in struct judge's names */
};
#define NO_GROUP SIZE_MAX

/* What is the same for all rows; shared by threads. */
struct judge {
	const struct rules *rules;
	struct verdict_rule *list;
	size_t count;
	size_t *group_starts;   /* of each group: its first place in the list */
	struct map names;       /* texts of tags */
	size_t tags_column;     /* of the input, for keep_tags; not below its columns: none */
	bool history;           /* there is a yesterday: the lists below are made */
	char today[CIVIL_TEXT]; /* as of */
};

void judge_init(struct judge *judge, const struct rules *rules, size_t tags_column, bool history, int32_t as_of);
void judge_release(struct judge *judge);

/* One per thread; holds the verdict on the last row. */
struct verdict {
	struct buf tags;        /* joined with ';' */
	struct buf actions;     /* of these, each once, joined with ';' */
	bool *fires;            /* by place in the list: true, chosen or not; NULL unless asked for at birth */
	bool *holds;            /* by place in the list: of a group only the one that was chosen */
	size_t *chosen;         /* by group: place in the list */
	struct buf since, added, removed;  /* with history: a date for each of `tags`; tags that are new; tags that are gone */
	const struct past *past;           /* of this customer, or NULL */
	double *scores;
	size_t *grades;         /* by score: index of its grade, when it has any */
	/* private */
	bool *given;            /* by tag number */
	double *parts;
};

/* fires: judge all rules of a group, also behind the one that is chosen. */
void verdict_init(struct verdict *verdict, const struct judge *judge, bool fires);
void verdict_release(struct verdict *verdict);
/*
 * Judges the row that the evaluator is at. evaluator->fault says whether that could be done. `old_tags`: the input's, for keep_tags;
 * `past`: the customer's yesterday, or NULL.
 */
void verdict_reach(struct verdict *verdict, const struct judge *judge, struct evaluator *evaluator, struct slice old_tags,
		   const struct past *past);
/* Whether the customer had yesterday what entry i of the list gives. */
bool verdict_had(const struct verdict *verdict, const struct judge *judge, size_t i);
/* Since when a customer has what entry i gives; empty where that is not known. */
struct slice verdict_since(const struct verdict *verdict, const struct judge *judge, size_t i);

#endif
