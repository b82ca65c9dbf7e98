#include "rule/program.h"

#include <stdlib.h>

#include "base/memory.h"

struct emitter {
	struct program *program;
	struct fault *fault;
};

static int emit(struct emitter *e, const struct node *node);

void program_init(struct program *program)
{
	memset(program, 0, sizeof *program);
	map_init(&program->regex_keys);
}

void program_release(struct program *program)
{
	for (size_t i = 0; i < program->regex_count; i++)
		regex_free(program->regexes[i]);
	for (size_t i = 0; i < program->set_count; i++) {
		free(program->sets[i].numbers);
		map_release(&program->sets[i].texts);
	}
	for (size_t i = 0; i < program->condition_count; i++)
		free(program->conditions[i].loads);
	free(program->code);
	free(program->constants);
	free(program->loads);
	free(program->regexes);
	free(program->regex_columns);
	free(program->sets);
	free(program->conditions);
	free(program->statistics);
	map_release(&program->regex_keys);
	memset(program, 0, sizeof *program);
}

static void add_loads(struct condition *to, const struct condition *from)
{
	for (size_t i = 0; i < from->load_count; i++)
		to->loads[i] |= from->loads[i];
}

void program_condition(struct program *program, uint32_t entry)
{
	struct condition condition = { .entry = entry, .stack = program->peak, .load_count = program->load_count };

	condition.loads = memory_zero(program->load_count + 1, sizeof *condition.loads);
	for (size_t at = entry; program->code[at].op != OP_END; at++) {
		const struct instruction *code = &program->code[at];

		if (code->op == OP_LOAD)
			condition.loads[code->operand] = true;
		if (code->op == OP_CONDITION)
			add_loads(&condition, &program->conditions[code->operand]);
	}
	program->conditions = memory_grow(program->conditions, &program->condition_capacity, program->condition_count + 1,
					  sizeof *program->conditions);
	program->conditions[program->condition_count++] = condition;
}

static void note_height(struct program *program, size_t height)
{
	if (height > program->peak)
		program->peak = height;
	if (height > program->stack)
		program->stack = height;
}

/* Adds an instruction that changes the height of the stack by `change`; gives its address. */
static size_t put(struct emitter *e, enum op op, unsigned detail, size_t operand, int change)
{
	struct program *p = e->program;

	p->code = memory_grow(p->code, &p->code_capacity, p->code_count + 1, sizeof *p->code);
	p->code[p->code_count] = (struct instruction){ (uint8_t)op, (uint8_t)detail, (uint32_t)operand };
	p->level = (size_t)((ptrdiff_t)p->level + change);
	note_height(p, p->level);
	return p->code_count++;
}

static void put_constant(struct emitter *e, struct value value)
{
	struct program *p = e->program;

	p->constants = memory_grow(p->constants, &p->constant_capacity, p->constant_count + 1, sizeof *p->constants);
	p->constants[p->constant_count] = value;
	put(e, OP_CONSTANT, 0, p->constant_count++, 1);
}

static void land(struct emitter *e, size_t jump)
{
	e->program->code[jump].operand = (uint32_t)e->program->code_count;
}

static size_t load_number(struct program *p, size_t column, enum type type)
{
	for (size_t i = 0; i < p->load_count; i++)
		if (p->loads[i].column == column && p->loads[i].type == type)
			return i;
	p->loads = memory_grow(p->loads, &p->load_capacity, p->load_count + 1, sizeof *p->loads);
	p->loads[p->load_count] = (struct load){ column, type };
	return p->load_count++;
}

static int emit_args(struct emitter *e, const struct node *node)
{
	for (size_t i = 0; i < node->arg_count; i++)
		if (emit(e, node->args[i]))
			return -1;
	return 0;
}

/* a and b and c: what is false at once decides, and the rest is not looked at. */
static int emit_chain(struct emitter *e, const struct node *node)
{
	bool and = node->kind == NODE_AND;
	size_t *jumps = memory_get(node->arg_count, sizeof *jumps);
	int status = emit(e, node->args[0]);

	for (size_t i = 1; i < node->arg_count && status == 0; i++) {
		jumps[i] = put(e, and ? OP_JUMP_IF_FALSE : OP_JUMP_IF_TRUE, 0, 0, 0);
		status = emit(e, node->args[i]);
		put(e, and ? OP_AND : OP_OR, 0, 0, -1);
	}
	for (size_t i = 1; i < node->arg_count && status == 0; i++)
		land(e, jumps[i]);
	free(jumps);
	return status;
}

