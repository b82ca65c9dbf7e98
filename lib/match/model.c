#include "match/model.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "match/sketch.h"

enum { ITERATIONS_MOST = 100 };
static const uint64_t NO_PATTERN = UINT64_MAX;

/*
 * A pair that has fewer bits before anything is learnt never counts as a match in learning: else what is learnt may be another thing that
 * many pairs have in common, such as living in the same large town.
 */
static const double POSSIBLE_LEAST = -8;
/* Bits under which a pair is two customers for sure. */
static const double OTHERS_MOST = -5;

/* What is believed of m before anything is seen, and for how many pairs this counts. */
static const double m_text[LEVELS] = { 0, .07, .03, .02, .04, .05, .09, .70 };
static const double m_code[LEVELS] = { 0, .10, .005, .005, .01, .01, .05, .82 };

static const double m_name[LEVELS] = { 0, .01, .002, .01, .05, .10, .13, .698 };

/* And of u of people's names: whatever their number, people are called alike; the more so those who share an address or a telephone. */
static const double u_name[LEVELS] = { 0, 0, .02, .003, .0005, .0002, .0001, 0 };
static const double family_before[LEVELS] = { 0, 0, .3, .03, 0, 0, 0, 0 };

static const double *m_before(const struct field *field)
{
	if (field->profile.kind == FIELD_PERSON || field->profile.kind == FIELD_COMPANY)
		return m_name;
	return field->profile.kind == FIELD_CODE || field->profile.kind == FIELD_CATEGORY ? m_code : m_text;
}
static const double BELIEF = 20, NAME_DIFFERENT = 0.01, FAMILY_ONLY = 0.002, PERSONAL_DIFFERENT = 0.1, GIVEN_BELIEF = 50, U_BELIEF = 2000;

void patterns_init(struct patterns *patterns)
{
	*patterns = (struct patterns){ .mask = 1023 };
	patterns->pattern = memory_get(patterns->mask + 1, sizeof *patterns->pattern);
	patterns->pairs = memory_zero(patterns->mask + 1, sizeof *patterns->pairs);
	memset(patterns->pattern, 0xff, (patterns->mask + 1) * sizeof *patterns->pattern);
}

void patterns_release(struct patterns *patterns)
{
	free(patterns->pattern);
	free(patterns->pairs);
	*patterns = (struct patterns){ 0 };
}

static size_t pattern_slot(const struct patterns *patterns, uint64_t pattern)
{
	size_t at = hash_mix(pattern, 7) & patterns->mask;

	while (patterns->pattern[at] != pattern && patterns->pattern[at] != NO_PATTERN)
		at = (at + 1) & patterns->mask;
	return at;
}

void patterns_add(struct patterns *patterns, uint64_t pattern, double pairs)
{
	size_t at = pattern_slot(patterns, pattern);

	if (patterns->pattern[at] == NO_PATTERN && ++patterns->count * 2 > patterns->mask) {
		struct patterns old = *patterns;

		patterns->mask = old.mask * 2 + 1;
		patterns->pattern = memory_get(patterns->mask + 1, sizeof *patterns->pattern);
		patterns->pairs = memory_zero(patterns->mask + 1, sizeof *patterns->pairs);
		memset(patterns->pattern, 0xff, (patterns->mask + 1) * sizeof *patterns->pattern);
		for (size_t i = 0; i <= old.mask; i++)
			if (old.pattern[i] != NO_PATTERN) {
				size_t to = pattern_slot(patterns, old.pattern[i]);

				patterns->pattern[to] = old.pattern[i];
				patterns->pairs[to] = old.pairs[i];
			}
		free(old.pattern);
		free(old.pairs);
		at = pattern_slot(patterns, pattern);
	}
	patterns->pattern[at] = pattern;
	patterns->pairs[at] += pairs;
}

static void start(struct model *model, const struct fields *fields, const struct background *background, size_t rows)
{
	model->lambda = 0.1 * (double)rows / (background->total + 1);
	for (unsigned i = 0; i < model->count; i++)
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++) {
			model->m[i][l] = m_before(&fields->all[i])[l];
			model->u[i][l] = background->share[i][l];
		}
}

