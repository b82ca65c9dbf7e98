#include "rule/audit.h"

#include <stdlib.h>

#include "base/memory.h"

#define SAME_FROM 0.95
#define UNSTABLE_FROM 0.3
#define COMMON_FROM 0.9  /* what so many have, is implied by anything */

enum { UNSTABLE_LEAST = 10 };  /* customers: fewer say nothing */

void audit_init(struct audit *audit, size_t count)
{
	*audit = (struct audit){ .count = count };
	audit->fires = memory_zero(count + 1, sizeof *audit->fires);
	audit->chosen = memory_zero(count + 1, sizeof *audit->chosen);
	audit->gained = memory_zero(count + 1, sizeof *audit->gained);
	audit->lost = memory_zero(count + 1, sizeof *audit->lost);
	audit->kept = memory_zero(count + 1, sizeof *audit->kept);
	audit->true_now = memory_get(count + 1, sizeof *audit->true_now);
	if (count <= AUDIT_RULES_MOST)
		audit->both = memory_zero(count * count + 1, sizeof *audit->both);
}

void audit_release(struct audit *audit)
{
	free(audit->fires);
	free(audit->chosen);
	free(audit->gained);
	free(audit->lost);
	free(audit->kept);
	free(audit->true_now);
	free(audit->both);
}

static bool one_group(const struct judge *judge, size_t i, size_t j)
{
	return judge->list[i].group != NO_GROUP && judge->list[i].group == judge->list[j].group;
}

static void count_change(struct audit *audit, const struct judge *judge, const struct verdict *verdict, size_t i)
{
	bool had = verdict_had(verdict, judge, i);

	audit->gained[i] += verdict->holds[i] && !had;
	audit->lost[i] += had && !verdict->holds[i];
	audit->kept[i] += had && verdict->holds[i];
}

void audit_row(struct audit *audit, const struct judge *judge, const struct verdict *verdict)
{
	size_t now = 0;
	bool tagged = false;

	for (size_t i = 0; i < audit->count; i++) {
		audit->chosen[i] += verdict->holds[i];
		if (verdict->past)
			count_change(audit, judge, verdict, i);
		tagged |= verdict->holds[i] && judge->list[i].group == NO_GROUP;
		if (!verdict->fires[i])
			continue;
		audit->fires[i]++;
		for (size_t j = 0; j < now && audit->both; j++) {
			size_t before = audit->true_now[j];

			if (one_group(judge, before, i) || (verdict->holds[before] && verdict->holds[i]))
				audit->both[before * audit->count + i]++;
		}
		audit->true_now[now++] = i;
	}
	audit->rows++;
	audit->untagged += !tagged;
}

void audit_merge(struct audit *to, const struct audit *from)
{
	to->rows += from->rows;
	to->untagged += from->untagged;
	for (size_t i = 0; i < to->count; i++) {
		to->fires[i] += from->fires[i];
		to->chosen[i] += from->chosen[i];
		to->gained[i] += from->gained[i];
		to->lost[i] += from->lost[i];
		to->kept[i] += from->kept[i];
	}
	for (size_t i = 0; to->both && i < to->count * to->count; i++)
		to->both[i] += from->both[i];
}

static void add(struct findings *findings, enum finding_kind kind, size_t rule, size_t other, double overlap)
{
	findings->items = memory_grow(findings->items, &findings->capacity, findings->count + 1, sizeof *findings->items);
	findings->items[findings->count++] = (struct finding){ kind, rule, other, overlap };
	findings->by_kind[kind]++;
}

static bool takes_the_rest(const struct verdict_rule *entry)
{
	return !entry->rule->when.text.ptr;
}

static void find_alone(struct findings *findings, const struct audit *audit, const struct judge *judge, size_t i)
{
	const struct verdict_rule *entry = &judge->list[i];

	if (!entry->rule->active)
		add(findings, FINDING_EXPIRED, i, SIZE_MAX, 0);
	else if (audit->rows == 0 || takes_the_rest(entry))
		return;
	else if (audit->fires[i] == 0)
		add(findings, FINDING_NEVER, i, SIZE_MAX, 0);
	else if (audit->fires[i] == audit->rows)
		add(findings, FINDING_ALWAYS, i, SIZE_MAX, 0);
	else if (audit->chosen[i] == 0)
		add(findings, FINDING_SHADOWED, i, SIZE_MAX, 0);
}

/* Who is left moves as the others do. */
static void find_unstable(struct findings *findings, const struct audit *audit, const struct judge *judge, size_t i)
{
	uint64_t moved = audit->gained[i] + audit->lost[i], all = moved + audit->kept[i];

	if (judge->list[i].rule->active && !takes_the_rest(&judge->list[i]) && all >= UNSTABLE_LEAST && (double)moved >= UNSTABLE_FROM * (double)all)
		add(findings, FINDING_UNSTABLE, i, SIZE_MAX, (double)moved / (double)all);
}

/* Two tags of one group: nested conditions are how levels are written, those that overlap in part are a doubt. */
static void find_contradiction(struct findings *findings, const struct audit *audit, size_t i, size_t j)
{
	uint64_t both = audit->both[i * audit->count + j];

	if (both > 0 && both < audit->fires[i] && both < audit->fires[j])
		add(findings, FINDING_CONTRADICTION, j, i, (double)both / (double)audit->rows);
}

/* What two tags, the first of them earlier, have to do with each other. */
static void find_pair(struct findings *findings, const struct audit *audit, const struct judge *judge, size_t i, size_t j)
{
	uint64_t a = audit->chosen[i], b = audit->chosen[j], both = audit->both[i * audit->count + j];
	double jaccard = both ? (double)both / (double)(a + b - both) : 0;

	if (takes_the_rest(&judge->list[i]) || takes_the_rest(&judge->list[j]) || judge->list[i].tag == judge->list[j].tag)
		return;
	if (one_group(judge, i, j)) {
		find_contradiction(findings, audit, i, j);
		return;
	}
	if (both == 0 || a == audit->rows || b == audit->rows)
		return;
	if (jaccard > findings->overlap)
		findings->overlap = jaccard;
	if (jaccard >= SAME_FROM)
		add(findings, FINDING_SAME, j, i, jaccard);
	else if (both == a && (double)b < COMMON_FROM * (double)audit->rows)
		add(findings, FINDING_IMPLIED, i, j, 0);
	else if (both == b && (double)a < COMMON_FROM * (double)audit->rows)
		add(findings, FINDING_IMPLIED, j, i, 0);
}

static bool is_used(const struct program *program, size_t column)
{
	for (size_t i = 0; i < program->load_count; i++)
		if (program->loads[i].column == column)
			return true;
	return false;
}

void audit_find(struct findings *findings, const struct audit *audit, const struct judge *judge, const struct program *program,
		size_t columns)
{
	*findings = (struct findings){ 0 };
	for (size_t i = 0; i < audit->count; i++) {
		find_alone(findings, audit, judge, i);
		find_unstable(findings, audit, judge, i);
		for (size_t j = 0; j < i && audit->both; j++)
			find_pair(findings, audit, judge, j, i);
	}
	for (size_t c = 0; c < columns; c++)
		if (!is_used(program, c))
			add(findings, FINDING_UNUSED_COLUMN, c, SIZE_MAX, 0);
}

void findings_release(struct findings *findings)
{
	free(findings->items);
}
