/*
 * The Pareto/NBD model: while alive a customer buys by a Poisson process whose rate is gamma(r, α) over customers, and lives for
 * a time that is exponential with a rate gamma(s, β). Schmittlein, Morrison and Colombo, Management Science 33 (1987); the forms
 * used are those of Fader and Hardie, A Note on Deriving the Pareto/NBD Model (2005). Only score/btyd.c uses this.
 *
 * Of a case the likelihood is Γ(r+x) α^r β^s / Γ(r) times
 *
 *     (α+T)^-(r+x) (β+T)^-s  +  s ∫_t^T (α+τ)^-(r+x) (β+τ)^-(s+1) dτ
 *
 * where the integral stands in place of the usual pair of hypergeometric functions.
 */
#ifndef CRM_SCORE_PARETO_H
#define CRM_SCORE_PARETO_H

#include "score/btyd.h"

struct pareto_table;

struct pareto_table *pareto_table_new(const struct btyd_case *cases, size_t count);
void pareto_table_free(struct pareto_table *table);
/* Minus the log-likelihood at the logarithms of r, α, s, β, and its gradient by central differences. */
double pareto_negative(void *table, const double *logs, double *gradient);

/* Log of the odds that a customer (days) has left. */
double pareto_gone(const struct btyd *btyd, double x, double t, double T);

#endif
