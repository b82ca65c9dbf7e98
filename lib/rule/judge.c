#include "rule/judge.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "clean/text.h"
#include "rule/convert.h"

static size_t most_parts(const struct rules *rules)
{
	size_t most = 0;

	for (size_t i = 0; i < rules->scores.count; i++)
		if (rules->scores.items[i].parts.count > most)
			most = rules->scores.items[i].parts.count;
	return most;
}

static void add_rules(struct judge *judge, const struct tag_rules *rules, size_t group)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct tag_rule *rule = &rules->items[i];

		judge->list[judge->count++] = (struct verdict_rule){ rule, group, map_add(&judge->names, rule->tag) };
	}
}

void judge_init(struct judge *judge, const struct rules *rules, size_t tags_column, bool history, int32_t as_of)
{
	size_t count = rules->tags.count;

	memset(judge, 0, sizeof *judge);
	judge->rules = rules;
	judge->tags_column = tags_column;
	judge->history = history;
	civil_print(as_of, judge->today);
	map_init(&judge->names);
	for (size_t g = 0; g < rules->groups.count; g++)
		count += rules->groups.items[g].tags.count;
	judge->list = memory_get(count + 1, sizeof *judge->list);
	judge->group_starts = memory_get(rules->groups.count + 1, sizeof *judge->group_starts);
	add_rules(judge, &rules->tags, NO_GROUP);
	for (size_t g = 0; g < rules->groups.count; g++) {
		judge->group_starts[g] = judge->count;
		add_rules(judge, &rules->groups.items[g].tags, g);
	}
}

void judge_release(struct judge *judge)
{
	free(judge->list);
	free(judge->group_starts);
	if (judge->names.slots) /* it came to judging */
		map_release(&judge->names);
}

void verdict_init(struct verdict *verdict, const struct judge *judge, bool fires)
{
	const struct rules *rules = judge->rules;

	buf_init(&verdict->tags, BUF_UNLIMITED);
	buf_init(&verdict->actions, BUF_UNLIMITED);
	buf_init(&verdict->since, BUF_UNLIMITED);
	buf_init(&verdict->added, BUF_UNLIMITED);
	buf_init(&verdict->removed, BUF_UNLIMITED);
	verdict->fires = fires ? memory_zero(judge->count + 1, sizeof *verdict->fires) : NULL;
	verdict->holds = memory_zero(judge->count + 1, sizeof *verdict->holds);
	verdict->chosen = memory_zero(rules->groups.count + 1, sizeof *verdict->chosen);
	verdict->scores = memory_zero(rules->scores.count + 1, sizeof *verdict->scores);
	verdict->grades = memory_zero(rules->scores.count + 1, sizeof *verdict->grades);
	verdict->given = memory_zero(judge->names.count + 1, sizeof *verdict->given);
	verdict->parts = memory_zero(most_parts(rules) + 1, sizeof *verdict->parts);
}

void verdict_release(struct verdict *verdict)
{
	buf_release(&verdict->tags);
	buf_release(&verdict->actions);
	buf_release(&verdict->since);
	buf_release(&verdict->added);
	buf_release(&verdict->removed);
	free(verdict->fires);
	free(verdict->holds);
	free(verdict->chosen);
	free(verdict->scores);
	free(verdict->grades);
	free(verdict->given);
	free(verdict->parts);
}

static struct slice today_of(const struct judge *judge)
{
	return (struct slice){ judge->today, sizeof judge->today };
}

bool verdict_had(const struct verdict *verdict, const struct judge *judge, size_t i)
{
	const struct verdict_rule *entry = &judge->list[i];

	if (entry->group == NO_GROUP)
		return past_has(verdict->past, entry->rule->tag);
	return verdict->past && slice_equal(verdict->past->groups[entry->group], entry->rule->tag);
}

struct slice verdict_since(const struct verdict *verdict, const struct judge *judge, size_t i)
{
	const struct verdict_rule *entry = &judge->list[i];

	if (!judge->history)
		return (struct slice){ 0 };
	if (entry->group == NO_GROUP)
		return past_since(verdict->past, entry->rule->tag, today_of(judge));
	return verdict_had(verdict, judge, i) ? verdict->past->group_since[entry->group] : today_of(judge);
}

/* Whether entry i is true: who had it yesterday may keep it longer than others would get it. */
static bool holds(const struct verdict *verdict, const struct judge *judge, size_t i, struct evaluator *evaluator)
{
	const struct tag_rule *rule = judge->list[i].rule;

	if (!rule->active || !rule->when.text.ptr)
		return rule->active;
	if (rule->leave_when.text.ptr && verdict_had(verdict, judge, i))
		return !evaluator_holds(evaluator, rule->leave_when.entry);
	return evaluator_holds(evaluator, rule->when.entry);
}

