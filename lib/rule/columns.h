/* The columns of the output: those of the input as they are, or masked, and those of the rules in place of old ones or at the end. */
#ifndef CRM_RULE_COLUMNS_H
#define CRM_RULE_COLUMNS_H

#include "clean/intake.h"
#include "io/sink.h"
#include "rule/judge.h"

enum output_kind {
	OUTPUT_INPUT, OUTPUT_TAGS, OUTPUT_ACTIONS, OUTPUT_SINCE, OUTPUT_ADDED, OUTPUT_REMOVED, OUTPUT_GROUP, OUTPUT_GROUP_SINCE, OUTPUT_ACTION,
	OUTPUT_SCORE, OUTPUT_GRADE,
};
struct output {
	enum output_kind kind;
	size_t index;             /* column of the input, group or score */
	bool masked;
};

struct columns {
	const struct judge *judge;
	const enum role *roles;   /* of the input's columns, for masks */
	struct output *outputs;
	struct column *columns;   /* for sink_header */
	size_t count;
	size_t whole;             /* so many of the input may be copied as one record; 0: none */
};

/* `masks`: roles whose columns are masked. All memory is the arena's. */
void columns_init(struct columns *columns, const struct judge *judge, const struct intake *intake, const enum role *masks,
		  size_t mask_count, struct arena *arena);
/* Whether a column of the input is masked. */
bool columns_masked(const struct columns *columns, size_t input);
/* Writes row r; scratch memory comes from `arena`. */
void columns_write(const struct columns *columns, const struct verdict *verdict, struct rows *rows, const struct batch *batch, size_t r,
		   struct arena *arena);

#endif
