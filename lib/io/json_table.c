/*
 * JSON as a table. The input is a sequence of elements, found one at a time in a window of text, so that memory is
 * bounded by the longest element and not by the input:
 *
 *   lines     JSON Lines: an element is a line; one that is broken is rejected, and reading goes on at the next
 *   array     [ … ], also inside an object under a name that is usual for it ({"data": [ … ]}): what stands before
 *             the array is kept, and when the array has ended it and what follows are checked as one document with
 *             an empty array in it; a fault ends the run, after the elements before it
 *   sequence  objects one after another, over several lines each, as jq prints them; so also one single object
 *
 * An object is a record. Its members are flattened: {"a":{"b":1}} is the column a.b, to a depth of four names; an
 * array of plain values is a list joined by ';'; any other array, and what is deeper, stays JSON text. The first pass
 * finds the columns, in order of first appearance. Of members with the same name the last counts.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "io/encoding.h"
#include "io/json.h"
#include "io/reader.h"

enum {
	DEFAULT_BATCH = 256 << 10,
	WINDOW_BYTES = 256 << 10,
	ELEMENT_MAXIMUM = 16 << 20,
	SHOWN_OF_TOO_LONG = 64 << 10,
	CELLS_MAXIMUM = 128 << 10,   /* in a batch: bounds its memory when there are many columns */
	COLUMNS_MAXIMUM = 16384,
	NAMES_MAXIMUM = 4,           /* in a flattened name */
	LIST_SEPARATOR = ';',
};

enum layout { LAYOUT_LINES, LAYOUT_ARRAY, LAYOUT_SEQUENCE };

struct json_table {
	struct reader reader;        /* first */
	struct source *source;
	struct decoder *decoder;
	size_t batch_bytes;
	/* The text in sight is text[at .. length-1]; `line` and `column` (in characters) are the place of text[at]. */
	char *text;
	size_t at, length, capacity;
	uint64_t line, column;
	bool ended;                  /* no text after the window */
	enum layout layout;
	bool begun, done;
	bool too_many_names;
	struct buf head;             /* LAYOUT_ARRAY: the document up to the array, "[" included */
	uint64_t elements;           /* seen so far */
	struct map names;            /* all flattened names */
	bool *has_values;            /* by name: it was something but null once */
	size_t has_values_capacity;
	uint32_t *columns;           /* by name: the column, or MAP_NONE */
	struct arena arena;          /* the keys */
	struct buf shown;            /* the beginning of an over-long line */
	struct diag held;            /* an error, until what came before it has been handed out */
};

struct element {
	struct slice text;           /* in the window until the next is asked for */
	uint64_t line, column, row;
	bool too_long;
};

/* --- the window --- */

static struct slice rest(const struct json_table *json)
{
	return slice_skip((struct slice){ json->text, json->length }, json->at);
}

/* Gets more text behind what is in sight: 1, 0 at the end, -1. */
static int more(struct json_table *json, struct diag *diag)
{
	ssize_t got;

	if (json->ended)
		return 0;
	if (json->at) {
		memmove(json->text, json->text + json->at, json->length - json->at);
		json->length -= json->at;
		json->at = 0;
	}
	json->text = memory_grow(json->text, &json->capacity, json->length + WINDOW_BYTES, 1);
	got = decoder_read(json->decoder, json->text + json->length, json->capacity - json->length, diag);
	if (got < 0)
		return -1;
	json->length += (size_t)got;
	json->ended = got == 0;
	return got > 0;
}

static uint64_t count_characters(struct slice s)
{
	uint64_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
	return count;
}

