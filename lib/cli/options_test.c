#include "cli/options.h"

#include <stdio.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/test.h"
#include "cli/table.h"

struct values {
	struct common_options common;
	const char *rules;
	struct texts orders, ignore;
	double threshold;
	uint64_t count;
	bool check;
};

#define AT(field) offsetof(struct values, field)

static const struct option_spec specs[] = {
	{ 'r', "rules", "FILE", OPTION_FILE, AT(rules), NULL, 0, 0, "the rules" },
	{ 0, "orders", "FILE", OPTION_FILES, AT(orders), NULL, 0, 0, "orders" },
	{ 0, "ignore", "COL,…", OPTION_LIST, AT(ignore), NULL, 0, 0, "columns" },
	{ 0, "threshold", "P", OPTION_REAL, AT(threshold), NULL, 0, 1, "probability" },
	{ 0, "count", "N", OPTION_UINT, AT(count), NULL, 0, 0, "count" },
	{ 0, "check", NULL, OPTION_FLAG, AT(check), NULL, 0, 0, "check" },
	{ 0 },
};
static const struct tool tool = { "crm-tag", "[OPTION]... [FILE]...", "tags", specs, NULL };

struct fixture {
	struct values values;
	struct arena arena;
	struct diag diag;
	char config[32];
};

static int begin(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	unsetenv("CRM_CONFIG");
	unsetenv("CRM_LANG");
	unsetenv("CRM_THREADS");
	arena_init(&fixture->arena);
	diag_init(&fixture->diag);
	*state = fixture;
	return 0;
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	if (fixture->config[0])
		unlink(fixture->config);
	arena_release(&fixture->arena);
	diag_release(&fixture->diag);
	free(fixture);
	return 0;
}

/* Parses a command line whose words are separated by single spaces. */
static int parse(struct fixture *fixture, const char *line)
{
	struct slice rest = slice_of(line);
	char *argv[64] = { (char[]){ "crm-tag" } };
	int argc = 1;

	while (rest.len)
		argv[argc++] = arena_cstr(&fixture->arena, slice_cut(&rest, ' '));
	diag_release(&fixture->diag);
	memset(&fixture->values, 0, sizeof fixture->values);
	options_defaults(&fixture->values.common);
	return options_parse(&tool, &fixture->values, argc, argv, &fixture->arena, &fixture->diag);
}

