/*
 * Labels: who has left, as people write it. 1 yes y true t left lost churned 是 已流失 流失 离开 are yes; 0 no n false f stayed active kept
 * 否 留存 未流失 活跃 are no, in any case and width.
 */
#ifndef CRM_SCORE_LABEL_H
#define CRM_SCORE_LABEL_H

#include "score/links.h"
#include "score/roster.h"

enum label { LABEL_NONE, LABEL_STAYED, LABEL_LEFT };

/* `text` is clean; false: it is neither. An empty cell is no label, and true. */
bool label_parse(struct slice text, enum label *label);

struct labels {
	uint8_t *of;               /* by customer: enum label */
	size_t count, left, stayed;
	struct slice column;       /* the label's header */
	uint64_t rows, empty, without_customer, unknown;
	/* private */
	const struct roster *roster;
	const struct links *links;
	struct slice wanted;
	size_t customer, label;
	struct arena arena;
};

/* `links` may be NULL. The roster grows no more. */
void labels_init(struct labels *labels, const struct roster *roster, const struct links *links);
void labels_release(struct labels *labels);
/*
 * Reads a file of labels: the column that is called as the roster's key, else the one with the role customer_id or source_id, and `column`, or, where that is NULL, the one
 * called label, churn, churned, left, lost, 流失 or 是否流失. Rejected: bad-label and ambiguous-customer. A second label of a
 * customer that says otherwise is an error (conflicting-label). Warns of rows that name nobody, or nobody in the roster.
 */
int labels_read(struct labels *labels, const char *path, const struct intake_options *options, const char *column,
		const struct feed *feed, struct diag *diag) MUST_CHECK;

#endif
