/* Values made unreadable for those who may not see them, and still good enough to recognise a customer by. */
#ifndef CRM_RULE_MASK_H
#define CRM_RULE_MASK_H

#include "base/arena.h"
#include "clean/roles.h"

/*
 * By what the column means. Phones: 138****5678 (all but the first three and the last four digits); e-mail: z***@example.com; ids: as ids_mask; names:
 * 张**, J***; anything else: all characters. Signs between digits stay, and each of several e-mails is masked. An empty cell stays empty.
 */
struct slice mask_value(enum role role, struct slice value, struct arena *arena);

/*
 * Of columns that have not the role, since another one has it or the dictionary does not know them: whether the header speaks of it (备用邮箱,
 * phone_raw, email_alt), and whether a cell looks like it.
 */
bool mask_header_is_like(enum role role, struct slice header);
bool mask_is_like(enum role role, struct slice value);

#endif