static void advance(struct json_table *json, size_t bytes)
{
	struct slice passed = slice_first(rest(json), bytes);
	size_t stop;

	while ((stop = slice_find_byte(passed, '\n')) < passed.len) {
		json->line++;
		json->column = 1;
		passed = slice_skip(passed, stop + 1);
	}
	json->column += count_characters(passed);
	json->at += bytes;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Passes over white space; 1 and the character that follows (not passed), 0 at the end, -1. */
static int next_character(struct json_table *json, char *character, struct diag *diag)
{
	for (;;) {
		struct slice text = rest(json);
		size_t i = 0;
		int got;

		while (i < text.len && is_space(text.ptr[i]))
			i++;
		advance(json, i);
		if (i < text.len) {
			*character = text.ptr[i];
			return 1;
		}
		got = more(json, diag);
		if (got <= 0)
			return got;
	}
}

static int fail_here(const struct json_table *json, const char *fault, struct diag *diag)
{
	struct place place = { source_name(json->source), json->line, json->column };

	return diag_fail(diag, STATUS_INPUT, &place, "bad-json", "%s", fault);
}

/* --- where the records are --- */

enum { ANSWER_NAMES = 7 };  /* the first ones: those of an answer of a web service, which no record has */

static bool may_hold_records(struct slice name, bool of_answer)
{
	static const char *const names[] = {
		"data", "records", "rows", "result", "results", "dataList", "external_contact_list",
		"items", "list", "value", "values",
	};

	for (size_t i = 0; i < (of_answer ? (size_t)ANSWER_NAMES : sizeof names / sizeof *names); i++)
		if (slice_equal_nocase(name, slice_of(names[i])))
			return true;
	return false;
}

/* Whether the array just opened has objects, or nothing, in it. The scan is a copy. */
static bool holds_objects(struct json_scan scan)
{
	enum json_token token = json_scan_next(&scan);

	return token == JSON_OBJECT || token == JSON_ARRAY_END;
}

/*
 * Bytes from the { at the start of `text` to the [ of its records, inclusive; 0 when there is none in sight. `answer`: only under the names
 * of an answer, as an order, too, has items.
 */
static size_t find_wrapped_array(struct slice text, bool answer)
{
	unsigned level = 1;       /* of the object whose members are looked at */
	bool named = false;
	struct json_scan scan;

	json_scan_init(&scan, text, JSON_STRICT);
	for (;;) {
		enum json_token token = json_scan_next(&scan);

		if (token == JSON_END || token == JSON_FAULT)
			return 0;
		if (scan.depth < level)
			level = scan.depth;
		if (named && token == JSON_ARRAY && holds_objects(scan))
			return (size_t)(scan.token.ptr + 1 - text.ptr);
		if (named && token == JSON_OBJECT)
			level = scan.depth;
		named = token == JSON_NAME && scan.depth == level &&
			may_hold_records((struct slice){ scan.token.ptr + 1, scan.token.len - 2 }, answer && level == 1);
	}
}

bool json_is_answer(struct slice text)
{
	return find_wrapped_array(text, true) > 0;
}

/* Looks at the first character that is no space. */
static int find_layout(struct json_table *json, struct diag *diag)
{
	char c = '\0';
	int got = next_character(json, &c, diag);
	size_t head = 1;

	json->begun = true;
	json->done = got == 0;
	if (got <= 0)
		return got;
	while (json->length - json->at < WINDOW_BYTES && (got = more(json, diag)) > 0)
		;
	if (got < 0)
		return -1;
	if (c != '[' && c != '{')
		return fail_here(json, "an array of objects is expected", diag);
	if (c == '{')
		head = find_wrapped_array(rest(json), false);
	json->layout = head ? LAYOUT_ARRAY : LAYOUT_SEQUENCE;
	buf_clear(&json->head);
	buf_add(&json->head, slice_first(rest(json), head));
	advance(json, head);
	return 0;
}

/* --- elements --- */

/* Offset behind the string that begins at i, or SIZE_MAX when it does not end in sight. */
static size_t string_end(struct slice text, size_t i)
{
	for (i++; i < text.len; i++) {
		if (text.ptr[i] == '"')
			return i + 1;
		i += text.ptr[i] == '\\';
	}
	return SIZE_MAX;
}

/*
 * Offset of the end of the element at the start of text: what separates it from the next, or, in a sequence, behind
 * its last bracket.
 */
static size_t element_end(struct slice text, enum layout layout)
{
	size_t depth = 0, i = 0;

	while (i < text.len) {
		char c = text.ptr[i];

		if (c == '"') {
			i = string_end(text, i);
			continue;
		}
		if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return i;
			if (--depth == 0 && layout == LAYOUT_SEQUENCE)
				return i + 1;
		} else if (c == ',' && depth == 0) {
			return i;
		}
		i++;
	}
	return SIZE_MAX;
}

