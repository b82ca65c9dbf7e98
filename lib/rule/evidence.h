/* The evidence file: a line for each tag that a customer has, with the rule and the values that it looked at. */
#ifndef CRM_RULE_EVIDENCE_H
#define CRM_RULE_EVIDENCE_H

#include "clean/intake.h"
#include "rule/columns.h"

/* Columns: customer, column (tags, or the group's), tag, rule, evidence (amount=120000; recency_days=12), since (with --previous). */
void evidence_header(struct buf *out);
/* The lines of one row; re-runs each rule that held to see what it looks at, so the evaluator must keep traces. */
void evidence_add(struct buf *out, const struct columns *columns, const struct verdict *verdict, struct evaluator *evaluator,
		  const struct intake *intake, const struct slice *cells, uint64_t row);

#endif
