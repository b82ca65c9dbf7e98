#include "score/special.h"

#include <math.h>

double special_lgamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

double special_digamma(double x)
{
	double below = 0, inverse;

	for (; x < 10; x++)
		below -= 1 / x;
	inverse = 1 / (x * x);
	return below + log(x) - 0.5 / x -
	       inverse * (1. / 12 - inverse * (1. / 120 - inverse * (1. / 252 - inverse * (1. / 240 - inverse / 132))));
}

double special_2f1(double a, double b, double c, double z)
{
	double term = 1, sum = 1;

	for (int i = 0; i < 200000; i++) {
		term *= (a + i) * (b + i) / ((c + i) * (i + 1)) * z;
		sum += term;
		if (fabs(term) <= 1e-15 * fabs(sum))
			return sum;
	}
	return NAN;
}
