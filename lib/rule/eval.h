/*
 * Runs a program over rows, one evaluator a thread. Truth has three values, as in SQL: an empty cell is unknown, what is computed from
 * it is unknown, `false and unknown` is false, `true or unknown` is true, and a rule holds only where it is true. A list is the exception:
 * an empty cell is a list without items, which is known.
 *
 * Numbers are binary with 53 bits; two are equal when they differ in the last bits only, so that 0.1 + 0.2 = 0.3.
 */
#ifndef CRM_RULE_EVAL_H
#define CRM_RULE_EVAL_H

#include "clean/date.h"
#include "clean/roles.h"
#include "rule/program.h"
#include "rule/statistics.h"

/* What the input says of its columns. */
struct row_facts {
	const struct column_role *roles;      /* for the units; NULL: none */
	const enum date_order *date_orders;   /* NULL: unknown */
};

/* Cells that were no number (date, truth) where a rule needed one: by load of the program. */
struct unusable {
	uint64_t count;
	uint64_t input, line;   /* of the first; input counts from 0 */
	char sample[160];       /* of the first, quoted for a message */
};

/* "not-a-number", "not-a-date", "not-true-or-false": what a cell is that a rule needs as `type`. */
const char *unusable_code(enum type type);

/* Why a row cannot be judged. */
struct eval_fault {
	const char *code;     /* NULL: none; "regex-limit", "encoding-error" */
	size_t column;        /* from 1; 0: none */
	const char *reason;
};

struct evaluator {
	const struct program *program;
	int32_t as_of;
	bool strict;                  /* an unusable cell is a fault of its row; set after evaluator_init */
	bool trace;                   /* keep `touched` */
	bool *touched;                /* by load: what the expressions run since evaluator_forget looked at */
	struct unusable *unusable;    /* by load */
	const struct statistics *statistics;  /* for OP_STATISTIC; NULL: not known yet, they give unknown. Set after evaluator_init */
	struct eval_fault fault;      /* of this row; cleared by evaluator_row */
	/* private */
	struct row_facts facts;
	const struct slice *cells;
	uint64_t input, line, row;
	struct value *stack, *loaded, *judged;
	uint64_t *loaded_at, *judged_at;
	struct regex_scratch *scratch;
	struct arena arena;
};

void evaluator_init(struct evaluator *evaluator, const struct program *program, int32_t as_of, bool trace);
void evaluator_release(struct evaluator *evaluator);
/* Goes to another row: its cells, the facts of its input, and where it stands (input from 0, line), for the counts of unusable cells. */
void evaluator_row(struct evaluator *evaluator, const struct slice *cells, struct row_facts facts, uint64_t input,
		   uint64_t line);
/* The value of the expression at `entry`; unknown once the row has a fault. Texts live until the next row. */
struct value evaluator_run(struct evaluator *evaluator, uint32_t entry);
static inline bool evaluator_holds(struct evaluator *evaluator, uint32_t entry)
{
	struct value value = evaluator_run(evaluator, entry);

	return value.known && value.truth;
}
void evaluator_forget(struct evaluator *evaluator);
/* Adds the counts of unusable cells of one evaluator to another's, keeping the first. */
void unusable_merge(struct unusable *to, const struct unusable *from, size_t count);

/* -1, 0 or 1; 0 when equal but for rounding. */
int eval_number_order(double a, double b);

#endif
