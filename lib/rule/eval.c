#include "rule/eval.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "clean/text.h"
#include "rule/convert.h"

/* Days that civil can print: years 1 to 9999. */
enum { DAY_FIRST = -719162, DAY_LAST = 2932896 };

typedef struct value *operation(struct evaluator *e, const struct instruction *code, struct value *top);

void evaluator_init(struct evaluator *e, const struct program *program, int32_t as_of, bool trace)
{
	memset(e, 0, sizeof *e);
	e->program = program;
	e->as_of = as_of;
	e->trace = trace;
	e->stack = memory_get(program->stack + 1, sizeof *e->stack);
	e->loaded = memory_get(program->load_count + 1, sizeof *e->loaded);
	e->loaded_at = memory_zero(program->load_count + 1, sizeof *e->loaded_at);
	e->judged = memory_get(program->condition_count + 1, sizeof *e->judged);
	e->judged_at = memory_zero(program->condition_count + 1, sizeof *e->judged_at);
	e->touched = memory_zero(program->load_count + 1, sizeof *e->touched);
	e->unusable = memory_zero(program->load_count + 1, sizeof *e->unusable);
	e->scratch = regex_scratch_new();
	arena_init(&e->arena);
}

void evaluator_release(struct evaluator *e)
{
	free(e->stack);
	free(e->loaded);
	free(e->loaded_at);
	free(e->judged);
	free(e->judged_at);
	free(e->touched);
	free(e->unusable);
	regex_scratch_free(e->scratch);
	arena_release(&e->arena);
}

void evaluator_row(struct evaluator *e, const struct slice *cells, struct row_facts facts, uint64_t input, uint64_t line)
{
	e->cells = cells;
	e->facts = facts;
	e->input = input;
	e->line = line;
	e->row++;
	e->fault.code = NULL;
	arena_reset(&e->arena);
}

void evaluator_forget(struct evaluator *e)
{
	memset(e->touched, 0, e->program->load_count);
}

static bool is_before(const struct unusable *a, const struct unusable *b)
{
	return b->count == 0 || a->input < b->input || (a->input == b->input && a->line < b->line);
}

void unusable_merge(struct unusable *to, const struct unusable *from, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t sum = to[i].count + from[i].count;

		if (from[i].count && is_before(&from[i], &to[i]))
			to[i] = from[i];
		to[i].count = sum;
	}
}

const char *unusable_code(enum type type)
{
	return type == TYPE_NUMBER ? "not-a-number" : type == TYPE_DATE ? "not-a-date" : "not-true-or-false";
}

static void note_unusable(struct evaluator *e, size_t load, struct slice cell)
{
	struct unusable here = { 1, e->input, e->line, "" }, *known = &e->unusable[load];

	if (e->strict && !e->fault.code)
		e->fault = (struct eval_fault){ unusable_code(e->program->loads[load].type), e->program->loads[load].column + 1,
						"a rule needs this cell" };
	if (!is_before(&here, known)) {
		known->count++;
		return;
	}
	diag_quote(cell, here.sample);
	here.count += known->count;
	*known = here;
}

/* A cell as a type. */
static enum convert_result read_cell(const struct evaluator *e, const struct load *load, struct slice cell, struct value *value)
{
	switch (load->type) {
	case TYPE_NUMBER:
		return convert_number(cell, e->facts.roles ? e->facts.roles[load->column].unit : 1, &value->number);
	case TYPE_DATE:
		return convert_date(cell, e->facts.date_orders ? e->facts.date_orders[load->column] : DATE_ORDER_UNKNOWN, &value->date);
	case TYPE_TRUTH: return convert_truth(cell, &value->truth);
	case TYPE_LIST: value->text = slice_first(cell, convert_is_empty(cell) ? 0 : cell.len); return CONVERT_OK;
	default: value->text = cell; return convert_is_empty(cell) ? CONVERT_EMPTY : CONVERT_OK;
	}
}

static const struct value *load_value(struct evaluator *e, size_t number)
{
	const struct load *load = &e->program->loads[number];
	struct value *value = &e->loaded[number];
	enum convert_result result;

	if (e->trace)
		e->touched[number] = true;
	if (e->loaded_at[number] != e->row) {
		e->loaded_at[number] = e->row;
		result = read_cell(e, load, e->cells[load->column], value);
		value->known = result == CONVERT_OK;
		if (result == CONVERT_BAD)
			note_unusable(e, number, e->cells[load->column]);
	}
	return value;
}

