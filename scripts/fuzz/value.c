/*
 * Fuzzes one standard form, -DRULE=RULE_DATE, RULE_AMOUNT, RULE_PHONE …: any UTF-8 (the readers let nothing else through) becomes one or are refused, and becoming it twice
 * changes nothing. The first byte says how the column is read: the order of its dates, the unit of its header.
 */
#include "base/utf8.h"
#include "clean/standard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t units[] = { 1, 1000, 10000, 100000000 };
	struct slice text = { (const char *)data + 1, size - 1 };
	struct standard once, twice;
	enum date_order order;
	struct arena arena;

	if (size == 0 || !utf8_is_valid(text))
		return 0;
	order = data[0] % 3;
	arena_init(&arena);
	once = standard_value(RULE, arena_copy(&arena, text), units[data[0] / 3 % 4], order, &arena);
	if (once.outcome != OUTCOME_BAD && once.outcome != OUTCOME_EMPTY) {
		twice = standard_value(RULE, once.value, 1, order, &arena);
		if (once.outcome == OUTCOME_FINE && !slice_equal(once.value, twice.value))
			__builtin_trap();
	}
	arena_release(&arena);
	return 0;
}
