#include "rule/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "rule/lex.h"

struct parser {
	struct lexer lexer;
	struct arena *arena;
	struct fault *fault;
	unsigned nesting;
};

const struct function_spec function_specs[CALL_COUNT_OF] = {
	[CALL_LOWER] = { "lower", 1, 1 }, [CALL_UPPER] = { "upper", 1, 1 }, [CALL_TRIM] = { "trim", 1, 1 },
	[CALL_LENGTH] = { "length", 1, 1 }, [CALL_COALESCE] = { "coalesce", 2, 100 }, [CALL_IF] = { "if", 3, 3 },
	[CALL_ABS] = { "abs", 1, 1 }, [CALL_ROUND] = { "round", 1, 2 }, [CALL_FLOOR] = { "floor", 1, 1 },
	[CALL_CEIL] = { "ceil", 1, 1 }, [CALL_MIN] = { "min", 2, 100 }, [CALL_MAX] = { "max", 2, 100 },
	[CALL_DAYS_SINCE] = { "days_since", 1, 1 }, [CALL_MONTHS_SINCE] = { "months_since", 1, 1 },
	[CALL_DECAY] = { "decay", 2, 2 }, [CALL_YEAR] = { "year", 1, 1 }, [CALL_MONTH] = { "month", 1, 1 }, [CALL_DAY] = { "day", 1, 1 },
	[CALL_NUMBER] = { "number", 1, 1 }, [CALL_DATE] = { "date", 1, 1 }, [CALL_TEXT] = { "text", 1, 1 },
	[CALL_LIST] = { "list", 1, 1 },
};

const char *const statistic_names[STATISTIC_KINDS] = { "percentile", "rank", "mean", "sum", "count", "median" };

static struct node *parse_or(struct parser *p);
static struct node *parse_primary(struct parser *p);
static struct node *parse_sum(struct parser *p);

int fault_set(struct fault *fault, size_t from, size_t to, const char *code, const char *format, ...)
{
	va_list arguments;

	fault->from = from;
	fault->to = to;
	fault->code = code;
	fault->next = NULL;
	va_start(arguments, format);
	vsnprintf(fault->text, sizeof fault->text, format, arguments);
	va_end(arguments);
	return -1;
}

const char *type_name(enum type type)
{
	static const char *const names[] = { "a column", "text", "a number", "a date", "true or false", "a list" };

	return names[type];
}

/* Errors are passed up as NULL nodes; this keeps the returns short. */
static struct node *fail(struct parser *p, const char *text)
{
	const struct token *token = &p->lexer.token;

	fault_set(p->fault, token->from, token->to, "syntax", "%s", text);
	return NULL;
}

/* What people write who have not read the manual, and what is meant; "" for anything else. */
static const char *hint_at(struct slice source, size_t at)
{
	static const struct { const char *word, *hint; } hints[] = {
		{ "为空", "; write: is empty" }, { "不为空", "; write: is not empty" }, { "是空", "; write: is empty" }, { "非空", "; write: is not empty" },
		{ "不包含", "; write: not contains" }, { "不属于", "; write: not in (…)" }, { "介于", "; write: between 1 and 5" }, { "在", "; write: within 30 days, or: in (…)" },
		{ "like", "; write: contains, starts with or ends with" }, { "是", "; write: =" }, { "以…开头", "; write: starts with" }, { "开头", "; write: starts with" },
		{ ",", "; a number has no commas: 100000 or 10万" }, { "，", "; a number has no commas: 100000 or 10万" }, { "如果", "; write: if(…, …, …)" },
		{ "平均", "; write: mean(…)" }, { "均值", "; write: mean(…)" }, { "avg", "; write: mean(…)" }, { "average", "; write: mean(…)" }, { "求和", "; write: sum(…)" },
		{ "合计", "; write: sum(…)" }, { "计数", "; write: count()" }, { "排名", "; write: rank(…)" }, { "百分位", "; write: percentile(…)" }, { "len", "; write: length(…)" },
		{ "ifnull", "; write: coalesce(…, …)" }, { "nvl", "; write: coalesce(…, …)" }, { "isnull", "; write: … is empty" }, { "datediff", "; write: days_since(…)" },
		{ "now", "; write: today" }, { "substr", "; write: starts with, ends with or ~ /…/" },
	};
	struct slice rest = slice_skip(source, at);

	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		if (slice_equal_nocase(slice_first(rest, strlen(hints[i].word)), slice_of(hints[i].word)))
			return hints[i].hint;
	return "";
}

