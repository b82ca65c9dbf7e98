/*
 * What the reader of the outputs may see of a customer: --mask, --hide, and what the file of --readers says of --reader:
 *
 *     { "readers": [
 *         { "reader": "sales", "show": ["customer_id", "name", "phone", "owner"], "mask": ["phone", "id_number"] },
 *         { "reader": "manager", "hide": ["cost", "利润"], "mask": ["id_number"] } ] }
 *
 * Each name is a role, a column of the input or a column of the rules. show: of the input's columns only these; hide: not these; mask: these
 * made unreadable. A role means all columns that have it, and also those that look like a further one by their header (备用邮箱, phone_raw); of the
 * latter the cells that look like it.
 */
#ifndef CRM_RULE_VIEW_H
#define CRM_RULE_VIEW_H

#include "base/arena.h"
#include "base/diag.h"
#include "clean/roles.h"

struct view_names {
	struct slice *items;
	size_t count, capacity;
};
struct view {
	struct view_names show, hide, mask;
};

/* What is seen of a column. */
enum sight_kind { SIGHT_WHOLE, SIGHT_MASKED, SIGHT_MASKED_IF_LIKE, SIGHT_HIDDEN };
struct sight {
	enum sight_kind kind;
	enum role role;        /* that it is masked as */
};

void view_add(struct view_names *names, struct slice name, struct arena *arena);
/* Reads the file, and adds what it says of `reader` (NULL: nobody; the file is only checked). */
int view_read(struct view *view, const char *path, const char *reader, struct arena *arena, struct diag *diag) MUST_CHECK;
/* That every name is a role or among the columns: one that is misspelt would show what it is to hide. */
int view_check(const struct view *view, const struct slice *columns, size_t count, struct diag *diag) MUST_CHECK;
/* Of a column of the input, or (`made`) of the rules. */
struct sight view_of(const struct view *view, struct slice header, enum role role, bool made);
/* The value as it is seen; nothing where it is hidden. */
struct slice view_value(struct sight sight, struct slice value, struct arena *arena);

#endif