static size_t line_end(struct slice text)
{
	size_t at = slice_find_byte(text, '\n');

	return at < text.len ? at : SIZE_MAX;
}

/*
 * Finds the end of the element in sight, getting text until it is there: 1, 0 when it is too long, -1. At the end of
 * input, all that is left.
 */
static int find_end(struct json_table *json, size_t *length, struct diag *diag)
{
	for (size_t wanted = 0;;) {
		struct slice text = rest(json);
		int got = 1;

		*length = json->layout == LAYOUT_LINES ? line_end(text) : element_end(text, json->layout);
		if (*length == SIZE_MAX && json->ended)
			*length = text.len;
		if (*length != SIZE_MAX)
			return *length <= ELEMENT_MAXIMUM;
		if (text.len > ELEMENT_MAXIMUM)
			return 0;
		/* Twice the text before it is looked through again: the work stays linear. */
		wanted = text.len * 2 + 1;
		while (got > 0 && json->length - json->at < wanted)
			got = more(json, diag);
		if (got < 0)
			return -1;
	}
}

static void take_element(struct json_table *json, struct element *element, size_t length)
{
	*element = (struct element){
		.text = slice_first(rest(json), length), .line = json->line, .column = json->column,
		.row = ++json->elements,
	};
	advance(json, length);
}

/* Passes over the rest of a line that is too long for a record, keeping its beginning. */
static int give_up_line(struct json_table *json, struct element *element, struct diag *diag)
{
	uint64_t line = json->line;
	int got = 1;

	buf_clear(&json->shown);
	buf_add(&json->shown, slice_first(rest(json), SHOWN_OF_TOO_LONG));
	while (got > 0 && line_end(rest(json)) == SIZE_MAX) {
		advance(json, json->length - json->at);
		got = more(json, diag);
	}
	if (got < 0)
		return -1;
	advance(json, slice_find_byte(rest(json), '\n'));
	*element = (struct element){ .text = buf_slice(&json->shown), .line = line, .row = line, .too_long = true };
	return 1;
}

static int next_line(struct json_table *json, struct element *element, struct diag *diag)
{
	for (;;) {
		size_t length;
		char c;
		int got = next_character(json, &c, diag);

		if (got <= 0)
			return got;
		got = find_end(json, &length, diag);
		if (got < 0)
			return -1;
		if (got == 0)
			return give_up_line(json, element, diag);
		take_element(json, element, length);
		element->text = slice_trim(element->text);
		if (slice_starts_with(element->text, SLICE("\xEF\xBB\xBF")))  /* files put together with cat */
			element->text = slice_skip(element->text, 3);
		element->row = element->line;
		return 1;
	}
}

/* The document without its records must be JSON, too: the array has just ended in sight. */
static int check_around(struct json_table *json, struct diag *diag)
{
	struct json_scan scan;
	enum json_token token;
	size_t head = json->head.len;
	int got = 1;

	while (got > 0 && json->length - json->at <= ELEMENT_MAXIMUM)
		got = more(json, diag);
	if (got < 0)
		return -1;
	buf_add(&json->head, rest(json));
	json->done = true;
	json_scan_init(&scan, buf_slice(&json->head), JSON_STRICT);
	do
		token = json_scan_next(&scan);
	while (token != JSON_END && token != JSON_FAULT);
	if (token == JSON_END)
		return 0;
	advance(json, (size_t)(scan.at - json->head.ptr) - head);
	return fail_here(json, scan.fault, diag);
}

