/* The words of an expression: only parse uses this. */
#ifndef CRM_RULE_LEX_H
#define CRM_RULE_LEX_H

#include "rule/ast.h"

enum token_kind {
	TOKEN_END, TOKEN_NUMBER, TOKEN_DATE, TOKEN_TEXT,
	TOKEN_NAME,        /* a column, a function or a word that only means something in its place */
	TOKEN_QUOTED,      /* a column in backticks */
	TOKEN_OPEN, TOKEN_CLOSE, TOKEN_COMMA,
	TOKEN_PLUS, TOKEN_MINUS, TOKEN_TIMES, TOKEN_OVER,
	TOKEN_EQ, TOKEN_NE, TOKEN_LT, TOKEN_LE, TOKEN_GT, TOKEN_GE, TOKEN_MATCH, TOKEN_NO_MATCH,
	TOKEN_AND, TOKEN_OR, TOKEN_NOT, TOKEN_IN, TOKEN_BETWEEN, TOKEN_IS, TOKEN_EMPTY, TOKEN_CONTAINS,
	TOKEN_STARTS, TOKEN_ENDS, TOKEN_WITHIN, TOKEN_TRUE, TOKEN_FALSE, TOKEN_TODAY,
};

struct token {
	enum token_kind kind;
	size_t from, to;       /* bytes of the expression */
	double number;
	int32_t date;
	struct slice text;     /* TEXT, NAME, QUOTED: the value */
};

struct lexer {
	struct slice source;
	size_t at;
	struct token token;    /* the current one */
	struct arena *arena;
	struct fault *fault;
};

/* Takes the next token: 0, or -1 with the fault. */
int lexer_next(struct lexer *lexer) MUST_CHECK;
/* Called on a match sign: takes /pattern/flags as the current token's text, when the next thing is one: 1, 0 when it is not, -1. */
int lexer_pattern(struct lexer *lexer, struct slice *pattern, unsigned *flags) MUST_CHECK;

#endif
