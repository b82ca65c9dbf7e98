#include "rule/types.h"

#include "base/civil.h"
#include "clean/date.h"
#include "clean/text.h"
#include "rule/convert.h"
#include "rule/parse.h"

struct checker {
	const struct scope *scope;
	struct arena *arena;
	struct fault *fault;   /* the last one, or room for the first */
	bool faulty;
};

/* Columns that the tools write. */
static const struct { const char *name; enum type type; } known_columns[] = {
	{ "recency_days", TYPE_NUMBER }, { "frequency", TYPE_NUMBER }, { "monetary", TYPE_NUMBER }, { "avg_order", TYPE_NUMBER },
	{ "r_score", TYPE_NUMBER }, { "f_score", TYPE_NUMBER }, { "m_score", TYPE_NUMBER }, { "amount_12m", TYPE_NUMBER },
	{ "profit_12m", TYPE_NUMBER }, { "orders_12m", TYPE_NUMBER }, { "revenue_share", TYPE_NUMBER },
	{ "p_alive", TYPE_NUMBER }, { "expected_orders", TYPE_NUMBER }, { "expected_order_value", TYPE_NUMBER },
	{ "clv", TYPE_NUMBER }, { "days_since_last", TYPE_NUMBER }, { "typical_gap_days", TYPE_NUMBER },
	{ "overdue_ratio", TYPE_NUMBER }, { "churn_risk", TYPE_NUMBER }, { "record_count", TYPE_NUMBER },
	{ "first_order", TYPE_DATE }, { "last_order", TYPE_DATE },
	{ "tags", TYPE_LIST }, { "churn_reasons", TYPE_LIST },
};

static int settle(struct checker *c, struct node **at);

/* Room for one more fault of the expression. */
static struct fault *next_fault(struct checker *c)
{
	if (c->faulty) {
		c->fault->next = arena_zero(c->arena, 1, sizeof *c->fault);
		c->fault = c->fault->next;
	}
	c->faulty = true;
	return c->fault;
}

static int wrong_type(struct checker *c, const struct node *node, enum type want)
{
	return fault_set(next_fault(c), node->from, node->to, "type", "%s is needed here, this is %s", type_name(want),
			 type_name(node->type));
}

enum type types_of_column(struct slice name)
{
	for (size_t i = 0; i < sizeof known_columns / sizeof *known_columns; i++)
		if (slice_equal(name, slice_of(known_columns[i].name)))
			return known_columns[i].type;
	return TYPE_CELL;
}

/* Exactly so, then as a role, then but for case, then without its unit: 成交金额(万元). */
size_t types_find_column(const struct scope *scope, struct slice name)
{
	enum role role = role_by_name(name);
	size_t i;

	for (i = 0; i < scope->columns; i++)
		if (slice_equal(scope->headers[i], name))
			return i;
	if (role != ROLE_NONE && scope->roles && (i = roles_find(scope->roles, scope->columns, role)) < scope->columns)
		return i;
	for (i = 0; i < scope->columns; i++)
		if (slice_equal_nocase(scope->headers[i], name))
			return i;
	for (i = 0; i < scope->columns; i++)
		if (slice_equal(role_without_unit(scope->headers[i]), name))
			return i;
	return scope->columns;
}

static struct node *convert_node(struct checker *c, struct node *inner, enum type type)
{
	struct node *node = arena_zero(c->arena, 1, sizeof *node);

	*node = (struct node){ .kind = NODE_CONVERT, .type = type, .from = inner->from, .to = inner->to, .depth = inner->depth + 1,
			       .arg_count = 1, .has_statistic = inner->has_statistic };
	node->args = arena_get(c->arena, 1, sizeof(struct node *));
	node->args[0] = inner;
	return node;
}

