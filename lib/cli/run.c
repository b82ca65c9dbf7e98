#include "cli/table.h"
#include "cli/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/nearest.h"
#include "base/version.h"
#include "cli/progress.h"
#include "cli/stats.h"
#include "io/file.h"
#include "io/json.h"

static const char *const kind_names[] = { "customers", "orders", "contacts", "events" };
enum { KIND_COUNT = sizeof kind_names / sizeof *kind_names };

static int usage(struct run *run, const char *text)
{
	return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "%s", text);
}

/* KIND.ROLE=COLUMN cut in its parts; kind -1: any. */
struct mapping {
	int kind;
	struct slice role, column;
};

static struct mapping cut_mapping(const char *text)
{
	struct mapping mapping = { -1, slice_of(text), { NULL, 0 } };
	struct slice rest = mapping.role;

	mapping.role = slice_cut(&rest, '=');
	mapping.column = rest;
	rest = mapping.role;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct slice name = slice_of(kind_names[kind]);

		if (slice_starts_with(rest, name) && rest.len > name.len && rest.ptr[name.len] == '.') {
			mapping.kind = kind;
			mapping.role = slice_skip(rest, name.len + 1);
		}
	}
	return mapping;
}

static const char *nearest_role(struct slice name)
{
	struct slice names[ROLE_COUNT];
	size_t count = 0, best;

	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		names[count++] = slice_of(role_name((enum role)role));
	best = nearest_index(names, count, name);
	return best < count ? names[best].ptr : NULL;
}

static int check_maps(struct run *run)
{
	static const struct place who = { .file = "--map" };
	char quoted[DIAG_QUOTE_SIZE];

	for (size_t i = 0; i < run->common->maps.count; i++) {
		const char *text = run->common->maps.items[i], *near;
		struct mapping mapping = cut_mapping(text);
		enum role role = role_by_name(mapping.role);

		if (mapping.column.len == 0)
			return diag_fail(&run->diag, STATUS_USAGE, &who, NULL, "%s is not ROLE=COLUMN",
					 diag_quote(slice_of(text), quoted));
		if (role != ROLE_NONE && (mapping.kind < 0 || role_belongs(role, (enum kind)mapping.kind)))
			continue;
		near = role == ROLE_NONE ? nearest_role(mapping.role) : NULL;
		return diag_fail(&run->diag, STATUS_USAGE, &who, NULL, "%s is not a role%s%s%s%s%s",
				 diag_quote(mapping.role, quoted), mapping.kind >= 0 ? " of " : "",
				 mapping.kind >= 0 ? kind_names[mapping.kind] : "", near ? "; did you mean " : "",
				 near ? near : "", near ? "?" : "");
	}
	return 0;
}

/* The folder of a path, and the name in it. False: there is no such folder. */
static bool stat_folder(const char *path, struct stat *folder, const char **name)
{
	const char *slash = strrchr(path, '/');
	char *text = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	bool found = text && stat(text, folder) == 0;

	*name = slash ? slash + 1 : path;
	free(text);
	return found;
}

/* By name, or by being one file under two names; a device such as /dev/null may be named often. A file that is yet to be made goes by its folder. */
static bool same_file(const char *a, const char *b)
{
	const char *name_a, *name_b;
	struct stat x, y;
	bool is_a = stat(a, &x) == 0, is_b = stat(b, &y) == 0;

	if (!is_a && !is_b)
		return stat_folder(a, &x, &name_a) && stat_folder(b, &y, &name_b) && x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
		       strcmp(name_a, name_b) == 0;
	if (!is_a || !is_b)
		return false;
	return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static const char *file_of(const struct run *run, const struct option_spec *spec)
{
	return *(const char *const *)((const char *)run->common + spec->offset);
}

/* What a run reads may be replaced by --output, and yesterday's links and models by today's. */
static bool may_replace(const char *output, const char *input)
{
	return strcmp(output, "output") == 0 || (strcmp(output, "links") == 0 && strcmp(input, "master") == 0) ||
	       (strcmp(output, "save-model") == 0 && strcmp(input, "model") == 0);
}

static int check_list(struct run *run, const struct option_spec *output, const char *input, const struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		if (!may_replace(output->name, input) && same_file(file_of(run, output), texts->items[i]))
			return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--%s would overwrite the input %s", output->name,
					 texts->items[i]);
	return 0;
}