static struct node *node_new(struct parser *p, enum node_kind kind, size_t from, size_t to)
{
	struct node *node = arena_zero(p->arena, 1, sizeof *node);

	node->kind = kind;
	node->from = from;
	node->to = to;
	node->depth = 1;
	return node;
}

/* A node over `count` arguments, the first of which begins it. NULL when the tree grows too deep. */
static struct node *node_over(struct parser *p, enum node_kind kind, struct node **args, size_t count)
{
	struct node *node = node_new(p, kind, args[0]->from, args[count - 1]->to);

	node->args = arena_get(p->arena, count, sizeof(struct node *));
	memcpy(node->args, args, count * sizeof(struct node *));
	node->arg_count = count;
	for (size_t i = 0; i < count; i++)
		if (args[i]->depth >= node->depth)
			node->depth = args[i]->depth + 1;
	for (size_t i = 0; i < count; i++)
		node->has_statistic |= args[i]->has_statistic;
	if (node->depth <= EXPRESSION_DEPTH)
		return node;
	fault_set(p->fault, node->from, node->to, "too-deep", "the expression is nested too deeply; cut it into conditions");
	return NULL;
}

static struct node *node_pair(struct parser *p, enum node_kind kind, struct node *a, struct node *b)
{
	struct node *args[] = { a, b };

	return a && b ? node_over(p, kind, args, 2) : NULL;
}

static struct node *node_not(struct parser *p, struct node *inner, bool negate, size_t from)
{
	struct node *node;

	if (!inner || !negate)
		return inner;
	node = node_over(p, NODE_NOT, &inner, 1);
	if (node)
		node->from = from;
	return node;
}

/* One level further in; nobody comes back out of a fault. */
static int enter(struct parser *p)
{
	const struct token *token = &p->lexer.token;

	if (++p->nesting <= EXPRESSION_NESTING)
		return 0;
	return fault_set(p->fault, token->from, token->to, "too-deep",
			 "more than %d parentheses or signs within each other; cut the expression into conditions", EXPRESSION_NESTING);
}

static bool at_token(const struct parser *p, enum token_kind kind)
{
	return p->lexer.token.kind == kind;
}

static bool at_word(const struct parser *p, const char *word)
{
	return at_token(p, TOKEN_NAME) && slice_equal_nocase(p->lexer.token.text, slice_of(word));
}

/* Takes the token if it is there: 1, 0, or -1 when what follows is broken. */
static int accept(struct parser *p, enum token_kind kind)
{
	if (!at_token(p, kind))
		return 0;
	return lexer_next(&p->lexer) ? -1 : 1;
}

static int expect(struct parser *p, enum token_kind kind, const char *what)
{
	int got = accept(p, kind);

	if (got == 0)
		fail(p, what);
	return got > 0 ? 0 : -1;
}

/* A growing list of arguments. */
struct nodes {
	struct node **items;
	size_t count, capacity;
};

static int nodes_add(struct nodes *nodes, struct node *node)
{
	if (!node)
		return -1;
	nodes->items = memory_grow(nodes->items, &nodes->capacity, nodes->count + 1, sizeof(struct node *));
	nodes->items[nodes->count++] = node;
	return 0;
}

/* ( a, b, … ), the open one being the current token, behind what `nodes` holds already; *to: where it ends. */
static int parse_arguments(struct parser *p, struct nodes *nodes, size_t *to)
{
	int more;

	if (accept(p, TOKEN_OPEN) < 0)
		return -1;
	if (!at_token(p, TOKEN_CLOSE)) {
		do {
			if (nodes_add(nodes, parse_or(p)))
				return -1;
			more = accept(p, TOKEN_COMMA);
		} while (more > 0);
		if (more < 0)
			return -1;
	}
	*to = p->lexer.token.to;
	return expect(p, TOKEN_CLOSE, "a comma or ) is missing here");
}

static struct node *call_node(struct parser *p, struct token name, size_t function, struct nodes *args, size_t to)
{
	const struct function_spec *spec = &function_specs[function];
	struct node *node;

	if (args->count < spec->least || args->count > spec->most) {
		fault_set(p->fault, name.from, to, "arguments", "%s takes %u%s argument%s, here are %zu", spec->name, spec->least,
			  spec->most == spec->least ? "" : spec->most == spec->least + 1 ? " or one more" : " or more",
			  spec->most == 1 ? "" : "s", args->count);
		return NULL;
	}
	node = node_over(p, NODE_CALL, args->items, args->count);
	if (node) {
		node->function = (enum function)function;
		node->from = name.from;
		node->to = to;
	}
	return node;
}

