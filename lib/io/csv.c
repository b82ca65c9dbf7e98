/*
 * The CSV reader. It takes a block of text, finds where records end, and leaves plain records (no quote character in
 * them) for batch_split to cut in a worker thread. A line with a quote goes through libcsv, which alone decides
 * what quotes mean:
 *
 *  1. strictly, line by line, until a record ends at a line end (a quoted cell may hold line ends);
 *  2. if strict parsing fails, or the quoted cell grows past the cap, or the input ends inside the quotes, or a record over
 *     several lines has not as many cells as the header, the first line alone is tried again leniently (5" pipe is then plain text);
 *  3. if that does not give a whole record either, that line is rejected and reading goes on at the next line.
 *
 * So one bad quote costs one line. Invariant: every byte of the text belongs to exactly one record, blank line, reject or the tail that
 * is carried over to the next block.
 */
#include <csv.h>
#include <stdlib.h>

#include "base/memory.h"
#include "io/encoding.h"
#include "io/reader.h"
#include "io/split.h"

enum {
	DEFAULT_FIELD = 1 << 20,
	DEFAULT_BATCH = 256 << 10,
	RECORD_FIELDS = 4,             /* a record may be this many times max_field long */
	SHOWN_OF_TOO_LONG = 64 << 10,  /* bytes of an over-long line that its reject shows */
	DETECT_LINES = 50,
	IN_QUOTES = 2,                 /* libcsv's state inside a cell */
};

struct csv_reader {
	struct reader reader;          /* first */
	struct source *source;
	struct decoder *decoder;
	size_t batch_bytes, max_field, max_record;
	char terminator;               /* '\n', or '\r' in files that have nothing else */
	bool begun, ended;
	char *carry;                   /* the tail of the last block */
	size_t carry_length, carry_capacity;
	uint64_t line, row;            /* of the next record, from 1 */
	uint64_t first_line, first_row; /* what they were when the last block began, and what */
	size_t first_skip;              /* it began with that is no record: for scanning it again */
	bool separator;                /* the text begins with a line sep=X */
	struct csv_parser parser;
	struct slice *values;          /* cells of the record being parsed */
	size_t value_count, value_capacity;
	struct arena *arena;           /* where they go */
	bool record_ended;
	char name[96];                 /* of the encoding, for info */
};

/* --- libcsv --- */

static int never(unsigned char c)
{
	(void)c;
	return 0;
}

static int is_terminator(unsigned char c)
{
	return c == '\n';
}

static void take_field(void *text, size_t length, void *context)
{
	struct csv_reader *csv = context;

	csv->values = memory_grow(csv->values, &csv->value_capacity, csv->value_count + 1, sizeof *csv->values);
	csv->values[csv->value_count++] = arena_copy(csv->arena, (struct slice){ text, length });
}

static void take_record(int terminator, void *context)
{
	struct csv_reader *csv = context;

	(void)terminator;
	csv->record_ended = true;
}

static void parser_begin(struct csv_reader *csv, unsigned char options)
{
	csv_fini(&csv->parser, NULL, NULL, NULL); /* forgets what a failed record left */
	csv_set_opts(&csv->parser, options);
	csv_set_delim(&csv->parser, (unsigned char)csv->reader.info.delimiter);
	csv->value_count = 0;
	csv->record_ended = false;
}

static bool parser_feed(struct csv_reader *csv, struct slice text)
{
	return csv_parse(&csv->parser, text.ptr, text.len, take_field, take_record, csv) == text.len;
}

static bool parser_in_quotes(const struct csv_reader *csv)
{
	return csv->parser.quoted && csv->parser.pstate == IN_QUOTES;
}

/* --- lines --- */

struct line {
	struct slice text;   /* without its end */
	struct slice end;    /* "\n", "\r\n", "\r" or, at the end of the input, "" */
	bool whole;          /* its end is in the text, or the input ends with it */
};

static struct line line_at(const struct csv_reader *csv, struct slice rest)
{
	size_t at = slice_find_byte(rest, csv->terminator);
	struct line line = { slice_first(rest, at), { rest.ptr + at, at < rest.len }, at < rest.len || csv->ended };

