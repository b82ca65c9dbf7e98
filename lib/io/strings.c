/*
 * A text is its length as LEB128 and its bytes. Where each GROUP of them begins is kept, so a text is found by its
 * group's place and a few lengths. In the file a group is read as a whole, into the slot that its number picks.
 */
#include "io/strings.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/file.h"

enum {
	GROUP = 8,                 /* texts */
	SLOTS = 4096,
	SLOT_MOST = 4096,          /* bytes of a group that is kept */
	WRITE_BYTES = 1 << 20,
};

struct slot {
	size_t group;              /* plus one; 0: nothing yet */
	struct buf bytes;
};

struct strings {
	size_t memory;
	char *tmpdir;
	struct buf held;           /* all texts, or what is still to be written */
	uint64_t length;           /* bytes of all texts */
	size_t count;
	uint64_t *groups;          /* where each begins */
	size_t group_capacity;
	int file;                  /* -1: all is held */
	uint64_t written;
	struct slot *slots;        /* once there is a file */
	struct buf large;          /* a group that no slot takes */
};

struct strings *strings_new(size_t memory, const char *tmpdir)
{
	struct strings *strings = memory_zero(1, sizeof *strings);

	strings->memory = memory;
	strings->tmpdir = tmpdir ? memory_text(tmpdir) : NULL;
	strings->file = -1;
	buf_init(&strings->held, BUF_UNLIMITED);
	buf_init(&strings->large, BUF_UNLIMITED);
	return strings;
}

void strings_free(struct strings *strings)
{
	if (!strings)
		return;
	for (size_t i = 0; strings->slots && i < SLOTS; i++)
		buf_release(&strings->slots[i].bytes);
	if (strings->file >= 0)
		close(strings->file);
	buf_release(&strings->held);
	buf_release(&strings->large);
	free(strings->slots);
	free(strings->groups);
	free(strings->tmpdir);
	free(strings);
}

/* --- adding --- */

static int open_file(struct strings *strings, struct diag *diag)
{
	strings->file = file_temporary(strings->tmpdir, diag);
	if (strings->file < 0)
		return -1;
	strings->slots = memory_get(SLOTS, sizeof *strings->slots);
	for (size_t i = 0; i < SLOTS; i++) {
		strings->slots[i].group = 0;
		buf_init(&strings->slots[i].bytes, BUF_UNLIMITED);
	}
	return 0;
}

static int write_held(struct strings *strings, struct diag *diag)
{
	struct slice rest = buf_slice(&strings->held);

	if (strings->file < 0 && open_file(strings, diag) < 0)
		return -1;
	while (rest.len) {
		ssize_t put = pwrite(strings->file, rest.ptr, rest.len, (off_t)strings->written);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return diag_errno(diag, "the temporary file", "cannot write", errno);
		strings->written += (uint64_t)put;
		rest = slice_skip(rest, (size_t)put);
	}
	buf_release(&strings->held); /* it may have been large */
	buf_init(&strings->held, BUF_UNLIMITED);
	return 0;
}

int strings_add(struct strings *strings, struct slice text, struct diag *diag)
{
	size_t before = strings->held.len, length = text.len;

	if (strings->count % GROUP == 0) {
		strings->groups = memory_grow(strings->groups, &strings->group_capacity, strings->count / GROUP + 1,
					      sizeof *strings->groups);
		strings->groups[strings->count / GROUP] = strings->length;
	}
	for (; length >= 0x80; length >>= 7)
		buf_add_byte(&strings->held, (char)(length | 0x80));
	buf_add_byte(&strings->held, (char)length);
	buf_add(&strings->held, text);
	strings->count++;
	strings->length += strings->held.len - before;
	return strings->held.len > (strings->file < 0 ? strings->memory : WRITE_BYTES) ? write_held(strings, diag) : 0;
}

size_t strings_count(const struct strings *strings)
{
	return strings->count;
}

uint64_t strings_bytes(const struct strings *strings)
{
	return strings->length;
}

/* --- asking --- */

static size_t group_length(const struct strings *strings, size_t group)
{
	uint64_t end = (group + 1) * GROUP < strings->count ? strings->groups[group + 1] : strings->length;

	return (size_t)(end - strings->groups[group]);
}

static int read_at(struct strings *strings, struct buf *to, uint64_t at, size_t length, struct diag *diag)
{
	buf_clear(to);
	(void)!buf_reserve(to, length); /* unlimited */
	while (to->len < length) {
		ssize_t got = pread(strings->file, to->ptr + to->len, length - to->len, (off_t)(at + to->len));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return diag_errno(diag, "the temporary file", "cannot read", got < 0 ? errno : EIO);
		to->len += (size_t)got;
	}
	return 0;
}

static int read_group(struct strings *strings, size_t group, struct slice *bytes, struct diag *diag)
{
	struct slot *slot = &strings->slots[group % SLOTS];
	size_t length = group_length(strings, group);
	struct buf *to = length > SLOT_MOST ? &strings->large : &slot->bytes;

	if (slot->group != group + 1 || to == &strings->large) {
		slot->group = 0;
		if (read_at(strings, to, strings->groups[group], length, diag) < 0)
			return -1;
		slot->group = to == &strings->large ? 0 : group + 1;
	}
	*bytes = buf_slice(to);
	return 0;
}

static size_t take_length(struct slice *bytes)
{
	size_t length = 0, taken = 0;
	unsigned char c;

	do {
		c = (unsigned char)bytes->ptr[taken];
		length |= (size_t)(c & 0x7F) << (7 * taken++);
	} while (c & 0x80);
	*bytes = slice_skip(*bytes, taken);
	return length;
}

int strings_get(struct strings *strings, size_t number, struct slice *text, struct diag *diag)
{
	struct slice bytes;
	size_t length;

	if (strings->file >= 0 && strings->held.len && write_held(strings, diag) < 0)
		return -1;
	if (strings->file < 0) {
		bytes = slice_skip(buf_slice(&strings->held), strings->groups[number / GROUP]);
	} else if (read_group(strings, number / GROUP, &bytes, diag) < 0) {
		return -1;
	}
	length = take_length(&bytes);
	for (size_t i = number % GROUP; i; i--) {
		bytes = slice_skip(bytes, length);
		length = take_length(&bytes);
	}
	*text = slice_first(bytes, length);
	return 0;
}
