/*
 * A file with one column that can be compared, a list of names: how often its values are alike says nothing about how much of that is chance, since
 * no other column tells matches from others. So chance is worked out from the values themselves.
 */
#ifndef CRM_MATCH_ALONE_H
#define CRM_MATCH_ALONE_H

#include "match/background.h"

/*
 * Puts what chance brings into background->share[0], where it was what all pairs show. Of people's names: a name against one made of the family name
 * of one row and the given name of another. Of other values it is believed that of those that are more than a little alike few are so by chance.
 */
void alone_measure(const struct fields *fields, size_t rows, struct background *background);

#endif
