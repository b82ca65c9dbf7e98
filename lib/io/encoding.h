/*
 * A decoder turns the bytes of a source into UTF-8. What is UTF-8 already passes as it is, unchecked: bytes that are
 * no UTF-8, and in other encodings sequences that mean nothing (given as the byte 0xFF), are for batch_split
 * to find, so that a bad byte costs one record.
 *
 * Detection: a byte order mark; UTF-16 by its zeros; else at the first byte over 0x7F the lines in sight vote: UTF-8 if at
 * least half of those that are not ASCII are valid UTF-8; else GB18030 where pairs of the GB 2312 plane are the rule; else what ICU
 * detects. Until that byte comes, a file is ASCII and nothing needs to be known.
 */
#ifndef CRM_IO_ENCODING_H
#define CRM_IO_ENCODING_H

#include "base/arena.h"
#include "io/source.h"

struct decoder;

/* `encoding`: NULL or "auto", or a name ICU knows (gbk and gb2312 are read as GB18030, their superset). */
int decoder_open(struct decoder **decoder, struct source *source, const char *encoding, struct diag *diag) MUST_CHECK;
void decoder_free(struct decoder *decoder);
/* Up to `size` (at least 64) bytes of UTF-8; 0 at the end; -1 with diag. May be short before the end. */
ssize_t decoder_read(struct decoder *decoder, char *to, size_t size, struct diag *diag) MUST_CHECK;
/* After source_rewind: from the first byte again, with the encoding that was found. */
void decoder_rewind(struct decoder *decoder);
/* "UTF-8", "GB18030", "UTF-16LE" … as known so far; lives as long as the decoder. */
const char *decoder_encoding(const struct decoder *decoder);
bool decoder_had_bom(const struct decoder *decoder);

/* What bytes without a mark most likely are: a static name, or NULL for ASCII only. `cut`: they end somewhere in the text. */
const char *encoding_detect(struct slice bytes, bool cut);
/* Bytes that were expected to be UTF-8, made readable: as GB18030 if they are valid so, else with U+FFFD for each bad byte. */
struct slice encoding_rescue(struct slice bytes, struct arena *arena);
/* The first `bytes` of a text too long to be kept, less a character that is cut by that; readable as with encoding_rescue. */
struct slice encoding_beginning(struct slice text, size_t bytes, struct arena *arena);

#endif