/* Goes on, so that every unknown name of an expression is told: a cell fits anywhere. */
static void unknown_column(struct checker *c, const struct node *node)
{
	const struct scope *scope = c->scope;
	struct slice near = name_nearest(node->text, scope->headers, scope->columns);

	for (size_t i = scope->condition_count; i < scope->condition_total; i++)
		if (slice_equal(node->text, scope->conditions[i])) {
			fault_set(next_fault(c), node->from, node->to, "later-condition", "this condition comes later in the file; put it first");
			return;
		}
	if (!near.ptr)
		near = name_nearest(node->text, scope->conditions, scope->condition_count);
	fault_set(next_fault(c), node->from, node->to, "unknown-column", "the input has no column '%.*s'%s%.*s%s",
		  SLICE_ARG(slice_first(node->text, 100)), near.ptr ? "; nearest: '" : node->operand ? "; a text stands in quotes" : "",
		  SLICE_ARG(slice_first(near, 100)), near.ptr ? "'" : "");
}

static bool is_optional(const struct scope *scope, struct slice name)
{
	for (size_t i = 0; i < scope->optional_count; i++)
		if (slice_equal(scope->optional[i], name))
			return true;
	return false;
}

static int settle_column(struct checker *c, struct node **at)
{
	struct node *node = *at;
	const struct scope *scope = c->scope;
	enum type type;

	for (size_t i = 0; i < scope->condition_count && !node->quoted; i++) {
		if (slice_equal(node->text, scope->conditions[i])) {
			node->kind = NODE_CONDITION;
			node->index = i;
			node->type = TYPE_TRUTH;
			node->has_statistic = scope->statistical && scope->statistical[i];
			return 0;
		}
	}
	node->index = scope->headers ? types_find_column(scope, node->text) : 0;
	if (scope->headers && node->index == scope->columns) /* headers are clean: 单价（元） is 单价(元) */
		node->index = types_find_column(scope, text_clean(node->text, c->arena));
	if (scope->headers && node->index == scope->columns) {
		if (!is_optional(scope, node->text)) {
			unknown_column(c, node);
			return 0;
		}
		node->kind = NODE_UNKNOWN;
	}
	type = types_of_column(scope->headers && node->kind == NODE_COLUMN ? scope->headers[node->index] : node->text);
	if (node->kind == NODE_COLUMN && scope->roles && type == TYPE_CELL && scope->roles[node->index].role == ROLE_TAGS)
		type = TYPE_LIST;
	if (type != TYPE_CELL)
		*at = convert_node(c, node, type);
	return 0;
}

/* A text that is a date, where a date is needed. */
static bool literal_date(struct node *node)
{
	struct date date;

	if (node->kind != NODE_TEXT || date_parse(node->text, DATE_ORDER_UNKNOWN, &date) != DATE_OK)
		return false;
	node->kind = NODE_DATE;
	node->type = TYPE_DATE;
	node->date = date.days;
	return true;
}

/* Makes *at give `want`, where it can without being told so: cells do, lists are texts, texts are lists of one. */
static int convert(struct checker *c, struct node **at, enum type want)
{
	struct node *node = *at;
	size_t i = node->function == CALL_IF;

	if (node->type == want || want == TYPE_CELL)
		return 0;
	if (node->type == TYPE_CELL && node->kind == NODE_CALL) {
		for (; i < node->arg_count; i++)
			if (convert(c, &node->args[i], want))
				return -1;
		node->type = want;
		return 0;
	}
	if (node->type == TYPE_CELL || (node->type == TYPE_LIST && want == TYPE_TEXT) ||
	    (node->type == TYPE_TEXT && want == TYPE_LIST)) {
		*at = convert_node(c, node, want);
		return 0;
	}
	return want == TYPE_DATE && literal_date(node) ? 0 : wrong_type(c, node, want);
}

static int convert_all(struct checker *c, struct node *node, enum type want)
{
	for (size_t i = 0; i < node->arg_count; i++)
		if (convert(c, &node->args[i], want))
			return -1;
	return 0;
}

/* The type that the arguments from `first` on have in common; cells take that of the others. */
static int unify(struct checker *c, struct node *node, size_t first, enum type *common)
{
	*common = TYPE_CELL;
	for (size_t i = first; i < node->arg_count; i++)
		if (*common == TYPE_CELL || (*common == TYPE_TEXT && node->args[i]->type != TYPE_CELL))
			*common = node->args[i]->type;
	for (size_t i = first; i < node->arg_count; i++)
		if (convert(c, &node->args[i], *common))
			return -1;
	return 0;
}