	if (csv->terminator == '\n' && line.text.len && line.text.ptr[line.text.len - 1] == '\r' && line.whole) {
		line.text.len--;
		line.end = (struct slice){ line.end.ptr - 1, line.end.len + 1 };
	}
	return line;
}

static size_t line_bytes(struct line line)
{
	return line.text.len + line.end.len;
}

/* --- records with quotes --- */

enum outcome { RECORD_WHOLE, RECORD_BAD, RECORD_NEEDS_MORE };

/* Feeds lines of `rest` to a strict parser until the record ends; *length and *lines say how much it took. */
static enum outcome parse_strictly(struct csv_reader *csv, struct slice rest, size_t *length, uint64_t *lines)
{
	*length = 0;
	*lines = 0;
	parser_begin(csv, CSV_STRICT);
	for (;;) {
		struct line line = line_at(csv, slice_skip(rest, *length));

		if (!line.whole)
			return RECORD_NEEDS_MORE;
		if (!parser_feed(csv, line.text))
			return RECORD_BAD;
		*length += line_bytes(line);
		++*lines;
		if (!parser_in_quotes(csv))
			return parser_feed(csv, SLICE("\n")) && csv->record_ended ? RECORD_WHOLE : RECORD_BAD;
		if (csv->parser.entry_pos > csv->max_field || *length > csv->max_record)
			return RECORD_BAD;
		if (*length == rest.len)
			return csv->ended ? RECORD_BAD : RECORD_NEEDS_MORE;
		parser_feed(csv, line.end);
	}
}

static bool parse_leniently(struct csv_reader *csv, struct slice text)
{
	size_t columns = csv->reader.columns;

	parser_begin(csv, 0);
	return parser_feed(csv, text) && !parser_in_quotes(csv) && parser_feed(csv, SLICE("\n")) && csv->record_ended &&
	       (columns == 0 || csv->value_count == columns);
}

static struct slice quote_again(struct slice value, struct arena *arena)
{
	char *to = arena_bytes(arena, value.len * 2 + 2);
	size_t length = 0;

	to[length++] = '"';
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '"')
			to[length++] = '"';
		to[length++] = value.ptr[i];
	}
	to[length++] = '"';
	return (struct slice){ to, length };
}

/* How many bytes the value takes as it stands at the start of `rest`. */
static size_t raw_length(struct slice value, struct slice rest)
{
	size_t length = value.len;

	if (rest.len == 0 || rest.ptr[0] != '"')
		return length;
	for (size_t i = 0; i < value.len; i++)
		length += value.ptr[i] == '"';
	return length + 2;
}

/* Finds how each value stood. Where that does not come out even (lenient parsing), the value is quoted anew. */
static struct slice *find_raw_cells(struct csv_reader *csv, struct slice raw)
{
	struct slice *cells = arena_get(csv->arena, csv->value_count, sizeof *cells);
	struct slice rest = raw;

	for (size_t i = 0; i < csv->value_count; i++) {
		size_t length = raw_length(csv->values[i], rest);
		bool last = i + 1 == csv->value_count;

		if (length > rest.len || (last ? length != rest.len : rest.ptr[length] != csv->reader.info.delimiter)) {
			for (; i < csv->value_count; i++)
				cells[i] = quote_again(csv->values[i], csv->arena);
			break;
		}
		cells[i] = slice_first(rest, length);
		rest = slice_skip(rest, length + 1);
	}
	return cells;
}

static void keep_parsed(struct csv_reader *csv, struct record *record)
{
	record->value_count = (uint32_t)csv->value_count;
	record->values = arena_get(csv->arena, csv->value_count, sizeof *record->values);
	memcpy(record->values, csv->values, csv->value_count * sizeof *record->values);
	record->raw_cells = find_raw_cells(csv, record->raw);
}

static struct record *add_record(struct csv_reader *csv, struct batch *batch, struct slice raw, uint64_t lines)
{
	struct record *record = batch_add_record(batch);

	record->raw = raw;
	record->line = csv->line;
	record->row = csv->row++;
	csv->line += lines;
	return record;
}

