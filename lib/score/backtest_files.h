/* The outputs of a backtest: its report, and the scores it was made of, so that anybody can check the one by the other. */
#ifndef CRM_SCORE_BACKTEST_FILES_H
#define CRM_SCORE_BACKTEST_FILES_H

#include "score/backtest.h"

struct backtest_options {
	size_t origins;            /* at most */
	uint64_t k;                /* so many customers are highest, besides shares of them */
	const char *scores;        /* file: origin, customer_id, days_since_last, churn_risk, recency_risk, alarms, gone; NULL */
	struct sink_options scores_sink;
	const char *report;        /* file, JSON where its name ends so, else text; NULL */
};

/* Makes the backtest, and writes the files. The caller releases it, also after a failure. */
int backtest_run(struct backtest *backtest, const struct churn *churn, const struct keys *keys, const struct backtest_options *options,
		 struct diag *diag) MUST_CHECK;
/* The report as text, or as JSON; NULL is standard output. */
int backtest_write(const struct backtest *backtest, const struct wording *wording, const char *path, bool json,
		   struct diag *diag) MUST_CHECK;

#endif
