/* The columns of the output: those of the input as they are, masked or left out, and those of the rules in place of old ones or at the end. */
#ifndef CRM_RULE_COLUMNS_H
#define CRM_RULE_COLUMNS_H

#include "clean/intake.h"
#include "io/sink.h"
#include "rule/judge.h"
#include "rule/view.h"

enum output_kind {
	OUTPUT_INPUT, OUTPUT_TAGS, OUTPUT_ACTIONS, OUTPUT_SINCE, OUTPUT_ADDED, OUTPUT_REMOVED, OUTPUT_GROUP, OUTPUT_GROUP_SINCE, OUTPUT_ACTION,
	OUTPUT_SCORE, OUTPUT_GRADE,
};
struct output {
	enum output_kind kind;
	size_t index;             /* column of the input, group or score */
	struct sight sight;
};

struct columns {
	const struct judge *judge;
	struct sight *sights;     /* by column of the input: what is seen of it, also where the rules write another value into it */
	struct output *outputs;
	struct column *columns;   /* for sink_header */
	size_t count;
	size_t whole;             /* so many of the input may be copied as one record; 0: none */
};

/* -1 when the view names what is not there. All memory is the arena's. */
int columns_init(struct columns *columns, const struct judge *judge, const struct intake *intake, const struct view *view,
		 struct arena *arena, struct diag *diag) MUST_CHECK;
/* Writes row r; scratch memory comes from `arena`. */
void columns_write(const struct columns *columns, const struct verdict *verdict, struct rows *rows, const struct batch *batch, size_t r,
		   struct arena *arena);

#endif
