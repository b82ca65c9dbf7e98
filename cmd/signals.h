/* The signals of crm-churn: options, and the way through lib/score. */
#ifndef CRM_CMD_SIGNALS_H
#define CRM_CMD_SIGNALS_H

#include <stdlib.h>

#include "cli/run.h"
#include "own_rules.h"
#include "score/notes.h"
#include "score/signals_file.h"

struct signals_options {
	const char *signals, *alarms, *contract_end, *relation, *rules;
	struct texts hesitations, refusals, tags;
	uint64_t cool_down, no_contact, contract_days;
};

#define SIGNALS_DEFAULTS { .alarms = "rate", .cool_down = 14, .no_contact = 180, .contract_days = 60 }

#define SIGNALS_OPTIONS(at)                                                                                      \
	{ 0, "signals", "FILE", OPTION_OUTPUT, (at) + offsetof(struct signals_options, signals), NULL, 0, 0,      \
	  "write every signal of every customer, with what is usual, what is, since when and how sure, to FILE; its ending names the format, else CSV" }, \
	{ 0, "alarms", "HOW", OPTION_TEXT, (at) + offsetof(struct signals_options, alarms), NULL, 0, 0,           \
	  "which tests are alarms: rate=A, p-values up to A; top=K, the lowest K of all customers; fdr=Q, as many as a share of Q is false of; " \
	  "default rate=0.05" },                                                                                  \
	{ 0, "cool-down", "DAYS", OPTION_UINT, (at) + offsetof(struct signals_options, cool_down), NULL, 0, 3660,  \
	  "with --previous: after an alarm a customer gives no new one for DAYS; default 14" },                   \
	{ 0, "no-contact", "DAYS", OPTION_UINT, (at) + offsetof(struct signals_options, no_contact), NULL, 1, 36600, \
	  "neither event nor purchase for DAYS is a signal, of who had three events, if he was never silent for two thirds as long; default 180" },              \
	{ 0, "contract-end", "COLUMN", OPTION_TEXT, (at) + offsetof(struct signals_options, contract_end), NULL, 0, 0, \
	  "column of the input with the day on which the contract ends; default contract_end, 合同到期时间 and the like" }, \
	{ 0, "contract-days", "DAYS", OPTION_UINT, (at) + offsetof(struct signals_options, contract_days), NULL, 0, 3660, \
	  "a contract that ends within DAYS is a signal; default 60" },                                           \
	{ 0, "relation", "COLUMN", OPTION_TEXT, (at) + offsetof(struct signals_options, relation), NULL, 0, 0,    \
	  "column of the input that says whether he follows, such as 已退群; default relation, 客户关系 and the like" }, \
	{ 0, "hesitation", "REGEX", OPTION_TEXTS, (at) + offsetof(struct signals_options, hesitations), NULL, 0, 0, \
	  "a further pattern of notes that put off, three of which are a signal; repeatable" },                   \
	{ 0, "refusal", "REGEX", OPTION_TEXTS, (at) + offsetof(struct signals_options, refusals), NULL, 0, 0,     \
	  "a further pattern of notes that refuse, one of which is a signal; repeatable" },                       \
	{ 0, "rules", "FILE", OPTION_FILE, (at) + offsetof(struct signals_options, rules), NULL, 0, 0,            \
	  "rules of one's own, as those of crm-tag, on the columns of the input: each of their tags is a signal" },  \
	{ 0, "signal-tags", "TAG,…", OPTION_LIST, (at) + offsetof(struct signals_options, tags), NULL, 0, 0,      \
	  "tags of the input, as crm-tag gives them by rules of one's own, that are a signal" }

/* What the stream says of today, the tags of the user's rules included; lives as long as the run. */
static inline int signals_facts(const struct signals_options *o, struct run *run, struct roster *roster, const struct wording *wording,
				struct signal_facts **facts)
{
	struct facts_options options = { o->contract_end, o->relation, o->tags.items, o->tags.count, o->rules != NULL };

	if (facts_read(facts, roster, wording, &options, &run->arena, &run->diag))
		return -1;
	return o->rules ? own_rules_read(o->rules, roster, run->common->as_of, *facts, &run->arena, &run->diag) : 0;
}

static inline struct notes *signals_notes(const struct signals_options *o, unsigned threads, struct diag *diag)
{
	return notes_new(o->hesitations.items, o->hesitations.count, o->refusals.items, o->refusals.count, threads, diag);
}

#endif
