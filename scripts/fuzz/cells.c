/*
 * Fuzzes the evaluator: rules that use every operator and function over cells of any bytes. The input is cut at 0xFE into the cells of rows; each row is
 * judged twice, the first time for statistics. A row is judged the same way twice, and nothing may crash, hang or read what is not there.
 *   clang -O1 -g -fsanitize=fuzzer,address,undefined -Ilib -D_GNU_SOURCE -std=c17 scripts/fuzz/cells.c build/libcrm.a LIBS
 */
#include <stdlib.h>

#include "rule/convert.h"
#include "rule/eval.h"
#include "rule/mask.h"
#include "rule/parse.h"
#include "rule/types.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { COLUMNS = 6, ROWS_MOST = 20, CUT = 0xFE };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct slice headers[COLUMNS] = { { "a", 1 }, { "b", 1 }, { "c", 1 }, { "day", 3 }, { "tags", 4 }, { "flag", 4 } };
static const char *const texts[] = {
	"a + b * c - a / b > -c", "a = b or a != b and a < b", "a in (b, c, '1', 'x')", "a in (1, 2.5, 10万)", "day in (2024-03-05, today)",
	"a between b and c", "not (a >= 5 且 b <= 1.2亿)", "a is empty or b is not empty", "a ~ /^(a+)+$/i", "b !~ /\\d{3,}|[张李]/", "a contains b",
	"a starts with b or a ends with c", "\"VIP\" in tags", "tags contains a", "a in tags", "length(tags) + length(a)",
	"day within 30 days or day within next 2 months", "day within a weeks", "day - date(a) + days_since(day)", "day + a",
	"months_since(day) + decay(day, b)", "year(day) * month(day) + day(day)", "if(flag, lower(a), upper(b))", "coalesce(a, b, 'x')",
	"trim(a) = text(number(b))", "round(a, b) + floor(a) + ceil(b) + abs(c)", "min(a, b, c) < max(a, 1)", "min(day, today)", "number(a) > date(b) - day",
	"list(a) contains b", "percentile(a) >= 80", "rank(b by a) = 1", "mean(a) + sum(b by c) > median(a by b)", "count(by a) + count(b)",
};

struct bench {
	struct arena arena;
	struct program program;
	struct column_role roles[COLUMNS];
	uint32_t entries[COUNT(texts)];
	enum type types[COUNT(texts)];
};

static void prepare(struct bench *bench)
{
	struct scope scope = { .headers = headers, .roles = bench->roles, .columns = COLUMNS };
	struct fault fault;

	arena_init(&bench->arena);
	program_init(&bench->program);
	for (size_t i = 0; i < COLUMNS; i++)
		bench->roles[i].unit = 1;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct node *root = expression_parse(slice_of(texts[i]), &bench->arena, &fault);

		if (!root || types_settle(&root, TYPE_CELL, &scope, &bench->arena, &fault) ||
		    program_add(&bench->program, root, &bench->entries[i], &fault))
			abort();
		bench->types[i] = root->type;
	}
}

/* A cell in memory of its own size, so that a byte too far is seen. */
static size_t cut_cells(const uint8_t *data, size_t size, struct slice *cells)
{
	struct slice rest = { (const char *)data, size };
	size_t count = 0;

	memset(cells, 0, COLUMNS * ROWS_MOST * sizeof *cells);
	while (rest.len && count < COLUMNS * ROWS_MOST) {
		struct slice cell = slice_cut(&rest, (char)CUT);

		cells[count].ptr = memcpy(malloc(cell.len + 1), cell.ptr, cell.len);
		cells[count++].len = cell.len;
	}
	return count;
}

static void observe(struct evaluator *evaluator, struct statistics *statistics)
{
	const struct program *program = evaluator->program;

	for (size_t i = 0; i < program->statistic_count; i++) {
		const struct statistic_spec *spec = &program->statistics[i];
		struct value key = { .known = true }, value = { .known = true };

		if (spec->grouped)
			key = evaluator_run(evaluator, spec->key);
		if (spec->has_value)
			value = evaluator_run(evaluator, spec->value);
		if (spec->same == i && key.known && value.known)
			statistics_add(statistics, i, spec->grouped ? key.text : SLICE(""), spec->has_value && !spec->is_count ? value.number : 0);
	}
}

static void judge(const struct bench *bench, struct evaluator *evaluator)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct value once = evaluator_run(evaluator, bench->entries[i]), again = evaluator_run(evaluator, bench->entries[i]);

		if (once.known != again.known)
			abort();
		if (once.known && bench->types[i] == TYPE_TRUTH && once.truth != again.truth)
			abort();
		if (once.known && bench->types[i] == TYPE_TEXT && !slice_equal(once.text, again.text))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum role masks[] = { ROLE_PHONE, ROLE_EMAIL, ROLE_ID_NUMBER, ROLE_NAME, ROLE_NOTE };
	static struct bench bench;
	static bool prepared;
	struct slice cells[COLUMNS * ROWS_MOST];
	struct evaluator evaluator;
	struct statistics statistics;
	struct arena arena;
	size_t count;

	if (!prepared)
		prepare(&bench);
	prepared = true;
	arena_init(&arena);
	count = cut_cells(data, size, cells);
	evaluator_init(&evaluator, &bench.program, 19795, true);
	statistics_init(&statistics, &bench.program);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t r = 0; r * COLUMNS < count; r++) {
			evaluator_row(&evaluator, cells + r * COLUMNS, (struct row_facts){ bench.roles, NULL }, 0, r + 1);
			if (pass == 0)
				observe(&evaluator, &statistics);
			else
				judge(&bench, &evaluator);
		}
		statistics_finish(&statistics);
		evaluator.statistics = &statistics;
	}
	for (size_t i = 0; i < count; i++) {
		mask_value(masks[i % COUNT(masks)], cells[i], &arena);
		free((void *)(uintptr_t)cells[i].ptr);
	}
	statistics_release(&statistics);
	evaluator_release(&evaluator);
	arena_release(&arena);
	return 0;
}