static int next_in_array(struct json_table *json, struct element *element, struct diag *diag)
{
	size_t length;
	char c = '\0';
	int got = next_character(json, &c, diag);

	if (got == 1 && c == ',' && json->elements) {
		advance(json, 1);
		got = next_character(json, &c, diag);
	} else if (got == 1 && c == ']') {
		return check_around(json, diag);
	} else if (got == 1 && json->elements) {
		return fail_here(json, "a comma or ] is missing", diag);
	}
	if (got <= 0)
		return got < 0 ? -1 : fail_here(json, "the text ends inside the array", diag);
	got = find_end(json, &length, diag);
	if (got <= 0)
		return got < 0 ? -1 : fail_here(json, "an element of more than 16 MiB begins here", diag);
	take_element(json, element, length);
	return 1;
}

static int next_in_sequence(struct json_table *json, struct element *element, struct diag *diag)
{
	size_t length;
	char c;
	int got = next_character(json, &c, diag);

	if (got <= 0)
		return got;
	got = find_end(json, &length, diag);
	if (got <= 0)
		return got < 0 ? -1 : fail_here(json, "an object of more than 16 MiB begins here", diag);
	take_element(json, element, length ? length : 1);
	return 1;
}

static int next_element(struct json_table *json, struct element *element, struct diag *diag)
{
	if (!json->begun && find_layout(json, diag) < 0)
		return -1;
	if (json->done)
		return 0;
	switch (json->layout) {
	case LAYOUT_LINES: return next_line(json, element, diag);
	case LAYOUT_ARRAY: return next_in_array(json, element, diag);
	default:           return next_in_sequence(json, element, diag);
	}
}

/* --- members --- */

/* One flattened member of a record. */
struct member {
	struct slice name;
	struct slice raw;     /* its value as it stands */
	struct slice value;
	enum json_token token;
	bool has_nul;
};

/* A walk over the flattened members of one object. */
struct walk {
	struct json_scan scan;
	struct arena *arena;                /* for names and values that do not stand as they are */
	struct slice prefixes[NAMES_MAXIMUM]; /* "", "a.", "a.b." …: of the members of each level */
};

static void walk_init(struct walk *walk, struct slice text, struct arena *arena)
{
	json_scan_init(&walk->scan, text, JSON_STRICT);
	walk->arena = arena;
	walk->prefixes[0] = (struct slice){ "", 0 };
}

static struct slice join(struct arena *arena, struct slice a, struct slice b)
{
	char *text = arena_bytes(arena, a.len + b.len);

	memcpy(text, a.ptr, a.len);
	if (b.len)
		memcpy(text + a.len, b.ptr, b.len);
	return (struct slice){ text, a.len + b.len };
}

/*
 * The value of an array or object that has just been opened: items of a plain list joined, otherwise its JSON text.
 * False on a fault.
 */
static bool walk_nested(struct walk *walk, struct member *member)
{
	struct json_scan *scan = &walk->scan;
	const char *begin = scan->token.ptr;
	unsigned outside = scan->depth - 1;
	bool plain = member->token == JSON_ARRAY;
	struct buf list;

	buf_init(&list, BUF_UNLIMITED);
	for (size_t items = 0; scan->depth > outside; items++) {
		enum json_token token = json_scan_next(scan);

		if (token == JSON_FAULT) {
			buf_release(&list);
			return false;
		}
		if (token < JSON_STRING)
			plain &= token == JSON_ARRAY_END && scan->depth == outside;
		if (!plain || token < JSON_STRING)
			continue;
		if (items)
			buf_add_byte(&list, LIST_SEPARATOR);
		if (token != JSON_NULL)
			buf_add(&list, json_scan_text(scan, walk->arena));
	}
	member->raw = (struct slice){ begin, (size_t)(scan->token.ptr + 1 - begin) };
	member->value = plain ? arena_copy(walk->arena, buf_slice(&list)) : member->raw;
	buf_release(&list);
	return true;
}

