/*
 * Settled expressions as a compact program for a stack machine: one instruction array for all rules of a run. Equal loads (a
 * column as a type) share one number, so that a cell is read and converted at most once a row, and only if a rule asks.
 */
#ifndef CRM_RULE_PROGRAM_H
#define CRM_RULE_PROGRAM_H

#include "base/map.h"
#include "rule/ast.h"

enum op {
	OP_END,
	OP_CONSTANT,         /* operand: constant */
	OP_TODAY,
	OP_LOAD,             /* operand: load */
	OP_CONDITION,        /* operand: condition */
	OP_JUMP,             /* operand: address */
	OP_JUMP_IF_FALSE,    /* the value stays */
	OP_JUMP_IF_TRUE,     /* the value stays */
	OP_JUMP_IF_KNOWN,    /* the value stays when known, else it goes */
	OP_JUMP_UNLESS,      /* the value goes; jumps when not true */
	OP_AND, OP_OR, OP_NOT,
	OP_COMPARE_NUMBER, OP_COMPARE_DATE, OP_COMPARE_TEXT, OP_COMPARE_TRUTH, OP_COMPARE_CELL,  /* detail: enum compare */
	/* From here on all are alike to the loop: a function that works on the top of the stack. */
	OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_NEGATE,
	OP_DATE_ADD,         /* date, number: date; detail 1: subtract */
	OP_DATE_SUBTRACT,    /* date, date: days */
	OP_IN_SET,           /* operand: set */
	OP_IN_STACK,         /* operand: how many items above the value; detail: type */
	OP_BETWEEN,          /* detail: type */
	OP_IS_EMPTY,
	OP_MATCH,            /* operand: regex */
	OP_CONTAINS, OP_STARTS, OP_ENDS, OP_MEMBER,
	OP_WITHIN,           /* detail: unit, + 8: next */
	OP_CONVERT,          /* detail: from type * 8 + to type */
	OP_STATISTIC,        /* operand: statistic; value (percentile, rank) and key (grouped) are on the stack */
	OP_CALL,             /* detail: function; operand: arguments */
	OP_COUNT
};

struct instruction {
	uint8_t op;
	uint8_t detail;
	uint32_t operand;
};

struct value {
	union {
		double number;
		int32_t date;
		bool truth;
		struct slice text;   /* TYPE_TEXT, TYPE_LIST, TYPE_CELL */
	};
	bool known;
};

/* A column as a type; TYPE_CELL: as it stands. */
struct load {
	size_t column;
	enum type type;
};

/* Literals of x in (…): numbers and dates sorted, or texts. */
struct set {
	enum type type;
	double *numbers;
	size_t count;
	struct map texts;
};

struct condition {
	uint32_t entry;
	size_t stack;       /* values that it needs, those of the conditions it uses included */
	bool *loads;        /* by load, of the `load_count` that there were: which ones it may look at */
	size_t load_count;
};

/* A figure over rows; what it is of is evaluated for every row beforehand. */
struct statistic_spec {
	enum statistic kind;
	bool grouped, has_value;
	bool is_count;               /* the value is only known or not */
	uint32_t value, key;         /* entries */
	size_t same;                 /* the first statistic that is just like it, or itself */
	const struct node *node;     /* private */
};

struct program {
	struct instruction *code;
	size_t code_count, code_capacity;
	struct value *constants;
	size_t constant_count, constant_capacity;
	struct load *loads;
	size_t load_count, load_capacity;
	struct regex **regexes;
	size_t *regex_columns;       /* a column that the regex looks at, for messages; from 1, 0: none */
	size_t regex_count, regex_capacity;
	struct set *sets;
	size_t set_count, set_capacity;
	struct condition *conditions;  /* in order of definition */
	size_t condition_count, condition_capacity;
	struct statistic_spec *statistics;
	size_t statistic_count, statistic_capacity;
	size_t stack;                /* values that a run needs at most */
	struct map regex_keys;       /* private: equal patterns are compiled once */
	size_t level, peak;          /* private: of the stack while emitting, and of the last expression */
};

void program_init(struct program *program);
void program_release(struct program *program);

/*
 * Adds a settled expression; *entry is where it begins. Texts stay owned by the expression's arena. -1 with the fault: a pattern
 * that is no regular expression.
 */
int program_add(struct program *program, const struct node *root, uint32_t *entry, struct fault *fault) MUST_CHECK;
/* Names an entry condition number condition_count, for NODE_CONDITION. */
void program_condition(struct program *program, uint32_t entry);

#endif
