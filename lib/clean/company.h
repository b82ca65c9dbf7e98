/* Company names: place, brand (字号), trade, legal form, branch. */
#ifndef CRM_CLEAN_COMPANY_H
#define CRM_CLEAN_COMPANY_H

#include "base/arena.h"

struct company {
	struct slice place;   /* 上海, 江苏省苏州市: as written less the brackets; empty for none */
	struct slice brand;   /* 字号, or of a Latin name the words before the trade and the form: what identifies it. In the form of text_key */
	struct slice trade;   /* 网络科技, foods: in the form of text_key */
	struct slice form;    /* 有限公司, co ltd: in the form of text_key */
	struct slice branch;  /* 上海分公司: a branch is related, not the same */
	struct slice key;     /* place-less brand + trade: for comparing */
};

struct company company_parse(struct slice s, struct arena *arena);
/* Whether the text looks like the name of a company (has a legal form or a trade word). */
bool company_is_likely(struct slice s);

#endif