/* The value that comes after a name. 1: a member; 0: an object to go into; -1: a fault. */
static int walk_value(struct walk *walk, struct member *member)
{
	struct json_scan *scan = &walk->scan;

	member->token = json_scan_next(scan);
	if (member->token == JSON_FAULT)
		return -1;
	if (member->token == JSON_OBJECT && scan->depth <= NAMES_MAXIMUM) {
		walk->prefixes[scan->depth - 1] = join(walk->arena, member->name, SLICE("."));
		return 0;
	}
	if (member->token == JSON_OBJECT || member->token == JSON_ARRAY) {
		if (!walk_nested(walk, member))
			return -1;
	} else {
		member->raw = scan->token;
		member->value = (struct slice){ "", 0 };
		if (member->token != JSON_NULL)
			member->value = json_scan_text(scan, walk->arena);
	}
	member->has_nul = slice_find_byte(member->value, '\0') < member->value.len ||
			  slice_find_byte(member->name, '\0') < member->name.len;
	return 1;
}

/* 1: *member is the next one; 0: the object has ended, and the text with it; -1: a fault, or no object. */
static int walk_next(struct walk *walk, struct member *member)
{
	struct json_scan *scan = &walk->scan;

	for (;;) {
		enum json_token token = json_scan_next(scan);
		struct slice prefix;
		int got;

		if (token == JSON_END)
			return 0;
		if (token == JSON_FAULT)
			return -1;
		if (token != JSON_NAME)
			continue;
		prefix = walk->prefixes[scan->depth - 1];
		member->name = json_scan_text(scan, walk->arena);
		if (prefix.len)
			member->name = join(walk->arena, prefix, member->name);
		got = walk_value(walk, member);
		if (got)
			return got;
	}
}

static bool is_object(struct slice text)
{
	return text.len && text.ptr[0] == '{';
}

/* --- first pass: the columns --- */

/*
 * Number of the name; members mostly come in the order of the record before, so the one after the last is tried first.
 */
static uint32_t name_number(const struct json_table *json, struct slice name, uint32_t guess)
{
	if (guess < json->names.count && slice_equal(json->names.keys[guess], name))
		return guess;
	return map_find(&json->names, name);
}

static int add_names(struct json_table *json, struct slice text, struct arena *arena, struct diag *diag)
{
	struct member member;
	struct walk walk;
	uint32_t number = MAP_NONE;

	walk_init(&walk, text, arena);
	while (walk_next(&walk, &member) == 1) {
		if (member.has_nul)
			continue;
		number = name_number(json, member.name, number + 1);
		if (number == MAP_NONE) {
			if (json->names.count == COLUMNS_MAXIMUM) {
				json->too_many_names = true;
				return fail_here(json, "there are more than 16,384 different names of members", diag);
			}
			number = map_add(&json->names, member.name);
			json->has_values = memory_grow(json->has_values, &json->has_values_capacity,
						       json->names.count, 1);
			json->has_values[number] = false;
		}
		json->has_values[number] |= member.token != JSON_NULL;
	}
	return 0;
}

/* A name that was never more than null, and elsewhere is an object with members of its own, is no column. */
static bool is_absent_object(const struct json_table *json, uint32_t number)
{
	struct slice name = json->names.keys[number];

	if (json->has_values[number])
		return false;
	for (size_t i = 0; i < json->names.count; i++) {
		struct slice other = json->names.keys[i];

		if (other.len > name.len && other.ptr[name.len] == '.' && slice_starts_with(other, name))
			return true;
	}
	return false;
}

static void number_columns(struct json_table *json)
{
	struct reader *reader = &json->reader;

	json->columns = arena_get(&json->arena, json->names.count, sizeof *json->columns);
	reader->keys = arena_get(&json->arena, json->names.count, sizeof *reader->keys);
	for (uint32_t i = 0; i < json->names.count; i++) {
		json->columns[i] = is_absent_object(json, i) ? MAP_NONE : (uint32_t)reader->key_count;
		if (json->columns[i] != MAP_NONE)
			reader->keys[reader->key_count++] = json->names.keys[i];
	}
}

