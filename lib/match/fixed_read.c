/* The file of --rules: a recursive descent over each line, which gives the ways to fulfil it (its disjunctive normal form). */
#include <stdlib.h>

#include "base/memory.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "clean/text.h"
#include "io/file.h"
#include "match/fixed.h"

enum { FILE_MOST = 1 << 20, DEPTH_MOST = 50, SHOWN = 60 };

/* Ways, while they are being read. */
struct ways {
	struct fixed_way *all;
	size_t count;
};

struct parser {
	const char *path;
	const struct match_input *input;
	struct fixed_rules *rules;
	struct slice line;
	uint64_t number;
	size_t at;
	unsigned depth;
	struct arena arena;
	struct diag *diag;
};

static struct ways parse_or(struct parser *parser);

/* Columns that a text takes on a terminal: Chinese characters take two. */
static unsigned width_of(struct slice s)
{
	unsigned width = 0;

	while (s.len)
		width += utf8_next(&s) >= 0x1100 ? 2 : 1;
	return width;
}

/* Says what is wrong with the bytes from … to of the line. Ways without `all` are what a fault gives. */
static struct ways fault(struct parser *parser, size_t from, size_t to, struct slice what)
{
	struct place place = { parser->path, parser->number, utf8_count(slice_first(parser->line, from)) + 1 };
	struct slice line = parser->line, before = slice_first(line, from), marked = slice_first(slice_skip(line, from), to > from ? to - from : 1);
	char carets[2 * SHOWN + 2];
	unsigned spaces, marks = width_of(marked);

	/* Of a long line what is near. */
	while (width_of(before) > SHOWN) {
		utf8_next(&before);
		line = (struct slice){ before.ptr, (size_t)(line.ptr + line.len - before.ptr) };
	}
	while (width_of(line) > 2 * SHOWN)
		line.len -= line.len / 4;
	line.len = utf8_valid_length(line);
	spaces = width_of(before);
	marks = marks < 1 ? 1 : marks > SHOWN ? SHOWN : marks;
	memset(carets, ' ', spaces);
	memset(carets + spaces, '^', marks);
	diag_fail(parser->diag, STATUS_USAGE, &place, "bad-rule", "%.*s\n    %.*s\n    %.*s", SLICE_ARG(what), SLICE_ARG(line),
		  (int)(spaces + marks), carets);
	return (struct ways){ NULL, 0 };
}

static void skip_spaces(struct parser *parser)
{
	while (parser->at < parser->line.len && (parser->line.ptr[parser->at] == ' ' || parser->line.ptr[parser->at] == '\t'))
		parser->at++;
}

static struct slice rest_of(const struct parser *parser)
{
	return slice_skip(parser->line, parser->at);
}

/* The length of one of the signs at the start of s, or 0. */
static size_t sign_length(struct slice s)
{
	static const char *const signs[] = { "(", ")", "（", "）", "~", ">=", "≥", "且", "或", "`", " ", "\t" };

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (slice_starts_with(s, slice_of(signs[i])))
			return strlen(signs[i]);
	return 0;
}

/* The word at the place: up to a space or a sign; does not take it. */
static struct slice word_ahead(struct parser *parser)
{
	struct slice rest;
	size_t len = 0;

	skip_spaces(parser);
	rest = rest_of(parser);
	while (len < rest.len && sign_length(slice_skip(rest, len)) == 0)
		len++;
	return slice_first(rest, len);
}

/* Takes a sign or, where it is a word, the word, if it comes next. */
static bool take(struct parser *parser, const char *what)
{
	struct slice sign = slice_of(what);
	bool is_word = (what[0] >= 'a' && what[0] <= 'z');

	skip_spaces(parser);
	if (is_word ? !slice_equal_nocase(word_ahead(parser), sign) : !slice_starts_with(rest_of(parser), sign))
		return false;
	parser->at += sign.len;
	return true;
}

static bool take_either(struct parser *parser, const char *one, const char *other)
{
	return take(parser, one) || take(parser, other);
}

static size_t find_column(const struct match_input *input, struct slice name)
{
	enum role role = role_by_name(name);

	if (role == ROLE_NONE)
		role = role_of_header(KIND_CUSTOMERS, name).role;   /* 手机 for phone */
	for (size_t c = 0; c < input->columns; c++)
		if (slice_equal(input->headers[c], name))
			return c;
	for (size_t c = 0; c < input->columns && role != ROLE_NONE; c++)
		if (input->roles[c] == role)
			return c;
	return input->columns;
}

