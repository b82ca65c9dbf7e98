/* Person names, Chinese and Latin. */
#ifndef CRM_CLEAN_PERSON_H
#define CRM_CLEAN_PERSON_H

#include "base/arena.h"

struct person {
	struct slice family;  /* 欧阳; smith; in the form of text_key */
	struct slice given;   /* may be empty (张总) */
	struct slice title;   /* 先生 女士 总 经理 Dr Mr …: as found, empty for none */
	bool chinese;
};

/* The parts, texts in the arena or in s. Latin: "Smith, John" and "John Smith" give the same. Titles are taken off. */
struct person person_parse(struct slice s, struct arena *arena);
/* Whether the character is a known surname (the Hundred Family Surnames and more) and its share of the population per million, or 0. */
uint32_t person_surname_frequency(struct slice family);

#endif
