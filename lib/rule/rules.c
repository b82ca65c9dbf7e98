#include "rule/rules.h"

#include <math.h>
#include <stdlib.h>

#include "base/civil.h"
#include "io/file.h"
#include "rule/parse.h"
#include "rule/rules_table.h"

enum { FILE_LONGEST = 16 << 20, FILES_MOST = 64, RULES_MOST = 10000 };

/* The keys of an object of the file, and where in a struct their values go. */
enum key_type { KEY_TEXT, KEY_NUMBER, KEY_DATE, KEY_TRUTH, KEY_EXPRESSION, KEY_LIST, KEY_IGNORED };
struct key {
	const char *name;            /* NULL ends the keys */
	enum key_type type;
	size_t offset;
	bool required;
	const struct key *keys;      /* KEY_LIST: of its objects */
	size_t size;                 /* KEY_LIST: of the struct of each, which begins with its origin */
	void (*init)(void *item);    /* KEY_LIST: defaults; may be NULL */
};

/* Any list of struct rules, whatever it is a list of. */
struct list {
	void *items;
	size_t count, capacity;
} __attribute__((may_alias));

struct reader {
	struct rules *rules;
	struct rules_file *file;
	struct arena *arena;
	struct diag *diag;
};

static void init_tag(void *item)
{
	struct tag_rule *rule = item;

	rule->valid_from = rule->valid_until = CIVIL_NONE;
}

static void init_score(void *item)
{
	struct score *score = item;

	score->least = -INFINITY;
	score->most = INFINITY;
}

static void init_grade(void *item)
{
	struct grade *grade = item;

	grade->from = -INFINITY;
}

#define KEY(kind, field, text) .name = text, .type = KEY_##kind, .offset = offsetof(struct type_of_keys, field)
#define IGNORED(text) { .name = text, .type = KEY_IGNORED }
#define END { .name = NULL }

#define type_of_keys condition_rule
static const struct key condition_keys[] = {
	{ KEY(TEXT, name, "condition"), .required = true }, { KEY(EXPRESSION, when, "when"), .required = true }, IGNORED("purpose"), END
};
#undef type_of_keys

#define type_of_keys tag_rule
static const struct key tag_keys[] = {
	{ KEY(TEXT, tag, "tag"), .required = true }, { KEY(EXPRESSION, when, "when"), .required = true },
	{ KEY(EXPRESSION, leave_when, "leave_when") }, { KEY(TEXT, owner, "owner") },
	{ KEY(TEXT, purpose, "purpose") }, { KEY(TEXT, action, "action") }, { KEY(DATE, valid_from, "valid_from") },
	{ KEY(DATE, valid_until, "valid_until") }, END
};
static const struct key group_tag_keys[] = {
	{ KEY(TEXT, tag, "tag"), .required = true }, { KEY(EXPRESSION, when, "when") },
	{ KEY(EXPRESSION, leave_when, "leave_when") }, { KEY(TEXT, owner, "owner") },
	{ KEY(TEXT, purpose, "purpose") }, { KEY(DATE, valid_from, "valid_from") }, { KEY(DATE, valid_until, "valid_until") },
	{ KEY(NUMBER, priority, "priority") }, { KEY(TEXT, action, "action") }, END
};
#undef type_of_keys

#define type_of_keys group
static const struct key group_keys[] = {
	{ KEY(TEXT, column, "column"), .required = true }, { KEY(TEXT, action_column, "action_column") },
	{ KEY(LIST, tags, "tags"), .required = true, .keys = group_tag_keys, .size = sizeof(struct tag_rule), .init = init_tag }, IGNORED("purpose"),
	IGNORED("owner"), END
};
#undef type_of_keys

#define type_of_keys points_rule
static const struct key points_keys[] = {
	{ KEY(EXPRESSION, points, "points"), .required = true }, { KEY(EXPRESSION, when, "when") }, { KEY(TEXT, part, "part") },
	IGNORED("purpose"), END
};
#undef type_of_keys

