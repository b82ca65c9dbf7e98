/*
 * Random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna, 2018) seeded by splitmix64, and
 * distributions made of integer arithmetic and of + - * / and sqrt of IEEE doubles only. libm is not used: its log and
 * exp may differ in the last bit from one processor or version to the next, which would give other bytes.
 */
#ifndef CRM_SYNTH_RNG_H
#define CRM_SYNTH_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state[4];
};

/* The next number of splitmix64 from *state. */
uint64_t rng_split(uint64_t *state);
/* The stream of one thing: any of `topic` and `number` gives an unrelated stream. */
void rng_init(struct rng *rng, uint64_t seed, uint64_t topic, uint64_t number);

uint64_t rng_next(struct rng *rng);
/* 0 .. bound-1 (bound > 0); the bias is under bound / 2^64. */
uint64_t rng_below(struct rng *rng, uint64_t bound);
/* low .. high, both included. */
int64_t rng_between(struct rng *rng, int64_t low, int64_t high);
/* In (0, 1), multiples of 2^-53 less half of one. */
double rng_unit(struct rng *rng);
bool rng_chance(struct rng *rng, double probability);

/* Shapes and rates must be over 0. */
double rng_normal(struct rng *rng);                           /* mean 0, variance 1 (polar method) */
double rng_exponential(struct rng *rng);                      /* mean 1 */
double rng_gamma(struct rng *rng, double shape);              /* mean `shape` (Marsaglia and Tsang, 2000) */
double rng_beta(struct rng *rng, double a, double b);
unsigned rng_poisson(struct rng *rng, double mean);           /* mean of tens at most: it counts one by one */

/* Natural logarithm (x > 0, finite) and e^x (|x| < 700), good to about 1e-15. */
double rng_log(double x);
double rng_exp(double x);

#endif
