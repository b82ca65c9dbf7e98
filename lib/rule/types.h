/*
 * Settles an expression before a row is read: every name is a column or a condition, every operator has arguments of types it
 * can use. A column becomes what its use needs (a number where it is compared with a number); columns that the tools of the pipeline write
 * have the types they are written with.
 */
#ifndef CRM_RULE_TYPES_H
#define CRM_RULE_TYPES_H

#include "clean/roles.h"
#include "rule/ast.h"

/* The names an expression may use. */
struct scope {
	const struct slice *headers;      /* NULL: not known, any name will do */
	const struct column_role *roles;
	size_t columns;
	const struct slice *optional;     /* names that the headers may lack: they are unknown then */
	size_t optional_count;
	const struct slice *conditions;   /* names; those that stand before the expression in its file */
	const bool *statistical;          /* by condition: it has a statistic in it; NULL: none has */
	size_t condition_count;
	size_t condition_total;           /* names behind these are of conditions that come later */
};

/* Settles *root and makes it give `want` (TYPE_CELL: whatever it gives). 0, or -1 with the fault, and those after it at its `next`. */
int types_settle(struct node **root, enum type want, const struct scope *scope, struct arena *arena, struct fault *fault)
	MUST_CHECK;

/* The place of a column by its name, role, name but for case, or name without its unit; scope->columns: there is none. */
size_t types_find_column(const struct scope *scope, struct slice name);

/* The type of a column that the tools of the pipeline write, by its name; TYPE_CELL for any other. */
enum type types_of_column(struct slice name);

#endif
