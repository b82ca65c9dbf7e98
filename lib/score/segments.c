#include "score/segments.h"

#include "base/embed.h"
#include "io/json.h"

EMBED(built_in_segments, "lib/score/segments.json")

static size_t cell_of(unsigned bins, unsigned r, unsigned f, unsigned m)
{
	return ((size_t)(r - 1) * bins + (f - 1)) * bins + (m - 1);
}

static int fail(struct diag *diag, const char *file, struct slice name, const char *what)
{
	struct place place = { .file = file };

	return diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "segment %.*s: %s", SLICE_ARG(name), what);
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
			return fail(diag, file, name, "another segment has one of its scores already");
		*cell = (uint8_t)number;
	}
	return 0;
}

static bool read_range(const cJSON *node, unsigned bins, unsigned range[2])
{
	double low, high;

	range[0] = 1;
	range[1] = bins;
	if (!node)
		return true;
	if (!json_number(cJSON_GetArrayItem(node, 0), &low) || !json_number(cJSON_GetArrayItem(node, 1), &high) ||
	    cJSON_GetArraySize(node) != 2 || !(low >= 1) || !(low <= high) || !(high <= bins))
		return false;
	range[0] = (unsigned)low;
	range[1] = (unsigned)high;
	return true;
}

/* The cells of the ranges that no earlier segment has. */
static int claim_ranges(struct segments *s, size_t number, const cJSON *item, const char *file, struct diag *diag)
{
	unsigned r[2], f[2], m[2];

	if (!read_range(json_member(item, "r"), s->bins, r) || !read_range(json_member(item, "f"), s->bins, f) ||
	    !read_range(json_member(item, "m"), s->bins, m))
		return fail(diag, file, s->items[number].name[0],
			    "a range is [lowest, highest] within 1 and the number of bins");
	for (unsigned i = r[0]; i <= r[1]; i++)
		for (unsigned j = f[0]; j <= f[1]; j++)
			for (unsigned k = m[0]; k <= m[1]; k++) {
				uint8_t *cell = &s->cells[cell_of(s->bins, i, j, k)];

				if (*cell == SEGMENT_NONE)
					*cell = (uint8_t)number;
			}
	return 0;
}

static bool is_reached(const struct segments *s, size_t number)
{
	for (size_t i = 0; i < (size_t)s->bins * s->bins * s->bins; i++)
		if (s->cells[i] == number)
			return true;
	return false;
}

static int load_segment(struct segments *s, const cJSON *item, const char *file, struct arena *arena, struct diag *diag)
{
	size_t number = s->count++;
	struct segment *segment = &s->items[number];
	struct slice en = json_text(json_member(item, "name")), zh = json_text(json_member(item, "zh"));
	struct slice scores = json_text(json_member(item, "scores")), high = json_text(json_member(item, "high"));
	int failed;

	if (en.len == 0)
		return fail(diag, file, slice_of("without a name"), "each segment needs \"name\"");
	segment->name[0] = arena_copy(arena, en);
	segment->name[1] = arena_copy(arena, zh.len ? zh : en);
	if (s->by_mean)
		failed = claim_scores(s, number, high, '0', file, diag);
	else if (scores.len)
		failed = claim_scores(s, number, scores, '1', file, diag);
	else
		failed = claim_ranges(s, number, item, file, diag);
	if (failed)
		return -1;
	if (!is_reached(s, number))
		return fail(diag, file, en, "no scores reach it");
	return 0;
}

static int load_list(struct segments *s, const cJSON *list, const char *file, struct arena *arena, struct diag *diag)
{
	struct place place = { .file = file };
	int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
	const cJSON *item;

	if (count < 1 || count > SEGMENTS_MOST)
		return diag_fail(diag, STATUS_USAGE, &place, "bad-segments", "not an array of 1 to %d segments", SEGMENTS_MOST);
	s->items = arena_zero(arena, (size_t)count, sizeof *s->items);
	s->cells = arena_get(arena, (size_t)s->bins * s->bins * s->bins, 1);
	memset(s->cells, SEGMENT_NONE, (size_t)s->bins * s->bins * s->bins);
	cJSON_ArrayForEach(item, list)
		if (load_segment(s, item, file, arena, diag))
			return -1;
	return 0;
}

int segments_load(struct segments *segments, const char *name, unsigned bins, struct arena *arena, struct diag *diag)
{
	bool built_in = strcmp(name, "11") == 0 || strcmp(name, "8") == 0;
	const char *file = built_in ? "segments.json" : name;
	cJSON *document;
	int failed;

	*segments = (struct segments){ .bins = bins, .by_mean = strcmp(name, "8") == 0 };
	if (segments->by_mean)
		segments->bins = 2;
	else if (built_in && bins != 5)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--segments 11 needs --bins 5; use --segments 8 or a file");
	document = built_in ? json_parse(built_in_segments(), JSON_STRICT, file, diag) :
			      json_load(file, JSON_COMMENTS, diag);
	if (!document)
		return -1;
	failed = load_list(segments, built_in ? json_member(document, name) : document, file, arena, diag);
	json_free(document);
	return failed;
}

unsigned segments_find(const struct segments *segments, const uint8_t scores[3], const struct score_means *means)
{
	unsigned cell[3];

	for (size_t i = 0; i < 3; i++)
		cell[i] = segments->by_mean ? 1 + (scores[i] * means->count >= means->sum[i]) : scores[i];
	return segments->cells[cell_of(segments->bins, cell[0], cell[1], cell[2])];
}