#define type_of_keys part
static const struct key part_keys[] = { { KEY(TEXT, name, "part"), .required = true }, { KEY(NUMBER, most, "most"), .required = true }, END };
#undef type_of_keys

#define type_of_keys grade
static const struct key grade_keys[] = { { KEY(TEXT, name, "grade"), .required = true }, { KEY(NUMBER, from, "from") }, END };
#undef type_of_keys

#define type_of_keys score
static const struct key score_keys[] = {
	{ KEY(TEXT, column, "column"), .required = true }, { KEY(NUMBER, start, "start") }, { KEY(NUMBER, least, "least") },
	{ KEY(NUMBER, most, "most") }, { KEY(LIST, points, "points"), .required = true, .keys = points_keys, .size = sizeof(struct points_rule) },
	{ KEY(LIST, parts, "parts"), .keys = part_keys, .size = sizeof(struct part) }, { KEY(TEXT, grade_column, "grade_column") },
	{ KEY(LIST, grades, "grades"), .keys = grade_keys, .size = sizeof(struct grade), .init = init_grade }, IGNORED("purpose"),
	IGNORED("owner"), END
};
#undef type_of_keys

#define type_of_keys rules
static const struct key rules_keys[] = {
	{ KEY(TEXT, name, "name") }, { KEY(TEXT, version, "version") }, { KEY(TRUTH, keep_tags, "keep_tags") },
	{ KEY(TEXT, action_column, "action_column") },
	IGNORED("include"), IGNORED("optional"), IGNORED("owner"), IGNORED("purpose"),
	{ KEY(LIST, conditions, "conditions"), .keys = condition_keys, .size = sizeof(struct condition_rule) },
	{ KEY(LIST, tags, "tags"), .keys = tag_keys, .size = sizeof(struct tag_rule), .init = init_tag },
	{ KEY(LIST, groups, "groups"), .keys = group_keys, .size = sizeof(struct group) },
	{ KEY(LIST, scores, "scores"), .keys = score_keys, .size = sizeof(struct score), .init = init_score }, END
};
#undef type_of_keys

static int read_object(struct reader *reader, const cJSON *object, const struct key *keys, void *into);

static int wrong_value(struct reader *reader, const cJSON *node, const char *what)
{
	return report_node(reader->file, node, true, "bad-value", reader->diag, "\"%s\" must be %s", node->string, what);
}

static int read_expression(struct reader *reader, const cJSON *node, struct expression *expression)
{
	struct fault fault;

	*expression = (struct expression){ .text = json_text(node), .origin = { .file = reader->file, .node = node } };
	if (!expression->text.ptr)
		return wrong_value(reader, node, "an expression in quotes");
	expression->root = expression_parse(expression->text, reader->arena, &fault);
	if (expression->root)
		reader->rules->statistical |= expression->root->has_statistic;
	return expression->root ? 0 : rules_fault(expression, &fault, reader->diag);
}

void *rules_list_add(struct arena *arena, void *any, size_t size)
{
	struct list *list = any;

	if (list->count == list->capacity) {
		void *items = arena_zero(arena, list->capacity ? list->capacity * 2 : 4, size);

		if (list->count)
			memcpy(items, list->items, list->count * size);
		list->items = items;
		list->capacity = list->capacity ? list->capacity * 2 : 4;
	}
	return (char *)list->items + list->count++ * size;
}

/* The objects of a list go behind those that another file has brought. */
static int read_list(struct reader *reader, const cJSON *node, const struct key *key, struct list *list)
{
	const cJSON *item;
	int status = 0;

	if (!cJSON_IsArray(node))
		return wrong_value(reader, node, "a list: [ … ]");
	cJSON_ArrayForEach(item, node) {
		struct origin *into = rules_list_add(reader->arena, list, key->size);

		if (list->count > RULES_MOST)
			return report_node(reader->file, node, true, "too-many", reader->diag, "more than %d", RULES_MOST);
		if (key->init)
			key->init(into);
		*into = (struct origin){ .file = reader->file, .node = item };
		into->faulty = read_object(reader, item, key->keys, into) != 0;
		status |= into->faulty ? -1 : 0;
	}
	return status;
}