/* Three-valued logic; false decides an and, true an or. */
static struct value both(struct value a, struct value b, bool and)
{
	struct value result = { .known = true, .truth = !and };

	if ((a.known && a.truth != and) || (b.known && b.truth != and))
		return result;
	result.known = a.known && b.known;
	result.truth = and;
	return result;
}

static struct value truth_of(bool truth, bool known)
{
	return (struct value){ .truth = truth, .known = known };
}

static bool compare_holds(int order, enum compare compare)
{
	switch (compare) {
	case COMPARE_EQ: return order == 0;
	case COMPARE_NE: return order != 0;
	case COMPARE_LT: return order < 0;
	case COMPARE_LE: return order <= 0;
	case COMPARE_GT: return order > 0;
	default: return order >= 0;
	}
}

int eval_number_order(double a, double b)
{
	if (a == b || fabs(a - b) <= 4 * DBL_EPSILON * fmax(fabs(a), fabs(b)))
		return 0;
	return a < b ? -1 : 1;
}

static int order_of(enum type type, const struct value *a, const struct value *b)
{
	switch (type) {
	case TYPE_NUMBER: return eval_number_order(a->number, b->number);
	case TYPE_DATE: return (a->date > b->date) - (a->date < b->date);
	case TYPE_TRUTH: return a->truth - b->truth;
	default: return slice_compare(a->text, b->text);
	}
}

/*
 * Two cells of which nothing else is known: as numbers if both are, as dates if both are. Else they are texts, which may be equal
 * or not, but have no order that anybody means.
 */
static struct value compare_cells(const struct value *a, const struct value *b, enum compare compare)
{
	struct value x, y;
	bool known = a->known && b->known;

	if (!known)
		return truth_of(false, false);
	if (convert_number(a->text, 1, &x.number) == CONVERT_OK && convert_number(b->text, 1, &y.number) == CONVERT_OK)
		return truth_of(compare_holds(eval_number_order(x.number, y.number), compare), true);
	if (convert_date(a->text, DATE_ORDER_UNKNOWN, &x.date) == CONVERT_OK &&
	    convert_date(b->text, DATE_ORDER_UNKNOWN, &y.date) == CONVERT_OK)
		return truth_of(compare_holds(order_of(TYPE_DATE, &x, &y), compare), true);
	return truth_of(compare_holds(slice_compare(a->text, b->text), compare), compare <= COMPARE_NE);
}

static struct value number_of(double number, bool known)
{
	return (struct value){ .number = number, .known = known && isfinite(number) };
}

static struct value date_of(double days, bool known)
{
	known = known && days >= DAY_FIRST && days <= DAY_LAST;
	return (struct value){ .date = known ? (int32_t)floor(days) : 0, .known = known };
}

static struct value *op_arithmetic(struct evaluator *e, const struct instruction *code, struct value *top)
{
	double a = top[-1].number, b = top[0].number;
	bool known = top[-1].known && top[0].known;

	(void)e;
	switch (code->op) {
	case OP_ADD: top[-1] = number_of(a + b, known); break;
	case OP_SUBTRACT: top[-1] = number_of(a - b, known); break;
	case OP_MULTIPLY: top[-1] = number_of(a * b, known); break;
	default: top[-1] = number_of(b != 0 ? a / b : 0, known && b != 0); break;
	}
	return top - 1;
}

static struct value *op_negate(struct evaluator *e, const struct instruction *code, struct value *top)
{
	(void)e, (void)code;
	top->number = -top->number;
	return top;
}

static struct value *op_date_add(struct evaluator *e, const struct instruction *code, struct value *top)
{
	double days = top[0].known ? top[0].number : 0;

	(void)e;
	top[-1] = date_of(top[-1].date + (code->detail ? -days : days), top[-1].known && top[0].known);
	return top - 1;
}

static struct value *op_date_subtract(struct evaluator *e, const struct instruction *code, struct value *top)
{
	(void)e, (void)code;
	top[-1] = number_of((double)top[-1].date - top[0].date, top[-1].known && top[0].known);
	return top - 1;
}

/* Whether a sorted array has the number, or one that differs by rounding only. */
static bool has_number(const struct set *set, double number)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = eval_number_order(set->numbers[middle], number);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static struct value *op_in_set(struct evaluator *e, const struct instruction *code, struct value *top)
{
	const struct set *set = &e->program->sets[code->operand];
	bool has = false;

	if (top->known && set->type == TYPE_TEXT)
		has = map_find(&set->texts, top->text) != MAP_NONE;
	else if (top->known)
		has = has_number(set, set->type == TYPE_DATE ? top->date : top->number);
	*top = truth_of(has, top->known);
	return top;
}

