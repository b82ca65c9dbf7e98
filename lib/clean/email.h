/* E-mail addresses: trimmed, domain in lower case (and the local part, which real systems treat so), full width undone, mailto: and <> dropped. */
#ifndef CRM_CLEAN_EMAIL_H
#define CRM_CLEAN_EMAIL_H

#include "base/arena.h"

struct email {
	struct slice text;    /* standard form, ptr NULL if the cell holds no address */
	struct slice domain;
	bool masked;          /* a***@x.com */
};

/* The first address in the cell (several are split by ; , and space). */
struct email email_parse(struct slice s, struct arena *arena);

#endif