static void add_bad_line(struct csv_reader *csv, struct batch *batch, struct line line, bool unterminated)
{
	add_record(csv, batch, line.text, 1);
	if (unterminated)
		batch_reject(batch, batch->count - 1, 0, "unterminated-quote",
			     SLICE("a quote that is opened in this line is not closed where a cell ends"));
	else
		batch_reject(batch, batch->count - 1, 0, "stray-quote",
			     SLICE("text follows a closing quote; a quote inside quotes must be doubled"));
}

/* The record at the start of `rest`, which has a quote in its first line. Returns its bytes, or 0: more text is needed. */
static size_t take_quoted(struct csv_reader *csv, struct batch *batch, struct slice rest)
{
	size_t length, columns = csv->reader.columns;
	uint64_t lines;
	enum outcome outcome = parse_strictly(csv, rest, &length, &lines);
	struct line first;

	if (outcome == RECORD_NEEDS_MORE)
		return 0;
	if (outcome == RECORD_WHOLE && (lines == 1 || columns == 0 || csv->value_count == columns)) {
		struct slice raw = slice_first(rest, length);

		while (raw.len && (raw.ptr[raw.len - 1] == '\n' || raw.ptr[raw.len - 1] == '\r'))
			raw.len--;
		keep_parsed(csv, add_record(csv, batch, raw, lines));
		return length;
	}
	first = line_at(csv, rest);
	if (parse_leniently(csv, first.text))
		keep_parsed(csv, add_record(csv, batch, first.text, 1));
	else
		add_bad_line(csv, batch, first, lines > 0);
	return line_bytes(first);
}

/* --- blocks --- */

/* Takes the records of `text` into the batch; returns how many bytes they are, the rest being the tail. */
static size_t scan(struct csv_reader *csv, struct batch *batch, struct slice text)
{
	size_t quote = slice_find_byte(text, '"'), at = 0;

	while (at < text.len) {
		struct slice rest = slice_skip(text, at);
		struct line line = line_at(csv, rest);
		size_t taken = line_bytes(line);

		if (!line.whole)
			break;
		if (quote < at + line.text.len) {
			taken = take_quoted(csv, batch, rest);
			if (taken == 0)
				break;
			quote = at + taken + slice_find_byte(slice_skip(rest, taken), '"');
		} else if (line.text.len == 0) {
			csv->row++;
			csv->line++;
		} else {
			add_record(csv, batch, line.text, 1);
		}
		at += taken;
	}
	return at;
}

static void keep_tail(struct csv_reader *csv, struct slice tail)
{
	csv->carry = memory_grow(csv->carry, &csv->carry_capacity, tail.len, 1);
	if (tail.len)
		memcpy(csv->carry, tail.ptr, tail.len);
	csv->carry_length = tail.len;
}

static void reserve_text(struct batch *batch, size_t bytes)
{
	if (batch->text_capacity < bytes + SPLIT_PADDING) {
		batch->text = memory_resize(batch->text, bytes + SPLIT_PADDING, 1);
		batch->text_capacity = bytes + SPLIT_PADDING;
	}
}

/* Fills batch->text with the tail and new text up to `bytes` in all. */
static int fill_text(struct csv_reader *csv, struct batch *batch, size_t bytes, struct diag *diag)
{
	reserve_text(batch, bytes);
	if (csv->carry_length)
		memcpy(batch->text, csv->carry, csv->carry_length);
	batch->text_length = csv->carry_length;
	csv->carry_length = 0;
	while (!csv->ended && bytes - batch->text_length >= 64) {
		ssize_t got = decoder_read(csv->decoder, batch->text + batch->text_length, bytes - batch->text_length, diag);

		if (got < 0)
			return -1;
		if (got == 0)
			csv->ended = true;
		batch->text_length += (size_t)got;
	}
	return 0;
}

/* --- what the first block tells --- */

static char find_terminator(struct slice text)
{
	return slice_find_byte(text, '\n') == text.len && slice_find_byte(text, '\r') < text.len ? '\r' : '\n';
}

