/* What the customer stream says of today: when contracts end, who has unfollowed, who has one of the user's tags. */
#ifndef CRM_SCORE_FACTS_H
#define CRM_SCORE_FACTS_H

#include "score/roster.h"
#include "score/signals.h"
#include "score/wording.h"

struct facts_options {
	const char *contract_end;      /* column; NULL: contract_end, 合同到期时间 and the like, where there is one */
	const char *relation;          /* column; NULL: relation, 客户关系 and the like, where there is one */
	const char *const *tags;       /* of the column tags */
	size_t tag_count;
	bool always;                   /* tags will be added */
};

/*
 * By customer, by his first row, in `arena`; NULL where the stream says nothing of the kind. A cell that is no date is warned of and says nothing. -1, STATUS_USAGE: a column that was
 * named is not there.
 */
int facts_read(struct signal_facts **facts, struct roster *roster, const struct wording *wording, const struct facts_options *options,
	       struct arena *arena, struct diag *diag) MUST_CHECK;
/* More tags that are signals, joined by ';'. */
void facts_add_tags(struct signal_facts *facts, struct slice tags, struct arena *arena);

#endif
