/* Minimum of a smooth function of a few variables: BFGS (Nocedal and Wright, Numerical Optimization, 2006, algorithm 6.1). */
#ifndef CRM_SCORE_OPTIMIZE_H
#define CRM_SCORE_OPTIMIZE_H

#include <stdbool.h>

enum { OPTIMIZE_MOST = 4 };  /* variables */

/* The value at x, and its gradient. A value that is not finite is taken as a step too far. */
typedef double optimize_function(void *context, const double *x, double *gradient);

struct optimum {
	double x[OPTIMIZE_MOST];
	double enough;          /* given: a step that gains less than this share of the value is the last; 0: 1e-12 */
	double value;
	double gradient_norm;   /* largest component */
	int evaluations;
	bool converged;         /* no step improves the value any more, and the gradient is small for it */
};

/* Starts at optimum->x. Variables stay within [-limit, limit]. */
void optimize(optimize_function *function, void *context, int n, double limit, struct optimum *optimum);

/*
 * The inverse of the Hessian at x, from central differences of the gradient: of minus a log-likelihood at its minimum this is the covariance of
 * the estimates. False where the Hessian is not positive definite: x is no clear minimum in every direction.
 */
bool optimize_covariance(optimize_function *function, void *context, int n, const double *x, double covariance[OPTIMIZE_MOST][OPTIMIZE_MOST]);

#endif
