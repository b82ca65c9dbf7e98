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

enum { TERMS_MOST = 100000 };
static const double settled = 1e-16;

/* P(a, x) by its series, for x under a + 1 (6.5.29). */
static double gamma_series(double a, double x)
{
	double term = 1 / a, sum = term;

	for (int i = 1; i < TERMS_MOST && term > settled * sum; i++)
		sum += term *= x / (a + i);
	return sum * exp(a * log(x) - x - special_lgamma(a));
}

/* Q(a, x) by its continued fraction, for x from a + 1 on (6.5.31), evaluated forward as Lentz has it. */
static double gamma_fraction(double a, double x)
{
	static const double tiny = 1e-300;
	double b = x + 1 - a, c = 1 / tiny, d = 1 / b, value = d;

	for (int i = 1; i < TERMS_MOST; i++) {
		double numerator = -i * (i - a), step;

		b += 2;
		d = numerator * d + b;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = b + numerator / c;
		c = fabs(c) < tiny ? tiny : c;
		step = c * d;
		value *= step;
		if (fabs(step - 1) < settled * 10)
			break;
	}
	return value * exp(a * log(x) - x - special_lgamma(a));
}

double special_gamma_p(double a, double x)
{
	if (!(x > 0))
		return 0;
	return x < a + 1 ? gamma_series(a, x) : 1 - gamma_fraction(a, x);
}

double special_gamma_q(double a, double x)
{
	if (!(x > 0))
		return 1;
	return x < a + 1 ? fmax(0, 1 - gamma_series(a, x)) : gamma_fraction(a, x);
}

/* The continued fraction of I(x; a, b) (26.5.8), for x under (a + 1) / (a + b + 2), evaluated forward as Lentz has it. */
static double beta_fraction(double x, double a, double b)
{
	static const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), value;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	value = d;
	for (int m = 1; m < TERMS_MOST; m++) {
		double terms[2] = { m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
				    -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)) }, step = 1;

		for (int i = 0; i < 2; i++) {
			d = 1 + terms[i] * d;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = 1 + terms[i] / c;
			c = fabs(c) < tiny ? tiny : c;
			step = c * d;
			value *= step;
		}
		if (fabs(step - 1) < settled * 10)
			break;
	}
	return value;
}

double special_beta_i(double x, double a, double b)
{
	double front;

	if (!(x > 0) || !(x < 1))
		return x >= 1;
	front = exp(special_lgamma(a + b) - special_lgamma(a) - special_lgamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(x, a, b) / a;
	return 1 - front * beta_fraction(1 - x, b, a) / b;
}