/* u is what is left of the background without the matches, never quite nothing. */
static void set_u(struct model *model, const struct fields *fields, const struct background *background)
{
	for (unsigned i = 0; i < model->count; i++) {
		double sum = 0;

		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++) {
			double share = background->share[i][l];
			double left = background->alone ? share : (share - model->lambda * model->m[i][l]) / (1 - model->lambda);
			double least = fmax(share * 0.02, 0.3 / (background->sampled + 1));

			if (l == LEVEL_EXACT)
				least = fmax(share * 0.02, 0.3 / (background->total + 1));
			model->u[i][l] = fmax(left, least);
			if (fields->all[i].profile.kind == FIELD_PERSON)
				model->u[i][l] = (model->u[i][l] * background->sampled + u_name[l] * U_BELIEF) / (background->sampled + U_BELIEF);
			sum += model->u[i][l];
		}
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			model->u[i][l] /= sum;
	}
}

static void set_weights(struct model *model)
{
	if (model->lambda > 0.5)
		model->lambda = 0.5;
	model->prior = (float)log2(model->lambda / (1 - model->lambda));
	for (unsigned i = 0; i < model->count; i++)
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			model->weight[i][l] = (float)log2(model->m[i][l] / model->u[i][l]);
}

/* Bits that field j's disagreement gains because a field before it disagrees, too: who moves changes street, town and postcode at once. */
static float excused_bits(const struct model *model, unsigned j, uint64_t pattern)
{
	float most = 0;

	if (pattern_level(pattern, j) != LEVEL_DIFFERENT)
		return 0;
	for (unsigned o = 0; o < model->count && model->order[o] != j; o++) {
		unsigned i = model->order[o];

		if (pattern_level(pattern, i) == LEVEL_DIFFERENT && model->excused[i][j] > most)
			most = model->excused[i][j];
	}
	return most;
}

/*
 * Bits that field j loses because fields before it agree. One before it that is only like its other half is as well explained by j as j would be by
 * it: an address that lacks a number by the telephone of the home.
 */
static float shared_bits(const struct model *model, unsigned j, uint64_t pattern)
{
	unsigned level = pattern_level(pattern, j);
	float most = 0;

	for (unsigned o = 0; o < model->count && model->order[o] != j; o++) {
		unsigned i = model->order[o], before = pattern_level(pattern, i);
		float lost = before >= LEVEL_NEAR ? model->given[i][j][level]
			     : before >= LEVEL_RELATED && level >= LEVEL_NEAR && model->mutual[i][j] ? model->given[j][i][before] : 0;

		most = lost > most ? lost : most;
	}
	return most;
}

static double bits_of(const struct model *model, uint64_t pattern)
{
	double bits = model->prior;

	for (unsigned i = 0; i < model->count; i++)
		bits += model->weight[i][pattern_level(pattern, i)] - shared_bits(model, i, pattern) + excused_bits(model, i, pattern);
	return bits;
}

static bool is_name(const struct field *field)
{
	return field->profile.role == ROLE_NAME || field->profile.role == ROLE_COMPANY;
}

static bool names_differ(const struct fields *fields, uint64_t pattern)
{
	for (unsigned i = 0; i < fields->count; i++)
		if (is_name(&fields->all[i]) && (pattern_level(pattern, i) == LEVEL_DIFFERENT ||
						 (fields->all[i].profile.kind == FIELD_PERSON && pattern_level(pattern, i) == LEVEL_WEAK)))
			return true;
	return false;
}

/* What is one person's own. */
static bool is_personal(const struct field *field)
{
	enum role role = field->profile.role;

	return role == ROLE_GIVEN_NAME || role == ROLE_BIRTHDAY || role == ROLE_ID_NUMBER;
}

static bool has_given_names(const struct fields *fields)
{
	for (unsigned i = 0; i < fields->count; i++)
		if (fields->all[i].profile.role == ROLE_GIVEN_NAME)
			return true;
	return false;
}

/*
 * Two of a household share whatever is not a person's own. Of files with given names: 1 for a pair whose given names differ and which no birthday
 * or number makes one person all the same. As some such pairs are one person under another name, each pair with like given names speaks
 * for so many that are none. Of whole names names_differ tells.
 */
