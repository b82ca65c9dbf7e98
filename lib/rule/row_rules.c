#include "rule/row_rules.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "rule/judge.h"

struct row_rules {
	struct rules rules;
	struct program program;
	struct judge judge;
	struct evaluator evaluator;
	struct verdict verdict;
	struct row_facts facts;
	uint64_t failed;
	bool ready;
};

static int load(struct row_rules *r, const char *path, const struct row_columns *columns, int32_t as_of, struct diag *diag)
{
	struct scope scope = { .headers = columns->headers, .roles = columns->roles, .columns = columns->count };
	struct place place = { .file = path };

	if (rules_load(&r->rules, path, diag))
		return -1;
	if (r->rules.tags.count == 0)
		return diag_fail(diag, STATUS_USAGE, &place, NULL, "there are no tags in it: groups and scores are no signals");
	if (rules_need_statistics(&r->rules))
		return diag_fail(diag, STATUS_USAGE, &place, NULL,
				 "a rule compares with all customers; put crm-tag before this tool, and name its tags with --signal-tags");
	return rules_compile(&r->rules, &scope, as_of, &r->program, diag);
}

struct row_rules *row_rules_new(const char *path, const struct row_columns *columns, int32_t as_of, struct diag *diag)
{
	struct row_rules *r = memory_zero(1, sizeof *r);

	r->facts = (struct row_facts){ columns->roles, columns->date_orders };
	program_init(&r->program);
	if (load(r, path, columns, as_of, diag)) {
		row_rules_free(r);
		return NULL;
	}
	judge_init(&r->judge, &r->rules, SIZE_MAX, false, as_of);
	evaluator_init(&r->evaluator, &r->program, as_of, false);
	verdict_init(&r->verdict, &r->judge, false);
	r->ready = true;
	return r;
}

void row_rules_free(struct row_rules *r)
{
	if (!r)
		return;
	if (r->ready) {
		verdict_release(&r->verdict);
		evaluator_release(&r->evaluator);
		judge_release(&r->judge);
	}
	program_release(&r->program);
	rules_release(&r->rules);
	free(r);
}

struct slice row_rules_judge(struct row_rules *r, const struct slice *cells, uint64_t line)
{
	evaluator_row(&r->evaluator, cells, r->facts, 0, line);
	verdict_reach(&r->verdict, &r->judge, &r->evaluator, (struct slice){ NULL, 0 }, NULL);
	if (!r->evaluator.fault.code)
		return buf_slice(&r->verdict.tags);
	r->failed++;
	return (struct slice){ NULL, 0 };
}

void row_rules_warn(const struct row_rules *r, struct diag *diag)
{
	uint64_t unusable = 0;

	for (size_t i = 0; i < r->program.load_count; i++)
		unusable += r->evaluator.unusable[i].count;
	if (r->failed)
		diag_warn(diag, NULL, "regex-limit", "customers whom a pattern of --rules takes too long on, who get no tag: %" PRIu64, r->failed);
	if (unusable)
		diag_warn(diag, NULL, "not-a-number", "cells that are not what a rule of --rules needs, taken as empty: %" PRIu64, unusable);
}
