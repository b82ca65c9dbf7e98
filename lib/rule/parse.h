/*
 * The language of rules. In order of binding, loosest first:
 *
 *     a or b (或, 或者, ||)    a and b (且, 并且, 而且, &&)    not a (非, !)
 *     = != < <= > >=   in (…)   in LIST   between a and b   is [not] empty   ~ /pattern/i   !~   contains   starts with
 *     ends with   within [last|next] N days|weeks|months|years        (not in, not between, not contains … too)
 *     + -    * /    -a    literals, columns, f(…), (…), mean(x), mean(x by y) or mean(x) by y
 *
 * Literals: 12.5  10万  10w  1.2亿  3千  20%  2024-03-05  2024/3/5  2024年3月5日  "text"  'text'  “text”  true  false  today. A quote is doubled to stand
 * in its own text; there are no escapes. A column is named as it is, or in `backticks` where its name has spaces or signs, begins with a
 * digit, is a word of the language, or holds 且 or 或. Full-width signs （ ） ， ＞ ＜ ＝ ≥ ≤ ≠ do as well as the others.
 */
#ifndef CRM_RULE_PARSE_H
#define CRM_RULE_PARSE_H

#include "rule/ast.h"

enum {
	EXPRESSION_LONGEST = 64 * 1024,   /* bytes */
	EXPRESSION_NESTING = 200,         /* parentheses, not … */
	EXPRESSION_DEPTH = 1000,          /* of the tree: a + b + c … */
};

/* The tree, or NULL with the fault. `text` must live as long as the tree. */
struct node *expression_parse(struct slice text, struct arena *arena, struct fault *fault);

/* The nearest of `names` by edits, else one that has `name` in it or is in it (金额: 成交金额); ptr NULL when none is near. */
struct slice name_nearest(struct slice name, const struct slice *names, size_t count);

#endif
