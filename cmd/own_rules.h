/*
 * crm-churn --rules: the tags of a rules file of crm-tag, judged on the customers' columns, as signals. lib/score and lib/rule do not know
 * each other; here they meet.
 */
#ifndef CRM_CMD_OWN_RULES_H
#define CRM_CMD_OWN_RULES_H

#include "rule/row_rules.h"
#include "score/facts.h"

static inline int own_rules_read(const char *path, struct roster *roster, int32_t as_of, struct signal_facts *facts, struct arena *arena,
				 struct diag *diag)
{
	struct row_columns columns = { roster->headers, roster->roles, roster->date_orders, roster->columns };
	struct slice *cells = arena_get(arena, roster->columns, sizeof *cells);
	struct row_rules *rules = row_rules_new(path, &columns, as_of, diag);

	if (!rules)
		return -1;
	for (uint32_t i = 0; i < roster->keys.count && roster_has_row(roster, i); i++) {
		struct slice tags;

		for (size_t c = 0; c < roster->columns; c++)
			cells[c] = roster_cell(roster, i, c);
		tags = row_rules_judge(rules, cells, roster_place(roster, i, 0).line);
		if (tags.len)
			facts_add_tags(&facts[i], tags, arena);
	}
	row_rules_warn(rules, diag);
	row_rules_free(rules);
	return 0;
}

#endif