/* As x = a or x = b or … */
static struct value *op_in_stack(struct evaluator *e, const struct instruction *code, struct value *top)
{
	struct value *value = top - code->operand, result = truth_of(false, true), equal;

	(void)e;
	for (struct value *item = value + 1; item <= top; item++) {
		if (code->detail == TYPE_CELL)
			equal = compare_cells(value, item, COMPARE_EQ);
		else if (value->known && item->known)
			equal = truth_of(order_of((enum type)code->detail, value, item) == 0, true);
		else
			equal = truth_of(false, false);
		result = both(result, equal, false);
	}
	*value = result;
	return value;
}

static struct value at_least(enum type type, const struct value *a, const struct value *b)
{
	if (type == TYPE_CELL)
		return compare_cells(a, b, COMPARE_GE);
	if (!a->known || !b->known)
		return truth_of(false, false);
	return truth_of(order_of(type, a, b) >= 0, true);
}

static struct value *op_between(struct evaluator *e, const struct instruction *code, struct value *top)
{
	enum type type = (enum type)code->detail;

	(void)e;
	top[-2] = both(at_least(type, &top[-2], &top[-1]), at_least(type, &top[0], &top[-2]), true);
	return top - 2;
}

static struct value *op_is_empty(struct evaluator *e, const struct instruction *code, struct value *top)
{
	(void)e, (void)code;
	*top = truth_of(!top->known, true);
	return top;
}

static struct value *op_match(struct evaluator *e, const struct instruction *code, struct value *top)
{
	enum regex_result result;

	if (!top->known) {
		*top = truth_of(false, false);
		return top;
	}
	result = regex_match(e->program->regexes[code->operand], e->scratch, top->text);
	if (result > REGEX_YES && !e->fault.code) {
		e->fault.code = result == REGEX_LIMIT ? "regex-limit" : "encoding-error";
		e->fault.reason = result == REGEX_LIMIT ? "a pattern of the rules is too hard for this text; make it simpler"
							: "a pattern of the rules meets a text that is no UTF-8";
		e->fault.column = e->program->regex_columns[code->operand];
	}
	*top = truth_of(result == REGEX_YES, result <= REGEX_YES);
	return top;
}

static struct value *op_text(struct evaluator *e, const struct instruction *code, struct value *top)
{
	struct slice a = top[-1].text, b = top[0].text;
	bool holds = false, known = top[-1].known && top[0].known;

	(void)e;
	if (known && code->op == OP_CONTAINS)
		holds = b.len == 0 || slice_find(a, b) < a.len;
	else if (known && code->op == OP_STARTS)
		holds = slice_starts_with(a, b);
	else if (known && code->op == OP_ENDS)
		holds = slice_ends_with(a, b);
	else if (known)
		holds = list_has(b, a);
	top[-1] = truth_of(holds, known);
	return top - 1;
}

static int32_t days_away(int32_t from, double count, enum unit unit)
{
	int32_t days;

	if (fabs(count) > 100000)
		return count < 0 ? DAY_FIRST : DAY_LAST;
	if (unit == UNIT_MONTHS || unit == UNIT_YEARS) {
		days = civil_add_months(from, (int)count * (unit == UNIT_YEARS ? 12 : 1));
		return days != CIVIL_NONE ? days : count < 0 ? DAY_FIRST : DAY_LAST;
	}
	return from + (int32_t)floor(count * (unit == UNIT_WEEKS ? 7 : 1));
}

static struct value *op_within(struct evaluator *e, const struct instruction *code, struct value *top)
{
	bool next = code->detail & 8, known = top[-1].known && top[0].known;
	int32_t date = top[-1].date, edge = known ? days_away(e->as_of, next ? top[0].number : -top[0].number, code->detail & 7) : 0;

	top[-1] = truth_of(next ? date >= e->as_of && date <= edge : date >= edge && date <= e->as_of, known);
	return top - 1;
}

static struct value convert_value(struct evaluator *e, const struct value *from, enum type from_type, enum type to)
{
	static const struct load as_is[] = { { 0, TYPE_CELL }, { 0, TYPE_TEXT }, { 0, TYPE_NUMBER }, { 0, TYPE_DATE },
					     { 0, TYPE_TRUTH }, { 0, TYPE_LIST } };
	struct value value = { .known = from->known };
	struct evaluator plain = { .program = e->program };