static double household(const struct fields *fields, uint64_t pattern)
{
	double says = 0;

	for (unsigned i = 0; i < fields->count; i++) {
		enum role role = fields->all[i].profile.role;
		unsigned level = pattern_level(pattern, i);

		if (role == ROLE_GIVEN_NAME && level != LEVEL_MISSING)
			says = level == LEVEL_DIFFERENT ? 1 : level >= LEVEL_SIMILAR ? -PERSONAL_DIFFERENT / (1 - PERSONAL_DIFFERENT) : 0;
	}
	for (unsigned i = 0; i < fields->count && says > 0; i++)
		if (is_personal(&fields->all[i]) && pattern_level(pattern, i) > LEVEL_WEAK)
			says = 0;
	return says;
}

/* What depends on other fields comes after them: names, which families share with their address, and mail addresses made of names. */
static unsigned dependence(const struct field *field)
{
	return field->profile.kind == FIELD_EMAIL ? 2 : is_name(field) ? 1 : 0;
}

/* Fields in that order, and then by how seldom two records agree on them by chance. */
static void set_order(struct model *model, const struct fields *fields)
{
	for (unsigned i = 0; i < model->count; i++) {
		unsigned at = i;

		for (; at > 0; at--) {
			unsigned before = model->order[at - 1];
			unsigned x = dependence(&fields->all[before]), y = dependence(&fields->all[i]);

			if (x < y || (x == y && model->u[before][LEVEL_EXACT] <= model->u[i][LEVEL_EXACT]))
				break;
			model->order[at] = before;
		}
		model->order[at] = i;
	}
	for (unsigned i = 0; i < model->count; i++)
		for (unsigned j = 0; j < model->count; j++)
			model->mutual[i][j] = dependence(&fields->all[i]) == 0 && dependence(&fields->all[j]) == 0;
}

/* A Chinese name of which one character differs: brothers and sisters are as likely as a slip. */
static bool is_one_off(const struct field *field, uint64_t pattern, unsigned i)
{
	return field->profile.kind == FIELD_PERSON && pattern_level(pattern, i) == LEVEL_SWAPPED;
}

/*
 * Whether a pair that agrees on field i is two customers for sure, without asking field j, which is to be counted among such pairs: the names differ,
 * and all fields but j together say so. For names themselves that they differ is all there is, so only their two ways to differ are counted.
 */
static bool is_surely_two(const struct model *model, const struct fields *fields, unsigned i, unsigned j, uint64_t pattern, double bits)
{
	bool differ = names_differ(fields, pattern);

	if (is_name(&fields->all[j]))
		return (differ && pattern_level(pattern, j) <= LEVEL_WEAK) || is_one_off(&fields->all[j], pattern, j);
	bits -= model->weight[j][pattern_level(pattern, j)] - shared_bits(model, j, pattern);
	return (differ || is_name(&fields->all[i])) && bits < OTHERS_MOST;
}

/*
 * What is believed of u of field j among different people who agree on field i, before anything is measured: families share their name, their
 * address and a telephone.
 */
static double shared_before(const struct field *i, const struct field *j, unsigned level)
{
	static const double home[LEVELS] = { 0, 0, 0, 0, .08, .08, .08, .25 };
	enum role a = i->profile.role, b = j->profile.role;

	if (j->profile.kind == FIELD_PERSON)
		return family_before[level];
	return (a == ROLE_PHONE && b == ROLE_ADDRESS) || (a == ROLE_ADDRESS && b == ROLE_PHONE) ? home[level] : 0;
}

