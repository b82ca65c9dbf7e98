/* Matching by fixed rules alone. */
#include <stdlib.h>

#include "base/memory.h"
#include "match/match.h"
#include "match/assign.h"
#include "match/fixed.h"

static const float RULE_BITS = 40;   /* of a pair that a rule joins: no doubt is left */

/* Whoever a rule joins is joined, whatever their other pairs are. */
static double no_objection(const void *context, uint32_t a, uint32_t b)
{
	(void)context;
	(void)a;
	(void)b;
	return 0;
}

int fixed_match(const struct fixed_rules *rules, const struct match_input *input, const struct match_options *options, struct match *match,
		struct diag *diag)
{
	struct fixed_links links;
	uint32_t *copies = memory_get(input->rows + 1, sizeof *copies);
	const struct cluster_options clusters = {
		.threshold = -1, .score = no_objection, .copies = copies, .same = options->same, .same_count = options->same_count,
		.different = options->different, .different_count = options->different_count, .threads = options->threads,
	};
	int result = 0;

	*match = (struct match){ .sources = input->sources, .rules = rules };
	match->profiles = memory_zero(input->columns + 1, sizeof *match->profiles);
	profile_columns(input, match->profiles);
	if (fixed_build_fields(rules, input, match->profiles, &match->fields, options->threads, diag) < 0) {
		free(copies);
		return -1;
	}
	fixed_find_links(rules, &match->fields, input->rows, options->link_only ? input->sources : NULL, &links);
	match->links = links.all;
	match->link_count = links.count;
	match->pairs.hot_blocks = links.hot_blocks;
	for (size_t i = 0; i < links.count; i++)
		links.all[i].bits = RULE_BITS;
	for (size_t i = 0; i < input->rows; i++)
		copies[i] = (uint32_t)i;
	match->cluster = memory_get(input->rows + 1, sizeof *match->cluster);
	if (options->one_to_one)
		assign_rows(input->rows, input->sources, match->links, match->link_count, &clusters, match->cluster);
	else
		result = cluster_rows(input->rows, match->links, match->link_count, &clusters, match->cluster, diag);
	free(copies);
	return result;
}

int fixed_add_same(const struct fixed_rules *rules, const struct match_input *input, bool link_only, unsigned threads, struct link **same,
		   size_t *count, size_t *hot_blocks, struct diag *diag)
{
	struct profile *profiles = memory_zero(input->columns + 1, sizeof *profiles);
	struct fields fields = { 0 };
	struct fixed_links links = { 0 };
	int result;

	profile_columns(input, profiles);
	result = fixed_build_fields(rules, input, profiles, &fields, threads, diag);
	if (result == 0) {
		fixed_find_links(rules, &fields, input->rows, link_only ? input->sources : NULL, &links);
		*same = memory_resize(*same, *count + links.count + 1, sizeof **same);
		if (links.count)
			memcpy(*same + *count, links.all, links.count * sizeof **same);
		*count += links.count;
		*hot_blocks += links.hot_blocks;
	}
	for (unsigned i = 0; i < fields.count; i++)
		field_release(&fields.all[i]);
	free(fields.all);
	fields_release(&fields);
	free(links.all);
	free(profiles);
	return result;
}