	if (!from->known && to == TYPE_LIST)
		return (struct value){ .known = true };
	if (!from->known)
		return value;
	if (from_type == TYPE_NUMBER)
		value.text = convert_from_number(from->number, &e->arena);
	else if (from_type == TYPE_DATE)
		value.text = convert_from_date(from->date, &e->arena);
	else if (from_type == TYPE_TRUTH)
		value.text = from->truth ? SLICE("true") : SLICE("false");
	else
		value.known = read_cell(&plain, &as_is[to], from->text, &value) == CONVERT_OK;
	return value;
}

static struct value *op_convert(struct evaluator *e, const struct instruction *code, struct value *top)
{
	*top = convert_value(e, top, (enum type)(code->detail / 8), (enum type)(code->detail % 8));
	return top;
}

/* Full months from a to b; below zero when b is before a. */
static int months_between(int32_t a, int32_t b)
{
	struct civil from = civil_from_days(a), to = civil_from_days(b);
	int months = (to.year - from.year) * 12 + to.month - from.month;

	if (b >= a)
		return months - (to.day < from.day);
	return months + (to.day > from.day);
}

static double round_to(double number, double digits)
{
	double factor = pow(10, fmin(fmax(trunc(digits), -15), 15)), scaled = number * factor;

	if (fabs(scaled) >= 1e15) /* there is nothing to round */
		return number;
	/* What stands a rounding error under a half is a half. */
	return round(scaled + scaled * 4 * DBL_EPSILON) / factor;
}

/* Half of it is left after `half_life` days; all of it before that day has come. */
static double decay(int32_t date, double half_life, int32_t as_of)
{
	double age = fmax((double)as_of - date, 0);

	return half_life > 0 ? exp2(-age / half_life) : NAN;
}

static double call_number(enum function function, const struct value *args, size_t count, int32_t as_of)
{
	switch (function) {
	case CALL_ABS: return fabs(args[0].number);
	case CALL_ROUND: return round_to(args[0].number, count > 1 ? args[1].number : 0);
	case CALL_FLOOR: return floor(args[0].number);
	case CALL_CEIL: return ceil(args[0].number);
	case CALL_DAYS_SINCE: return (double)as_of - args[0].date;
	case CALL_MONTHS_SINCE: return months_between(args[0].date, as_of);
	case CALL_DECAY: return decay(args[0].date, args[1].number, as_of);
	case CALL_YEAR: return civil_from_days(args[0].date).year;
	case CALL_MONTH: return civil_from_days(args[0].date).month;
	default: return civil_from_days(args[0].date).day;
	}
}

static struct value call_text(struct evaluator *e, enum function function, struct slice text)
{
	struct value value = { .known = true };

	value.text = function == CALL_LOWER ? convert_lower(text, &e->arena) :
		     function == CALL_UPPER ? convert_upper(text, &e->arena) : text_clean(text, &e->arena);
	return value;
}

static struct value extreme(enum type type, const struct value *args, size_t count, bool most)
{
	struct value best = args[0];

	for (size_t i = 1; i < count; i++)
		if (order_of(type, &args[i], &best) * (most ? 1 : -1) > 0)
			best = args[i];
	return best;
}

static struct value *op_call(struct evaluator *e, const struct instruction *code, struct value *top)
{
	size_t count = code->operand & 0xFFFF;
	enum type type = (enum type)(code->operand >> 16);
	enum function function = (enum function)code->detail;
	struct value *args = top + 1 - count;
	bool known = true;

	for (size_t i = 0; i < count; i++)
		known &= args[i].known;
	if (!known)
		args[0] = (struct value){ .known = false };
	else if (function == CALL_LENGTH)
		args[0] = number_of((double)(type == TYPE_LIST ? list_count(args[0].text) : utf8_count(args[0].text)), true);
	else if (function == CALL_MIN || function == CALL_MAX)
		args[0] = extreme(type, args, count, function == CALL_MAX);
	else if (function == CALL_LOWER || function == CALL_UPPER || function == CALL_TRIM)
		args[0] = call_text(e, function, args[0].text);
	else
		args[0] = number_of(call_number(function, args, count, e->as_of), true);
	return args;
}

static struct value *op_statistic(struct evaluator *e, const struct instruction *code, struct value *top)
{
	const struct statistic_spec *spec = &e->program->statistics[code->operand];
	bool placed = spec->kind == STATISTIC_PERCENTILE || spec->kind == STATISTIC_RANK;
	const struct value *key = spec->grouped ? top : NULL, *value = placed ? top - spec->grouped : NULL;
	double result = 0;
	bool known = e->statistics && (!key || key->known) && (!value || value->known);