static int refuse_empty_text(struct checker *c, const struct node *node)
{
	for (size_t i = 0; i < node->arg_count; i++)
		if (node->args[i]->kind == NODE_TEXT && node->args[i]->text.len == 0)
			return fault_set(next_fault(c), node->args[i]->from, node->args[i]->to, "empty-text",
					 "an empty cell is unknown and equals no text; write: is empty");
	return 0;
}

/* A text literal in the form of a date that cannot be anything else: with the year first, and signs. */
static bool is_date_form(struct slice text, struct date *date)
{
	bool signs = slice_find_byte(text, '-') < text.len || slice_find_byte(text, '/') < text.len || slice_find(text, SLICE("年")) < text.len;

	return signs && text.len >= 8 && text.ptr[0] >= '1' && text.ptr[0] <= '2' && date_parse(text, DATE_ORDER_UNKNOWN, date) == DATE_OK;
}

/* What is in quotes beside a column of any kind: a date is one, or 2024/3/5 would go before 2024-03-04; a number would be compared as text. */
static int settle_quoted(struct checker *c, struct node *node)
{
	bool ordered = node->kind == NODE_BETWEEN || (node->kind == NODE_COMPARE && node->compare > COMPARE_NE);
	struct date date;
	double number;

	if (node->kind == NODE_IN)
		return 0;
	for (size_t i = 0; i < node->arg_count; i++)
		if (node->args[i]->type != TYPE_CELL && node->args[i]->kind != NODE_TEXT && node->args[i]->type != TYPE_DATE)
			return 0;
	for (size_t i = 0; i < node->arg_count; i++) {
		struct node *arg = node->args[i];

		if (arg->kind != NODE_TEXT)
			continue;
		if (is_date_form(arg->text, &date))
			literal_date(arg);
		else if (ordered && convert_number(arg->text, 1, &number) == CONVERT_OK)
			return fault_set(next_fault(c), arg->from, arg->to, "type", "what is in quotes is text; a number stands without them: %.*s",
					 SLICE_ARG(slice_first(arg->text, 40)));
	}
	return 0;
}

/* percentile(amount) >= 80% would be nearly everybody. */
static int refuse_share(struct checker *c, const struct node *node)
{
	for (size_t i = 0; i < node->arg_count; i++)
		if (node->args[i]->kind == NODE_NUMBER && node->args[i]->number > 0 && node->args[i]->number < 1 &&
		    node->args[0]->kind == NODE_STATISTIC && node->args[0]->statistic == STATISTIC_PERCENTILE)
			return fault_set(next_fault(c), node->args[i]->from, node->args[i]->to, "type", "a percentile is from 0 to 100: write 80, not 80%% or 0.8");
	return 0;
}

static int settle_compare(struct checker *c, struct node *node)
{
	enum type common;

	if (refuse_empty_text(c, node) || settle_quoted(c, node) || refuse_share(c, node) || unify(c, node, 0, &common))
		return -1;
	if (common == TYPE_LIST)
		return fault_set(next_fault(c), node->from, node->to, "type", "a list cannot be compared; write: \"VIP\" in tags");
	if (common == TYPE_TRUTH && (node->kind == NODE_BETWEEN || node->compare > COMPARE_NE))
		return fault_set(next_fault(c), node->from, node->to, "type", "true and false have no order");
	node->type = TYPE_TRUTH;
	return 0;
}

/* date ± days, date − date; else numbers. A cell beside a date is days in a sum, and a date in a difference. */
static int settle_sum(struct checker *c, struct node *node)
{
	struct node **a = &node->args[0], **b = &node->args[1];
	bool minus = node->kind == NODE_SUBTRACT;

	node->type = TYPE_NUMBER;
	if (minus && (*b)->type == TYPE_DATE)
		return convert(c, a, TYPE_DATE);
	if (minus && (*a)->type == TYPE_DATE && (*b)->type == TYPE_CELL)
		return convert(c, b, TYPE_DATE);
	if ((*a)->type == TYPE_DATE || (!minus && (*b)->type == TYPE_DATE)) {
		node->type = TYPE_DATE;
		return convert(c, (*a)->type == TYPE_DATE ? b : a, TYPE_NUMBER);
	}
	return convert_all(c, node, TYPE_NUMBER);
}

