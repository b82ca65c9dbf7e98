/* From the text of an option to its value, strictly. */
#include <stdio.h>

#include "base/civil.h"
#include "cli/table.h"

struct setting {
	const struct option_spec *spec;
	struct slice text;
	const struct place *who;
	struct arena *arena;
	struct diag *diag;
};

void texts_add(struct texts *texts, const char *item, struct arena *arena)
{
	if (texts->count == texts->capacity) {
		size_t capacity = texts->capacity ? texts->capacity * 2 : 8;
		const char **items = arena_get(arena, capacity, sizeof *items);

		if (texts->count)
			memcpy(items, texts->items, texts->count * sizeof *items);
		texts->items = items;
		texts->capacity = capacity;
	}
	texts->items[texts->count++] = item;
}

int option_choice(const char *choices, struct slice text)
{
	struct slice rest = slice_of(choices);

	for (int i = 0; rest.len; i++)
		if (slice_equal(slice_cut(&rest, '|'), text))
			return i;
	return -1;
}

static int refuse(const struct setting *set, const char *what)
{
	char quoted[DIAG_QUOTE_SIZE];

	return diag_fail(set->diag, STATUS_USAGE, set->who, NULL, "%s is not %s", diag_quote(set->text, quoted), what);
}

/* "a whole number from 1 to 256", as far as there are bounds. */
static int refuse_number(const struct setting *set, const char *what)
{
	const struct option_spec *spec = set->spec;
	char text[160];

	if (spec->least == 0 && spec->most == 0)
		return refuse(set, what);
	snprintf(text, sizeof text, "%s from %.15g to %.15g", what, spec->least, spec->most);
	return refuse(set, text);
}

static bool in_bounds(const struct option_spec *spec, double number)
{
	return (spec->least == 0 && spec->most == 0) || (number >= spec->least && number <= spec->most);
}

static int store_uint(const struct setting *set, uint64_t *to)
{
	uint64_t number;

	if (!slice_to_u64(set->text, &number) || !in_bounds(set->spec, (double)number))
		return refuse_number(set, "a whole number");
	*to = number;
	return 0;
}

static int store_real(const struct setting *set, double *to)
{
	double number;

	if (!slice_to_double(set->text, &number) || !in_bounds(set->spec, number))
		return refuse_number(set, "a number");
	*to = number;
	return 0;
}

/* 64M, 2G, 4GiB, 1048576: powers of 1024. */
static bool parse_size(struct slice text, uint64_t *size)
{
	static const char units[] = "KMGT";
	size_t digits = 0;
	unsigned shift = 0;
	struct slice unit;
	uint64_t number;

	while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
		digits++;
	unit = slice_skip(text, digits);
	for (unsigned i = 0; i < 4 && unit.len; i++)
		if (slice_equal_nocase(slice_first(unit, 1), (struct slice){ &units[i], 1 }))
			shift = 10 * (i + 1);
	unit = slice_skip(unit, shift != 0);
	if (unit.len && !slice_equal_nocase(unit, SLICE("B")) && !(shift && slice_equal_nocase(unit, SLICE("iB"))))
		return false;
	return slice_to_u64(slice_first(text, digits), &number) && !__builtin_mul_overflow(number, UINT64_C(1) << shift, size);
}

static void print_size(char *out, size_t room, double size)
{
	static const char *const units[] = { "", "K", "M", "G", "T" };
	size_t unit = 0;

	while (size >= 1024 && unit < 4) {
		size /= 1024;
		unit++;
	}
	snprintf(out, room, "%.0f%s", size, units[unit]);
}

static int store_size(const struct setting *set, uint64_t *to)
{
	char least[32], most[32], text[160];
	uint64_t size;

	if (!parse_size(set->text, &size))
		return refuse(set, "a size such as 64M or 2G");
	if (!in_bounds(set->spec, (double)size)) {
		print_size(least, sizeof least, set->spec->least);
		print_size(most, sizeof most, set->spec->most);
		snprintf(text, sizeof text, "a size from %s to %s", least, most);
		return refuse(set, text);
	}
	*to = size;
	return 0;
}

