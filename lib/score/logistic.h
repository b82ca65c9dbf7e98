/*
 * Logistic regression with an L2 penalty: LIBLINEAR (Fan et al., JMLR 9, 2008), whose Newton method finds the one minimum of
 *
 *     |w|² / 2 + C Σ weight · log(1 + exp(-y w·x)),      y = 1 or -1,
 *
 * the same one from any start, without random numbers. The only file that knows LIBLINEAR.
 *
 * A row is sparse: some inputs with their values; the others are 0. Input `inputs` is the intercept, which is added by itself and is all
 * but free of the penalty.
 */
#ifndef CRM_SCORE_LOGISTIC_H
#define CRM_SCORE_LOGISTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logistic;

/* `row_most`: values in a row, at most. */
struct logistic *logistic_new(size_t rows, size_t row_most, size_t inputs);
void logistic_free(struct logistic *logistic);
/* The values of one row, once, by rising input. */
void logistic_set(struct logistic *logistic, size_t row, const uint32_t *inputs, const double *values, size_t count, bool yes);

struct logistic_fit {
	double C;
	double weight_yes, weight_no;
	double tolerance;          /* of the gradient, relative to that at 0 */
};
/*
 * Fits to the rows listed; `weights` has inputs + 1, and begins as the start (zeros will do). Any number of threads at a time. False: the
 * rows are all yes or all no.
 */
bool logistic_fit(const struct logistic *logistic, const uint32_t *rows, size_t count, const struct logistic_fit *fit, double *weights);
/* Log odds of a row. */
double logistic_odds(const struct logistic *logistic, size_t row, const double *weights);

#endif