/* A column whose type is known, as it stands. */
static struct node *bare_column(struct node *node)
{
	bool bare = node->kind == NODE_CONVERT && (node->args[0]->kind == NODE_COLUMN || node->args[0]->kind == NODE_UNKNOWN);

	return bare ? node->args[0] : node;
}

/* What a column says is a text, too: last_order starts with '2024-03'. */
static int settle_text(struct checker *c, struct node *node)
{
	node->type = TYPE_TRUTH;
	for (size_t i = 0; i < node->arg_count; i++)
		if (node->args[i]->type != TYPE_LIST)
			node->args[i] = bare_column(node->args[i]);
	if (node->kind == NODE_CONTAINS && node->args[0]->type == TYPE_LIST) {
		struct node *list = node->args[0];

		node->kind = NODE_MEMBER;
		node->args[0] = node->args[1];
		node->args[1] = list;
		return convert(c, &node->args[0], TYPE_TEXT);
	}
	return convert_all(c, node, TYPE_TEXT);
}

static int settle_if(struct checker *c, struct node *node)
{
	if (convert(c, &node->args[0], TYPE_TRUTH))
		return -1;
	return unify(c, node, 1, &node->type);
}

/* min and max: of dates, else of numbers. */
static int settle_extreme(struct checker *c, struct node *node)
{
	if (unify(c, node, 0, &node->type))
		return -1;
	if (node->type == TYPE_CELL)
		node->type = TYPE_NUMBER;
	if (node->type != TYPE_NUMBER && node->type != TYPE_DATE)
		return wrong_type(c, node->args[0], TYPE_NUMBER);
	return convert_all(c, node, node->type);
}

/* number(x), date(x), text(x), list(x): any type but those that make no sense. */
static int settle_cast(struct checker *c, struct node **at, enum type type)
{
	struct node *inner = (*at)->args[0], *column = bare_column(inner);
	bool sense = inner->type == type || inner->type == TYPE_CELL || inner->type == TYPE_TEXT || type == TYPE_TEXT ||
		     (inner->type == TYPE_LIST && type == TYPE_LIST);

	if (column != inner && inner->type != type)
		inner = column;
	else if (!sense)
		return wrong_type(c, inner, type);
	*at = inner->type == type ? inner : convert_node(c, inner, type);
	return 0;
}

static int settle_call(struct checker *c, struct node **at)
{
	struct node *node = *at;

	node->type = TYPE_NUMBER;
	switch (node->function) {
	case CALL_IF: return settle_if(c, node);
	case CALL_COALESCE: return unify(c, node, 0, &node->type);
	case CALL_MIN:
	case CALL_MAX: return settle_extreme(c, node);
	case CALL_LOWER:
	case CALL_UPPER:
	case CALL_TRIM:
		node->type = TYPE_TEXT;
		return convert(c, &node->args[0], TYPE_TEXT);
	case CALL_LENGTH: return node->args[0]->type == TYPE_LIST ? 0 : convert(c, &node->args[0], TYPE_TEXT);
	case CALL_DAYS_SINCE:
	case CALL_MONTHS_SINCE:
	case CALL_YEAR:
	case CALL_MONTH:
	case CALL_DAY: return convert(c, &node->args[0], TYPE_DATE);
	case CALL_DECAY: return convert(c, &node->args[0], TYPE_DATE) || convert(c, &node->args[1], TYPE_NUMBER) ? -1 : 0;
	case CALL_NUMBER: return settle_cast(c, at, TYPE_NUMBER);
	case CALL_DATE: return settle_cast(c, at, TYPE_DATE);
	case CALL_TEXT: return settle_cast(c, at, TYPE_TEXT);
	case CALL_LIST: return settle_cast(c, at, TYPE_LIST);
	default: return convert_all(c, node, TYPE_NUMBER);
	}
}

