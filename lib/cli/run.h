/*
 * The run of a tool: what every main does before and after its work. Only lib/cli prints on standard error and ends the program.
 *
 *     struct run run;
 *     if (run_begin(&run, &tool, &values.common, argc, argv))    // parses; help, version, usage errors are answered here
 *         return run_end(&run);
 *     tag_run(…, &run.diag);
 *     return run_end(&run);                                      // messages, --stats, exit code
 */
#ifndef CRM_CLI_RUN_H
#define CRM_CLI_RUN_H

#include <time.h>

#include "cli/options.h"
#include "clean/intake.h"
#include "io/stream.h"

struct run {
	const struct tool *tool;
	struct common_options *common;
	struct diag diag;
	struct arena arena;        /* lives as long as the run */
	struct rejects *rejects;   /* opened by run_begin from --rejects, --strict */
	struct timespec started;
	struct cJSON *stats;       /* figures of the run, written by run_end to --stats */
	bool answered, begun;      /* nothing to do any more; run_begin went through */
	/* progress (private) */
	uint64_t seen_bytes, seen_records, total_bytes;
	struct timespec last_shown;
	bool show_progress, shown, total_unknown;
};

/* `common` is the first member of the tool's values. 0: go on; -1: nothing to do any more, return run_end(). */
int run_begin(struct run *run, const struct tool *tool, struct common_options *common, int argc, char **argv);
/*
 * Puts rejects in place, prints warnings and the error, writes --stats; returns the exit code, which is diag.status.
 * The rejects come in place when the run went through (0, 1), and also when bad input ended it (3): then they are what was
 * set aside up to there, the row that ended it included. After wrong usage or a failure of the system the old file stays.
 */
int run_end(struct run *run);

/*
 * Options for reading the operands, or standard input, out of the common ones. --map ROLE=COLUMN counts where the kind has the
 * role; --map KIND.ROLE=COLUMN for that kind only.
 */
struct intake_options run_intake_options(struct run *run, enum kind kind);
/* The same for a side file (--orders …): --from, --encoding, --delimiter and --no-header do not speak of it. */
struct intake_options run_side_options(struct run *run, enum kind kind);
struct sink_options run_sink_options(const struct run *run);
/* The files that the run writes, standard output included, ended by NULL: what is found in a folder of inputs must not be one. */
const char *const *run_outputs(struct run *run);
/* The same for a side output: its ending names the format, else CSV. */
struct sink_options run_file_options(const struct run *run, const char *path);
/* One line on standard error with -v: "crm-tag: " and the text. */
void run_say(struct run *run, struct slice text);
/* The same without -v, but not with -q. */
void run_tell(struct run *run, struct slice text);
/* For struct stream: progress = run_progress, progress_context = run. */
void run_progress(void *run, uint64_t bytes, uint64_t records);
/* Figures for --stats; a later figure replaces an earlier one of that name. */
void run_stat_number(struct run *run, const char *name, double value);
void run_stat_text(struct run *run, const char *name, struct slice value);
/* The run owns `value` (an object, an array) from here on. */
void run_stat_node(struct run *run, const char *name, struct cJSON *value);
/* What was detected in an input, right after it was opened; its size counts for the time left that progress shows. */
void run_stat_input(struct run *run, const struct intake *intake);

#endif
