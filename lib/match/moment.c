#include "match/moment.h"

#include "base/arena.h"
#include "clean/date.h"
#include "clean/text.h"

int64_t moment_of(struct slice cell)
{
	struct arena arena;
	struct date date = { CIVIL_NONE, -1 };
	enum date_result result;

	if (cell.len == 0 || cell.len > 64)
		return MOMENT_NONE;
	arena_init(&arena);
	result = date_parse(text_clean(cell, &arena), DATE_ORDER_MDY, &date);
	arena_release(&arena);
	if (result != DATE_OK || date.days == CIVIL_NONE)
		return MOMENT_NONE;
	return (int64_t)date.days * 86400 + (date.seconds > 0 ? date.seconds : 0);
}