/* Occurrences of the delimiter outside quotes in one line. */
static size_t count_outside_quotes(struct slice line, char delimiter)
{
	size_t count = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		quoted ^= line.ptr[i] == '"';
		count += !quoted && line.ptr[i] == delimiter;
	}
	return count;
}

/* How many of the first lines have the same, most frequent, number of this delimiter (which must not be 0). */
static size_t agreement(const struct csv_reader *csv, struct slice text, char delimiter, size_t *cells)
{
	size_t counts[DETECT_LINES], lines = 0, best = 0;

	while (text.len && lines < DETECT_LINES) {
		struct line line = line_at(csv, text);

		if (line.text.len)
			counts[lines++] = count_outside_quotes(line.text, delimiter);
		text = slice_skip(text, line_bytes(line));
	}
	for (size_t i = 0; i < lines; i++) {
		size_t same = 0;

		for (size_t j = 0; j < lines; j++)
			same += counts[j] == counts[i];
		if (counts[i] && (same > best || (same == best && counts[i] > *cells))) {
			best = same;
			*cells = counts[i];
		}
	}
	return best;
}

static char find_delimiter(const struct csv_reader *csv, struct slice text)
{
	static const char candidates[] = { ',', '\t', ';', '|' };
	char found = ',';
	size_t best = 0, best_cells = 0;

	for (size_t i = 0; i < sizeof candidates; i++) {
		size_t cells = 0;
		size_t lines = agreement(csv, text, candidates[i], &cells);

		if (lines > best || (lines == best && cells > best_cells)) {
			best = lines;
			best_cells = cells;
			found = candidates[i];
		}
	}
	return found;
}

/* Excel's own first line, sep=; */
static size_t separator_line(struct csv_reader *csv, struct slice text)
{
	struct line line = line_at(csv, text);

	if (line.text.len != 5 || !slice_equal_nocase(slice_first(line.text, 4), SLICE("sep=")))
		return 0;
	csv->reader.info.delimiter = line.text.ptr[4];
	csv->separator = true;
	csv->line++;
	csv->row++;
	return line_bytes(line);
}

static size_t begin_text(struct csv_reader *csv, struct slice text)
{
	struct table_info *info = &csv->reader.info;
	size_t lf = slice_find_byte(text, '\n'), skip = 0;

	csv->begun = true;
	csv->terminator = find_terminator(text);
	info->line_end = csv->terminator == '\r' ? "CR" : lf > 0 && lf < text.len && text.ptr[lf - 1] == '\r' ? "CRLF" : "LF";
	if (!info->delimiter || csv->separator)
		skip = separator_line(csv, text);
	if (!info->delimiter)
		info->delimiter = find_delimiter(csv, text);
	if (info->format == FORMAT_AUTO)
		info->format = info->delimiter == '\t' ? FORMAT_TSV : FORMAT_CSV;
	return skip;
}

/* --- over-long records --- */

/* Drops the rest of a line that is longer than any record may be, and rejects it with its beginning. */
static int give_up_line(struct csv_reader *csv, struct batch *batch, struct diag *diag)
{
	struct slice shown = arena_copy(&batch->arena, slice_first((struct slice){ batch->text, batch->text_length },
								    SHOWN_OF_TOO_LONG));
	uint64_t bytes = 0;
	size_t at;

	while ((at = slice_find_byte((struct slice){ batch->text, batch->text_length }, csv->terminator)) ==
	       batch->text_length) {
		bytes += batch->text_length;
		if (csv->ended)
			break;
		if (fill_text(csv, batch, csv->batch_bytes, diag) < 0)
			return -1;
	}
	if (at < batch->text_length)
		keep_tail(csv, slice_skip((struct slice){ batch->text, batch->text_length }, at + 1));
	bytes += at < batch->text_length ? at : 0;
	batch->text_length = 0;
	add_record(csv, batch, shown, 1);
	batch_reject(batch, batch->count - 1, 0, "field-too-long",
		     arena_format(&batch->arena, "a record of %llu bytes, over the cap of %zu (raise --max-field); only its "
				  "beginning is shown", (unsigned long long)bytes, csv->max_record));
	return 1;
}