/* The number of the column among those of the rules, or FIELD_MOST when there are too many. */
static unsigned add_column(struct fixed_rules *rules, size_t column)
{
	unsigned i = 0;

	while (i < rules->column_count && rules->columns[i] != column)
		i++;
	if (i == FIELD_MOST)
		return i;
	rules->columns[i] = column;
	rules->column_count += i == rules->column_count;
	return i;
}

static struct ways one_test(struct parser *parser, struct fixed_test test, size_t from)
{
	struct ways ways = { arena_zero(&parser->arena, 1, sizeof *ways.all), 1 };

	ways.all[0] = (struct fixed_way){ .count = 1, .line = parser->number, .from = from, .to = parser->at };
	ways.all[0].tests[0] = test;
	return ways;
}

static struct ways parse_threshold(struct parser *parser, struct fixed_test test, size_t from)
{
	struct slice word = word_ahead(parser);
	size_t at = parser->at;

	parser->at += word.len;
	if (test.kind == TEST_LIKE) {
		if (!slice_to_double(word, &test.least) || test.least <= 0 || test.least > 1)
			return fault(parser, at, parser->at, SLICE("a number over 0 and up to 1 is wanted after ~, such as 0.9"));
		return one_test(parser, test, from);
	}
	for (test.level = LEVEL_WEAK; test.level < LEVELS; test.level++)
		if (slice_equal_nocase(word, slice_of(level_name(test.level))))
			return one_test(parser, test, from);
	return fault(parser, at, parser->at, SLICE("a level is wanted after >=: weak, crosswise, related, similar, near or exact"));
}

static struct ways unknown_column(struct parser *parser, size_t from, struct slice name)
{
	char quoted[DIAG_QUOTE_SIZE], other[DIAG_QUOTE_SIZE];
	size_t near = nearest_index(parser->input->headers, parser->input->columns, name);

	if (near < parser->input->columns)
		return fault(parser, from, parser->at, arena_format(&parser->arena, "there is no column %s; did you mean %s?", diag_quote(name, quoted),
								    diag_quote(parser->input->headers[near], other)));
	return fault(parser, from, parser->at, arena_format(&parser->arena, "there is no column %s", diag_quote(name, quoted)));
}

static struct ways parse_comparison(struct parser *parser)
{
	struct fixed_test test = { .kind = TEST_EXACT };
	struct slice name = word_ahead(parser);
	size_t from = parser->at, column;

	if (take(parser, "`")) {
		name = slice_first(rest_of(parser), slice_find_byte(rest_of(parser), '`'));
		parser->at += name.len + 1;
		if (parser->at > parser->line.len)
			return fault(parser, from, from + 1, SLICE("a ` is opened and not closed"));
	} else if (name.len == 0) {
		return fault(parser, from, from + 1, SLICE("a column is wanted here"));
	} else {
		parser->at += name.len;
	}
	column = find_column(parser->input, name);
	if (column == parser->input->columns)
		return unknown_column(parser, from, name);
	test.field = add_column(parser->rules, column);
	if (test.field == FIELD_MOST)
		return fault(parser, from, parser->at, SLICE("the rules use more than 20 columns"));
	if (take(parser, "~"))
		test.kind = TEST_LIKE;
	else if (take_either(parser, ">=", "≥"))
		test.kind = TEST_LEVEL;
	else
		return one_test(parser, test, from);
	return parse_threshold(parser, test, from);
}

static struct ways parse_factor(struct parser *parser)
{
	size_t from;
	struct ways ways;

	skip_spaces(parser);
	from = parser->at;
	if (!take_either(parser, "(", "（"))
		return parse_comparison(parser);
	if (parser->depth == DEPTH_MOST)
		return fault(parser, from, parser->at, SLICE("too many parentheses in each other"));
	parser->depth++;
	ways = parse_or(parser);
	parser->depth--;
	if (ways.all && !take_either(parser, ")", "）"))
		return fault(parser, from, from + 1, SLICE("a ( is opened and not closed"));
	return ways;
}

/* Every way of the one together with every way of the other. */
static struct ways multiply(struct parser *parser, struct ways x, struct ways y)
{
	struct ways product = { arena_get(&parser->arena, x.count * y.count, sizeof *product.all), 0 };