/* That the file of `output` is not that of another option. */
static int check_output(struct run *run, size_t number)
{
	const struct option_spec *output = option_at(run->tool, number);

	for (size_t i = 0; i < option_count(run->tool); i++) {
		const struct option_spec *other = option_at(run->tool, i);

		if (other->type == OPTION_FILES &&
		    check_list(run, output, other->name, (const struct texts *)((const char *)run->common + other->offset)) < 0)
			return -1;
		if ((other->type != OPTION_FILE && other->type != OPTION_OUTPUT) || other == output || !file_of(run, other) ||
		    !same_file(file_of(run, output), file_of(run, other)))
			continue;
		if (other->type == OPTION_OUTPUT)
			return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--%s and --%s must name different files",
					 output->name, other->name);
		if (!may_replace(output->name, other->name))
			return diag_fail(&run->diag, STATUS_USAGE, NULL, NULL, "--%s would overwrite the file of --%s", output->name,
					 other->name);
	}
	return check_list(run, output, "", &run->common->operands);
}

static int check_outputs(struct run *run)
{
	for (size_t i = 0; i < option_count(run->tool); i++) {
		const struct option_spec *spec = option_at(run->tool, i);

		if (spec->type == OPTION_OUTPUT && file_of(run, spec) && check_output(run, i) < 0)
			return -1;
	}
	return 0;
}

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* Options that are right alone and wrong together. */
static int check_together(struct run *run)
{
	const struct common_options *common = run->common;
	enum format to = run_sink_options(run).to;
	bool text = to == FORMAT_AUTO || to == FORMAT_CSV || to == FORMAT_TSV;

	if (is_stdout(common->rejects) || is_stdout(common->stats))
		return usage(run, "--rejects and --stats need a file; standard output is for the stream");
	if (common->bom && !text)
		return usage(run, "--bom is for csv and tsv output only");
	if (common->excel_safe && !text)
		return usage(run, "--excel-safe is for csv and tsv output only");
	return 0;
}

int run_begin(struct run *run, const struct tool *tool, struct common_options *common, int argc, char **argv)
{
	*run = (struct run){ .tool = tool, .common = common, .stats = cJSON_CreateObject() };
	diag_init(&run->diag);
	arena_init(&run->arena);
	clock_gettime(CLOCK_MONOTONIC, &run->started);
	signal(SIGPIPE, SIG_DFL); /* a parent may have it ignored; a closed pipe ends a tool quietly */
	if (options_parse(tool, common, argc, argv, &run->arena, &run->diag) < 0)
		return -1;
	run->answered = options_answered(tool, common);
	if (run->answered || check_maps(run) < 0 || check_together(run) < 0 || check_outputs(run) < 0)
		return -1;
	if (rejects_open(&run->rejects, common->rejects, common->strict, &run->diag) < 0)
		return -1;
	progress_begin(run);
	run->begun = true;
	return 0;
}

struct sink_options run_sink_options(const struct run *run)
{
	const struct common_options *common = run->common;
	enum format to = (enum format)common->to;

	if (to == FORMAT_AUTO)
		to = format_of_path(common->output);
	return (struct sink_options){ .to = to, .bom = common->bom, .excel_safe = common->excel_safe,
				      .tmpdir = common->tmpdir };
}

struct sink_options run_file_options(const struct run *run, const char *path)
{
	enum format to = format_of_path(path);
	bool text = to == FORMAT_AUTO || to == FORMAT_CSV || to == FORMAT_TSV;

	return (struct sink_options){ .to = to, .bom = text && run->common->bom, .excel_safe = text && run->common->excel_safe };
}

const char *const *run_outputs(struct run *run)
{
	size_t count = option_count(run->tool), found = 0;
	const char **files = arena_zero(&run->arena, count + 2, sizeof *files);

	files[found++] = "/dev/stdout";
	for (size_t i = 0; i < count; i++) {
		const struct option_spec *spec = option_at(run->tool, i);

		if (spec->type == OPTION_OUTPUT && file_of(run, spec))
			files[found++] = file_of(run, spec);
	}
	return files;
}

struct intake_options run_side_options(struct run *run, enum kind kind)
{
	const struct common_options *common = run->common;
	struct role_map *maps = arena_get(&run->arena, common->maps.count, sizeof *maps);
	size_t count = 0;

