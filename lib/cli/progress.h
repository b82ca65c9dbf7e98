/* Inside of cli: the progress line of a run. */
#ifndef CRM_CLI_PROGRESS_H
#define CRM_CLI_PROGRESS_H

#include "cli/run.h"

void progress_begin(struct run *run);
/* The line after `seconds` of work, without the control characters; returns its length. `size` is at least 160. */
size_t progress_text(const struct run *run, double seconds, char *out, size_t size);
/* Takes the line away, before anything else is written on standard error. */
void progress_erase(struct run *run);
/* Since run_begin. */
double progress_seconds(const struct run *run);

#endif