static int emit_if(struct emitter *e, const struct node *node)
{
	size_t otherwise, end;

	if (emit(e, node->args[0]))
		return -1;
	otherwise = put(e, OP_JUMP_UNLESS, 0, 0, -1);
	if (emit(e, node->args[1]))
		return -1;
	end = put(e, OP_JUMP, 0, 0, -1);
	land(e, otherwise);
	if (emit(e, node->args[2]))
		return -1;
	land(e, end);
	return 0;
}

static int emit_coalesce(struct emitter *e, const struct node *node)
{
	size_t last = node->arg_count - 1, *jumps = memory_get(node->arg_count, sizeof *jumps);
	int status = 0;

	for (size_t i = 0; i < last && status == 0; i++) {
		status = emit(e, node->args[i]);
		jumps[i] = put(e, OP_JUMP_IF_KNOWN, 0, 0, -1);
	}
	if (status == 0)
		status = emit(e, node->args[last]);
	for (size_t i = 0; i < last && status == 0; i++)
		land(e, jumps[i]);
	free(jumps);
	return status;
}

static int emit_compare(struct emitter *e, const struct node *node)
{
	static const enum op ops[] = {
		[TYPE_CELL] = OP_COMPARE_CELL, [TYPE_TEXT] = OP_COMPARE_TEXT, [TYPE_NUMBER] = OP_COMPARE_NUMBER,
		[TYPE_DATE] = OP_COMPARE_DATE, [TYPE_TRUTH] = OP_COMPARE_TRUTH, [TYPE_LIST] = OP_COMPARE_TEXT,
	};

	if (emit_args(e, node))
		return -1;
	put(e, ops[node->args[0]->type], node->compare, 0, -1);
	return 0;
}

static bool is_literal(const struct node *node)
{
	return node->kind == NODE_NUMBER || node->kind == NODE_TEXT || node->kind == NODE_DATE;
}

static int number_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The literals of x in (…) as a set; its number. */
static size_t add_set(struct program *p, const struct node *node)
{
	struct set *set;

	p->sets = memory_grow(p->sets, &p->set_capacity, p->set_count + 1, sizeof *p->sets);
	set = &p->sets[p->set_count];
	*set = (struct set){ .type = node->args[0]->type, .count = node->arg_count - 1 };
	map_init(&set->texts);
	set->numbers = memory_get(set->count, sizeof *set->numbers);
	for (size_t i = 0; i < set->count; i++) {
		const struct node *item = node->args[i + 1];

		set->numbers[i] = item->kind == NODE_DATE ? item->date : item->number;
		if (set->type == TYPE_TEXT)
			map_add(&set->texts, item->text);
	}
	qsort(set->numbers, set->count, sizeof *set->numbers, number_order);
	return p->set_count++;
}

static int emit_in(struct emitter *e, const struct node *node)
{
	bool literals = true;

	for (size_t i = 1; i < node->arg_count; i++)
		literals &= is_literal(node->args[i]);
	if (literals) {
		if (emit(e, node->args[0]))
			return -1;
		put(e, OP_IN_SET, 0, add_set(e->program, node), 0);
		return 0;
	}
	if (emit_args(e, node))
		return -1;
	put(e, OP_IN_STACK, node->args[0]->type, node->arg_count - 1, 1 - (int)node->arg_count);
	return 0;
}

/* The column that a text comes from, from 1; 0 when it is computed. */
static size_t source_column(const struct node *node)
{
	while (node->arg_count && node->kind != NODE_COLUMN)
		node = node->args[0];
	return node->kind == NODE_COLUMN ? node->index + 1 : 0;
}

