/*
 * The tags of a rules file on single rows, for tools that have rows of their own: opaque, so that a tool may use it beside another room.
 * One thread.
 */
#ifndef CRM_RULE_ROW_RULES_H
#define CRM_RULE_ROW_RULES_H

#include "base/buf.h"
#include "base/diag.h"
#include "clean/date.h"
#include "clean/roles.h"

struct row_rules;

/* What the cells of a row are; outlives the rules. */
struct row_columns {
	const struct slice *headers;
	const struct column_role *roles;
	const enum date_order *date_orders;
	size_t count;
};

/*
 * NULL with diag (STATUS_USAGE): a fault in the rules, rules that compare with all customers (they need two passes), or none that
 * gives a tag.
 */
struct row_rules *row_rules_new(const char *path, const struct row_columns *columns, int32_t as_of, struct diag *diag);
void row_rules_free(struct row_rules *rules);
/* The tags of a row, joined by ';', until the next one; empty for a row that cannot be judged, which is counted. */
struct slice row_rules_judge(struct row_rules *rules, const struct slice *cells, uint64_t line);
/* Rows that could not be judged, and cells that were not what a rule needs and were taken as empty. */
void row_rules_warn(const struct row_rules *rules, struct diag *diag);

#endif