/* Measures u of each field j among the pairs that agree on field i and are two customers. */
static void set_given(struct model *model, const struct fields *fields, unsigned i, const struct background *background)
{
	double seen[FIELD_MOST][LEVELS] = { { 0 } }, homes[FIELD_MOST][LEVELS] = { { 0 } };

	for (size_t s = 0; s < background->agreeing_count[i]; s++) {
		uint64_t pattern = background->agreeing[i][s];
		double bits = bits_of(model, pattern), home = household(fields, pattern);

		for (unsigned j = 0; j < model->count; j++) {
			seen[j][pattern_level(pattern, j)] += is_surely_two(model, fields, i, j, pattern, bits);
			homes[j][pattern_level(pattern, j)] += is_personal(&fields->all[j]) ? 0 : home;
		}
	}
	for (unsigned j = 0; j < model->count; j++)
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			seen[j][l] += fmax(homes[j][l], 0);
	for (unsigned j = 0; j < model->count; j++) {
		double known = GIVEN_BELIEF;

		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			known += seen[j][l];
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++) {
			double before = fmax(model->u[j][l], shared_before(&fields->all[i], &fields->all[j], l));
			double u = (seen[j][l] + GIVEN_BELIEF * before) / known;

			/* Two people of one name have like addresses, never the same one. */
			bool counts = is_name(&fields->all[j]) ? l == LEVEL_WEAK || l == LEVEL_SWAPPED
				      : is_name(&fields->all[i]) ? l > LEVEL_SWAPPED && l < LEVEL_EXACT : l > LEVEL_SWAPPED;

			model->given[i][j][l] = counts && j != i ? (float)fmax(log2(u / model->u[j][l]), 0) : 0;
		}
	}
}

/*
 * Of pairs that agree on address and phone and not on the name, many are neighbours and families, not one customer. What
 * such pairs add to `level` over `share` is taken out; returns how many pairs that are.
 */
static double limit_difference(double seen[LEVELS], enum level level, double share, double known)
{
	double most = share * (known - seen[level]), taken = fmax(seen[level] - most, 0);

	seen[level] -= taken;
	return taken;
}

/* Matches in which two fields disagree together. */
struct together {
	double both[FIELD_MOST][FIELD_MOST];    /* i and j disagree */
	double first[FIELD_MOST][FIELD_MOST];   /* i disagrees, of j something is known */
};

static void count_together(struct together *together, unsigned count, uint64_t pattern, double expected)
{
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < count && pattern_level(pattern, i) == LEVEL_DIFFERENT; j++) {
			together->both[i][j] += pattern_level(pattern, j) == LEVEL_DIFFERENT ? expected : 0;
			together->first[i][j] += pattern_level(pattern, j) != LEVEL_MISSING ? expected : 0;
		}
}

static void set_excused(struct model *model, const struct fields *fields, const struct together *together)
{
	for (unsigned i = 0; i < model->count; i++)
		for (unsigned j = 0; j < model->count; j++) {
			double m = model->m[j][LEVEL_DIFFERENT];
			double given = (together->both[i][j] + BELIEF * m) / (together->first[i][j] + BELIEF);
			bool free = i != j && !is_name(&fields->all[i]) && !is_name(&fields->all[j]);

			model->excused[i][j] = free ? (float)fmax(log2(given / m), 0) : 0;
		}
}

/* One step; returns the expected number of matches. */
static double step(struct model *model, const struct fields *fields, const struct patterns *patterns, const bool *possible,
		   const struct background *background)
{
	double seen[FIELD_MOST][LEVELS] = { { 0 } }, matches = 0;
	struct together together = { 0 };

	for (size_t p = 0; p <= patterns->mask; p++) {
		if (!possible[p])
			continue;
		double expected = patterns->pairs[p] / (1 + exp2(-bits_of(model, patterns->pattern[p])));

		matches += expected;
		for (unsigned i = 0; i < model->count; i++)
			seen[i][pattern_level(patterns->pattern[p], i)] += expected;
		count_together(&together, model->count, patterns->pattern[p], expected);
	}
	for (unsigned i = 0; i < model->count; i++) {
		double known = matches - seen[i][LEVEL_MISSING];

		if (is_name(&fields->all[i]))
			known -= limit_difference(seen[i], LEVEL_DIFFERENT, NAME_DIFFERENT, known);
		if (fields->all[i].profile.role == ROLE_GIVEN_NAME)
			known -= limit_difference(seen[i], LEVEL_DIFFERENT, PERSONAL_DIFFERENT, known);
		if (fields->all[i].profile.kind == FIELD_PERSON)
			known -= limit_difference(seen[i], LEVEL_WEAK, FAMILY_ONLY, known);
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			model->m[i][l] = (seen[i][l] + BELIEF * m_before(&fields->all[i])[l]) / (known + BELIEF);
	}
	set_excused(model, fields, &together);
	model->lambda = (matches + 0.5) / (background->total + 1);
	return matches;
}

