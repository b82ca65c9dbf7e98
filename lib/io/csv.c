/*
 * The CSV reader takes a block of text and finds where records end; cutting them into cells is left to batch_split
 * in the workers, also for a record with quotes, as long as it is one line.
 *
 * A line without a quote, or with an even number of them, is a record: if libcsv reads it strictly without a fault, an even number means
 * that no quote is open at its end; if there is a fault, the line stands alone anyway (see below). A line with an odd number
 * may go on in the next: libcsv reads line by line, strictly, until the record ends. If that fails, or the quoted cell grows past the cap,
 * or the input ends inside the quotes, or the cells of a record over several lines do not fit the header, then the first line
 * stands alone.
 *
 * A line that stands alone is read by batch_split strictly, then leniently (5" pipe is plain text then), and else rejected. So
 * one bad quote costs one line. Invariant: every byte of the text belongs to exactly one record, blank line, or the tail that is carried over
 * to the next block.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "io/encoding.h"
#include "io/quoted.h"
#include "io/reader.h"
#include "io/split.h"

enum {
	DEFAULT_FIELD = 1 << 20,
	DEFAULT_BATCH = 256 << 10,
	RECORD_FIELDS = 4,             /* a record may be this many times max_field long */
	SHOWN_OF_TOO_LONG = 64 << 10,  /* bytes of an over-long line that its reject shows */
	DETECT_LINES = 50, QUOTED_LINES = 8,
};

struct csv_reader {
	struct reader reader;          /* first */
	struct source *source;
	struct decoder *decoder;
	size_t batch_bytes, max_field, max_record;
	char terminator;               /* '\n', or '\r' in files that begin with nothing else */
	bool begun, ended;
	char *carry;                   /* the tail of the last block */
	size_t carry_length, carry_capacity;
	uint64_t line, row;            /* of the next record, from 1 */
	uint64_t records;              /* before it */
	uint64_t first_line, first_row; /* what they were when the last block began, and what */
	size_t first_skip;              /* it began with that is no record: for scanning it again */
	bool separator;                /* the text begins with a line sep=X */
	struct quoted *quoted;
};

/* --- lines --- */

struct line {
	struct slice text;   /* without its end */
	struct slice end;    /* "\n", "\r\n", "\r" or, at the end of the input, "" */
	bool whole;          /* its end is in the text, or the input ends with it */
};

/* Up to the end of the line; where CR ends lines, LF does, too: unquoted in what is written it would be one. */
static size_t line_length(const struct csv_reader *csv, struct slice rest)
{
	size_t at = slice_find_byte(rest, csv->terminator);

	return csv->terminator == '\r' ? slice_find_byte(slice_first(rest, at), '\n') : at;
}

static struct line line_at(const struct csv_reader *csv, struct slice rest)
{
	size_t at = line_length(csv, rest);
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

/* --- records over several lines --- */

enum outcome { RECORD_WHOLE, RECORD_BAD, RECORD_NEEDS_MORE };

/* Feeds lines of `rest` to libcsv until the record ends; *length and *lines say how much it took. */
static enum outcome find_end(struct csv_reader *csv, struct slice rest, struct arena *arena, size_t *length,
			     uint64_t *lines)
{
	*length = 0;
	*lines = 0;
	quoted_begin(csv->quoted, csv->reader.info.delimiter, true, arena);
	for (;;) {
		struct line line = line_at(csv, slice_skip(rest, *length));

		if (!line.whole)
			return RECORD_NEEDS_MORE;
		if (!quoted_feed(csv->quoted, line.text))
			return RECORD_BAD;
		*length += line_bytes(line);
		++*lines;
		if (!quoted_is_open(csv->quoted))
			return quoted_end(csv->quoted) ? RECORD_WHOLE : RECORD_BAD;
		if (quoted_open_length(csv->quoted) > csv->max_field || *length > csv->max_record)
			return RECORD_BAD;
		if (*length == rest.len)
			return csv->ended ? RECORD_BAD : RECORD_NEEDS_MORE;
		quoted_feed(csv->quoted, line.end);
	}
}

static struct record *add_record(struct csv_reader *csv, struct batch *batch, struct slice raw, uint64_t lines)
{
	struct record *record = batch_add_record(batch);

