/* The file of --signals: a row for each signal of each customer. */
#ifndef CRM_SCORE_SIGNALS_FILE_H
#define CRM_SCORE_SIGNALS_FILE_H

#include "score/churn.h"

/*
 * customer_id, signal, baseline, current, since, p_value (of tests), strength (0..1), alarm: new, on (stood yesterday), quiet (new, but the customer had an alarm
 * within the cool-down), no (a test with p up to 0.1 that is over the limit). By customer in the order of the output.
 */
int signals_write(const struct churn *churn, const struct roster *roster, const char *path, const struct sink_options *options,
		  struct diag *diag) MUST_CHECK;

#endif