/* Of pairs with one value those that are two customers. */
static double chance_among_equal(const struct model *model)
{
	double match = model->lambda * model->m[0][LEVEL_EXACT], other = (1 - model->lambda) * model->u[0][LEVEL_EXACT];

	return other / (match + other);
}

/*
 * How likely another customer's record has a value that `rows` records have: one shared by many says less, a rare one more. Customers
 * are counted, not records.
 */
static double chance_of_value(const struct model *model, const struct field *field, unsigned i, double rows)
{
	double customers = rows / (1 + model->together * model->m[i][LEVEL_EXACT]);
	double all = fmax((double)field->filled / (1 + model->together), 1);

	/* Alone, a value must do: of the other rows that have it, those are other customers that chance explains, by what it brings at large. */
	if (model->count == 1)
		return fmax(customers - 1 - (rows - 1) * (1 - chance_among_equal(model)), fmin(model->u[i][LEVEL_EXACT] * all, 0.3)) / all;
	/* Of a value that no third row has it is known only that values of this field are seldom shared, the surer the more customers there are. */
	double seldom = fmax(0.1, fmin(0.3, 3 / sqrt(all)));

	return fmax(rows > 2 ? customers - 1 : 0, fmax(seldom, fmin(model->u[i][LEVEL_EXACT] * all, 1))) / all;
}

static double exact_bits(const struct model *model, const struct field *field, unsigned i, double rows)
{
	if (rows < MODEL_ROWS)
		return model->exact[i][(unsigned)rows];
	return log2(model->m[i][LEVEL_EXACT] / chance_of_value(model, field, i, rows));
}

/* Fields in the order of what a comparison costs. */
static void set_cost_order(struct model *model, const struct fields *fields)
{
	static const unsigned char cost[] = { [FIELD_CATEGORY] = 0, [FIELD_NUMBER] = 1, [FIELD_DATE] = 1, [FIELD_CODE] = 2, [FIELD_COMPANY] = 3,
					      [FIELD_PERSON] = 4, [FIELD_EMAIL] = 5, [FIELD_TEXT] = 6, [FIELD_LONG] = 7 };

	for (unsigned i = 0; i < model->count; i++) {
		unsigned at = i;

		for (; at > 0 && cost[fields->all[model->by_cost[at - 1]].profile.kind] > cost[fields->all[i].profile.kind]; at--)
			model->by_cost[at] = model->by_cost[at - 1];
		model->by_cost[at] = i;
	}
}

/* What a level of field i can add at most, when fields that stand crosswise and all that disagrees together are thought of. */
static void set_ceilings(struct model *model, const struct fields *fields, unsigned i)
{
	float excused = 0, floor = -INFINITY;

	for (unsigned j = 0; j < model->count; j++) {
		excused = fmaxf(excused, model->excused[j][i]);
		if (fields->partner[j] == i && j != i)
			floor = fmaxf(floor, 0);
	}
	if (fields->partner[i])
		floor = fmaxf(floor, model->weight[i][LEVEL_SWAPPED]);
	model->most[i] = floor;
	for (unsigned l = LEVEL_DIFFERENT; l < LEVEL_EXACT; l++) {
		model->ceiling[i][l] = model->weight[i][l] + (l == LEVEL_DIFFERENT ? excused : 0);
		if (l < LEVEL_SIMILAR)
			model->ceiling[i][l] = fmaxf(model->ceiling[i][l], floor);
		model->most[i] = fmaxf(model->most[i], model->ceiling[i][l]);
	}
	model->ceiling[i][LEVEL_EXACT] = model->exact[i][1];
	if (fields->all[i].profile.kind == FIELD_CODE)   /* an item of a list may agree exactly */
		model->most[i] = fmaxf(model->most[i], model->exact[i][1]);
}