	if (known)
		known = statistics_get(e->statistics, code->operand, key ? key->text : (struct slice){ 0 }, value ? value->number : 0, &result);
	top += 1 - spec->grouped - placed;
	*top = number_of(result, known);
	return top;
}

static operation *const operations[OP_COUNT] = {
	[OP_ADD] = op_arithmetic, [OP_SUBTRACT] = op_arithmetic, [OP_MULTIPLY] = op_arithmetic, [OP_DIVIDE] = op_arithmetic,
	[OP_NEGATE] = op_negate, [OP_DATE_ADD] = op_date_add, [OP_DATE_SUBTRACT] = op_date_subtract, [OP_IN_SET] = op_in_set,
	[OP_IN_STACK] = op_in_stack, [OP_BETWEEN] = op_between, [OP_IS_EMPTY] = op_is_empty, [OP_MATCH] = op_match,
	[OP_CONTAINS] = op_text, [OP_STARTS] = op_text, [OP_ENDS] = op_text, [OP_MEMBER] = op_text, [OP_WITHIN] = op_within,
	[OP_CONVERT] = op_convert, [OP_STATISTIC] = op_statistic, [OP_CALL] = op_call,
};

static struct value run_at(struct evaluator *e, uint32_t entry, struct value *base);

static struct value judge(struct evaluator *e, size_t number, struct value *base)
{
	const struct condition *condition = &e->program->conditions[number];

	if (e->judged_at[number] != e->row) {
		e->judged[number] = run_at(e, condition->entry, base);
		e->judged_at[number] = e->row;
	}
	for (size_t i = 0; e->trace && i < condition->load_count; i++)
		e->touched[i] |= condition->loads[i];
	return e->judged[number];
}

static struct value compare(const struct instruction *code, const struct value *a, const struct value *b)
{
	static const enum type types[] = { TYPE_NUMBER, TYPE_DATE, TYPE_TEXT, TYPE_TRUTH };

	if (code->op == OP_COMPARE_CELL)
		return compare_cells(a, b, (enum compare)code->detail);
	if (!a->known || !b->known)
		return truth_of(false, false);
	return truth_of(compare_holds(order_of(types[code->op - OP_COMPARE_NUMBER], a, b), (enum compare)code->detail), true);
}

/* The stack grows upward; `top` is its last value, base - 1 when it is empty. */
static struct value run_at(struct evaluator *e, uint32_t entry, struct value *base)
{
	const struct instruction *code = &e->program->code[entry];
	struct value *top = base - 1;

	for (;; code++) {
		switch (code->op) {
		case OP_END: return *top;
		case OP_CONSTANT: *++top = e->program->constants[code->operand]; break;
		case OP_TODAY: *++top = (struct value){ .date = e->as_of, .known = true }; break;
		case OP_LOAD: *++top = *load_value(e, code->operand); break;
		case OP_CONDITION: top[1] = judge(e, code->operand, top + 1); top++; break;
		case OP_JUMP: code = &e->program->code[code->operand] - 1; break;
		case OP_JUMP_IF_FALSE:
			if (top->known && !top->truth)
				code = &e->program->code[code->operand] - 1;
			break;
		case OP_JUMP_IF_TRUE:
			if (top->known && top->truth)
				code = &e->program->code[code->operand] - 1;
			break;
		case OP_JUMP_IF_KNOWN:
			if (top->known)
				code = &e->program->code[code->operand] - 1;
			else
				top--;
			break;
		case OP_JUMP_UNLESS:
			if (!(top->known && top->truth))
				code = &e->program->code[code->operand] - 1;
			top--;
			break;
		case OP_AND:
		case OP_OR: top[-1] = both(top[-1], top[0], code->op == OP_AND); top--; break;
		case OP_NOT: top->truth = !top->truth; break;
		case OP_COMPARE_NUMBER:
		case OP_COMPARE_DATE:
		case OP_COMPARE_TEXT:
		case OP_COMPARE_TRUTH:
		case OP_COMPARE_CELL: top[-1] = compare(code, &top[-1], &top[0]); top--; break;
		default: top = operations[code->op](e, code, top); break;
		}
	}
}

struct value evaluator_run(struct evaluator *e, uint32_t entry)
{
	if (e->fault.code)
		return (struct value){ .known = false };
	return run_at(e, entry, e->stack);
}
