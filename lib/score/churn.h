/*
 * Who is leaving, and why: lifecycle, rhythm, risk, level, reasons and action of every customer.
 *
 * The level is the band of the risk (under `medium`: low; under `high`: medium), one band higher where complaints rose or a
 * key contact left. Purchases of one day are one. Value at risk is the risk times the amount of the last twelve months.
 */
#ifndef CRM_SCORE_CHURN_H
#define CRM_SCORE_CHURN_H

#include "io/sink.h"
#include "score/events.h"
#include "score/ledger.h"
#include "score/risk.h"

struct churn_options {
	int32_t as_of;
	uint32_t horizon;          /* days */
	double medium, high;       /* lower ends of the bands of risk */
	struct lifecycle_limits limits;
	int language;              /* 0 English, 1 Chinese */
};

struct churn_customer {
	int32_t first, last;       /* purchase days; CIVIL_NONE: none */
	uint32_t x;                /* purchase days less the first */
	uint32_t recent;           /* purchase days in the last `horizon` days */
	int64_t amount_12m;        /* 1/10000 */
	double typical_gap, risk;
	uint8_t lifecycle, level;  /* level 0 low, 1 medium, 2 high */
	uint8_t reasons;           /* bits of enum reason */
};

struct churn {
	struct churn_options options;
	struct churn_customer *customers;   /* by number of the key */
	size_t count;
	size_t by_lifecycle[LIFECYCLES], by_level[3];
	struct risk risk;
	struct warning_words words;
	/* private */
	struct risk_case *past[RISK_ORIGINS];
	struct arena arena;
};

void churn_init(struct churn *churn, const struct churn_options *options);
void churn_release(struct churn *churn);
/* `events` may be NULL. */
int churn_make(struct churn *churn, struct ledger *ledger, const struct events *events, struct diag *diag) MUST_CHECK;

size_t churn_columns(const struct column **columns);
/* For score/roster.h; context is the struct churn. */
void churn_cell(const void *churn, struct rows *rows, uint32_t customer, size_t column);

/* The customers with most value at risk, `top` at most, as CSV at `path`. */
int churn_watchlist(const struct churn *churn, struct roster *roster, const char *path, size_t top,
		    struct diag *diag) MUST_CHECK;

#endif
