/*
 * The command line is first cut into settings (option, text), which finds unknown options and missing arguments, then
 * the configuration and the environment are applied, then the settings: each place over the one before.
 */
#include "cli/options.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/pool.h"
#include "cli/table.h"

struct argument {
	size_t option;
	struct slice text;
};

struct command_line {
	const struct tool *tool;
	char **argv;
	int argc, at;
	struct argument *arguments;
	size_t count;
	struct arena *arena;
	struct diag *diag;
};

void options_defaults(struct common_options *common)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_size = sysconf(_SC_PAGESIZE);
	const char *tmpdir = getenv("TMPDIR");

	*common = (struct common_options){
		.encoding = "auto",
		.tmpdir = tmpdir && *tmpdir ? tmpdir : "/tmp",
		.as_of = civil_today(),
		.threads = pool_processors(),
		.memory = UINT64_C(1) << 30,
		.max_field = 1 << 20,
	};
	if (pages > 0 && page_size > 0)
		common->memory = (uint64_t)pages * (uint64_t)page_size / 2;
}

static void add_argument(struct command_line *line, size_t option, struct slice text)
{
	line->arguments[line->count++] = (struct argument){ option, text };
}

/* The text of an option that stands in the next argument. What begins with "--" is an option that follows, not a value. */
static int take_value(struct command_line *line, size_t option, struct slice shown)
{
	const char *next = line->argv[line->at];

	if (!next || (next[0] == '-' && next[1] == '-' && next[2]))
		return diag_fail(line->diag, STATUS_USAGE, NULL, NULL, "option %.*s needs %s", SLICE_ARG(shown),
				 option_at(line->tool, option)->argument);
	line->at++;
	add_argument(line, option, slice_of(next));
	return 0;
}

static int unknown_option(struct command_line *line, struct slice shown, struct slice name)
{
	struct slice hint = option_hint(line->tool, name, false, "--", line->arena);

	if (hint.len == 0)
		hint = arena_format(line->arena, "; see %s --help", line->tool->name);
	return diag_fail(line->diag, STATUS_USAGE, NULL, NULL, "unknown option %.*s%.*s", SLICE_ARG(shown),
			 SLICE_ARG(hint));
}

/* The option that `name` is, or is the unambiguous beginning of. */
static int find_long(struct command_line *line, struct slice name, size_t *option)
{
	size_t count = option_count(line->tool), first = count;

	*option = option_by_name(line->tool, name);
	if (*option < count)
		return 0;
	for (size_t i = 0; i < count && name.len; i++) {
		const struct option_spec *spec = option_at(line->tool, i);

		if (option_is_hidden(spec) || !slice_starts_with(slice_of(spec->name), name))
			continue;
		if (first < count && strcmp(option_at(line->tool, first)->name, spec->name) != 0)
			return diag_fail(line->diag, STATUS_USAGE, NULL, NULL,
					 "option --%.*s could be --%s or --%s; write more of it", SLICE_ARG(name),
					 option_at(line->tool, first)->name, spec->name);
		if (first == count)
			first = i;
	}
	*option = first;
	return first < count ? 0 : unknown_option(line, arena_format(line->arena, "--%.*s", SLICE_ARG(name)), name);
}

static int take_long(struct command_line *line, struct slice text)
{
	bool has_value = slice_find_byte(text, '=') < text.len;
	struct slice name = slice_cut(&text, '=');
	const struct option_spec *spec;
	size_t option;

	if (find_long(line, name, &option) < 0)
		return -1;
	spec = option_at(line->tool, option);
	if (spec->type == OPTION_FLAG) {
		if (has_value)
			return diag_fail(line->diag, STATUS_USAGE, NULL, NULL, "option --%s takes no argument", spec->name);
		add_argument(line, option, SLICE("true"));
		return 0;
	}
	if (has_value) {
		add_argument(line, option, text);
		return 0;
	}
	return take_value(line, option, arena_format(line->arena, "--%s", spec->name));
}