static int read_value(struct reader *reader, const cJSON *node, const struct key *key, char *into)
{
	struct slice text = json_text(node);

	switch (key->type) {
	case KEY_TEXT:
		*(struct slice *)(into + key->offset) = text;
		return text.ptr ? 0 : wrong_value(reader, node, "a text");
	case KEY_NUMBER:
		return json_number(node, (double *)(into + key->offset)) ? 0 : wrong_value(reader, node, "a number");
	case KEY_DATE:
		*(int32_t *)(into + key->offset) = civil_parse(text);
		return civil_parse(text) != CIVIL_NONE ? 0 : wrong_value(reader, node, "a date: \"2024-12-31\"");
	case KEY_TRUTH:
		*(bool *)(into + key->offset) = cJSON_IsTrue(node);
		return cJSON_IsBool(node) ? 0 : wrong_value(reader, node, "true or false");
	case KEY_EXPRESSION: return read_expression(reader, node, (struct expression *)(into + key->offset));
	case KEY_LIST: return read_list(reader, node, key, (struct list *)(into + key->offset));
	default: return 0;
	}
}

static const struct key *find_key(struct reader *reader, const cJSON *member, const struct key *keys)
{
	struct slice names[24], near;
	size_t count = 0;

	for (; keys[count].name; count++) {
		names[count] = slice_of(keys[count].name);
		if (strcmp(keys[count].name, member->string) == 0)
			return &keys[count];
	}
	near = name_nearest(slice_of(member->string), names, count);
	report_node(reader->file, member, true, "unknown-key", reader->diag, "there is no key \"%.100s\" here%s%.*s%s", member->string,
		    near.ptr ? "; did you mean \"" : "", SLICE_ARG(near), near.ptr ? "\"?" : "");
	return NULL;
}

static int read_member(struct reader *reader, const cJSON *object, const cJSON *member, const struct key *key, void *into)
{
	if (json_member(object, member->string) != member)
		return report_node(reader->file, member, true, "repeated-key", reader->diag, "\"%s\" stands here twice", key->name);
	return read_value(reader, member, key, into);
}

/* Goes on after a fault, so that all are told; a key that is missing where another is misspelt is that one. */
static int read_object(struct reader *reader, const cJSON *object, const struct key *keys, void *into)
{
	const cJSON *member;
	const struct key *key;
	bool misspelt = false;
	int status = 0;

	if (!cJSON_IsObject(object))
		return report_node(reader->file, object, false, "bad-value", reader->diag, "an object { … } is needed here");
	cJSON_ArrayForEach(member, object) {
		key = find_key(reader, member, keys);
		misspelt |= !key;
		if (key && read_member(reader, object, member, key, into))
			status = -1;
	}
	for (key = keys; key->name && !misspelt; key++)
		if (key->required && !json_member(object, key->name))
			status = report_node(reader->file, object, false, "missing-key", reader->diag, "\"%s\" is missing here", key->name);
	return misspelt ? -1 : status;
}

void rules_add_checksum(struct rules *rules, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		rules->checksum = (rules->checksum ^ (unsigned char)bytes.ptr[i]) * UINT64_C(1099511628211);
}

static int read_file(struct rules *rules, const char *path, struct diag *diag);

/* A name beside the file that names it. */
static const char *beside(const char *file, const char *name, struct arena *arena)
{
	const char *slash = strrchr(file, '/');

	if (!slash || name[0] == '/')
		return name;
	return arena_cstr(arena, arena_format(arena, "%.*s/%s", (int)(slash - file), file, name));
}

