/* Cells and texts as the types of expressions. */
#ifndef CRM_RULE_CONVERT_H
#define CRM_RULE_CONVERT_H

#include "base/arena.h"
#include "clean/date.h"

enum convert_result {
	CONVERT_OK,
	CONVERT_EMPTY,  /* an empty cell: unknown */
	CONVERT_BAD,    /* no number, no date …: unknown as well, and counted */
};

/* text_is_empty, without its work for the many cells whose first bytes settle it. */
bool convert_is_empty(struct slice s);
/* 12  -1,234.5  10万  1.2亿  20%  ￥12.50; `unit` is what the header says (万元: 10000). */
enum convert_result convert_number(struct slice s, int64_t unit, double *number);
enum convert_result convert_date(struct slice s, enum date_order order, int32_t *days);
/* true yes y on 1 是 对 有 √; false no n off 0 否 错 无 ×. Empty only where nothing stands: 无 is false. */
enum convert_result convert_truth(struct slice s, bool *truth);

/* Shortest plain decimal that reads back the same, at most 15 digits: 1234.5. */
struct slice convert_from_number(double number, struct arena *arena);
struct slice convert_from_date(int32_t days, struct arena *arena);
struct slice convert_lower(struct slice s, struct arena *arena);
struct slice convert_upper(struct slice s, struct arena *arena);

/*
 * The items of a list cell: cut at ; and ；, or, in a cell without those, at , ， 、 and |. Takes the next one off *rest, trimmed; an
 * empty *rest ends it.
 */
struct slice list_next(struct slice *rest);
/* Whether `item` is one of the items, or the whole cell. */
bool list_has(struct slice list, struct slice item);
size_t list_count(struct slice list);

#endif