static void scan_text(struct csv_reader *csv, struct batch *batch, size_t skip)
{
	struct slice text = slice_skip((struct slice){ batch->text, batch->text_length }, skip);
	size_t taken = scan(csv, batch, text);

	keep_tail(csv, slice_skip(text, taken));
}

static int csv_read(struct reader *reader, struct batch *batch, struct diag *diag)
{
	struct csv_reader *csv = (struct csv_reader *)reader;
	size_t bytes = csv->batch_bytes;
	uint64_t before = source_taken(csv->source);

	csv->arena = &batch->arena;
	batch->form = FORM_CSV;
	for (;; bytes *= 2) {
		size_t skip = 0;

		if (bytes < csv->carry_length + csv->batch_bytes / 2)
			bytes = csv->carry_length + csv->batch_bytes;
		if (fill_text(csv, batch, bytes, diag) < 0)
			return -1;
		if (!csv->begun)
			skip = begin_text(csv, (struct slice){ batch->text, batch->text_length });
		batch->delimiter = reader->info.delimiter;
		reader->info.encoding = decoder_encoding(csv->decoder);
		csv->first_line = csv->line;
		csv->first_row = csv->row;
		csv->first_skip = skip;
		scan_text(csv, batch, skip);
		batch->bytes = source_taken(csv->source) - before;
		if (batch->count)
			return 1;
		if (csv->ended && csv->carry_length == 0)
			return 0;
		if (csv->carry_length > csv->max_record)
			return fill_text(csv, batch, csv->carry_length, diag) < 0 ? -1 : give_up_line(csv, batch, diag);
	}
}

/* The first block once more, now that the number of columns is known. */
static void csv_rescan(struct reader *reader, struct batch *batch)
{
	struct csv_reader *csv = (struct csv_reader *)reader;

	csv->arena = &batch->arena;
	csv->line = csv->first_line;
	csv->row = csv->first_row;
	batch->count = batch->reject_count = 0;
	scan_text(csv, batch, csv->first_skip);
}

static int csv_rewind(struct reader *reader, struct diag *diag)
{
	struct csv_reader *csv = (struct csv_reader *)reader;

	if (source_rewind(csv->source, diag) < 0)
		return -1;
	decoder_rewind(csv->decoder);
	csv->ended = csv->begun = false;
	csv->carry_length = 0;
	csv->line = csv->row = 1;
	return 0;
}

static void csv_reader_free(struct reader *reader)
{
	struct csv_reader *csv = (struct csv_reader *)reader;

	csv_free(&csv->parser);
	decoder_free(csv->decoder);
	free(csv->carry);
	free(csv->values);
	free(csv);
}

int csv_reader_open(struct reader **opened, struct source *source, const struct table_options *options,
		    struct diag *diag)
{
	static const struct reader_class class = {
		.read = csv_read, .rescan = csv_rescan, .rewind = csv_rewind, .free = csv_reader_free,
	};
	struct csv_reader *csv = memory_zero(1, sizeof *csv);

	csv_init(&csv->parser, 0);
	csv_set_space_func(&csv->parser, never);
	csv_set_term_func(&csv->parser, is_terminator);
	csv_set_blk_size(&csv->parser, 4096);
	csv->reader.class = &class;
	csv->source = source;
	csv->line = csv->row = 1;
	csv->batch_bytes = options->batch_bytes ? options->batch_bytes : DEFAULT_BATCH;
	csv->max_field = options->max_field ? options->max_field : DEFAULT_FIELD;
	csv->max_record = csv->max_field * RECORD_FIELDS;
	csv->reader.info.format = options->from;
	csv->reader.info.delimiter = options->delimiter ? options->delimiter : options->from == FORMAT_TSV ? '\t' : 0;
	if (decoder_open(&csv->decoder, source, options->encoding, diag) < 0) {
		csv_reader_free(&csv->reader);
		return -1;
	}
	csv->reader.info.encoding = decoder_encoding(csv->decoder);
	csv->reader.info.bom = decoder_had_bom(csv->decoder);
	*opened = &csv->reader;
	return 0;
}
