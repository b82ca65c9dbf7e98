#include "score/alarms.h"

#include <math.h>
#include <stdlib.h>

static const double usual_rate = .05, usual_fdr = .1, highest = .05, highest_rate = .2, top_most = 1e9;

int alarms_parse(struct alarms *alarms, const char *text, struct diag *diag)
{
	static const struct { struct slice name; double usual, most; } hows[] = {
		[ALARMS_RATE] = { { "rate", 4 }, usual_rate, highest_rate }, [ALARMS_TOP] = { { "top", 3 }, 0, top_most },
		[ALARMS_FDR] = { { "fdr", 3 }, usual_fdr, 1 },
	};
	struct slice value = slice_of(text), how = slice_cut(&value, '=');

	for (size_t i = 0; i < sizeof hows / sizeof *hows; i++) {
		*alarms = (struct alarms){ (enum alarms_how)i, hows[i].usual };
		if (!slice_equal(how, hows[i].name))
			continue;
		if (value.len && !slice_to_double(value, &alarms->value))
			break;
		if (alarms->value > 0 && alarms->value <= hows[i].most && (i != ALARMS_TOP || alarms->value == floor(alarms->value)))
			return 0;
		break;
	}
	return diag_fail(diag, STATUS_USAGE, NULL, NULL,
			 "--alarms %s: write rate=A with A up to 0.2, top=K with a whole number, or fdr=Q with Q up to 1", text);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The largest of the p-values that may be an alarm, or a number under all of them. */
double alarms_limit(const struct alarms *alarms, double *p_values, size_t count, double share)
{
	double limit = -1, most = alarms->value * share;

	if (alarms->how == ALARMS_RATE)
		return alarms->value;
	if (count)
		qsort(p_values, count, sizeof *p_values, compare_doubles);
	for (size_t i = 0; i < count && p_values[i] <= highest; i++) {
		bool last = i + 1 == count || p_values[i + 1] > p_values[i]; /* of equal ones, all or none */
		double allowed = (double)(i + 1) * alarms->value / (double)count;

		if (last && (alarms->how == ALARMS_TOP ? (double)(i + 1) <= most : p_values[i] <= allowed))
			limit = p_values[i];
	}
	return limit;
}

bool signal_is_alarm(const struct signal *signal, double limit)
{
	return signal->kind == SIGNAL_FACT || (signal->kind == SIGNAL_TEST && signal->p <= limit);
}
