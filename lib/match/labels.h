/*
 * What decisions of people teach. The model may be right about which pairs are more likely one customer than others, and wrong about where
 * the line is: then those who decide about doubtful pairs say mostly the same. So the odds of all pairs are multiplied by a factor, of
 * which the decisions say how large it is: each decided pair of b bits is the same with a probability of 1 / (1 + 2^-(b + shift)), and
 * before any decision the shift is normal with mean 0 and a deviation of SHIFT_DEVIATION bits. The shift taken is the most probable one
 * given the decisions (maximum a posteriori; a logistic regression of the intercept alone). Pairs of which the model is sure, over LABEL_MOST bits, are
 * what people know and no table says (a firm that was renamed and moved): they are obeyed, and teach nothing about the others.
 */
#ifndef CRM_MATCH_LABELS_H
#define CRM_MATCH_LABELS_H

#include <stdbool.h>
#include <stddef.h>

struct label {
	double bits;   /* log2 of the odds by the model */
	bool same;
};

#define SHIFT_DEVIATION 2.0
#define LABEL_MOST 6.0

/* The shift in bits. */
double labels_shift(const struct label *labels, size_t count);

#endif