static void add_item(struct buf *list, struct slice item)
{
	if (list->len)
		buf_add_byte(list, ';');
	buf_add(list, item);
}

static void add_action(struct verdict *verdict, struct slice action)
{
	struct slice rest = buf_slice(&verdict->actions);

	while (rest.len)
		if (slice_equal(slice_cut(&rest, ';'), action))
			return;
	if (action.len)
		add_item(&verdict->actions, action);
}

/* Tags of the input that no rule gives. */
static void keep_tags(struct verdict *verdict, const struct judge *judge, struct slice old)
{
	while (old.len && !text_is_empty(old)) {
		struct slice item = list_next(&old);

		if (item.len && map_find(&judge->names, item) == MAP_NONE)
			add_item(&verdict->tags, item);
	}
}

static void judge_tags(struct verdict *verdict, const struct judge *judge, struct evaluator *evaluator)
{
	memset(verdict->given, 0, judge->names.count);
	for (size_t i = 0; i < judge->rules->tags.count; i++) {
		const struct verdict_rule *entry = &judge->list[i];

		verdict->holds[i] = holds(verdict, judge, i, evaluator);
		if (verdict->fires)
			verdict->fires[i] = verdict->holds[i];
		if (verdict->holds[i] && !verdict->given[entry->tag]) {
			verdict->given[entry->tag] = true;
			add_item(&verdict->tags, entry->rule->tag);
			add_action(verdict, entry->rule->action);
		}
	}
}

static void judge_group(struct verdict *verdict, const struct judge *judge, size_t group, struct evaluator *evaluator)
{
	size_t at = judge->group_starts[group], end = at + judge->rules->groups.items[group].tags.count;

	memset(verdict->holds + at, 0, end - at);
	/* The last one takes who is left. */
	while (at + 1 < end && !holds(verdict, judge, at, evaluator))
		at++;
	verdict->holds[at] = true;
	verdict->chosen[group] = at;
	if (verdict->fires)
		for (at = judge->group_starts[group]; at < end; at++)
			verdict->fires[at] = holds(verdict, judge, at, evaluator);
}

static double judge_score(struct verdict *verdict, const struct score *score, struct evaluator *evaluator)
{
	double sum = score->start;

	for (size_t i = 0; i < score->parts.count; i++)
		verdict->parts[i] = 0;
	for (size_t i = 0; i < score->points.count; i++) {
		const struct points_rule *rule = &score->points.items[i];
		struct value points;

		if (rule->when.text.ptr && !evaluator_holds(evaluator, rule->when.entry))
			continue;
		points = evaluator_run(evaluator, rule->points.entry);
		if (points.known && rule->part_index < score->parts.count)
			verdict->parts[rule->part_index] += points.number;
		else if (points.known)
			sum += points.number;
	}
	for (size_t i = 0; i < score->parts.count; i++)
		sum += fmin(verdict->parts[i], score->parts.items[i].most);
	return fmin(fmax(sum, score->least), score->most);
}

static size_t grade_of(const struct score *score, double points)
{
	size_t i = 0;

	while (i + 1 < score->grades.count && eval_number_order(points, score->grades.items[i].from) < 0)
		i++;
	return i;
}

static void compare_with_yesterday(struct verdict *verdict, const struct judge *judge)
{
	buf_clear(&verdict->since);
	buf_clear(&verdict->added);
	buf_clear(&verdict->removed);
	past_compare(verdict->past, buf_slice(&verdict->tags), today_of(judge), &verdict->since, &verdict->added, &verdict->removed);
}

void verdict_reach(struct verdict *verdict, const struct judge *judge, struct evaluator *evaluator, struct slice old_tags,
		   const struct past *past)
{
	const struct rules *rules = judge->rules;

	verdict->past = past;
	buf_clear(&verdict->tags);
	buf_clear(&verdict->actions);
	if (rules->keep_tags)
		keep_tags(verdict, judge, old_tags);
	judge_tags(verdict, judge, evaluator);
	if (judge->history)
		compare_with_yesterday(verdict, judge);
	for (size_t g = 0; g < rules->groups.count; g++)
		judge_group(verdict, judge, g, evaluator);
	for (size_t s = 0; s < rules->scores.count; s++) {
		verdict->scores[s] = judge_score(verdict, &rules->scores.items[s], evaluator);
		verdict->grades[s] = grade_of(&rules->scores.items[s], verdict->scores[s]);
	}
}