static int read_includes(struct reader *reader)
{
	const cJSON *list = json_member(reader->file->document, "include"), *item;
	int status = 0;

	if (list && !cJSON_IsArray(list))
		return wrong_value(reader, list, "a list of file names");
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item))
			return wrong_value(reader, list, "a list of file names");
		if (reader->rules->file_count == FILES_MOST)
			return report_node(reader->file, item, false, "too-many", reader->diag,
					   "more than %d files are included; does a file include itself?", FILES_MOST);
		if (read_file(reader->rules, beside(reader->file->path, item->valuestring, reader->arena), reader->diag))
			status = -1;
	}
	return status;
}

static int read_optional(struct reader *reader)
{
	const cJSON *list = json_member(reader->file->document, "optional"), *item;

	if (list && !cJSON_IsArray(list))
		return wrong_value(reader, list, "a list of columns");
	cJSON_ArrayForEach(item, list) {
		struct slice name = json_text(item);

		if (!cJSON_IsString(item) || name.len == 0)
			return wrong_value(reader, list, "a list of columns");
		*(struct slice *)rules_list_add(reader->arena, &reader->rules->optional, sizeof name) = name;
	}
	return 0;
}

static int read_file(struct rules *rules, const char *path, struct diag *diag)
{
	struct rules_file *file = &rules->files[rules->file_count];
	struct reader reader = { rules, file, &rules->arena, diag };

	*file = (struct rules_file){ .path = path };
	if (rules_table_is(path)) {
		rules->file_count++;
		return rules_table_read(rules, file, diag);
	}
	if (file_read(path, FILE_LONGEST, &rules->arena, &file->text, diag))
		return -1;
	file->document = json_parse(file->text, JSON_COMMENTS, path, diag);
	if (!file->document)
		return -1;
	rules->file_count++;
	rules_add_checksum(rules, file->text);
	return read_includes(&reader) | read_optional(&reader) | read_object(&reader, file->document, rules_keys, rules);
}

static bool is_last(const struct tag_rules *rules, size_t i)
{
	return i + 1 == rules->count;
}

static bool joins(struct slice text)
{
	return slice_find_byte(text, ';') == text.len && slice_find_byte(text, '\n') == text.len;
}

static const char *check_tag_text(struct slice tag)
{
	if (tag.len == 0)
		return "a tag needs a name";
	if (!joins(tag))
		return "a tag has no ; and no line end in it: the list of tags is joined with ;";
	return slice_equal(slice_trim(tag), tag) ? NULL : "a tag has no space at its ends";
}

static const char *check_tag(const struct tag_rule *rule, bool group, bool last)
{
	bool when = rule->when.text.ptr, timed = rule->valid_from != CIVIL_NONE || rule->valid_until != CIVIL_NONE;

	if (group && !last && !when)
		return "only the last tag of a group goes without \"when\"";
	if (group && last && when)
		return "the last tag of a group has no \"when\": it takes the customers that no other takes";
	if (rule->leave_when.text.ptr && !when)
		return "\"leave_when\" goes with \"when\"";
	if (group && last && timed)
		return "the last tag of a group is always valid: somebody must take who is left";
	if (rule->valid_from != CIVIL_NONE && rule->valid_until != CIVIL_NONE && rule->valid_from > rule->valid_until)
		return "it is never valid: \"valid_from\" is after \"valid_until\"";
	if (!group && !joins(rule->action))
		return "an action has no ; and no line end in it: the actions of a customer are joined with ;";
	return check_tag_text(rule->tag);
}

static bool have_actions(const struct tag_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->items[i].action.len)
			return true;
	return false;
}

/* Where the rules have actions and do not say where to. */
static void name_action_columns(struct rules *rules)
{
	if (!rules->action_column.ptr && have_actions(&rules->tags))
		rules->action_column = SLICE("actions");
	for (size_t i = 0; i < rules->groups.count; i++) {
		struct group *group = &rules->groups.items[i];

		if (!group->action_column.ptr && have_actions(&group->tags))
			group->action_column = arena_format(&rules->arena, "%.*s_action", SLICE_ARG(group->column));
	}
}

