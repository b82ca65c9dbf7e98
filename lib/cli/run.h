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
	bool answered;
	/* progress (private) */
	uint64_t seen_bytes, seen_records, total_bytes;
	struct timespec last_shown;
	bool show_progress;
};

/* `common` is the first member of the tool's values. 0: go on; -1: nothing to do any more, return run_end(). */
int run_begin(struct run *run, const struct tool *tool, struct common_options *common, int argc, char **argv);
/* Puts rejects in place, prints warnings and the error, writes --stats; returns the exit code. */
int run_end(struct run *run);

/* Options for reading and writing out of the common ones. */
struct intake_options run_intake_options(struct run *run, enum kind kind);
struct sink_options run_sink_options(const struct run *run);
/* One line on standard error with -v: "crm-tag: " and the text. */
void run_say(struct run *run, struct slice text);
/* For struct stream: progress = run_progress, progress_context = run. */
void run_progress(void *run, uint64_t bytes, uint64_t records);
/* Figures for --stats. */
void run_stat_number(struct run *run, const char *name, double value);
void run_stat_text(struct run *run, const char *name, struct slice value);
void run_stat_input(struct run *run, const struct intake *intake);

#endif
