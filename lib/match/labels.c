#include "match/labels.h"

#include <math.h>

enum { STEPS = 60 };

/* The posterior is concave in the shift, so its slope has one zero, which halving finds. */
static double slope(const struct label *labels, size_t count, double shift)
{
	double sum = -shift / (SHIFT_DEVIATION * SHIFT_DEVIATION);

	for (size_t i = 0; i < count; i++)
		if (fabs(labels[i].bits) <= LABEL_MOST)
			sum += M_LN2 * ((labels[i].same ? 1 : 0) - 1 / (1 + exp2(-(labels[i].bits + shift))));
	return sum;
}

double labels_shift(const struct label *labels, size_t count)
{
	double low = -64, high = 64;

	for (unsigned i = 0; i < STEPS && count; i++) {
		double middle = (low + high) / 2;

		if (slope(labels, count, middle) > 0)
			low = middle;
		else
			high = middle;
	}
	return round((low + high) / 2 * 1e6) / 1e6 + 0.0;   /* no negative zero */
}