/* Faults in the input are left to the second pass, which reports them in their place. */
static int find_columns(struct json_table *json, struct diag *diag)
{
	struct element element;
	struct arena arena;
	struct diag found;
	int got;

	arena_init(&arena);
	diag_init(&found);
	while ((got = next_element(json, &element, &found)) == 1) {
		if (!element.too_long && is_object(element.text))
			got = add_names(json, element.text, &arena, &found);
		if (got < 0)
			break;
		arena_reset(&arena);
	}
	arena_release(&arena);
	got = found.status == STATUS_SYSTEM || json->too_many_names ? -1 : 0;
	if (got < 0)
		diag_merge(diag, &found);
	diag_release(&found);
	number_columns(json);
	return got;
}

/* --- second pass: the records --- */

static int fail_element(struct json_table *json, const struct element *element, const struct json_scan *scan)
{
	struct place place = json_scan_place(scan, source_name(json->source), element->line);

	if (place.line == element->line)
		place.column += element->column - 1;
	return diag_fail(&json->held, STATUS_INPUT, &place, "bad-json", "%s", scan->fault);
}

/* A fault inside an element: rejected where elements are lines of their own, else the end of the run. */
static int refuse_element(struct json_table *json, struct batch *batch, const struct element *element,
			  const struct json_scan *scan)
{
	struct slice text = batch->records[batch->count - 1].raw;

	if (!utf8_is_valid(text)) {
		batch->records[batch->count - 1].raw = encoding_rescue(text, &batch->arena);
		batch_reject(batch, batch->count - 1, 0, "encoding-error",
			     SLICE("bytes that are not of the file's encoding"));
		return 0;
	}
	if (json->layout != LAYOUT_LINES) {
		batch->count--;
		return fail_element(json, element, scan);
	}
	batch_reject(batch, batch->count - 1, json_scan_place(scan, NULL, 1).column, "bad-json", slice_of(scan->fault));
	return 0;
}

/* Checks an element that is no object. */
static int refuse_no_object(struct json_table *json, struct batch *batch, const struct element *element)
{
	struct json_scan scan;
	enum json_token token;

	json_scan_init(&scan, batch->records[batch->count - 1].raw, JSON_STRICT);
	do
		token = json_scan_next(&scan);
	while (token != JSON_END && token != JSON_FAULT);
	if (token == JSON_FAULT)
		return refuse_element(json, batch, element, &scan);
	batch_reject(batch, batch->count - 1, 0, "bad-json", SLICE("a record must be an object"));
	return 0;
}

static int fill_record(struct json_table *json, struct batch *batch, const struct element *element)
{
	struct record *record = &batch->records[batch->count - 1];
	struct member member;
	struct walk walk;
	uint32_t number = MAP_NONE;
	bool has_nul = false;
	int got;

	walk_init(&walk, record->raw, &batch->arena);
	while ((got = walk_next(&walk, &member)) == 1) {
		number = name_number(json, member.name, number + 1);
		has_nul |= member.has_nul;
		if (number == MAP_NONE || json->columns[number] == MAP_NONE)
			continue;
		record->values[json->columns[number]] = member.value;
		record->raw_cells[json->columns[number]] = member.raw;
	}
	if (got < 0)
		return refuse_element(json, batch, element, &walk.scan);
	if (has_nul)
		batch_reject(batch, batch->count - 1, 0, "nul-byte",
			     SLICE("the record holds a NUL character (\\u0000)"));
	return 0;
}