/* -nv, -j4, -j 4 */
static int take_letters(struct command_line *line, struct slice text)
{
	while (text.len) {
		size_t option = option_by_letter(line->tool, text.ptr[0]);
		struct slice shown = arena_format(line->arena, "-%c", text.ptr[0]);

		if (option == option_count(line->tool))
			return unknown_option(line, shown, slice_first(text, 0));
		text = slice_skip(text, 1);
		if (option_at(line->tool, option)->type == OPTION_FLAG) {
			add_argument(line, option, SLICE("true"));
			continue;
		}
		if (text.len == 0)
			return take_value(line, option, shown);
		add_argument(line, option, text);
		return 0;
	}
	return 0;
}

static int cut_command_line(struct command_line *line, struct texts *operands)
{
	bool ended = false;

	while (line->at < line->argc) {
		const char *text = line->argv[line->at++];
		int result = 0;

		if (ended || text[0] != '-' || !text[1])
			texts_add(operands, text, line->arena);
		else if (text[1] != '-')
			result = take_letters(line, slice_of(text + 1));
		else if (text[2])
			result = take_long(line, slice_of(text + 2));
		else
			ended = true;
		if (result < 0)
			return -1;
	}
	return 0;
}

static int apply_environment(const struct tool *tool, void *values, struct arena *arena, struct diag *diag)
{
	static const struct { const char *variable, *option; } known[] = {
		{ "CRM_LANG", "lang" }, { "CRM_THREADS", "threads" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		const char *text = getenv(known[i].variable);
		const struct place who = { .file = known[i].variable };
		const struct option_spec *spec = option_at(tool, option_by_name(tool, slice_of(known[i].option)));

		if (text && *text && option_store(spec, values, slice_of(text), &who, arena, diag) < 0)
			return -1;
	}
	return 0;
}

static int apply_arguments(const struct command_line *line, void *values)
{
	bool *seen = arena_zero(line->arena, option_count(line->tool), sizeof *seen);

	for (size_t i = 0; i < line->count; i++) {
		const struct argument *argument = &line->arguments[i];
		const struct option_spec *spec = option_at(line->tool, argument->option);
		const struct place who = { .file = arena_format(line->arena, "--%s", spec->name).ptr };

		if (!seen[argument->option])
			option_forget(spec, values);
		seen[argument->option] = true;
		if (option_store(spec, values, argument->text, &who, line->arena, line->diag) < 0)
			return -1;
	}
	return 0;
}

/* The text of the last setting of an option, or NULL. */
static const char *last_of(const struct command_line *line, const char *name)
{
	size_t option = option_by_name(line->tool, slice_of(name));
	const char *text = NULL;

	for (size_t i = 0; i < line->count; i++)
		if (line->arguments[i].option == option)
			text = arena_cstr(line->arena, line->arguments[i].text);
	return text;
}

static size_t most_arguments(int argc, char **argv)
{
	size_t most = 0;

	for (int i = 1; i < argc; i++)
		most += strlen(argv[i]) + 1;
	return most;
}

int options_parse(const struct tool *tool, void *values, int argc, char **argv, struct arena *arena, struct diag *diag)
{
	struct command_line line = { .tool = tool, .argv = argv, .argc = argc, .at = 1, .arena = arena, .diag = diag };
	struct common_options *common = values;
	const char *config;

	line.arguments = arena_get(arena, most_arguments(argc, argv), sizeof *line.arguments);
	if (cut_command_line(&line, &common->operands) < 0)
		return -1;
	common->help = last_of(&line, "help");
	common->version = last_of(&line, "version");
	common->dump_options = last_of(&line, "dump-options");
	if (common->help || common->version || common->dump_options)
		return 0;
	config = last_of(&line, "config");
	if (!config)
		config = getenv("CRM_CONFIG");
	if (config && *config && config_apply(tool, config, values, arena, diag) < 0)
		return -1;
	if (apply_environment(tool, values, arena, diag) < 0)
		return -1;
	return apply_arguments(&line, values);
}
