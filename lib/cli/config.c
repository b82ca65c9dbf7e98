/*
 * The configuration: { "common": { "threads": 4 }, "crm-rfm": { "orders": "orders.csv" } }. Keys are the long names of options.
 * The tree of the parser knows no lines, so the line of a key is found by a second walk over the text.
 */
#include <inttypes.h>

#include "base/nearest.h"
#include "cli/table.h"
#include "io/file.h"
#include "io/json.h"

static const char *const section_names[] = {
	"common", "crm-merge", "crm-dedupe", "crm-rfm", "crm-churn", "crm-tag", "crm-synth",
};
enum { SECTION_COUNT = sizeof section_names / sizeof *section_names, CONFIG_MAXIMUM = 1 << 20 };

struct config {
	const struct tool *tool;
	const char *path;
	struct slice text;
	void *values;
	struct arena *arena;
	struct diag *diag;
};

/* Cuts the string that begins after `text`'s first quote off; its content, escapes as they stand. */
static struct slice cut_string(struct slice *text)
{
	struct slice inside = slice_skip(*text, 1);
	size_t n = 0;

	while (n < inside.len && inside.ptr[n] != '"')
		n += inside.ptr[n] == '\\' ? 2 : 1;
	*text = slice_skip(inside, n + 1);
	return slice_first(inside, n);
}

static void skip_comment(struct slice *text)
{
	bool block = slice_starts_with(*text, SLICE("/*"));

	*text = slice_skip(*text, 2);
	*text = slice_skip(*text, slice_find(*text, block ? SLICE("*/") : SLICE("\n")) + (block ? 2 : 0));
}

/* The line of the key `name` in the object of the key `section`, or of the section itself when name is NULL; 0: not found. */
static uint64_t line_of(const struct config *config, const char *section, const char *name)
{
	struct slice rest = config->text;
	int depth = 0;
	bool inside = false;
	uint64_t line = 1;

	while (rest.len) {
		const char *from = rest.ptr;
		char c = *from;

		if (c == '"') {
			struct slice text = cut_string(&rest);

			if (!slice_starts_with(slice_trim(rest), SLICE(":")))
				text = SLICE(""); /* a value */
			else if (depth == 1)
				inside = slice_equal(text, slice_of(section));
			if (inside && (name ? depth == 2 && slice_equal(text, slice_of(name)) : depth == 1))
				return line;
		} else if (slice_starts_with(rest, SLICE("//")) || slice_starts_with(rest, SLICE("/*"))) {
			skip_comment(&rest);
		} else {
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
			rest = slice_skip(rest, 1);
		}
		for (; from < rest.ptr; from++)
			line += *from == '\n';
	}
	return 0;
}

static int store_node(struct config *config, const struct option_spec *spec, const struct place *who, const cJSON *node)
{
	struct slice text = json_text(node);

	if (cJSON_IsBool(node))
		text = cJSON_IsTrue(node) ? SLICE("true") : SLICE("false");
	if (!text.ptr || cJSON_IsBool(node) != (spec->type == OPTION_FLAG))
		return diag_fail(config->diag, STATUS_USAGE, who, NULL, "must be %s",
				 spec->type == OPTION_FLAG ? "true or false" : "a text or a number");
	return option_store(spec, config->values, text, who, config->arena, config->diag);
}

static bool is_list(const struct option_spec *spec)
{
	return spec->type == OPTION_TEXTS || spec->type == OPTION_FILES || spec->type == OPTION_LIST;
}

static int apply_option(struct config *config, const char *section, const cJSON *node)
{
	const struct tool *tool = config->tool;
	bool common = strcmp(section, "common") == 0;
	size_t option = option_by_name(tool, slice_of(node->string));
	const struct option_spec *spec = option < option_count(tool) ? option_at(tool, option) : NULL;
	struct place place = { .file = config->path, .line = line_of(config, section, node->string) };
	struct slice hint;
	const cJSON *item;

	if (strcmp(node->string, "config") == 0)
		return diag_fail(config->diag, STATUS_USAGE, &place, NULL, "a configuration cannot name another one");
	if (!spec || (common && !option_is_common(spec))) {
		hint = option_hint(tool, slice_of(node->string), common, "", config->arena);
		return diag_fail(config->diag, STATUS_USAGE, &place, NULL, "unknown option %s in section %s%.*s",
				 node->string, section, SLICE_ARG(hint));
	}
	place.file = arena_format(config->arena, "%s:%" PRIu64 ": %s", place.file, place.line, spec->name).ptr;
	place.line = 0;
	option_forget(spec, config->values);
	if (!is_list(spec) || !cJSON_IsArray(node))
		return store_node(config, spec, &place, node);
	cJSON_ArrayForEach(item, node)
		if (store_node(config, spec, &place, item) < 0)
			return -1;
	return 0;
}

static int apply_section(struct config *config, const cJSON *document, const char *name)
{
	const cJSON *section = json_member(document, name), *node;
	const struct place place = { .file = config->path, .line = section ? line_of(config, name, NULL) : 0 };

	if (!section)
		return 0;
	if (!cJSON_IsObject(section))
		return diag_fail(config->diag, STATUS_USAGE, &place, NULL, "section %s is no object of options", name);
	cJSON_ArrayForEach(node, section)
		if (apply_option(config, name, node) < 0)
			return -1;
	return 0;
}

static int check_sections(struct config *config, const cJSON *document)
{
	struct slice names[SECTION_COUNT];
	const cJSON *section;

	for (size_t i = 0; i < SECTION_COUNT; i++)
		names[i] = slice_of(section_names[i]);
	cJSON_ArrayForEach(section, document) {
		struct slice name = slice_of(section->string);
		const struct place place = { .file = config->path, .line = line_of(config, section->string, NULL) };
		size_t nearest = nearest_index(names, SECTION_COUNT, name);

		if (nearest < SECTION_COUNT && slice_equal(names[nearest], name))
			continue;
		return diag_fail(config->diag, STATUS_USAGE, &place, NULL, "unknown section %s; %s%s%s", section->string,
				 nearest < SECTION_COUNT ? "did you mean " : "sections are common and the names of the tools",
				 nearest < SECTION_COUNT ? section_names[nearest] : "", nearest < SECTION_COUNT ? "?" : "");
	}
	return 0;
}

int config_apply(const struct tool *tool, const char *path, void *values, struct arena *arena, struct diag *diag)
{
	struct config config = { .tool = tool, .path = path, .values = values, .arena = arena, .diag = diag };
	const struct place place = { .file = path };
	cJSON *document;
	int result;

	if (file_read(path, CONFIG_MAXIMUM, arena, &config.text, diag) < 0)
		return -1;
	document = json_parse(config.text, JSON_COMMENTS, path, diag);
	if (!document)
		return -1;
	if (!cJSON_IsObject(document))
		result = diag_fail(diag, STATUS_USAGE, &place, NULL, "is no object of sections");
	else
		result = check_sections(&config, document);
	if (result == 0)
		result = apply_section(&config, document, "common");
	if (result == 0)
		result = apply_section(&config, document, tool->name);
	json_free(document);
	return result;
}
