#include "score/segments.h"

#include "base/embed.h"
#include "io/json.h"

EMBED(built_in_segments, "lib/score/segments.json")

static size_t cell_of(unsigned bins, unsigned r, unsigned f, unsigned m)
{
	return ((size_t)(r - 1) * bins + (f - 1)) * bins + (m - 1);
}

static const char *const built_in_maps[] = { "11", "8", "r", "shopify" };

static bool is_built_in(const char *name)
{
	for (size_t i = 0; i < sizeof built_in_maps / sizeof *built_in_maps; i++)
		if (strcmp(name, built_in_maps[i]) == 0)
			return true;
	return false;
}

static int fail(struct diag *diag, const char *file, struct slice name, const char *what)
{
	struct place place = { .file = file };

	return diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "segment %.*s: %s", SLICE_ARG(name), what);
}

static int fail_claimed(const struct segments *s, size_t number, size_t other, struct slice code, const char *file,
			struct diag *diag)
{
	struct place place = { .file = file };

	if (number == other)
		return diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "segment %.*s has %.*s twice",
				 SLICE_ARG(s->items[number].name[0]), SLICE_ARG(code));
	return diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "segments %.*s and %.*s both have %.*s",
			 SLICE_ARG(s->items[other].name[0]), SLICE_ARG(s->items[number].name[0]), SLICE_ARG(code));
}

/* "555 554 …" or, with `lowest` '0', "111 101 …" of high and low. */
static int claim_scores(struct segments *s, size_t number, struct slice list, char lowest, const char *file,
			struct diag *diag)
{
	struct slice name = s->items[number].name[0];

	while (list.len) {
		struct slice code = slice_cut(&list, ' ');
		unsigned score[3] = { 0 };
		uint8_t *cell;

		if (code.len == 0)
			continue;
		for (size_t i = 0; i < 3 && code.len == 3; i++)
			score[i] = (unsigned)(unsigned char)code.ptr[i] - (unsigned)(unsigned char)lowest + 1;
		if (score[0] - 1 >= s->bins || score[1] - 1 >= s->bins || score[2] - 1 >= s->bins)
			return fail(diag, file, name, "scores are three digits from 1 to the number of bins");
		cell = &s->cells[cell_of(s->bins, score[0], score[1], score[2])];
		if (*cell != SEGMENT_NONE)
			return fail_claimed(s, number, *cell, code, file, diag);
		*cell = (uint8_t)number;
	}
	return 0;
}

/* A range in steps of 1/step; where there is none, all that there is. */
static bool read_range(const cJSON *node, unsigned bins, unsigned step, unsigned range[2])
{
	double low, high;

	range[0] = step;
	range[1] = bins * step;
	if (!node)
		return true;
	if (!json_number(cJSON_GetArrayItem(node, 0), &low) || !json_number(cJSON_GetArrayItem(node, 1), &high) ||
	    cJSON_GetArraySize(node) != 2 || !(low >= 1) || !(low <= high) || !(high <= bins))
		return false;
	range[0] = (unsigned)(low * step);
	range[1] = (unsigned)(high * step);
	return range[0] == low * step && range[1] == high * step;
}

/* Ranges of scores; of the mean of f and m, twice the value. */
struct box {
	unsigned r[2], f[2], m[2], fm[2];
};

static bool read_box(const cJSON *item, unsigned bins, struct box *box)
{
	return read_range(json_member(item, "r"), bins, 1, box->r) && read_range(json_member(item, "f"), bins, 1, box->f) &&
	       read_range(json_member(item, "m"), bins, 1, box->m) && read_range(json_member(item, "fm"), bins, 2, box->fm);
}

/* Takes the cells of the box that no earlier segment has, and notes in `earlier`, by number, who has the others. False: there was none. */
static bool claim_box(struct segments *s, size_t number, const struct box *box, bool *earlier)
{
	bool any = false;

	for (unsigned r = box->r[0]; r <= box->r[1]; r++)
		for (unsigned f = box->f[0]; f <= box->f[1]; f++)
			for (unsigned m = box->m[0]; m <= box->m[1]; m++) {
				uint8_t *cell = &s->cells[cell_of(s->bins, r, f, m)];

				if (f + m < box->fm[0] || f + m > box->fm[1])
					continue;
				if (*cell != SEGMENT_NONE) {
					earlier[*cell] = true;
					continue;
				}
				*cell = (uint8_t)number;
				any = true;
			}
	return any;
}