/* by COLUMN: 1, 0 when it does not stand here, -1. */
static int parse_key(struct parser *p, struct nodes *args)
{
	if (!at_word(p, "by"))
		return 0;
	return lexer_next(&p->lexer) || nodes_add(args, parse_primary(p)) ? -1 : 1;
}

/* What stands in the parentheses: the value, and perhaps the key. */
static int parse_statistic_inside(struct parser *p, struct nodes *args, int *grouped, size_t *to)
{
	if (accept(p, TOKEN_OPEN) < 0)
		return -1;
	if (!at_token(p, TOKEN_CLOSE) && !at_word(p, "by") && nodes_add(args, parse_or(p)))
		return -1;
	*grouped = parse_key(p, args);
	*to = p->lexer.token.to;
	return *grouped < 0 ? -1 : expect(p, TOKEN_CLOSE, "a ) is missing here");
}

static struct node *statistic_node(struct parser *p, enum statistic statistic, const struct nodes *args, bool grouped)
{
	struct node *node = args->count ? node_over(p, NODE_STATISTIC, args->items, args->count) : node_new(p, NODE_STATISTIC, 0, 0);

	if (node) {
		node->statistic = statistic;
		node->grouped = grouped;
		node->has_statistic = true;
	}
	return node;
}

/* mean(x), mean(x by key) or mean(x) by key; count() */
static struct node *parse_statistic(struct parser *p, struct token name, enum statistic statistic)
{
	struct nodes args = { 0 };
	struct node *node = NULL;
	size_t to = name.to;
	int grouped = 0, status = parse_statistic_inside(p, &args, &grouped, &to);

	if (status == 0 && !grouped) {
		grouped = parse_key(p, &args);
		if (grouped > 0)
			to = args.items[args.count - 1]->to;
	}
	if (status == 0 && grouped >= 0 && args.count == (size_t)grouped && statistic != STATISTIC_COUNT)
		fault_set(p->fault, name.from, to, "arguments", "%s needs a value: %s(amount)", statistic_names[statistic],
			  statistic_names[statistic]);
	else if (status == 0 && grouped >= 0)
		node = statistic_node(p, statistic, &args, grouped);
	if (node) {
		node->from = name.from;
		node->to = to;
	}
	free(args.items);
	return node;
}

static struct node *parse_call(struct parser *p, struct token name)
{
	struct slice names[CALL_COUNT_OF], near;
	struct nodes args = { 0 };
	struct node *node = NULL;
	const char *hint;
	size_t function, to;

	for (int statistic = 0; statistic < STATISTIC_KINDS; statistic++)
		if (slice_equal_nocase(name.text, slice_of(statistic_names[statistic])))
			return parse_statistic(p, name, (enum statistic)statistic);
	for (function = 0; function < CALL_COUNT_OF; function++) {
		names[function] = slice_of(function_specs[function].name);
		if (slice_equal_nocase(name.text, names[function]))
			break;
	}
	if (function == CALL_COUNT_OF) {
		near = name_nearest(name.text, names, CALL_COUNT_OF);
		hint = hint_at(p->lexer.source, name.from);
		fault_set(p->fault, name.from, name.to, "unknown-function", "there is no function of this name%s%.*s",
			  near.ptr ? "; nearest: " : *hint ? hint : "; a column with ( ) in its name stands in `backticks`", SLICE_ARG(near));
		return NULL;
	}
	if (parse_arguments(p, &args, &to) == 0)
		node = call_node(p, name, function, &args, to);
	free(args.items);
	return node;
}

static struct node *parse_group(struct parser *p)
{
	struct node *node;

	if (accept(p, TOKEN_OPEN) < 0)
		return NULL;
	node = parse_or(p);
	return node && expect(p, TOKEN_CLOSE, "a ) is missing here") == 0 ? node : NULL;
}

static struct node *literal(struct parser *p, enum node_kind kind, struct token token)
{
	struct node *node = node_new(p, kind, token.from, token.to);

	node->number = token.number;
	node->date = token.date;
	node->text = token.text;
	node->truth = token.kind == TOKEN_TRUE;
	node->quoted = token.kind == TOKEN_QUOTED;
	return lexer_next(&p->lexer) ? NULL : node;
}

static struct node *parse_primary(struct parser *p)
{
	struct token token = p->lexer.token;
	struct node *node;