static int emit_match(struct emitter *e, const struct node *node)
{
	struct program *p = e->program;
	char message[256], *key = memory_get(node->text.len + 1, 1);
	size_t offset = 0, number, capacity = p->regex_capacity;
	struct regex *regex;

	key[0] = (char)('0' + node->flags);
	memcpy(key + 1, node->text.ptr, node->text.len);
	number = map_find(&p->regex_keys, (struct slice){ key, node->text.len + 1 });
	if (number == MAP_NONE) {
		regex = regex_new(node->text, node->flags, message, &offset);
		if (!regex) {
			free(key);
			return fault_set(e->fault, node->index + offset, node->index + offset + 1, "bad-pattern", "%s", message);
		}
		number = map_add(&p->regex_keys, (struct slice){ key, node->text.len + 1 });
		p->regexes = memory_grow(p->regexes, &capacity, p->regex_count + 1, sizeof(struct regex *));
		p->regex_columns = memory_grow(p->regex_columns, &p->regex_capacity, p->regex_count + 1, sizeof *p->regex_columns);
		p->regex_columns[p->regex_count] = source_column(node->args[0]);
		p->regexes[p->regex_count++] = regex;
	}
	free(key);
	if (emit_args(e, node))
		return -1;
	put(e, OP_MATCH, 0, number, 0);
	return 0;
}

static int emit_convert(struct emitter *e, const struct node *node)
{
	const struct node *inner = node->args[0];

	if (inner->kind == NODE_COLUMN) {
		put(e, OP_LOAD, 0, load_number(e->program, inner->index, node->type), 1);
		return 0;
	}
	if (emit(e, inner))
		return -1;
	put(e, OP_CONVERT, (unsigned)inner->type * 8 + (unsigned)node->type, 0, 0);
	return 0;
}

static int emit_call(struct emitter *e, const struct node *node)
{
	if (node->function == CALL_IF)
		return emit_if(e, node);
	if (node->function == CALL_COALESCE)
		return emit_coalesce(e, node);
	if (emit_args(e, node))
		return -1;
	/* length, min and max differ by type: the type stands above the count. */
	put(e, OP_CALL, node->function, node->arg_count | (size_t)node->args[0]->type << 16, 1 - (int)node->arg_count);
	return 0;
}

/* percentile and rank ask where this row's value stands. */
static bool needs_value(enum statistic kind)
{
	return kind == STATISTIC_PERCENTILE || kind == STATISTIC_RANK;
}

static int emit_statistic(struct emitter *e, const struct node *node)
{
	struct program *p = e->program;
	size_t number = p->statistic_count, values = node->arg_count - node->grouped;
	int height = node->grouped + needs_value(node->statistic);

	p->statistics = memory_grow(p->statistics, &p->statistic_capacity, number + 1, sizeof *p->statistics);
	p->statistics[p->statistic_count++] = (struct statistic_spec){
		.kind = node->statistic, .grouped = node->grouped, .has_value = values > 0, .is_count = node->statistic == STATISTIC_COUNT,
		.node = node,
	};
	if (needs_value(node->statistic) && emit(e, node->args[0]))
		return -1;
	if (node->grouped && emit(e, node->args[values]))
		return -1;
	put(e, OP_STATISTIC, 0, number, 1 - height);
	return 0;
}

static int emit_sum(struct emitter *e, const struct node *node)
{
	enum type a = node->args[0]->type, b = node->args[1]->type;
	bool minus = node->kind == NODE_SUBTRACT;

	/* The date comes first on the stack. */
	if (emit(e, node->args[a != TYPE_DATE && b == TYPE_DATE]) || emit(e, node->args[a == TYPE_DATE || b != TYPE_DATE]))
		return -1;
	if (a == TYPE_DATE && b == TYPE_DATE)
		put(e, OP_DATE_SUBTRACT, 0, 0, -1);
	else if (a == TYPE_DATE || b == TYPE_DATE)
		put(e, OP_DATE_ADD, minus, 0, -1);
	else
		put(e, minus ? OP_SUBTRACT : OP_ADD, 0, 0, -1);
	return 0;
}

