/*
 * Fuzzes the matching of crm-dedupe: any bytes as a table, whose first byte says how many columns there are, the next ones what they mean, and the rest
 * is cells, each ended by a line feed. Nothing may crash or hang, and every row is in exactly one customer, called by its first row: whatever was
 * decided, between sources only, one to one, and by fixed rules.
 *   clang -O1 -g -fsanitize=fuzzer,address,undefined -Ilib -D_GNU_SOURCE -std=c17 scripts/fuzz/records.c build/libcrm.a LIBS
 */
#include <stdlib.h>

#include "base/arena.h"
#include "match/fixed.h"
#include "match/match.h"

enum { COLUMNS_MOST = 12, ROWS_MOST = 300 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct cells {
	struct slice all[ROWS_MOST * COLUMNS_MOST];
	size_t columns;
};

static struct slice cell_of(const void *context, size_t row, size_t column)
{
	const struct cells *cells = context;

	return cells->all[row * cells->columns + column];
}

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_clusters(const struct match *match, size_t rows)
{
	for (size_t i = 0; i < rows; i++)
		check(match->cluster[i] <= i && match->cluster[match->cluster[i]] == match->cluster[i]);
	for (size_t i = 0; i < match->link_count; i++)
		check(match->links[i].a < match->links[i].b && match->links[i].b < rows);
}

static void run_model(const struct match_input *input, const struct match_options *options)
{
	struct match match;
	struct diag diag;

	diag_init(&diag);
	check(match_run(&match, input, options, &diag) == 0);
	check_clusters(&match, input->rows);
	for (size_t a = 0; a < input->rows && options->one_to_one; a++)
		for (size_t b = a + 1; b < input->rows; b++)
			check(match.cluster[a] != match.cluster[b] || input->sources[a] != input->sources[b]);
	for (size_t i = 0; i < options->different_count && !options->same_count; i++)
		check(match.cluster[options->different[i].a] != match.cluster[options->different[i].b]);
	match_release(&match);
	diag_release(&diag);
}

static void run_rules(const struct match_input *input, const struct match_options *options, uint8_t how)
{
	struct fixed_way ways[2] = { { .count = 1, .line = 1 }, { .count = 2, .line = 2 } };
	struct fixed_rules rules = { .ways = ways, .count = 2, .columns = { 0, input->columns - 1 }, .column_count = 2 };
	struct match match;
	struct diag diag;

	ways[0].tests[0] = (struct fixed_test){ .field = 0, .kind = TEST_EXACT };
	ways[1].tests[0] = (struct fixed_test){ .field = 1, .kind = TEST_EXACT };
	ways[1].tests[1] = (struct fixed_test){ .field = 0, .kind = how & 1 ? TEST_LIKE : TEST_LEVEL, .least = 0.8, .level = LEVEL_RELATED };
	diag_init(&diag);
	check(fixed_match(&rules, input, options, &match, &diag) == 0);
	check_clusters(&match, input->rows);
	match_release(&match);
	diag_release(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct slice headers[COLUMNS_MOST] = { { "a", 1 }, { "b", 1 }, { "c", 1 }, { "d", 1 }, { "e", 1 }, { "f", 1 },
							    { "g", 1 }, { "h", 1 }, { "i", 1 }, { "j", 1 }, { "k", 1 }, { "l", 1 } };
	enum role roles[COLUMNS_MOST];
	uint32_t sources[ROWS_MOST];
	bool fresh[ROWS_MOST];
	struct slice rest = { (const char *)data, size };
	struct cells *cells;
	size_t count = 0;
	uint8_t how;

	if (size < 2 + COLUMNS_MOST)
		return 0;
	cells = calloc(1, sizeof *cells);
	cells->columns = 1 + data[0] % COLUMNS_MOST;
	how = data[1];
	for (size_t c = 0; c < COLUMNS_MOST; c++)
		roles[c] = (enum role)(data[2 + c] % ROLE_COUNT);
	rest = slice_skip(rest, 2 + COLUMNS_MOST);
	while (rest.len && count < ROWS_MOST * cells->columns)
		cells->all[count++] = slice_cut(&rest, '\n');
	struct match_input input = { .rows = count / cells->columns, .columns = cells->columns, .headers = headers, .roles = roles, .sources = sources,
				     .cell = cell_of, .context = cells };
	const struct link pair = { 0, (uint32_t)(input.rows ? input.rows - 1 : 0), 0 };
	struct match_options options = { .threads = 1, .link_only = how & 2, .one_to_one = (how & 6) == 6 };

	for (size_t i = 0; i < ROWS_MOST; i++) {
		sources[i] = i % 3 == 0;
		fresh[i] = i % 5 == 0;
	}
	if (input.rows > 1 && how & 8) {
		options.different = &pair;
		options.different_count = 1;
	}
	input.fresh = how & 16 ? fresh : NULL;
	if (how & 32 && input.columns > 1)
		run_rules(&input, &options, how);
	else
		run_model(&input, &options);
	free(cells);
	return 0;
}