	switch (token.kind) {
	case TOKEN_NUMBER: return literal(p, NODE_NUMBER, token);
	case TOKEN_DATE: return literal(p, NODE_DATE, token);
	case TOKEN_TEXT: return literal(p, NODE_TEXT, token);
	case TOKEN_TODAY: return literal(p, NODE_TODAY, token);
	case TOKEN_TRUE:
	case TOKEN_FALSE: return literal(p, NODE_TRUTH, token);
	case TOKEN_QUOTED: return literal(p, NODE_COLUMN, token);
	case TOKEN_OPEN: return parse_group(p);
	case TOKEN_NAME:
		node = literal(p, NODE_COLUMN, token);
		return node && at_token(p, TOKEN_OPEN) ? parse_call(p, token) : node;
	case TOKEN_END: return fail(p, "the expression ends where a value should be");
	default: return fail(p, "a value is missing here: a column, a number, a \"text\" or a date");
	}
}

/* -a and not a: `inner` reads what follows the sign. */
static struct node *parse_prefix(struct parser *p, enum node_kind kind, struct node *(*inner)(struct parser *))
{
	size_t from = p->lexer.token.from;
	struct node *node;

	if (enter(p))
		return NULL;
	node = lexer_next(&p->lexer) ? NULL : inner(p);
	p->nesting--;
	if (node)
		node = node_over(p, kind, &node, 1);
	if (node)
		node->from = from;
	return node;
}

static struct node *parse_negative(struct parser *p)
{
	return at_token(p, TOKEN_MINUS) ? parse_prefix(p, NODE_NEGATE, parse_negative) : parse_primary(p);
}

static struct node *parse_product(struct parser *p)
{
	struct node *node = parse_negative(p);

	while (node && (at_token(p, TOKEN_TIMES) || at_token(p, TOKEN_OVER))) {
		enum node_kind kind = at_token(p, TOKEN_TIMES) ? NODE_MULTIPLY : NODE_DIVIDE;

		node = lexer_next(&p->lexer) ? NULL : node_pair(p, kind, node, parse_negative(p));
	}
	return node;
}

static struct node *parse_sum(struct parser *p)
{
	struct node *node = parse_product(p);

	while (node && (at_token(p, TOKEN_PLUS) || at_token(p, TOKEN_MINUS))) {
		enum node_kind kind = at_token(p, TOKEN_PLUS) ? NODE_ADD : NODE_SUBTRACT;

		node = lexer_next(&p->lexer) ? NULL : node_pair(p, kind, node, parse_product(p));
	}
	return node;
}

static struct node *parse_in(struct parser *p, struct node *left)
{
	struct nodes nodes = { 0 };
	struct node *node = NULL;
	size_t to;

	if (!at_token(p, TOKEN_OPEN))
		return node_pair(p, NODE_MEMBER, left, parse_sum(p));
	if (nodes_add(&nodes, left) == 0 && parse_arguments(p, &nodes, &to) == 0) {
		if (nodes.count < 2)
			fault_set(p->fault, left->from, to, "arguments", "nothing stands between the parentheses");
		else
			node = node_over(p, NODE_IN, nodes.items, nodes.count);
	}
	if (node)
		node->to = to;
	free(nodes.items);
	return node;
}

static struct node *parse_between(struct parser *p, struct node *left)
{
	struct node *args[3] = { left, NULL, NULL };

	args[1] = parse_sum(p);
	if (!args[1] || expect(p, TOKEN_AND, "between wants `and` here: x between 1 and 5"))
		return NULL;
	args[2] = parse_sum(p);
	return args[2] ? node_over(p, NODE_BETWEEN, args, 3) : NULL;
}

static const struct { const char *word; enum unit unit; } units[] = {
	{ "day", UNIT_DAYS }, { "days", UNIT_DAYS }, { "天", UNIT_DAYS }, { "日", UNIT_DAYS },
	{ "week", UNIT_WEEKS }, { "weeks", UNIT_WEEKS }, { "周", UNIT_WEEKS },
	{ "month", UNIT_MONTHS }, { "months", UNIT_MONTHS }, { "月", UNIT_MONTHS }, { "个月", UNIT_MONTHS },
	{ "year", UNIT_YEARS }, { "years", UNIT_YEARS }, { "年", UNIT_YEARS },
	{ "天内", UNIT_DAYS }, { "日内", UNIT_DAYS }, { "周内", UNIT_WEEKS }, { "月内", UNIT_MONTHS }, { "个月内", UNIT_MONTHS }, { "年内", UNIT_YEARS },
};

