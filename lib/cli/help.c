/* --help, --version, --dump-options. */
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "base/version.h"
#include "cli/table.h"
#include "io/json.h"

enum { WIDTH = 80, HELP_COLUMN = 26 };

/* Prints text from column `at` on, going on in column `indent` of further lines. */
static void print_wrapped(struct slice text, size_t at, size_t indent)
{
	bool first = true;

	while (text.len) {
		struct slice word = slice_cut(&text, ' ');
		size_t width = utf8_count(word);

		if (!first && at + 1 + width > WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		printf("%s%.*s", first ? "" : " ", SLICE_ARG(word));
		at += width + !first;
		first = false;
	}
	putchar('\n');
}

static void print_option(const struct option_spec *spec)
{
	char left[64];
	int len = snprintf(left, sizeof left, "  %c%c%s --%s%s%s", spec->letter ? '-' : ' ',
			   spec->letter ? spec->letter : ' ', spec->letter ? "," : " ", spec->name,
			   spec->argument ? " " : "", spec->argument ? spec->argument : "");

	if (len + 2 > HELP_COLUMN)
		printf("%s\n%*s", left, HELP_COLUMN, "");
	else
		printf("%-*s", HELP_COLUMN, left);
	print_wrapped(slice_of(spec->help), HELP_COLUMN, HELP_COLUMN);
	if (spec->choices) {
		char *choices = strdup(spec->choices);

		for (char *c = choices; c && *c; c++)
			if (*c == '|')
				*c = ' ';
		printf("%*s", HELP_COLUMN, "");
		print_wrapped(slice_of(choices), HELP_COLUMN, HELP_COLUMN);
		free(choices);
	}
}

static void print_options(const struct tool *tool, bool common, const char *title)
{
	size_t count = option_count(tool);

	if (!common && (!tool->options || !tool->options->name))
		return;
	printf("\n%s\n", title);
	for (size_t i = 0; i < count; i++) {
		const struct option_spec *spec = option_at(tool, i);

		if (option_is_common(spec) == common && !option_is_hidden(spec))
			print_option(spec);
	}
}

static void print_help(const struct tool *tool)
{
	printf("Usage: %s %s\n", tool->name, tool->synopsis);
	print_wrapped(slice_of(tool->summary), 0, 0);
	print_options(tool, false, "Options:");
	print_options(tool, true, "Options of every tool:");
	if (tool->examples)
		printf("\nExamples:\n%s%s", tool->examples, slice_ends_with(slice_of(tool->examples), SLICE("\n")) ? "" : "\n");
	print_wrapped(SLICE("\nExit status: 0 done, 1 done and a check that was asked for says no, 2 wrong usage, 3 bad input, "
			    "4 the system failed"), 0, 0);
	printf("Manual: man %s, man crmkit\n", tool->name);
}

static const char *type_name(enum option_type type)
{
	static const char *const names[] = {
		"flag", "text", "file", "texts", "files", "list", "uint", "size", "real", "date", "choice", "char", "file",
	};

	return names[type];
}

static cJSON *describe(const struct option_spec *spec)
{
	cJSON *object = cJSON_CreateObject(), *choices;
	struct slice rest = slice_of(spec->choices);
	char text[64];

	cJSON_AddStringToObject(object, "name", spec->name);
	if (spec->letter) {
		snprintf(text, sizeof text, "%c", spec->letter);
		cJSON_AddStringToObject(object, "letter", text);
	}
	if (spec->argument)
		cJSON_AddStringToObject(object, "argument", spec->argument);
	cJSON_AddStringToObject(object, "type", type_name(spec->type));
	if (spec->choices) {
		choices = cJSON_AddArrayToObject(object, "choices");
		while (rest.len) {
			struct slice choice = slice_cut(&rest, '|');

			snprintf(text, sizeof text, "%.*s", SLICE_ARG(choice));
			cJSON_AddItemToArray(choices, cJSON_CreateString(text));
		}
	}
	if (spec->least != 0 || spec->most != 0) {
		cJSON_AddItemToObject(object, "least", json_number_node(spec->least));
		cJSON_AddItemToObject(object, "most", json_number_node(spec->most));
	}
	cJSON_AddBoolToObject(object, "common", option_is_common(spec));
	cJSON_AddStringToObject(object, "help", spec->help);
	return object;
}

static void dump_options(const struct tool *tool)
{
	cJSON *document = cJSON_CreateObject(), *options;
	char *text;

	cJSON_AddStringToObject(document, "tool", tool->name);
	cJSON_AddStringToObject(document, "version", CRM_VERSION);
	cJSON_AddStringToObject(document, "synopsis", tool->synopsis);
	cJSON_AddStringToObject(document, "summary", tool->summary);
	options = cJSON_AddArrayToObject(document, "options");
	for (size_t i = 0; i < option_count(tool); i++)
		if (!option_is_hidden(option_at(tool, i)))
			cJSON_AddItemToArray(options, describe(option_at(tool, i)));
	text = json_print(document, true);
	printf("%s\n", text);
	free(text);
	json_free(document);
}

bool options_answered(const struct tool *tool, const struct common_options *common)
{
	if (common->help)
		print_help(tool);
	else if (common->version)
		printf("%s (crmkit) %s\n", tool->name, CRM_VERSION);
	else if (common->dump_options)
		dump_options(tool);
	else
		return false;
	return true;
}