/* A column is asked as it stands: a cell that is no date is not empty. */
static int settle_is_empty(struct node *node)
{
	node->args[0] = bare_column(node->args[0]);
	node->type = TYPE_TRUTH;
	return 0;
}

static int settle_member(struct checker *c, struct node *node)
{
	node->type = TYPE_TRUTH;
	if (convert(c, &node->args[0], TYPE_TEXT))
		return -1;
	return convert(c, &node->args[1], TYPE_LIST);
}

static int settle_within(struct checker *c, struct node *node)
{
	node->type = TYPE_TRUTH;
	if (convert(c, &node->args[0], TYPE_DATE))
		return -1;
	return convert(c, &node->args[1], TYPE_NUMBER);
}

static int settle_statistic(struct checker *c, struct node *node)
{
	size_t values = node->arg_count - node->grouped;

	for (size_t i = 0; i < node->arg_count; i++)
		if (node->args[i]->has_statistic)
			return fault_set(next_fault(c), node->args[i]->from, node->args[i]->to, "nested", "a statistic of a statistic has no meaning");
	node->type = TYPE_NUMBER;
	if (node->grouped && node->args[values]->type != TYPE_TEXT)
		node->args[values] = convert_node(c, node->args[values], TYPE_TEXT);
	return values && node->statistic != STATISTIC_COUNT ? convert(c, &node->args[0], TYPE_NUMBER) : 0;
}

static int settle_logic(struct checker *c, struct node *node)
{
	node->type = TYPE_TRUTH;
	return convert_all(c, node, TYPE_TRUTH);
}

static int settle_number(struct checker *c, struct node *node)
{
	node->type = TYPE_NUMBER;
	return convert_all(c, node, TYPE_NUMBER);
}

static int settle_kind(struct checker *c, struct node **at)
{
	struct node *node = *at;

	switch (node->kind) {
	case NODE_NUMBER: node->type = TYPE_NUMBER; return 0;
	case NODE_TEXT: node->type = TYPE_TEXT; return 0;
	case NODE_DATE:
	case NODE_TODAY: node->type = TYPE_DATE; return 0;
	case NODE_TRUTH: node->type = TYPE_TRUTH; return 0;
	case NODE_IS_EMPTY: return settle_is_empty(node);
	case NODE_COLUMN: return settle_column(c, at);
	case NODE_OR:
	case NODE_AND:
	case NODE_NOT: return settle_logic(c, node);
	case NODE_COMPARE:
	case NODE_IN:
	case NODE_BETWEEN: return settle_compare(c, node);
	case NODE_ADD:
	case NODE_SUBTRACT: return settle_sum(c, node);
	case NODE_MULTIPLY:
	case NODE_DIVIDE:
	case NODE_NEGATE: return settle_number(c, node);
	case NODE_MEMBER: return settle_member(c, node);
	case NODE_MATCH:
	case NODE_CONTAINS:
	case NODE_STARTS:
	case NODE_ENDS: return settle_text(c, node);
	case NODE_WITHIN: return settle_within(c, node);
	case NODE_CALL: return settle_call(c, at);
	case NODE_STATISTIC: return settle_statistic(c, node);
	default: return 0;
	}
}

/* Depth is bounded by the parser. */
static int settle(struct checker *c, struct node **at)
{
	for (size_t i = 0; i < (*at)->arg_count; i++) {
		(*at)->args[i]->operand = i > 0 && ((*at)->kind == NODE_COMPARE || (*at)->kind == NODE_IN);
		if (settle(c, &(*at)->args[i]))
			return -1;
		(*at)->has_statistic |= (*at)->args[i]->has_statistic;
	}
	return settle_kind(c, at);
}

int types_settle(struct node **root, enum type want, const struct scope *scope, struct arena *arena, struct fault *fault)
{
	struct checker c = { scope, arena, fault, false };

	return settle(&c, root) || convert(&c, root, want) || c.faulty ? -1 : 0;
}
