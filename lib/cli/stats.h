/* Inside of cli: writing --stats. */
#ifndef CRM_CLI_STATS_H
#define CRM_CLI_STATS_H

#include "cli/run.h"

/* The counts of run->rejects, into the figures. */
void run_stat_rejects(struct run *run);
/* All figures to the file of --stats. */
void run_stat_write(struct run *run, struct diag *diag);

#endif
