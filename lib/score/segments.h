/*
 * Segments: what a customer with scores R, F and M is called. Maps that are built in (segments.json):
 *
 * 11       the segments of the RFM literature, by lists of all 125 cells of scores 1..5.
 * 8        the Chinese practice (重要价值 …): each score high or low; high is at or over the mean score of the customers, unless the
 *          caller says otherwise.
 * r        the boxes in the documents of R's package rfm up to 0.3.0, less the three that its own earlier boxes hide (New Customers,
 *          Promising, Can't Lose Them); what is in no box is "Others".
 * shopify  the ten groups of Shopify's report "RFM customer analysis" (help.shopify.com; names as in the enum
 *          CustomerRfmGroup of its Admin API), by R and the mean of F and M. It shows no scores of single customers, and where its groups
 *          end is as others have implemented it, in agreement with its descriptions. Customers without an order, its "Prospects", have
 *          no scores and so no segment here.
 *
 * A file of the user's is a JSON array, comments allowed, of segments: {"name": "Stars", "zh": "明星", and either "scores":
 * "555 554 545" (or ["555", "554", "545"]) or ranges "r": [4, 5], "f": [4, 5], "m": [1, 5], "fm": [3.5, 5] (the mean of f and m); a range left out is any
 * score}. Of ranges the first match wins. A cell that two score lists claim, a cell of a list that a range before it has, a segment
 * that no cell can reach, and a name that two segments have, are errors. Cells that nobody claims have no segment.
 */
#ifndef CRM_SCORE_SEGMENTS_H
#define CRM_SCORE_SEGMENTS_H

#include "base/arena.h"
#include "base/diag.h"
#include "score/cuts.h"

struct segment {
	struct slice name[2];  /* by language: English, Chinese */
};

enum { SEGMENT_NONE = 0xff, SEGMENTS_MOST = 100 };

struct segments {
	struct segment *items;
	size_t count;
	unsigned bins;
	bool by_high;             /* the 8 segments: cells are r, f, m of 1 (low) or 2 (high) */
	uint8_t *cells;           /* private: bins³ (by_high: 8) numbers of segments, or SEGMENT_NONE */
};

/* `name` is a map above or a file. The arena owns what is loaded. All built-in maps but the 8 need bins 5; errors are STATUS_USAGE. */
int segments_load(struct segments *segments, const char *name, unsigned bins, struct arena *arena,
		  struct diag *diag) MUST_CHECK;

/* The number of the segment of that name, which is added where it is new, for the caller's own use: no scores reach it. Once. */
size_t segments_add(struct segments *segments, struct slice en, struct slice zh);
/* The number of the segment of scores[] = r, f, m, each 1..bins, of which those at or over high[] are high; or SEGMENT_NONE. */
unsigned segments_find(const struct segments *segments, const uint8_t scores[3], const double high[3]);

#endif
