/* Rule sets that come with the program, to use as they are or as a start: the JSON files beside this one. */
#ifndef CRM_RULE_READY_H
#define CRM_RULE_READY_H

#include "base/arena.h"
#include "base/diag.h"

/* The text of a set. -1 with diag, which names the sets there are. */
int ready_rules(const char *name, struct slice *text, struct diag *diag) MUST_CHECK;
/* Their names; how many. */
size_t ready_names(const struct slice **names);

#endif