static void write_config(struct fixture *fixture, const char *text)
{
	FILE *file;

	if (fixture->config[0])
		unlink(fixture->config);
	memcpy(fixture->config, "/tmp/crm-config-XXXXXX", sizeof "/tmp/crm-config-XXXXXX");
	file = fdopen(mkstemp(fixture->config), "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	setenv("CRM_CONFIG", fixture->config, 1);
}

static void every_way_to_write_an_option_is_read(void **state)
{
	struct fixture *f = *state;
	struct values *v = &f->values;

	assert_int_equal(parse(f, "-nvj4 -d ; --to=jsonl --rules r.json a.csv --thresh .5 --orders o1 --orders=o2 - -- -b"), 0);
	assert_true(v->common.no_header && v->common.verbose && !v->common.quiet);
	assert_int_equal(v->common.threads, 4);
	assert_int_equal(v->common.delimiter, ';');
	assert_int_equal(v->common.to, FORMAT_JSONL);
	assert_string_equal(v->rules, "r.json");
	assert_true(v->threshold == .5);
	assert_int_equal(v->orders.count, 2);
	assert_string_equal(v->orders.items[1], "o2");
	assert_int_equal(v->common.operands.count, 3);
	assert_string_equal(v->common.operands.items[1], "-");
	assert_string_equal(v->common.operands.items[2], "-b");
	assert_int_equal(parse(f, "-r - --ignore a,b --ignore c --check"), 0);
	assert_string_equal(v->rules, "-");
	assert_int_equal(v->ignore.count, 3);
	assert_true(v->check);
}

static void values_are_typed(void **state)
{
	struct fixture *f = *state;
	struct common_options *c = &f->values.common;

	assert_int_equal(parse(f, "--memory 64M --max-field 2k --as-of 2024-03-05 --lang zh -d \\t --from xlsx --progress never"), 0);
	assert_int_equal(c->memory, 64 << 20);
	assert_int_equal(c->max_field, 2048);
	assert_int_equal(c->as_of, civil_to_days(2024, 3, 5));
	assert_int_equal(c->language, LANGUAGE_ZH);
	assert_int_equal(c->delimiter, '\t');
	assert_int_equal(c->from, FORMAT_XLSX);
	assert_int_equal(c->progress, 2);
	assert_int_equal(parse(f, "--memory 2GiB --from ods --to xlsx -d auto"), 0);
	assert_true(c->memory == UINT64_C(2) << 30);
	assert_int_equal(c->from, FORMAT_ODS);
	assert_int_equal(c->to, FORMAT_XLSX);
	assert_int_equal(c->delimiter, 0);
}

static void mistakes_are_named(void **state)
{
	static const struct { const char *line, *message; } cases[] = {
		{ "--rulse x", "unknown option --rulse; did you mean --rules?" },
		{ "--frobnicate", "unknown option --frobnicate; see crm-tag --help" },
		{ "--frobnicate=3", "unknown option --frobnicate; see crm-tag --help" },
		{ "-x", "unknown option -x; see crm-tag --help" },
		{ "--m 1", "option --m could be --map or --memory; write more of it" },
		{ "--rules", "option --rules needs FILE" },
		{ "-r", "option -r needs FILE" },
		{ "--rules --check", "option --rules needs FILE" },
		{ "--rules=", "--rules: FILE must not be empty" },
		{ "--check=yes", "option --check takes no argument" },
		{ "-j 0", "--threads: '0' is not a whole number from 1 to 256" },
		{ "-j 4x", "--threads: '4x' is not a whole number from 1 to 256" },
		{ "--count -1", "--count: '-1' is not a whole number" },
		{ "--threshold 1.5", "--threshold: '1.5' is not a number from 0 to 1" },
		{ "--threshold nan", "--threshold: 'nan' is not a number from 0 to 1" },
		{ "--memory 64Q", "--memory: '64Q' is not a size such as 64M or 2G" },
		{ "--memory 1K", "--memory: '1K' is not a size from 1M to 1T" },
		{ "--memory 99999999999999999999", "--memory: '999***************99' is not a size such as 64M or 2G" },
		{ "--as-of 2024-02-30", "--as-of: '2024-02-30' is not a date such as 2024-03-05" },
		{ "--to xml", "--to: 'xml' is not one of auto, csv, tsv, json, jsonl, xlsx" },
		{ "--delimiter ab", "--delimiter: 'ab' is not one ASCII character, \\t or tab (and no quote)" },
		{ "--delimiter \"", "--delimiter: '\"' is not one ASCII character, \\t or tab (and no quote)" },
		{ "--orders a --orders=", "--orders: FILE must not be empty" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(parse(f, cases[i].line), -1);
		assert_string_equal(f->diag.error, cases[i].message);
		assert_int_equal(f->diag.status, STATUS_USAGE);
	}
}

static void help_wins_over_wrong_values(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "-j 0 --help"), 0);
	assert_true(f->values.common.help);
}

static void the_environment_gives_defaults(void **state)
{
	struct fixture *f = *state;

	setenv("CRM_THREADS", "3", 1);
	setenv("CRM_LANG", "zh", 1);
	assert_int_equal(parse(f, "--lang en"), 0);
	assert_int_equal(f->values.common.threads, 3);
	assert_int_equal(f->values.common.language, LANGUAGE_EN);
	setenv("CRM_THREADS", "many", 1);
	assert_int_equal(parse(f, ""), -1);
	assert_string_equal(f->diag.error, "CRM_THREADS: 'many' is not a whole number from 1 to 256");
}