static int store_date(const struct setting *set, int32_t *to)
{
	int32_t days = civil_parse(set->text);

	if (days == CIVIL_NONE)
		return refuse(set, "a date such as 2024-03-05");
	*to = days;
	return 0;
}

static int store_choice(const struct setting *set, int *to)
{
	int index = option_choice(set->spec->choices, set->text);
	char text[256] = "one of ";
	size_t at = strlen(text);

	if (index >= 0) {
		*to = index;
		return 0;
	}
	for (const char *c = set->spec->choices; *c && at < sizeof text - 3; c++) {
		if (*c == '|')
			text[at++] = ',';
		text[at++] = *c == '|' ? ' ' : *c;
	}
	text[at] = '\0';
	return refuse(set, text);
}

static int store_char(const struct setting *set, char *to)
{
	struct slice text = set->text;
	unsigned char c = text.len ? (unsigned char)text.ptr[0] : 0;

	if (slice_equal(text, SLICE("tab")) || slice_equal(text, SLICE("\\t")))
		*to = '\t';
	else if (slice_equal(text, SLICE("auto")))
		*to = 0;
	else if (text.len == 1 && c < 0x7f && (c >= ' ' || c == '\t') && c != '"')
		*to = (char)c;
	else
		return refuse(set, "one ASCII character, \\t or tab (and no quote)");
	return 0;
}

static int store_flag(const struct setting *set, bool *to)
{
	if (!slice_equal(set->text, SLICE("true")) && !slice_equal(set->text, SLICE("false")))
		return refuse(set, "true or false");
	*to = set->text.ptr[0] == 't';
	return 0;
}

static int store_text(const struct setting *set, const char **to)
{
	if (set->text.len == 0)
		return diag_fail(set->diag, STATUS_USAGE, set->who, NULL, "%s must not be empty", set->spec->argument);
	*to = arena_cstr(set->arena, set->text);
	return 0;
}

static int store_texts(const struct setting *set, struct texts *to)
{
	const char *item = NULL;

	if (store_text(set, &item) < 0)
		return -1;
	texts_add(to, item, set->arena);
	return 0;
}

static int store_list(const struct setting *set, struct texts *to)
{
	struct slice rest = set->text;

	while (rest.len) {
		struct setting one = *set;

		one.text = slice_trim(slice_cut(&rest, ','));
		if (store_texts(&one, to) < 0)
			return -1;
	}
	return 0;
}

int option_store(const struct option_spec *spec, void *values, struct slice text, const struct place *who,
		 struct arena *arena, struct diag *diag)
{
	struct setting set = { spec, text, who, arena, diag };
	void *to = (char *)values + spec->offset;

	switch (spec->type) {
	case OPTION_FLAG: return store_flag(&set, to);
	case OPTION_TEXT:
	case OPTION_FILE:
	case OPTION_OUTPUT: return store_text(&set, to);
	case OPTION_TEXTS:
	case OPTION_FILES: return store_texts(&set, to);
	case OPTION_LIST: return store_list(&set, to);
	case OPTION_UINT: return store_uint(&set, to);
	case OPTION_SIZE: return store_size(&set, to);
	case OPTION_REAL: return store_real(&set, to);
	case OPTION_DATE: return store_date(&set, to);
	case OPTION_CHOICE: return store_choice(&set, to);
	case OPTION_CHAR: return store_char(&set, to);
	}
	return -1;
}

void option_forget(const struct option_spec *spec, void *values)
{
	struct texts *texts = (struct texts *)(void *)((char *)values + spec->offset);

	if (spec->type == OPTION_TEXTS || spec->type == OPTION_FILES || spec->type == OPTION_LIST)
		*texts = (struct texts){ 0 };
}