/* Operators that only want their arguments on the stack. */
static int emit_plain(struct emitter *e, const struct node *node)
{
	static const enum op ops[] = {
		[NODE_NOT] = OP_NOT, [NODE_MULTIPLY] = OP_MULTIPLY, [NODE_DIVIDE] = OP_DIVIDE, [NODE_NEGATE] = OP_NEGATE,
		[NODE_MEMBER] = OP_MEMBER, [NODE_BETWEEN] = OP_BETWEEN, [NODE_IS_EMPTY] = OP_IS_EMPTY,
		[NODE_CONTAINS] = OP_CONTAINS, [NODE_STARTS] = OP_STARTS, [NODE_ENDS] = OP_ENDS, [NODE_WITHIN] = OP_WITHIN,
	};
	unsigned detail = 0;

	if (emit_args(e, node))
		return -1;
	if (node->kind == NODE_BETWEEN)
		detail = node->args[0]->type;
	else if (node->kind == NODE_WITHIN)
		detail = node->unit + (node->next ? 8 : 0);
	put(e, ops[node->kind], detail, 0, 1 - (int)node->arg_count);
	return 0;
}

static int emit_leaf(struct emitter *e, const struct node *node)
{
	struct value value = { .known = true };

	switch (node->kind) {
	case NODE_NUMBER: value.number = node->number; break;
	case NODE_DATE: value.date = node->date; break;
	case NODE_TRUTH: value.truth = node->truth; break;
	case NODE_TEXT: value.text = node->text; break;
	case NODE_UNKNOWN: value.known = false; break;
	case NODE_TODAY: put(e, OP_TODAY, 0, 0, 1); return 0;
	case NODE_COLUMN: put(e, OP_LOAD, 0, load_number(e->program, node->index, TYPE_CELL), 1); return 0;
	default:
		note_height(e->program, e->program->level + e->program->conditions[node->index].stack);
		put(e, OP_CONDITION, 0, node->index, 1);
		return 0;
	}
	put_constant(e, value);
	return 0;
}

static int emit(struct emitter *e, const struct node *node)
{
	switch (node->kind) {
	case NODE_OR:
	case NODE_AND: return emit_chain(e, node);
	case NODE_COMPARE: return emit_compare(e, node);
	case NODE_ADD:
	case NODE_SUBTRACT: return emit_sum(e, node);
	case NODE_IN: return emit_in(e, node);
	case NODE_MATCH: return emit_match(e, node);
	case NODE_CONVERT: return emit_convert(e, node);
	case NODE_CALL: return emit_call(e, node);
	case NODE_STATISTIC: return emit_statistic(e, node);
	default: return node->arg_count ? emit_plain(e, node) : emit_leaf(e, node);
	}
}

static int add_entry(struct emitter *e, const struct node *root, uint32_t *entry)
{
	e->program->level = 0;
	*entry = (uint32_t)e->program->code_count;
	if (emit(e, root))
		return -1;
	put(e, OP_END, 0, 0, 0);
	return 0;
}

static bool equal_code(const struct program *program, uint32_t a, uint32_t b)
{
	const struct instruction *x = program->code + a, *y = program->code + b;

	while (x->op != OP_END && x->op == y->op && x->detail == y->detail && x->operand == y->operand)
		x++, y++;
	return x->op == OP_END && y->op == OP_END;
}

/* What percentile(amount) is of need not be kept once for each rule that asks. */
static size_t first_like(const struct program *program, size_t number)
{
	const struct statistic_spec *spec = &program->statistics[number];
	size_t i = 0;

	for (; i < number; i++) {
		const struct statistic_spec *other = &program->statistics[i];

		if (other->kind == spec->kind && other->grouped == spec->grouped && other->has_value == spec->has_value &&
		    (!spec->has_value || equal_code(program, other->value, spec->value)) &&
		    (!spec->grouped || equal_code(program, other->key, spec->key)))
			break;
	}
	return i;
}

int program_add(struct program *program, const struct node *root, uint32_t *entry, struct fault *fault)
{
	struct emitter e = { program, fault };
	size_t before = program->statistic_count, peak;

	program->peak = 0;
	if (add_entry(&e, root, entry))
		return -1;
	peak = program->peak;
	/* What the statistics are of, as expressions of their own; there are none within them. */
	for (size_t i = before; i < program->statistic_count; i++) {
		const struct node *node = program->statistics[i].node;
		uint32_t value = 0, key = 0;

		if (program->statistics[i].has_value && add_entry(&e, node->args[0], &value))
			return -1;
		if (node->grouped && add_entry(&e, node->args[node->arg_count - 1], &key))
			return -1;
		program->statistics[i].value = value;
		program->statistics[i].key = key;
		program->statistics[i].same = first_like(program, i);
	}
	program->peak = peak;
	return 0;
}