static int fail_at(const struct origin *origin, struct diag *diag, const char *kind, struct slice name, const char *text)
{
	struct place place = { .file = origin->file->path, .line = origin->line };

	if (origin->faulty)
		return -1;
	if (origin->line)
		return diag_fail(diag, STATUS_USAGE, &place, "bad-rule", "%s '%.*s': %s", kind, SLICE_ARG(slice_first(name, 100)), text);
	return report_node(origin->file, origin->node, false, "bad-rule", diag, "%s '%.*s': %s", kind,
			   SLICE_ARG(slice_first(name, 100)), text);
}

static const char *check_score(struct score *score)
{
	for (size_t i = 0; i < score->points.count; i++) {
		struct points_rule *points = &score->points.items[i];

		for (points->part_index = 0; points->part_index < score->parts.count; points->part_index++)
			if (slice_equal(points->part, score->parts.items[points->part_index].name))
				break;
		if (points->part.ptr && points->part_index == score->parts.count)
			return "points name a part that \"parts\" does not have";
	}
	if (!(score->least <= score->most))
		return "\"least\" is more than \"most\"";
	if (!score->grade_column.ptr != !score->grades.count)
		return "\"grades\" and \"grade_column\" go together";
	for (size_t i = 0; i < score->grades.count; i++) {
		if (!isfinite(score->grades.items[i].from) != (i + 1 == score->grades.count))
			return "every grade but the last has \"from\"";
		if (i && !(score->grades.items[i].from < score->grades.items[i - 1].from))
			return "grades go from the highest \"from\" to the lowest";
	}
	return NULL;
}

/* Names of columns that the rules write must differ, with those that --previous makes of them. */
static int check_column(const struct origin *origin, struct map *columns, struct slice name, struct diag *diag)
{
	size_t before = columns->count;

	if (!name.ptr)
		return 0;
	map_add(columns, name);
	if (name.len == 0)
		return fail_at(origin, diag, "column", name, "a column needs a name");
	return columns->count > before ? 0 : fail_at(origin, diag, "column", name, "two parts of the rules write this column");
}

static int check_columns(struct rules *rules, struct diag *diag)
{
	static const char *const own[] = { "tags", "tags_since", "tags_added", "tags_removed" };
	const struct origin top = { .file = rules->files, .node = rules->files->document, .line = !rules->files->document };
	struct map columns;
	int status = 0;

	map_init(&columns);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		map_add(&columns, slice_of(own[i]));
	status |= check_column(&top, &columns, rules->action_column, diag);
	for (size_t i = 0; i < rules->groups.count; i++) {
		const struct group *group = &rules->groups.items[i];

		status |= check_column(&group->origin, &columns, group->column, diag);
		map_add(&columns, arena_format(&rules->arena, "%.*s_since", SLICE_ARG(group->column)));
		status |= check_column(&group->origin, &columns, group->action_column, diag);
	}
	for (size_t i = 0; i < rules->scores.count; i++) {
		const struct score *score = &rules->scores.items[i];

		status |= check_column(&score->origin, &columns, score->column, diag);
		status |= check_column(&score->origin, &columns, score->grade_column, diag);
	}
	map_release(&columns);
	return status;
}

static void sort_by_priority(struct tag_rules *rules)
{
	/* Insertion keeps equals in order; the last one stays last. */
	for (size_t i = 1; i + 1 < rules->count; i++) {
		struct tag_rule moved = rules->items[i];
		size_t j = i;

		for (; j > 0 && rules->items[j - 1].priority < moved.priority; j--)
			rules->items[j] = rules->items[j - 1];
		rules->items[j] = moved;
	}
}