/* last, next, or 近 and the like, which Chinese writes without a space before the number: 0, or -1. */
static int accept_direction(struct parser *p, bool *next)
{
	static const struct { const char *word; bool next; } directions[] = {
		{ "last", false }, { "next", true }, { "最近", false }, { "近", false }, { "过去", false }, { "未来", true },
	};

	*next = false;
	for (size_t i = 0; i < sizeof directions / sizeof *directions; i++) {
		struct slice word = slice_of(directions[i].word), rest = p->lexer.token.text;

		if (!at_token(p, TOKEN_NAME) || !(at_word(p, directions[i].word) || ((unsigned char)word.ptr[0] >= 0x80 && slice_starts_with(rest, word))))
			continue;
		*next = directions[i].next;
		p->lexer.at = p->lexer.token.from + word.len;
		return lexer_next(&p->lexer);
	}
	return 0;
}

/* within [last|next] N UNIT */
static struct node *parse_within(struct parser *p, struct node *left)
{
	struct node *node;
	size_t i = 0;
	bool next;

	if (accept_direction(p, &next))
		return NULL;
	node = node_pair(p, NODE_WITHIN, left, parse_sum(p));
	if (!node)
		return NULL;
	while (i < sizeof units / sizeof *units && !at_word(p, units[i].word))
		i++;
	if (i == sizeof units / sizeof *units)
		return fail(p, "days, weeks, months or years are missing here: within 30 days");
	node->unit = units[i].unit;
	node->next = next;
	node->to = p->lexer.token.to;
	return lexer_next(&p->lexer) ? NULL : node;
}

/* ~ /pattern/flags or ~ "pattern" */
static struct node *parse_match(struct parser *p, struct node *left)
{
	struct slice pattern = { 0 };
	unsigned flags = 0;
	struct node *node;
	int got = lexer_pattern(&p->lexer, &pattern, &flags);
	size_t begin = p->lexer.token.from + 1, to = p->lexer.at;

	if (got < 0 || lexer_next(&p->lexer))
		return NULL;
	if (got == 0) {
		if (!at_token(p, TOKEN_TEXT))
			return fail(p, "a pattern is missing here: ~ /^VIP/i or ~ \"^VIP\"");
		pattern = p->lexer.token.text;
		begin = p->lexer.token.from + 1;
		to = p->lexer.token.to;
		if (lexer_next(&p->lexer))
			return NULL;
	}
	node = node_over(p, NODE_MATCH, &left, 1);
	if (node) {
		node->text = pattern;
		node->flags = flags;
		node->index = begin;
		node->to = to;
	}
	return node;
}

static struct node *parse_is(struct parser *p, struct node *left, size_t from)
{
	size_t to;
	int negate = accept(p, TOKEN_NOT);
	struct node *node;

	if (negate < 0)
		return NULL;
	to = p->lexer.token.to;
	if (expect(p, TOKEN_EMPTY, "is wants `empty` or `not empty` here"))
		return NULL;
	node = node_over(p, NODE_IS_EMPTY, &left, 1);
	if (node)
		node->to = to;
	return node_not(p, node, negate, from);
}

/* contains "x", starts with "x", ends with "x" */
static struct node *parse_part(struct parser *p, struct node *left, enum node_kind kind)
{
	if (kind != NODE_CONTAINS) {
		if (!at_word(p, "with"))
			return fail(p, "`with` is missing here: starts with, ends with");
		if (lexer_next(&p->lexer))
			return NULL;
	}
	return node_pair(p, kind, left, parse_sum(p));
}

/* The words that may stand behind a `not`: x not in (…). */
static struct node *parse_relation(struct parser *p, struct node *left, enum token_kind kind)
{
	switch (kind) {
	case TOKEN_IN: return parse_in(p, left);
	case TOKEN_BETWEEN: return parse_between(p, left);
	case TOKEN_WITHIN: return parse_within(p, left);
	case TOKEN_CONTAINS: return parse_part(p, left, NODE_CONTAINS);
	case TOKEN_STARTS: return parse_part(p, left, NODE_STARTS);
	default: return parse_part(p, left, NODE_ENDS);
	}
}

static bool is_relation(enum token_kind kind)
{
	return kind == TOKEN_IN || kind == TOKEN_BETWEEN || kind == TOKEN_WITHIN || kind == TOKEN_CONTAINS ||
	       kind == TOKEN_STARTS || kind == TOKEN_ENDS;
}