	record->raw = raw;
	record->line = csv->line;
	record->row = csv->row++;
	csv->records++;
	csv->line += lines;
	return record;
}

static void add_parsed(struct csv_reader *csv, struct batch *batch, struct slice raw, uint64_t lines)
{
	struct record *record;
	size_t count;
	const struct slice *values = quoted_values(csv->quoted, &count);

	while (raw.len && (raw.ptr[raw.len - 1] == '\n' || raw.ptr[raw.len - 1] == '\r'))
		raw.len--;
	record = add_record(csv, batch, raw, lines);
	record->value_count = (uint32_t)count;
	record->values = arena_get(&batch->arena, count, sizeof *values);
	memcpy(record->values, values, count * sizeof *values);
}

/* Whether the values can be a record over several lines. Titles and the header may have any number of cells. */
static bool cells_fit(const struct csv_reader *csv)
{
	size_t count;
	const struct slice *values = quoted_values(csv->quoted, &count);

	return csv->reader.columns == 0 || csv->records < csv->reader.skip ||
	       batch_values_fit(values, count, csv->reader.columns);
}

/* The record at the start of `rest`, whose first line has quotes. Returns its bytes, or 0: more text is needed. */
static size_t take_quoted(struct csv_reader *csv, struct batch *batch, struct slice rest, struct line first)
{
	size_t length;
	uint64_t lines;

	if (split_count(first.text, '"') % 2) {
		enum outcome outcome = find_end(csv, rest, &batch->arena, &length, &lines);

		if (outcome == RECORD_NEEDS_MORE)
			return 0;
		if (outcome == RECORD_WHOLE && cells_fit(csv)) {
			add_parsed(csv, batch, slice_first(rest, length), lines);
			return length;
		}
	}
	add_record(csv, batch, first.text, 1)->quoted = true;
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
			taken = take_quoted(csv, batch, rest, line);
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

/* Bytes of the first line, with those that a cell in quotes goes on over, if it ends soon. */
static size_t record_bytes(const struct csv_reader *csv, struct slice text)
{
	size_t length = 0, quotes = 0;

	for (size_t lines = 0; lines < QUOTED_LINES && length < text.len; lines++) {
		struct line line = line_at(csv, slice_skip(text, length));

		for (size_t i = 0; i < line.text.len; i++)
			quotes += line.text.ptr[i] == '"';
		length += line_bytes(line);
		if (quotes % 2 == 0)
			return length;
	}
	return line_bytes(line_at(csv, text));
}

/* How many of the first records have the same, most frequent, number of this delimiter (which must not be 0). */
static size_t agreement(const struct csv_reader *csv, struct slice text, char delimiter, size_t *cells)
{
	size_t counts[DETECT_LINES], lines = 0, best = 0;

	while (text.len && lines < DETECT_LINES) {
		size_t length = record_bytes(csv, text);

		if (line_at(csv, text).text.len)
			counts[lines++] = count_outside_quotes(slice_first(text, length), delimiter);
		text = slice_skip(text, length);
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
	struct slice shown = encoding_beginning((struct slice){ batch->text, batch->text_length }, SHOWN_OF_TOO_LONG,
						&batch->arena);
	struct line first = line_at(csv, (struct slice){ batch->text, batch->text_length });
	uint64_t bytes = 0;
	size_t at;

	if (first.end.len) { /* an endless line follows one that leaves a quote open */
		keep_tail(csv, slice_skip((struct slice){ batch->text, batch->text_length }, line_bytes(first)));
		add_record(csv, batch, first.text, 1)->quoted = true;
		return 1;
	}
	while ((at = line_length(csv, (struct slice){ batch->text, batch->text_length })) == batch->text_length) {
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

	if (batch->text_length == 0)
		return; /* an over-long record, given up: the tail is what comes after it */
	csv->line = csv->first_line;
	csv->row = csv->first_row;
	csv->records = 0;
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
	csv->records = 0;
	return 0;
}

static void csv_reader_free(struct reader *reader)
{
	struct csv_reader *csv = (struct csv_reader *)reader;

	quoted_free(csv->quoted);
	decoder_free(csv->decoder);
	free(csv->carry);
	free(csv);
}

int csv_reader_open(struct reader **opened, struct source *source, const struct table_options *options,
		    struct diag *diag)
{
	static const struct reader_class class = {
		.read = csv_read, .rescan = csv_rescan, .rewind = csv_rewind, .free = csv_reader_free,
	};
	struct csv_reader *csv = memory_zero(1, sizeof *csv);

	csv->quoted = quoted_new();
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