/* A name that expressions can say, and only one condition has. */
static int check_conditions(struct rules *rules, struct diag *diag)
{
	struct map names;
	int status = 0;

	map_init(&names);
	for (size_t i = 0; i < rules->conditions.count; i++) {
		const struct condition_rule *condition = &rules->conditions.items[i];
		struct fault fault;
		const struct node *node = expression_parse(condition->name, &rules->arena, &fault);

		if (!node || node->kind != NODE_COLUMN || node->quoted || !slice_equal(node->text, condition->name))
			status = fail_at(&condition->origin, diag, "condition", condition->name,
					 "the name must be one word, of letters and digits, and none of the language");
		else if (map_find(&names, condition->name) != MAP_NONE)
			status = fail_at(&condition->origin, diag, "condition", condition->name, "there is one of this name already");
		map_add(&names, condition->name);
	}
	map_release(&names);
	return status;
}

static int check_tags(const struct tag_rules *rules, bool group, struct diag *diag)
{
	int status = 0;

	for (size_t i = 0; i < rules->count; i++) {
		const struct tag_rule *rule = &rules->items[i];
		const char *fault = check_tag(rule, group, is_last(rules, i));

		if (fault)
			status = fail_at(&rule->origin, diag, "tag", rule->tag, fault);
	}
	return status;
}

static int check(struct rules *rules, struct diag *diag)
{
	int status = check_conditions(rules, diag) | check_tags(&rules->tags, false, diag);
	const char *fault;

	for (size_t i = 0; i < rules->groups.count; i++) {
		struct group *group = &rules->groups.items[i];

		if (group->tags.count == 0)
			status = fail_at(&group->origin, diag, "group", group->column, "a group needs tags");
		status |= check_tags(&group->tags, true, diag);
		sort_by_priority(&group->tags);
	}
	for (size_t i = 0; i < rules->scores.count; i++) {
		fault = check_score(&rules->scores.items[i]);
		if (fault)
			status = fail_at(&rules->scores.items[i].origin, diag, "score", rules->scores.items[i].column, fault);
	}
	name_action_columns(rules);
	return status | check_columns(rules, diag);
}

int rules_load(struct rules *rules, const char *path, struct diag *diag)
{
	int status;

	memset(rules, 0, sizeof *rules);
	rules->checksum = UINT64_C(14695981039346656037);
	arena_init(&rules->arena);
	rules->files = arena_zero(&rules->arena, FILES_MOST, sizeof *rules->files);
	diag->several = true;
	status = read_file(rules, path, diag);
	if (rules->file_count)
		status |= check(rules, diag);
	diag->several = false;
	return status;
}

bool rules_need_statistics(const struct rules *rules)
{
	return rules->statistical;
}

void rules_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->file_count; i++)
		json_free(rules->files[i].document);
	arena_release(&rules->arena);
}

static int table_fault(const struct expression *expression, const struct fault *fault, struct diag *diag)
{
	const struct origin *origin = &expression->origin;
	struct place place = { .file = origin->file->path, .line = origin->line };
	const struct cell_part *part = expression->parts;
	struct buf carets;

	while (part && part->from > fault->from)
		part = part->next;
	if (part)
		place.column = part->column + 1;
	/* The head of the table names the column: it is wrong there, and once for all rows. */
	if (part && fault->from < part->operand && strcmp(fault->code, "unknown-column") == 0) {
		if (origin->file->unknown[part->column])
			return -1;
		origin->file->unknown[part->column] = true;
		place.line = origin->file->header_line;
	}
	buf_init(&carets, 1024);
	report_carets(expression->text, fault, &carets);
	diag_fail(diag, STATUS_USAGE, &place, fault->code, "%s%.*s", fault->text, SLICE_ARG(buf_slice(&carets)));
	buf_release(&carets);
	return -1;
}

int rules_fault(const struct expression *expression, const struct fault *fault, struct diag *diag)
{
	const struct origin *origin = &expression->origin;

	for (; fault; fault = fault->next)
		if (origin->line)
			table_fault(expression, fault, diag);
		else
			report_fault(origin->file, origin->node, expression->text, fault, diag);
	return -1;
}

struct compiler {
	struct rules *rules;
	struct scope scope;
	struct program *program;
	struct diag *diag;
};