static void prepare_scoring(struct model *model, const struct fields *fields)
{
	set_cost_order(model, fields);
	for (unsigned i = 0; i < model->count; i++) {
		for (unsigned rows = 0; rows < MODEL_ROWS; rows++)
			model->exact[i][rows] = (float)log2(model->m[i][LEVEL_EXACT] / chance_of_value(model, &fields->all[i], i, rows));
		for (unsigned l = LEVEL_DIFFERENT; l < LEVELS; l++)
			model->weight_lost[i][l] = (float)log2(model->m[i][LEVEL_EXACT] / model->m[i][l]);
		set_ceilings(model, fields, i);
	}
}

void model_prepare(struct model *model, const struct fields *fields)
{
	model->count = fields->count;
	set_weights(model);
	set_order(model, fields);
	prepare_scoring(model, fields);
}

void model_shift(struct model *model, double bits)
{
	model->prior += (float)bits;
	model->lambda = 1 / (1 + exp2(-(double)model->prior));
}

/* Of the candidates, natural logarithm. */
static double log_likelihood(const struct model *model, const struct patterns *patterns)
{
	double sum = 0;

	for (size_t p = 0; p <= patterns->mask; p++) {
		double other = log1p(-model->lambda);

		if (patterns->pattern[p] == NO_PATTERN)
			continue;
		for (unsigned i = 0; i < model->count; i++) {
			unsigned level = pattern_level(patterns->pattern[p], i);

			other += level == LEVEL_MISSING ? 0 : log(model->u[i][level]);
		}
		sum += patterns->pairs[p] * (other + log1p(exp2(bits_of(model, patterns->pattern[p]))));
	}
	return sum;
}

void model_fit(struct model *model, const struct fields *fields, const struct patterns *patterns,
	       const struct background *background, size_t rows)
{
	double before = -1, matches = 0;
	bool *possible = memory_get(patterns->mask + 1, sizeof *possible);

	*model = (struct model){ .count = fields->count };
	start(model, fields, background, rows);
	set_u(model, fields, background);
	set_weights(model);
	for (size_t p = 0; p <= patterns->mask; p++)
		possible[p] = patterns->pattern[p] != NO_PATTERN && bits_of(model, patterns->pattern[p]) > POSSIBLE_LEAST;
	set_order(model, fields);
	for (unsigned i = 0; i < model->count && has_given_names(fields); i++)
		set_given(model, fields, i, background);
	while (model->iterations++ < ITERATIONS_MOST && fabs(matches - before) > 1e-5 * (matches + 1)) {
		before = matches;
		matches = step(model, fields, patterns, possible, background);
		set_u(model, fields, background);
		set_weights(model);
		for (unsigned i = 0; i < model->count && model->iterations % 3 == 1; i++)
			set_given(model, fields, i, background);
	}
	free(possible);
	model->together = rows ? 2 * matches / (double)rows : 0;
	model->rows = rows;
	model->log_likelihood = log_likelihood(model, patterns);
	prepare_scoring(model, fields);
}

double model_field_weight(const struct model *model, const struct fields *fields, unsigned i, uint64_t pattern, size_t a, size_t b)
{
	const struct field *field = &fields->all[i];
	unsigned level = pattern_level(pattern, i);
	double shared, exact;

	if (level == LEVEL_DIFFERENT)
		return model->weight[i][level] + excused_bits(model, i, pattern);
	shared = shared_bits(model, i, pattern);
	if (level < LEVEL_RELATED)
		return model->weight[i][level] - shared;
	exact = exact_bits(model, field, i, compare_shared_rows(field, fields_row(fields, a)[i], fields_row(fields, b)[i]));
	/* What is like a value is no rarer than the value. */
	if (level < LEVEL_EXACT)
		return fmin(model->weight[i][level] - shared, exact - model->weight_lost[i][level]);
	/* Where the fields before it explain the agreement, a rare value is no better explained than one of middling frequency. */
	return fmax(exact - shared, fmin(exact, model->weight[i][LEVEL_EXACT] - shared));
}

double model_score_pattern(const struct model *model, const struct fields *fields, uint64_t pattern, size_t a, size_t b)
{
	double bits = model->prior;

	for (unsigned i = 0; i < model->count; i++)
		bits += model_field_weight(model, fields, i, pattern, a, b);
	return bits;
}

