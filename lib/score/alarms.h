/*
 * How false alarms are held. A signal that is a test (score/signals.h) is an alarm when its p-value is at or under a limit:
 *
 *   rate=A    A: a healthy customer sets off a test on a night with this chance, at most
 *   top=K     so many signals of all customers, at most, those with the lowest p-values; and none over 0.05
 *   fdr=Q     of the alarms, a share of Q is false, at most: Benjamini and Hochberg (JRSS B 57, 1995) over all tests of all customers
 *
 * Signals that are facts are alarms as they are.
 */
#ifndef CRM_SCORE_ALARMS_H
#define CRM_SCORE_ALARMS_H

#include "base/diag.h"
#include "score/signals.h"

enum alarms_how { ALARMS_RATE, ALARMS_TOP, ALARMS_FDR };

struct alarms {
	enum alarms_how how;
	double value;
};

/* "rate", "rate=0.01", "top=100", "fdr", "fdr=0.1". STATUS_USAGE. */
int alarms_parse(struct alarms *alarms, const char *text, struct diag *diag) MUST_CHECK;
/* Sorts the p-values, which are of a part of all customers: `share`. */
double alarms_limit(const struct alarms *alarms, double *p_values, size_t count, double share);
bool signal_is_alarm(const struct signal *signal, double limit);

#endif