static int compile(struct compiler *c, struct expression *expression, enum type want)
{
	struct fault fault;

	if (!expression->root)
		return 0;
	if (types_settle(&expression->root, want, &c->scope, &c->rules->arena, &fault) ||
	    program_add(c->program, expression->root, &expression->entry, &fault))
		return rules_fault(expression, &fault, c->diag);
	return 0;
}

/* In place of a condition with a fault, so that what uses it can be checked. */
static void compile_placeholder(struct compiler *c, struct expression *expression)
{
	static const struct node placeholder = { .kind = NODE_TRUTH, .type = TYPE_TRUTH };
	struct fault fault;

	(void)!program_add(c->program, &placeholder, &expression->entry, &fault);
}

static int compile_conditions(struct compiler *c)
{
	size_t count = c->rules->conditions.count;
	struct slice *names = arena_get(&c->rules->arena, count, sizeof *names);
	bool *statistical = arena_zero(&c->rules->arena, count, sizeof *statistical);
	int status = 0;

	c->scope.conditions = names;
	c->scope.statistical = statistical;
	c->scope.condition_total = count;
	for (size_t i = 0; i < count; i++)
		names[i] = c->rules->conditions.items[i].name;
	for (size_t i = 0; i < count; i++) {
		struct condition_rule *condition = &c->rules->conditions.items[i];

		if (!condition->when.root || compile(c, &condition->when, TYPE_TRUTH)) {
			status = -1;
			compile_placeholder(c, &condition->when);
		} else {
			statistical[i] = condition->when.root->has_statistic;
		}
		program_condition(c->program, condition->when.entry);
		c->scope.condition_count = i + 1;
	}
	return status;
}

static int compile_tags(struct compiler *c, struct tag_rules *rules, int32_t as_of)
{
	int status = 0;

	for (size_t i = 0; i < rules->count; i++) {
		struct tag_rule *rule = &rules->items[i];

		rule->active = (rule->valid_from == CIVIL_NONE || as_of >= rule->valid_from) &&
			       (rule->valid_until == CIVIL_NONE || as_of <= rule->valid_until);
		status |= compile(c, &rule->when, TYPE_TRUTH) | compile(c, &rule->leave_when, TYPE_TRUTH);
	}
	return status;
}

static int compile_score(struct compiler *c, struct score *score)
{
	int status = 0;

	for (size_t i = 0; i < score->points.count; i++) {
		struct points_rule *points = &score->points.items[i];

		status |= compile(c, &points->when, TYPE_TRUTH) | compile(c, &points->points, TYPE_NUMBER);
	}
	return status;
}

/* A misspelt name would be unknown for ever. */
static void warn_missing(const struct compiler *c)
{
	const struct optional_columns *optional = &c->rules->optional;
	struct place place = { .file = c->rules->files[0].path };

	for (size_t i = 0; c->scope.headers && i < optional->count; i++) {
		struct slice name = optional->items[i], near = name_nearest(name, c->scope.headers, c->scope.columns);

		if (types_find_column(&c->scope, name) == c->scope.columns)
			diag_warn(c->diag, &place, "no-column", "the input has no column '%.*s', which is optional and counts as empty%s%.*s%s",
				  SLICE_ARG(slice_first(name, 100)), near.ptr ? "; nearest: '" : "", SLICE_ARG(slice_first(near, 100)),
				  near.ptr ? "'" : "");
	}
}

int rules_compile(struct rules *rules, const struct scope *scope, int32_t as_of, struct program *program, struct diag *diag)
{
	struct compiler c = { rules, *scope, program, diag };
	int status;

	c.scope.optional = rules->optional.items;
	c.scope.optional_count = rules->optional.count;
	warn_missing(&c);
	diag->several = true;
	status = compile_conditions(&c) | compile_tags(&c, &rules->tags, as_of);
	for (size_t i = 0; i < rules->groups.count; i++)
		status |= compile_tags(&c, &rules->groups.items[i].tags, as_of);
	for (size_t i = 0; i < rules->scores.count; i++)
		status |= compile_score(&c, &rules->scores.items[i]);
	diag->several = false;
	return status;
}