static void the_configuration_gives_way_to_the_command_line(void **state)
{
	struct fixture *f = *state;
	struct values *v = &f->values;

	write_config(f, "{ // for the night\n"
			"  \"common\": { \"threads\": 2, \"strict\": true, \"map\": [\"phone=Tel\", \"email=Mail\"] },\n"
			"  \"crm-rfm\": { \"whatever\": 1 },\n"
			"  \"crm-tag\": { \"rules\": \"r.json\", \"threshold\": 0.25, \"threads\": 3, \"ignore\": [\"a\", \"b\"], \"check\": false },\n"
			"}\n");
	assert_int_equal(parse(f, "--ignore c"), 0);
	assert_int_equal(v->common.threads, 3);
	assert_true(v->common.strict);
	assert_int_equal(v->common.maps.count, 2);
	assert_string_equal(v->rules, "r.json");
	assert_true(v->threshold == .25);
	assert_int_equal(v->ignore.count, 1);
	assert_string_equal(v->ignore.items[0], "c");
	assert_int_equal(parse(f, "-j 1 --rules other"), 0);
	assert_int_equal(v->common.threads, 1);
	assert_string_equal(v->rules, "other");
	assert_int_equal(v->ignore.count, 2);
	setenv("CRM_THREADS", "5", 1);
	assert_int_equal(parse(f, ""), 0);
	assert_int_equal(v->common.threads, 5);
}

static void mistakes_in_the_configuration_have_a_line(void **state)
{
	static const struct { const char *text, *message; } cases[] = {
		{ "{\n \"crm-tga\": {}\n}", ":2: unknown section crm-tga; did you mean crm-tag?" },
		{ "{ \"x\": {} }", ":1: unknown section x; sections are common and the names of the tools" },
		{ "{\n\"crm-tag\": {\n\n\"rulse\": \"x\"}}", ":4: unknown option rulse in section crm-tag; did you mean rules?" },
		{ "{\n\"common\": {\n\"rules\": \"x\"}}", ":3: unknown option rules in section common" },
		{ "{\n\"common\": {\n\"config\": \"x\"}}", ":3: a configuration cannot name another one" },
		{ "{ /* \"count\" \n */ \"crm-tag\": { // \"count\"\n \"rules\": \"count\",\n \"count\": \"x\" } }",
		  ":4: count: 'x' is not a whole number" },
		{ "{\"crm-tag\": {\n\"threshold\": 7}}", ":2: threshold: '7' is not a number from 0 to 1" },
		{ "{\"crm-tag\": {\n\"check\": 1}}", ":2: check: must be true or false" },
		{ "{\"crm-tag\": {\n\"rules\": true}}", ":2: rules: must be a text or a number" },
		{ "{\"crm-tag\": {\n\"rules\": [\"a\"]}}", ":2: rules: must be a text or a number" },
		{ "{\"crm-tag\":\n []}", ":1: section crm-tag is no object of options" },
		{ "[]", ": is no object of sections" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_config(f, cases[i].text);
		assert_int_equal(parse(f, ""), -1);
		assert_int_equal(f->diag.status, STATUS_USAGE);
		assert_string_equal(f->diag.error + strlen(f->config), cases[i].message);
	}
	setenv("CRM_CONFIG", "/nonexistent/config.json", 1);
	assert_int_equal(parse(f, ""), -1);
	assert_int_equal(parse(f, "--config /also/missing"), -1);
	assert_non_null(strstr(f->diag.error, "/also/missing"));
}

static void the_table_is_sound(void **state)
{
	size_t count = option_count(&tool);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct option_spec *spec = option_at(&tool, i);

		assert_int_equal(option_by_name(&tool, slice_of(spec->name)), i);
		if (spec->letter)
			assert_int_equal(option_by_letter(&tool, spec->letter), i);
		assert_true((spec->argument == NULL) == (spec->type == OPTION_FLAG));
		assert_true((spec->choices != NULL) == (spec->type == OPTION_CHOICE));
		assert_non_null(spec->help);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_way_to_write_an_option_is_read, begin, end),
		cmocka_unit_test_setup_teardown(values_are_typed, begin, end),
		cmocka_unit_test_setup_teardown(mistakes_are_named, begin, end),
		cmocka_unit_test_setup_teardown(help_wins_over_wrong_values, begin, end),
		cmocka_unit_test_setup_teardown(the_environment_gives_defaults, begin, end),
		cmocka_unit_test_setup_teardown(the_configuration_gives_way_to_the_command_line, begin, end),
		cmocka_unit_test_setup_teardown(mistakes_in_the_configuration_have_a_line, begin, end),
		cmocka_unit_test(the_table_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