static int add_record(struct json_table *json, struct batch *batch, const struct element *element)
{
	struct record *record = batch_add_record(batch);
	size_t count = json->reader.key_count;

	/* Rejected records, too, have their cells: nobody else could split them. */
	record->values = arena_zero(&batch->arena, count, sizeof *record->values);
	record->raw_cells = arena_zero(&batch->arena, count, sizeof *record->raw_cells);
	record->value_count = (uint32_t)count;
	record->raw = arena_copy(&batch->arena, element->text);
	record->line = element->line;
	record->row = element->row;
	if (element->too_long) {
		record->raw = encoding_beginning(element->text, SHOWN_OF_TOO_LONG, &batch->arena);
		batch_reject(batch, batch->count - 1, 0, "field-too-long",
			     SLICE("a line of more than 16 MiB; only its beginning is shown"));
		return 0;
	}
	return is_object(record->raw) ? fill_record(json, batch, element) : refuse_no_object(json, batch, element);
}

static int json_read(struct reader *reader, struct batch *batch, struct diag *diag)
{
	struct json_table *json = (struct json_table *)reader;
	uint64_t before = source_taken(json->source);
	size_t bytes = 0;

	batch->form = FORM_JSON;
	while (json->held.status == STATUS_OK && bytes < json->batch_bytes &&
	       (batch->count + 1) * reader->key_count <= CELLS_MAXIMUM + reader->key_count) {
		struct element element;
		int got = next_element(json, &element, &json->held);

		if (got == 0 || (got == 1 && add_record(json, batch, &element) < 0))
			break;
		bytes += got == 1 ? element.text.len + 1 : 0;
	}
	batch->bytes = source_taken(json->source) - before;
	if (batch->count)
		return 1;
	if (json->held.status == STATUS_OK)
		return 0;
	diag_merge(diag, &json->held);
	return -1;
}

static int json_rewind(struct reader *reader, struct diag *diag)
{
	struct json_table *json = (struct json_table *)reader;

	if (source_rewind(json->source, diag) < 0)
		return -1;
	decoder_rewind(json->decoder);
	json->at = json->length = 0;
	json->line = json->column = 1;
	json->ended = json->done = false;
	json->begun = json->layout == LAYOUT_LINES;
	json->elements = 0;
	return 0;
}

static void json_reader_free(struct reader *reader)
{
	struct json_table *json = (struct json_table *)reader;

	decoder_free(json->decoder);
	free(json->text);
	free(json->has_values);
	buf_release(&json->head);
	buf_release(&json->shown);
	map_release(&json->names);
	arena_release(&json->arena);
	diag_release(&json->held);
	free(json);
}

static int begin(struct json_table *json, const struct table_options *options, struct diag *diag)
{
	struct table_info *info = &json->reader.info;

	if (source_keep(json->source, options->tmpdir, diag) < 0 ||
	    decoder_open(&json->decoder, json->source, options->encoding, diag) < 0 ||
	    find_columns(json, diag) < 0 || json_rewind(&json->reader, diag) < 0)
		return -1;
	info->encoding = decoder_encoding(json->decoder);
	info->bom = decoder_had_bom(json->decoder);
	return 0;
}

int json_reader_open(struct reader **opened, struct source *source, enum format format,
		     const struct table_options *options, struct diag *diag)
{
	static const struct reader_class class = { .read = json_read, .rewind = json_rewind, .free = json_reader_free };
	struct json_table *json = memory_zero(1, sizeof *json);

	json->reader.class = &class;
	json->reader.info.format = format;
	json->source = source;
	json->batch_bytes = options->batch_bytes ? options->batch_bytes : DEFAULT_BATCH;
	json->layout = format == FORMAT_JSONL ? LAYOUT_LINES : LAYOUT_ARRAY;
	json->begun = json->layout == LAYOUT_LINES;
	json->line = json->column = 1;
	buf_init(&json->head, BUF_UNLIMITED);
	buf_init(&json->shown, SHOWN_OF_TOO_LONG);
	map_init(&json->names);
	arena_init(&json->arena);
	diag_init(&json->held);
	if (begin(json, options, diag) < 0) {
		json_reader_free(&json->reader);
		return -1;
	}
	*opened = &json->reader;
	return 0;
}