static int claim_ranges(struct segments *s, size_t number, const cJSON *item, const char *file, struct diag *diag)
{
	bool earlier[SEGMENTS_MOST] = { false };
	struct place place = { .file = file };
	struct box box;
	struct buf names;

	if (!read_box(item, s->bins, &box))
		return fail(diag, file, s->items[number].name[0],
			    "a range is [lowest, highest] within 1 and the number of bins; of fm in steps of a half");
	if (claim_box(s, number, &box, earlier))
		return 0;
	buf_init(&names, 300);
	for (size_t i = 0; i < number; i++)
		if (earlier[i])
			buf_format(&names, "%s%.*s", names.len ? ", " : "", SLICE_ARG(s->items[i].name[0]));
	diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "segment %.*s: no scores reach it%s%.*s%s",
		  SLICE_ARG(s->items[number].name[0]), names.len ? ", since segments before it have them: " : "",
		  SLICE_ARG(buf_slice(&names)), names.full ? " …" : "");
	buf_release(&names);
	return -1;
}

static bool is_named_before(const struct segments *s, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (slice_equal(s->items[i].name[0], s->items[number].name[0]))
			return true;
	return false;
}

/* ["555", "554"] as "555 554". */
static struct slice join_texts(const cJSON *list, struct arena *arena)
{
	struct slice joined;
	const cJSON *item;
	struct buf text;

	buf_init(&text, BUF_UNLIMITED);
	cJSON_ArrayForEach(item, list) {
		buf_add(&text, json_text(item));
		buf_add_byte(&text, ' ');
	}
	joined = arena_copy(arena, buf_slice(&text));
	buf_release(&text);
	return joined;
}

static int load_segment(struct segments *s, const cJSON *item, const char *file, struct arena *arena, struct diag *diag)
{
	size_t number = s->count++;
	struct segment *segment = &s->items[number];
	struct slice en = json_text(json_member(item, "name")), zh = json_text(json_member(item, "zh"));
	struct slice scores = json_text(json_member(item, "scores")), high = json_text(json_member(item, "high"));

	if (en.len == 0)
		return fail(diag, file, slice_of("without a name"), "each segment needs \"name\"");
	segment->name[0] = arena_copy(arena, en);
	segment->name[1] = arena_copy(arena, zh.len ? zh : en);
	if (is_named_before(s, number))
		return fail(diag, file, en, "two segments have this name");
	if (s->by_high)
		return claim_scores(s, number, high, '0', file, diag);
	if (!json_member(item, "scores"))
		return claim_ranges(s, number, item, file, diag);
	if (cJSON_IsArray(json_member(item, "scores")))
		scores = join_texts(json_member(item, "scores"), arena);
	if (slice_trim(scores).len == 0)
		return fail(diag, file, en, "no scores reach it: \"scores\" is empty, or no text");
	return claim_scores(s, number, scores, '1', file, diag);
}

static int load_list(struct segments *s, const cJSON *list, const char *file, struct arena *arena, struct diag *diag)
{
	struct place place = { .file = file };
	int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
	const cJSON *item;

	if (count < 1 || count > SEGMENTS_MOST)
		return diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "not an array of 1 to %d segments", SEGMENTS_MOST);
	s->items = arena_zero(arena, (size_t)count + 1, sizeof *s->items); /* and one of segments_add */
	s->cells = arena_get(arena, (size_t)s->bins * s->bins * s->bins, 1);
	memset(s->cells, SEGMENT_NONE, (size_t)s->bins * s->bins * s->bins);
	cJSON_ArrayForEach(item, list)
		if (load_segment(s, item, file, arena, diag))
			return -1;
	return 0;
}

int segments_load(struct segments *segments, const char *name, unsigned bins, struct arena *arena, struct diag *diag)
{
	bool built_in = is_built_in(name);
	const char *file = built_in ? "segments.json" : name;
	cJSON *document;
	int failed;

	*segments = (struct segments){ .bins = bins, .by_high = strcmp(name, "8") == 0 };
	if (segments->by_high)
		segments->bins = 2;
	else if (built_in && bins != 5)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--segments %s needs --bins 5; use --segments 8 or a file",
				 name);
	document = built_in ? json_parse(built_in_segments(), JSON_STRICT, file, diag) :
			      json_load(file, JSON_COMMENTS, diag);
	if (!document)
		return -1;
	failed = load_list(segments, built_in ? json_member(document, name) : document, file, arena, diag);
	json_free(document);
	return failed;
}

size_t segments_add(struct segments *segments, struct slice en, struct slice zh)
{
	for (size_t i = 0; i < segments->count; i++)
		if (slice_equal(segments->items[i].name[0], en))
			return i;
	segments->items[segments->count] = (struct segment){ { en, zh } };
	return segments->count++;
}

unsigned segments_find(const struct segments *segments, const uint8_t scores[3], const double high[3])
{
	unsigned cell[3];

	for (size_t i = 0; i < 3; i++)
		cell[i] = segments->by_high ? 1 + (scores[i] >= high[i]) : scores[i];
	return segments->cells[cell_of(segments->bins, cell[0], cell[1], cell[2])];
}
