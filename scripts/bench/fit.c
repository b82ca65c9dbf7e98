/* fit CUSTOMERS [FILE]: simulates customers of a BG/NBD model, fits the three purchase models to them, and prints the seconds of the processor; the distinct cases go to FILE. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "score/btyd.h"

static uint64_t state = 7;

static double uniform(void)
{
	state += UINT64_C(0x9E3779B97F4A7C15);
	return ((double)(hash_mix(state, 11) >> 11) + .5) / 9007199254740992.;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

/* Marsaglia and Tsang, 2000. */
static double gamma_of(double shape)
{
	double d = shape + 1 - 1. / 3, c = 1 / sqrt(9 * d), x, v;

	do {
		x = normal();
		v = (1 + c * x) * (1 + c * x) * (1 + c * x);
	} while (!(v > 0) || log(uniform()) > .5 * x * x + d - d * v + d * log(v));
	return d * v * pow(uniform(), 1 / shape);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* r .55, alpha 8 weeks, a .8, b 2.5; first purchases over a year, up to two years watched. */
static struct btyd_case simulate(void)
{
	double rate = gamma_of(.55) / 8, x = gamma_of(.8), leaves = x / (x + gamma_of(2.5)), T = 52 + 52 * uniform(), t = 0, next = 0;
	struct btyd_case c = { .T = (uint32_t)(T * 7), .count = 1 };

	while ((next -= log(uniform()) / rate) < T) {
		uint32_t day = (uint32_t)(next * 7);

		if (day > (uint32_t)(t * 7)) {
			c.x++;
			c.t = day;
		}
		t = next;
		if (uniform() < leaves)
			break;
	}
	return c;
}

int main(int argc, char **argv)
{
	size_t customers = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, distinct;
	struct btyd_case *cases = calloc(customers, sizeof *cases);
	FILE *file = argc > 2 ? fopen(argv[2], "w") : NULL;

	if (!cases)
		return 1;
	for (size_t i = 0; i < customers; i++)
		cases[i] = simulate();
	double start = seconds();

	distinct = btyd_condense(cases, customers);
	printf("%-22s %8.3f s  %zu distinct\n", "put together", seconds() - start, distinct);
	for (enum btyd_model model = 0; model < BTYD_MODELS; model++) {
		struct btyd fit;
		const char *const *names = btyd_parameters(model);

		start = seconds();
		if (btyd_fit(&fit, model, cases, distinct))
			printf("%-22s %8.3f s  %s %.4f %s %.4f %s %.4f %s %.4f, %d evaluations\n", btyd_name(model), seconds() - start, names[0], fit.r,
			       names[1], fit.alpha, names[2], fit.a, names[3], fit.b, fit.evaluations);
	}
	for (size_t i = 0; i < distinct && file; i++) {
		if (i == 0)
			fprintf(file, "x,t,T,count\n");
		fprintf(file, "%u,%u,%u,%u\n", cases[i].x, cases[i].t, cases[i].T, cases[i].count);
	}
	if (file)
		fclose(file);
	free(cases);
	return 0;
}
