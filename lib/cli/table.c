#include "cli/table.h"

#include "base/civil.h"
#include "base/nearest.h"

#define COMMON(field) offsetof(struct common_options, field)
#define KILO 1024.0

const struct option_spec common_option_specs[] = {
	{ 'o', "output", "FILE", OPTION_OUTPUT, COMMON(output), NULL, 0, 0,
	  "write FILE in one step, so that it is the old one or the new one and never half of one; default standard output" },
	{ 0, "from", "FORMAT", OPTION_CHOICE, COMMON(from), "auto|csv|tsv|json|jsonl|xlsx|xls|ods", 0, 0,
	  "format of the input; default auto, by its content" },
	{ 0, "to", "FORMAT", OPTION_CHOICE, COMMON(to), "auto|csv|tsv|json|jsonl|xlsx", 0, 0,
	  "format of the output; default auto, by the ending of the --output file, else csv" },
	{ 0, "encoding", "NAME", OPTION_TEXT, COMMON(encoding), NULL, 0, 0,
	  "encoding of the input; default auto: byte order mark, strict UTF-8, then detection that favours GB18030" },
	{ 'd', "delimiter", "C", OPTION_CHAR, COMMON(delimiter), NULL, 0, 0,
	  "what stands between the cells of the input, one character, \\t or tab; default auto: one of , ; tab |" },
	{ 'n', "no-header", NULL, OPTION_FLAG, COMMON(no_header), NULL, 0, 0,
	  "the input has no header row; its columns are c1, c2 …" },
	{ 0, "map", "ROLE=COLUMN", OPTION_TEXTS, COMMON(maps), NULL, 0, 0,
	  "take COLUMN for ROLE, whatever its header says; ROLE may begin with the kind of file (orders.amount=Total); repeatable" },
	{ 0, "date-order", "ORDER", OPTION_CHOICE, COMMON(date_order), "auto|dmy|mdy|ymd", 0, 0,
	  "how dates such as 03/05/2024 and 24/03/05 are meant; default auto, decided for each column by its values" },
	{ 0, "config", "FILE", OPTION_FILE, COMMON(config), NULL, 0, 0,
	  "read options from a JSON file, comments allowed: section common, then the tool's own; default $CRM_CONFIG" },
	{ 0, "as-of", "DATE", OPTION_DATE, COMMON(as_of), NULL, 0, 0,
	  "the day that ages are counted to, YYYY-MM-DD; default today" },
	{ 0, "lang", "LANG", OPTION_CHOICE, COMMON(language), "en|zh", 0, 0,
	  "language of labels in the output; default $CRM_LANG, else en" },
	{ 0, "rejects", "FILE", OPTION_OUTPUT, COMMON(rejects), NULL, 0, 0,
	  "set rows that cannot be used aside in FILE, each with the reason, and go on" },
	{ 0, "strict", NULL, OPTION_FLAG, COMMON(strict), NULL, 0, 0,
	  "the first row that cannot be used ends the run, with --rejects too" },
	{ 0, "bom", NULL, OPTION_FLAG, COMMON(bom), NULL, 0, 0,
	  "begin the output with a byte order mark, which Excel needs to read UTF-8; csv and tsv only" },
	{ 0, "excel-safe", NULL, OPTION_FLAG, COMMON(excel_safe), NULL, 0, 0,
	  "neutralise cells that a spreadsheet would run as formulas; csv and tsv only" },
	{ 'j', "threads", "N", OPTION_UINT, COMMON(threads), NULL, 1, 256,
	  "work in N threads; default $CRM_THREADS, else one per processor; the output is the same" },
	{ 0, "memory", "SIZE", OPTION_SIZE, COMMON(memory), NULL, KILO * KILO, KILO * KILO * KILO * KILO,
	  "keep at most about SIZE (such as 512M, 4G) in memory and the rest in temporary files; default half of what the machine has" },
	{ 0, "tmpdir", "DIR", OPTION_FILE, COMMON(tmpdir), NULL, 0, 0,
	  "where temporary files go; default $TMPDIR, else /tmp" },
	{ 0, "max-field", "SIZE", OPTION_SIZE, COMMON(max_field), NULL, 64, KILO * KILO * KILO,
	  "give up a quote that is not closed within SIZE and several lines: it was a stray one; a record may be four times as long; default 1M" },
	{ 0, "stats", "FILE", OPTION_OUTPUT, COMMON(stats), NULL, 0, 0,
	  "write the figures of the run to FILE as JSON: what was detected, rows, rejects, seconds" },
	{ 'q', "quiet", NULL, OPTION_FLAG, COMMON(quiet), NULL, 0, 0, "no warnings and no progress, errors only" },
	{ 'v', "verbose", NULL, OPTION_FLAG, COMMON(verbose), NULL, 0, 0,
	  "say on standard error what was detected and done" },
	{ 0, "progress", "WHEN", OPTION_CHOICE, COMMON(progress), "auto|always|never", 0, 0,
	  "show progress on standard error; default auto, on a terminal only" },
	{ 'h', "help", NULL, OPTION_FLAG, COMMON(help), NULL, 0, 0, "show this help and end" },
	{ 'V', "version", NULL, OPTION_FLAG, COMMON(version), NULL, 0, 0, "show the version and end" },
	{ 0, "dump-options", NULL, OPTION_FLAG, COMMON(dump_options), NULL, 0, 0, "show this table as JSON and end" },
	{ 0 },
};

bool option_is_common(const struct option_spec *spec)
{
	size_t count = sizeof common_option_specs / sizeof *common_option_specs;

	return spec >= common_option_specs && spec < common_option_specs + count;
}

bool option_is_hidden(const struct option_spec *spec)
{
	return option_is_common(spec) && spec->offset == COMMON(dump_options);
}

static size_t count_own(const struct tool *tool)
{
	size_t n = 0;

	while (tool->options && tool->options[n].name)
		n++;
	return n;
}

size_t option_count(const struct tool *tool)
{
	return count_own(tool) + sizeof common_option_specs / sizeof *common_option_specs - 1;
}

const struct option_spec *option_at(const struct tool *tool, size_t number)
{
	size_t own = count_own(tool);

	return number < own ? &tool->options[number] : &common_option_specs[number - own];
}

size_t option_by_name(const struct tool *tool, struct slice name)
{
	size_t count = option_count(tool), i = 0;

	while (i < count && !slice_equal(slice_of(option_at(tool, i)->name), name))
		i++;
	return i;
}

size_t option_by_letter(const struct tool *tool, char letter)
{
	size_t count = option_count(tool), i = 0;

	while (i < count && option_at(tool, i)->letter != letter)
		i++;
	return i;
}

struct slice option_hint(const struct tool *tool, struct slice name, bool common_only, const char *dashes,
			 struct arena *arena)
{
	size_t count = option_count(tool), kept = 0, best;
	struct slice *names = arena_get(arena, count, sizeof *names);

	for (size_t i = 0; i < count; i++) {
		const struct option_spec *spec = option_at(tool, i);

		if (!option_is_hidden(spec) && (option_is_common(spec) || !common_only))
			names[kept++] = slice_of(spec->name);
	}
	best = nearest_index(names, kept, name);
	if (best == kept)
		return SLICE("");
	return arena_format(arena, "; did you mean %s%.*s?", dashes, SLICE_ARG(names[best]));
}