	for (size_t i = 0; i < common->maps.count; i++) {
		struct mapping mapping = cut_mapping(common->maps.items[i]);
		enum role role = role_by_name(mapping.role);

		if (mapping.kind < 0 ? role_belongs(role, kind) : mapping.kind == (int)kind)
			maps[count++] = (struct role_map){ role, mapping.column };
	}
	return (struct intake_options){
		.table = { .max_field = common->max_field, .tmpdir = common->tmpdir },
		.kind = kind,
		.maps = maps,
		.map_count = count,
		.date_order = (enum date_order)common->date_order,
		.decide_dates = kind != KIND_CUSTOMERS, /* dates of the stream are standard after crm-merge */
	};
}

struct intake_options run_intake_options(struct run *run, enum kind kind)
{
	const struct common_options *common = run->common;
	struct intake_options options = run_side_options(run, kind);

	options.table.from = (enum format)common->from;
	options.table.encoding = common->encoding;
	options.table.delimiter = common->delimiter;
	options.no_header = common->no_header;
	return options;
}

void run_tell(struct run *run, struct slice text)
{
	if (run->common->quiet)
		return;
	progress_erase(run);
	fprintf(stderr, "%s: %.*s\n", run->tool->name, SLICE_ARG(text));
}

void run_say(struct run *run, struct slice text)
{
	if (run->common->verbose)
		run_tell(run, text);
}

static void print_messages(struct run *run)
{
	struct slice rest = buf_slice(&run->diag.warnings), others = buf_slice(&run->diag.others);

	progress_erase(run);
	while (rest.len && !run->common->quiet) {
		struct slice line = slice_cut(&rest, '\n');

		fprintf(stderr, "%s: warning: %.*s\n", run->tool->name, SLICE_ARG(line));
	}
	if (run->diag.error[0])
		fprintf(stderr, "%s: %s\n", run->tool->name, run->diag.error);
	while (others.len)
		fprintf(stderr, "%s: %s\n", run->tool->name, slice_cut(&others, '\0').ptr);
	if (run->diag.others.full)
		fprintf(stderr, "%s: and more of the kind\n", run->tool->name);
}

/* What fails at the end is less than an error before it, but more than a check that said no. */
static void take_late(struct run *run, struct diag *late)
{
	if (run->diag.status == STATUS_NO && late->status != STATUS_OK)
		run->diag.status = STATUS_OK;
	diag_merge(&run->diag, late);
	diag_release(late);
}

/* With -v, how many rows went to the rejects, or were no data, by code. */
static void say_rejects(struct run *run)
{
	const char *names[REJECT_CODES_MOST];
	uint64_t counts[REJECT_CODES_MOST];
	size_t count = rejects_by_code(run->rejects, names, counts, REJECT_CODES_MOST);
	struct slice text = SLICE("set aside:");

	for (size_t i = 0; i < count; i++)
		text = arena_format(&run->arena, "%.*s%s %llu %s", SLICE_ARG(text), i ? "," : "", (unsigned long long)counts[i], names[i]);
	if (count)
		run_say(run, text);
}

static void end_rejects(struct run *run)
{
	enum status status = run->diag.status;
	struct diag late;

	if (!run->rejects)
		return;
	diag_init(&late);
	run_stat_rejects(run);
	say_rejects(run);
	if (status == STATUS_OK || status == STATUS_NO || status == STATUS_INPUT)
		(void)!rejects_close(run->rejects, &late);
	else
		rejects_abort(run->rejects);
	run->rejects = NULL;
	take_late(run, &late);
}

static void end_outputs(struct run *run)
{
	struct diag late;

	diag_init(&late);
	if (fflush(stdout) != 0 || ferror(stdout))
		diag_errno(&late, "standard output", "cannot write", errno);
	take_late(run, &late);
	if (!run->common->stats || !run->begun)
		return;
	run_stat_write(run, &late);
	take_late(run, &late);
}

int run_end(struct run *run)
{
	int status;

	end_rejects(run);
	end_outputs(run);
	print_messages(run);
	status = (int)run->diag.status;
	json_free(run->stats);
	diag_release(&run->diag);
	arena_release(&run->arena);
	return status;
}
