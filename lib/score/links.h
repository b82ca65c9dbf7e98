/*
 * Links say which customer each id of a source has become (crm-dedupe --links: source, source_row, source_id,
 * customer_id). Orders and events carry the ids of their source; with links they find the surviving customer.
 */
#ifndef CRM_SCORE_LINKS_H
#define CRM_SCORE_LINKS_H

#include "base/map.h"
#include "score/feed.h"

struct links {
	struct map ids;           /* source ids */
	struct slice *customers;  /* by number of the id: the customer_id; ptr NULL: several customers have had this id */
	size_t capacity;          /* private */
	struct arena text;        /* private */
	uint64_t ambiguous;       /* ids that stand for several customers */
};

void links_init(struct links *links);
void links_release(struct links *links);
/* `source`: only links of this source, or NULL: all. */
int links_read(struct links *links, const char *path, const struct intake_options *options, const char *source,
	       const struct feed *feed, struct diag *diag) MUST_CHECK;

enum links_answer {
	LINKS_NONE,       /* no link has this id */
	LINKS_FOUND,
	LINKS_AMBIGUOUS,  /* it stands for several customers */
};
/* Safe from several threads. */
enum links_answer links_find(const struct links *links, struct slice id, struct slice *customer);

#endif