static bool is_comparison(enum token_kind kind)
{
	return kind >= TOKEN_EQ && kind <= TOKEN_GE;
}

static struct node *parse_compare(struct parser *p, struct node *left, enum token_kind kind)
{
	struct node *node = node_pair(p, NODE_COMPARE, left, parse_sum(p));

	if (node)
		node->compare = (enum compare)(kind - TOKEN_EQ);
	if (node && is_comparison(p->lexer.token.kind))
		return fail(p, "two comparisons in a row; write a < x and x < b, or x between a and b");
	return node;
}

static struct node *parse_comparison(struct parser *p)
{
	struct node *left = parse_sum(p);
	enum token_kind kind = p->lexer.token.kind;
	bool negate = kind == TOKEN_NOT;
	size_t from;

	if (!left || !(is_comparison(kind) || is_relation(kind) || negate || kind == TOKEN_IS || kind == TOKEN_MATCH ||
		       kind == TOKEN_NO_MATCH))
		return left;
	from = left->from;
	if (kind == TOKEN_MATCH || kind == TOKEN_NO_MATCH)
		return node_not(p, parse_match(p, left), kind == TOKEN_NO_MATCH, from);
	if (lexer_next(&p->lexer))
		return NULL;
	if (is_comparison(kind))
		return parse_compare(p, left, kind);
	if (kind == TOKEN_IS)
		return parse_is(p, left, from);
	if (negate) {
		kind = p->lexer.token.kind;
		if (!is_relation(kind))
			return fail(p, "not wants in, between, contains, starts with, ends with or within here");
		if (lexer_next(&p->lexer))
			return NULL;
	}
	return node_not(p, parse_relation(p, left, kind), negate, from);
}

static struct node *parse_not(struct parser *p)
{
	return at_token(p, TOKEN_NOT) ? parse_prefix(p, NODE_NOT, parse_not) : parse_comparison(p);
}

/* a and b and c, a or b or c: one node each, however long. */
static struct node *parse_chain(struct parser *p, enum token_kind sign, enum node_kind kind,
				struct node *(*inner)(struct parser *))
{
	struct nodes nodes = { 0 };
	struct node *node = NULL;
	int more;

	do {
		more = nodes_add(&nodes, inner(p)) ? -1 : accept(p, sign);
	} while (more > 0);
	if (more == 0)
		node = nodes.count == 1 ? nodes.items[0] : node_over(p, kind, nodes.items, nodes.count);
	free(nodes.items);
	return node;
}

static struct node *parse_and(struct parser *p)
{
	return parse_chain(p, TOKEN_AND, NODE_AND, parse_not);
}

static struct node *parse_or(struct parser *p)
{
	struct node *node;

	if (enter(p))
		return NULL;
	node = parse_chain(p, TOKEN_OR, NODE_OR, parse_and);
	p->nesting--;
	return node;
}

struct node *expression_parse(struct slice text, struct arena *arena, struct fault *fault)
{
	struct parser p = { .lexer = { .source = text, .arena = arena, .fault = fault }, .arena = arena, .fault = fault };
	size_t valid = utf8_valid_length(text);
	struct node *node;
	const char *hint;

	if (text.len > EXPRESSION_LONGEST) {
		fault_set(fault, 0, 1, "too-long", "the expression has %zu bytes; the most are %d", text.len, EXPRESSION_LONGEST);
		return NULL;
	}
	if (valid < text.len) {
		fault_set(fault, valid, valid + 1, "encoding", "this is no UTF-8");
		return NULL;
	}
	if (lexer_next(&p.lexer))
		return NULL;
	if (at_token(&p, TOKEN_END))
		return fail(&p, "the expression is empty");
	node = parse_or(&p);
	if (!node || at_token(&p, TOKEN_END))
		return node;
	hint = hint_at(text, p.lexer.token.from);
	if (!*hint && at_token(&p, TOKEN_NAME))
		hint = "; a name with spaces stands in `backticks`";
	fault_set(fault, p.lexer.token.from, p.lexer.token.to, "syntax", "something is missing before this: and, or, a comparison%s", hint);
	return NULL;
}

struct slice name_nearest(struct slice name, const struct slice *names, size_t count)
{
	size_t near = nearest_index(names, count, name);

	for (size_t i = 0; near == count && i < count && name.len > 1; i++)
		if (slice_find(names[i], name) < names[i].len || (names[i].len > 1 && slice_find(name, names[i]) < name.len))
			near = i;
	return near < count ? names[near] : (struct slice){ 0 };
}
