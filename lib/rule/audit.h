/*
 * A review of the rules by what they did: which tags are dead, which say the same, which never get their turn. Counts are kept by
 * each thread and added up; findings come from the counts.
 */
#ifndef CRM_RULE_AUDIT_H
#define CRM_RULE_AUDIT_H

#include "base/diag.h"
#include "rule/judge.h"

enum { AUDIT_RULES_MOST = 1000 };  /* more than that are not compared with each other */

/* Counts of one thread, by the judge's list. */
struct audit {
	size_t count;
	uint64_t rows;
	uint64_t untagged;     /* rows with no tag in `tags` */
	uint64_t *fires;       /* rows for which the rule is true, chosen or not */
	uint64_t *chosen;      /* rows that have the tag */
	uint64_t *both;        /* [i * count + j], i < j: rows that have both; in one group: for which both are true. NULL: too many rules */
	uint64_t *gained, *lost, *kept;  /* against yesterday, of customers who were there */
	size_t *true_now;      /* private */
};

void audit_init(struct audit *audit, size_t count);
void audit_release(struct audit *audit);
/* Counts one row; the verdict must have `fires`. */
void audit_row(struct audit *audit, const struct judge *judge, const struct verdict *verdict);
void audit_merge(struct audit *to, const struct audit *from);

enum finding_kind {
	FINDING_NEVER,         /* true for nobody */
	FINDING_ALWAYS,        /* true for everybody */
	FINDING_SAME,          /* the same customers as another tag, but for 5 in 100 (Jaccard index 0.95 or more) */
	FINDING_IMPLIED,       /* who has it has another tag, too, which fewer than 9 in 10 of all have */
	FINDING_SHADOWED,      /* true for some, but earlier tags of the group take them all */
	FINDING_CONTRADICTION, /* true for some customers of an earlier tag of the group, and neither is a part of the other */
	FINDING_UNSTABLE,      /* since yesterday 3 in 10 or more of those who had it or have it came or went */
	FINDING_EXPIRED,       /* not in its time */
	FINDING_UNUSED_COLUMN, /* a column that no rule reads */
	FINDING_KINDS
};
struct finding {
	enum finding_kind kind;
	size_t rule;           /* place in the list; a column for FINDING_UNUSED_COLUMN */
	size_t other;          /* SAME, IMPLIED, CONTRADICTION: the other one, else SIZE_MAX */
	double overlap;        /* SAME: Jaccard index; CONTRADICTION: share of rows; UNSTABLE: share that came or went; else 0 */
};

struct findings {
	struct finding *items;
	size_t count, capacity;
	size_t by_kind[FINDING_KINDS];
	double overlap;        /* the largest Jaccard index of two tags */
};

/* `headers`: the input's columns; they are unused when no load of the program names them. */
void audit_find(struct findings *findings, const struct audit *audit, const struct judge *judge, const struct program *program,
		size_t columns);
void findings_release(struct findings *findings);

/* Writes the review, by the ending of the name: .csv, .json, else text for people. */
int audit_write(const char *path, const struct findings *findings, const struct audit *audit, const struct judge *judge,
		const struct slice *headers, struct diag *diag) MUST_CHECK;

/*
 * --fail-if: an expression of the language over the figures rows, tags, untagged (share of rows), never, always, same, implied,
 * shadowed, contradiction, unstable, expired, unused_columns (how many) and overlap (the largest Jaccard index). STATUS_NO when it is true.
 */
int audit_judge(const char *condition, const struct findings *findings, const struct audit *audit, struct diag *diag) MUST_CHECK;
/* Whether the condition can be understood: before the run. */
int audit_check(const char *condition, struct diag *diag) MUST_CHECK;

#endif
