/*
 * What an expression of a rule means, as a tree. parse makes it, types settles it (names, types, conversions),
 * program turns it into instructions. All nodes live in the arena they were parsed into.
 */
#ifndef CRM_RULE_AST_H
#define CRM_RULE_AST_H

#include "base/arena.h"
#include "clean/regex.h"

/* What an expression gives. Each may be unknown for a row (an empty cell, a division by zero). */
enum type {
	TYPE_CELL,    /* a column as it stands: becomes what its use needs */
	TYPE_TEXT,
	TYPE_NUMBER,
	TYPE_DATE,
	TYPE_TRUTH,
	TYPE_LIST,    /* items joined by ';' */
};
/* "text", "a number" … for messages. */
const char *type_name(enum type type);

enum compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

enum node_kind {
	NODE_NUMBER, NODE_TEXT, NODE_DATE, NODE_TRUTH,  /* literals */
	NODE_TODAY,
	NODE_UNKNOWN,    /* a column that may be missing, and is */
	NODE_COLUMN,     /* text: its name; index: place in the input, after types */
	NODE_CONDITION,  /* text: name of a condition of the rules file; index: which, after types */
	NODE_OR, NODE_AND,           /* two or more arguments */
	NODE_NOT,
	NODE_COMPARE,                /* compare */
	NODE_ADD, NODE_SUBTRACT, NODE_MULTIPLY, NODE_DIVIDE, NODE_NEGATE,
	NODE_IN,                     /* first argument: what is looked for; the others: where */
	NODE_MEMBER,                 /* argument 0 in the list that is argument 1 */
	NODE_BETWEEN,                /* value, low, high */
	NODE_IS_EMPTY,
	NODE_MATCH,                  /* argument 0; text: pattern, flags: how */
	NODE_CONTAINS, NODE_STARTS, NODE_ENDS,
	NODE_WITHIN,                 /* date, number; unit; next: in the future */
	NODE_CALL,                   /* function */
	NODE_STATISTIC,              /* statistic; value (not for count()), then the key when grouped */
	NODE_CONVERT,                /* argument 0 to `type`; put in by types */
};

enum function {
	CALL_LOWER, CALL_UPPER, CALL_TRIM, CALL_LENGTH, CALL_COALESCE, CALL_IF,
	CALL_ABS, CALL_ROUND, CALL_FLOOR, CALL_CEIL, CALL_MIN, CALL_MAX,
	CALL_DAYS_SINCE, CALL_MONTHS_SINCE, CALL_DECAY, CALL_YEAR, CALL_MONTH, CALL_DAY,
	CALL_NUMBER, CALL_DATE, CALL_TEXT, CALL_LIST,
	CALL_COUNT_OF,
};
struct function_spec {
	const char *name;
	unsigned least, most;  /* arguments */
};
extern const struct function_spec function_specs[CALL_COUNT_OF];

/* Over all rows, or over those with the same key: mean(amount by industry). They need the input twice. */
enum statistic { STATISTIC_PERCENTILE, STATISTIC_RANK, STATISTIC_MEAN, STATISTIC_SUM, STATISTIC_COUNT, STATISTIC_MEDIAN, STATISTIC_KINDS };
extern const char *const statistic_names[STATISTIC_KINDS];

enum unit { UNIT_DAYS, UNIT_WEEKS, UNIT_MONTHS, UNIT_YEARS };

enum { FLAG_NOCASE = REGEX_NOCASE, FLAG_MULTILINE = REGEX_MULTILINE, FLAG_DOTALL = REGEX_DOTALL, FLAG_EXTENDED = REGEX_EXTENDED };

struct node {
	enum node_kind kind;
	enum type type;
	size_t from, to;            /* bytes of the expression's text */
	unsigned depth;             /* of the tree below, itself included */
	struct node **args;
	size_t arg_count;
	double number;              /* NODE_NUMBER */
	int32_t date;               /* NODE_DATE */
	bool truth;                 /* NODE_TRUTH */
	bool next;                  /* NODE_WITHIN */
	bool quoted;                /* NODE_COLUMN: in backticks, so never a condition */
	unsigned flags;             /* NODE_MATCH */
	enum compare compare;
	enum function function;
	enum unit unit;
	enum statistic statistic;
	bool grouped;               /* NODE_STATISTIC: the last argument is the key */
	bool has_statistic;         /* this or something below is one */
	bool operand;               /* of a comparison, behind its sign; for messages */
	struct slice text;          /* NODE_TEXT, NODE_COLUMN, NODE_CONDITION, NODE_MATCH */
	size_t index;               /* NODE_COLUMN: place in the input; NODE_CONDITION: number; NODE_MATCH: where the pattern begins */
};

/* What is wrong with an expression, and where in its text. */
struct fault {
	size_t from, to;     /* bytes */
	const char *code;    /* a stable word */
	char text[512];
	struct fault *next;  /* a further one of the same expression, or NULL */
};
/* Fills the fault and returns -1. */
int fault_set(struct fault *fault, size_t from, size_t to, const char *code, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
