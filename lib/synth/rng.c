#include "synth/rng.h"

#include <math.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF /* gcc does so by -std=c17 */
#endif

uint64_t rng_split(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

void rng_init(struct rng *rng, uint64_t seed, uint64_t topic, uint64_t number)
{
	uint64_t state = seed;

	state = rng_split(&state) ^ topic;
	state = rng_split(&state) ^ number;
	for (int i = 0; i < 4; i++)
		rng->state[i] = rng_split(&state);
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *s = rng->state;
	uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
	return (uint64_t)((unsigned __int128)rng_next(rng) * bound >> 64);
}

int64_t rng_between(struct rng *rng, int64_t low, int64_t high)
{
	return low + (int64_t)rng_below(rng, (uint64_t)(high - low) + 1);
}

double rng_unit(struct rng *rng)
{
	return ((double)(rng_next(rng) >> 12) + 0.5) * 0x1p-52;
}

bool rng_chance(struct rng *rng, double probability)
{
	return rng_unit(rng) < probability;
}

double rng_normal(struct rng *rng)
{
	double u, v, s;

	do {
		u = 2 * rng_unit(rng) - 1;
		v = 2 * rng_unit(rng) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	return u * sqrt(-2 * rng_log(s) / s);
}

double rng_exponential(struct rng *rng)
{
	return -rng_log(rng_unit(rng));
}

double rng_gamma(struct rng *rng, double shape)
{
	double boost = 1, d, c;

	if (shape < 1) { /* Gamma(shape) = Gamma(shape + 1) × U^(1/shape) */
		boost = rng_exp(fmax(-700, rng_log(rng_unit(rng)) / shape));
		shape += 1;
	}
	d = shape - 1.0 / 3;
	c = 1 / sqrt(9 * d);
	for (;;) {
		double x = rng_normal(rng), v = 1 + c * x;

		if (v <= 0)
			continue;
		v = v * v * v;
		if (rng_log(rng_unit(rng)) < 0.5 * x * x + d - d * v + d * rng_log(v))
			return boost * d * v;
	}
}

double rng_beta(struct rng *rng, double a, double b)
{
	double x = rng_gamma(rng, a), y = rng_gamma(rng, b);

	return x + y > 0 ? x / (x + y) : 0.5;
}

unsigned rng_poisson(struct rng *rng, double mean)
{
	double limit = rng_exp(-mean), product = rng_unit(rng);
	unsigned count = 0;

	while (product > limit) {
		product *= rng_unit(rng);
		count++;
	}
	return count;
}

#define LN2_HIGH 0x1.62e42fee00000p-1       /* ln 2 in two parts: the first times a small integer is exact */
#define LN2_LOW  0x1.a39ef35793c76p-33

/* x = m × 2^e with m in [√½, √2); ln m = 2 artanh((m - 1) / (m + 1)), by its series. */
double rng_log(double x)
{
	int e;
	double m = frexp(x, &e), s, z, sum = 0;

	if (m < 0x1.6a09e667f3bcdp-1) {
		m *= 2;
		e--;
	}
	s = (m - 1) / (m + 1);
	z = s * s;
	for (int k = 23; k >= 1; k -= 2)
		sum = sum * z + 1.0 / k;
	return (e * LN2_LOW + 2 * s * sum) + e * LN2_HIGH;
}

/* x = n ln 2 + y with |y| <= ln 2 / 2; e^y by Taylor's series. */
double rng_exp(double x)
{
	int n = (int)(x / 0x1.62e42fefa39efp-1 + (x < 0 ? -0.5 : 0.5));
	double y = (x - n * LN2_HIGH) - n * LN2_LOW, sum = 1;

	for (int k = 17; k >= 1; k--)
		sum = 1 + sum * y / k;
	return ldexp(sum, n);
}