/* What two values that are not the same can add at most, by their sketches alone. */
static float most_of_unequal(const struct model *model, const struct field *field, unsigned i, uint32_t x, uint32_t y)
{
	if (field->profile.kind == FIELD_TEXT && sketch_texts_apart(x, y))
		return fmaxf(model->ceiling[i][LEVEL_DIFFERENT], model->ceiling[i][LEVEL_WEAK]);
	return model->most[i];
}

bool model_glance(const struct model *model, const struct fields *fields, size_t a, size_t b, double least, struct candidate *candidate)
{
	const uint32_t *xs = fields_row(fields, a), *ys = fields_row(fields, b);
	bool maybe = false;   /* that companies agree, after which another person is no evidence */

	*candidate = (struct candidate){ .a = (uint32_t)a, .b = (uint32_t)b, .bound = model->prior };
	for (unsigned c = 0; c < model->count; c++) {
		unsigned i = model->by_cost[c];
		const struct field *field = &fields->all[i];
		struct datum x, y;
		enum level level;

		if (xs[i] == VALUE_MISSING || ys[i] == VALUE_MISSING)
			continue;
		if (xs[i] == ys[i]) {
			candidate->pattern |= (uint64_t)LEVEL_EXACT << 3 * i;
			candidate->bound += exact_bits(model, field, i, field->value_rows[xs[i]]);
			candidate->company |= field->profile.kind == FIELD_COMPANY;
			maybe |= candidate->company;
			continue;
		}
		x = fields_datum(fields, a, i);
		y = fields_datum(fields, b, i);
		if (compare_at_hand(field, x, y, &level)) {
			candidate->pattern |= (uint64_t)level << 3 * i;
			candidate->bound += level == LEVEL_MISSING ? 0 : maybe && field->profile.kind == FIELD_PERSON ? fmaxf(model->ceiling[i][level], 0)
											    : model->ceiling[i][level];
		} else {
			candidate->bound += most_of_unequal(model, field, i, x.sketch, y.sketch);
			candidate->open |= UINT32_C(1) << c;
			maybe |= field->profile.kind == FIELD_COMPANY;
		}
	}
	return candidate->bound >= least;
}

void model_prefetch(const struct model *model, const struct fields *fields, const struct candidate *candidate, bool texts)
{
	const uint32_t *xs = fields_row(fields, candidate->a), *ys = fields_row(fields, candidate->b);

	for (uint32_t open = candidate->open; open; open &= open - 1) {
		unsigned i = model->by_cost[__builtin_ctz(open)];

		compare_prefetch(&fields->all[i], xs[i], texts);
		compare_prefetch(&fields->all[i], ys[i], texts);
	}
}

double model_score_candidate(const struct model *model, const struct fields *fields, const struct candidate *candidate, double least)
{
	size_t a = candidate->a, b = candidate->b;
	uint64_t pattern = candidate->pattern;
	double bound = candidate->bound;
	bool company = candidate->company;

	for (uint32_t open = candidate->open; open && bound >= least; open &= open - 1) {
		unsigned i = model->by_cost[__builtin_ctz(open)];
		const struct field *field = &fields->all[i];
		struct datum x = fields_datum(fields, a, i), y = fields_datum(fields, b, i);
		enum level level = compare_values(field, x, y);
		float ceiling = model->ceiling[i][level];

		company |= field->profile.kind == FIELD_COMPANY && level >= LEVEL_SIMILAR;
		if (company && field->profile.kind == FIELD_PERSON)
			ceiling = fmaxf(ceiling, 0);
		pattern |= (uint64_t)level << 3 * i;
		bound += (level == LEVEL_MISSING ? 0 : ceiling) - most_of_unequal(model, field, i, x.sketch, y.sketch);
	}
	if (bound < least)
		return -INFINITY;
	bound = model_score_pattern(model, fields, compare_together(fields, pattern, a, b), a, b);
	return bound < least ? -INFINITY : bound;
}

double model_score(const struct model *model, const struct fields *fields, size_t a, size_t b)
{
	return model_score_pattern(model, fields, compare_rows(fields, a, b), a, b);
}