	for (size_t i = 0; i < x.count; i++)
		for (size_t j = 0; j < y.count; j++) {
			struct fixed_way *way = &product.all[product.count++];

			*way = x.all[i];
			way->to = y.all[j].to;
			if (x.all[i].count + y.all[j].count > RULE_TESTS)
				return fault(parser, way->from, way->to, SLICE("more than 8 comparisons are joined by and"));
			memcpy(way->tests + way->count, y.all[j].tests, y.all[j].count * sizeof *way->tests);
			way->count += y.all[j].count;
		}
	return product;
}

static struct ways parse_and(struct parser *parser)
{
	struct ways ways = parse_factor(parser), more;

	while (ways.all && take_either(parser, "and", "且")) {
		more = parse_factor(parser);
		if (more.all && ways.count * more.count > RULE_WAYS)
			return fault(parser, ways.all[0].from, parser->at, SLICE("more than 256 ways to fulfil a rule; write several rules"));
		ways = more.all ? multiply(parser, ways, more) : more;
	}
	return ways;
}

static struct ways parse_or(struct parser *parser)
{
	struct ways ways = parse_and(parser), more, both;

	while (ways.all && take_either(parser, "or", "或")) {
		more = parse_and(parser);
		if (!more.all)
			return more;
		if (ways.count + more.count > RULE_WAYS)
			return fault(parser, ways.all[0].from, parser->at, SLICE("more than 256 ways to fulfil a rule; write several rules"));
		both = (struct ways){ arena_get(&parser->arena, ways.count + more.count, sizeof *both.all), ways.count + more.count };
		memcpy(both.all, ways.all, ways.count * sizeof *both.all);
		memcpy(both.all + ways.count, more.all, more.count * sizeof *both.all);
		ways = both;
	}
	return ways;
}

static bool has_exact(const struct fixed_way *way)
{
	for (unsigned t = 0; t < way->count; t++)
		if (way->tests[t].kind == TEST_EXACT)
			return true;
	return false;
}

/* One line without its remark. */
static int parse_line(struct parser *parser, size_t *capacity)
{
	struct fixed_rules *rules = parser->rules;
	struct ways ways = parse_or(parser);

	skip_spaces(parser);
	if (ways.all && parser->at < parser->line.len)
		ways = fault(parser, parser->at, parser->line.len, SLICE("and, or or the end of the line is wanted here"));
	for (size_t i = 0; ways.all && i < ways.count; i++)
		if (!has_exact(&ways.all[i]))
			ways = fault(parser, ways.all[i].from, ways.all[i].to,
				     SLICE("this compares every record with every other; add an exact comparison to it, such as: and city"));
	if (!ways.all)
		return -1;
	rules->ways = memory_grow(rules->ways, capacity, rules->count + ways.count, sizeof *rules->ways);
	memcpy(rules->ways + rules->count, ways.all, ways.count * sizeof *rules->ways);
	rules->count += ways.count;
	return 0;
}

/* A # begins a remark, but not in a name in backticks. */
static struct slice without_remark(struct slice line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		quoted ^= line.ptr[i] == '`';
		if (line.ptr[i] == '#' && !quoted)
			return slice_first(line, i);
	}
	return line;
}

int fixed_read(struct fixed_rules *rules, const char *path, const struct match_input *input, struct diag *diag)
{
	struct parser parser = { .path = path, .input = input, .rules = rules, .diag = diag };
	const struct place place = { .file = path };
	struct slice text;
	size_t capacity = 0;
	int result;

	*rules = (struct fixed_rules){ 0 };
	arena_init(&parser.arena);
	result = file_read(path, FILE_MOST, &parser.arena, &text, diag);
	if (result == 0 && slice_starts_with(text, SLICE("\xEF\xBB\xBF")))
		text = slice_skip(text, 3);
	if (result == 0 && !utf8_is_valid(text))
		result = diag_fail(diag, STATUS_USAGE, &place, "bad-rule", "the rules are not in UTF-8; save them as UTF-8");
	while (result == 0 && text.len) {
		parser.line = without_remark(slice_cut(&text, '\n'));
		if (slice_ends_with(parser.line, SLICE("\r")))
			parser.line.len--;
		parser.number++;
		parser.at = 0;
		if (slice_trim(parser.line).len)
			result = parse_line(&parser, &capacity);
	}
	if (result == 0 && rules->count == 0)
		result = diag_fail(diag, STATUS_USAGE, &place, "bad-rule", "there is no rule in it; write one a line, such as: phone and name ~ 0.9");
	arena_release(&parser.arena);
	return result;
}

void fixed_release(struct fixed_rules *rules)
{
	free(rules->ways);
}
