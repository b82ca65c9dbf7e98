/*
 * Fuzzes the language of rules: any bytes are parsed, settled against a small input, compiled, and run over a row. Nothing may crash, hang
 * or read what is not there.
 *   scripts/fuzz/run 60 expression
 */
#include "rule/eval.h"
#include "rule/parse.h"
#include "rule/report.h"
#include "rule/types.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct slice headers[] = { { "name", 4 }, { "amount", 6 }, { "day", 3 }, { "tags", 4 }, { "flag", 4 }, { "成交金额", 12 } };
static const struct slice cells[] = { { "张三 a", 8 }, { "1234.5", 6 }, { "2024-03-05", 10 }, { "VIP;x", 5 }, { "yes", 3 }, { "", 0 } };

static void run(const struct program *program, uint32_t entry)
{
	struct evaluator evaluator;
	struct statistics statistics;

	evaluator_init(&evaluator, program, 19795, true);
	statistics_init(&statistics, program);
	for (int pass = 0; pass < 2; pass++) {
		evaluator_row(&evaluator, cells, (struct row_facts){ 0 }, 0, 1);
		for (size_t i = 0; i < program->statistic_count && pass == 0; i++)
			if (program->statistics[i].grouped)
				evaluator_run(&evaluator, program->statistics[i].key);
		evaluator_run(&evaluator, entry);
		evaluator.statistics = &statistics;
	}
	statistics_release(&statistics);
	evaluator_release(&evaluator);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct column_role roles[COUNT(headers)] = { 0 };
	struct scope scope = { .headers = headers, .roles = roles, .columns = COUNT(headers) };
	struct program program;
	struct fault fault = { .from = 1, .to = 0 };
	struct arena arena;
	struct node *root;
	uint32_t entry;
	struct buf carets;

	for (size_t i = 0; i < COUNT(headers); i++)
		roles[i].unit = 1;
	arena_init(&arena);
	program_init(&program);
	root = expression_parse(text, &arena, &fault);
	if (root && types_settle(&root, TYPE_CELL, &scope, &arena, &fault) == 0 && program_add(&program, root, &entry, &fault) == 0) {
		run(&program, entry);
	} else {
		if (fault.from > fault.to || fault.to > size + 1)
			__builtin_trap();
		buf_init(&carets, 4096);
		report_carets(text, &fault, &carets);
		buf_release(&carets);
	}
	program_release(&program);
	arena_release(&arena);
	return 0;
}
