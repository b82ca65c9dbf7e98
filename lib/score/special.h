/* Special functions that libm lacks or has in a form that is not safe with threads. Arguments are positive. */
#ifndef CRM_SCORE_SPECIAL_H
#define CRM_SCORE_SPECIAL_H

/* log Γ(x) */
double special_lgamma(double x);
/* d log Γ(x) / dx; Abramowitz and Stegun 6.3.18 after recurrence. */
double special_digamma(double x);
/* Gauss's hypergeometric function for 0 <= z < 1, by its series (15.1.1); NaN when that does not settle. */
double special_2f1(double a, double b, double c, double z);
/*
 * Q(a, x), the regularised upper incomplete gamma function (6.5). P(X > x) of a chi-square X with k degrees of freedom is
 * Q(k / 2, x / 2); P(X >= k) of a Poisson X is P(k, mean) = 1 - Q(k, mean).
 */
double special_gamma_p(double a, double x);
double special_gamma_q(double a, double x);
/*
 * I(x; a, b), the regularised incomplete beta function (26.5). P(X <= k) of a binomial(n, p) is I(1 - p; n - k, k + 1); P(X >= k) of
 * a negative binomial of shape a and chance p, counting failures, is I(1 - p; k, a).
 */
double special_beta_i(double x, double a, double b);

#endif
