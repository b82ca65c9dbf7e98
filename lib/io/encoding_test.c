#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"
#include "io/encoding.h"

static void assert_detects(struct slice bytes, bool cut, const char *expected)
{
	const char *found = encoding_detect(bytes, cut);

	if (!expected)
		assert_null(found);
	else
		assert_string_equal(found ? found : "(none)", expected);
}

static void encoding_is_decided_by_the_lines_in_sight(void **state)
{
	(void)state;
	assert_detects(SLICE("plain,ascii\n1,2\n"), false, NULL);
	assert_detects(SLICE("姓名,城市\n张伟,上海\n"), false, "UTF-8");
	assert_detects(SLICE("\xd0\xd5\xc3\xfb,\xb3\xc7\xca\xd0\n"), false, "GB18030");
	/* 联通 alone in GBK is also valid UTF-8 by its bytes; the other lines outvote it. */
	assert_detects(SLICE("\xc1\xaa\xcd\xa8\n\xd0\xd5\xc3\xfb\n\xb3\xc7\xca\xd0\n"), false, "GB18030");
	assert_detects(SLICE("caf\xe9, M\xfcller stra\xdf" "e\nna\xefve d\xe9j\xe0 vu, tr\xe8s cher\n"), false, "windows-1252");
	/* A character that the end of the sample cuts in two does not count against UTF-8. */
	assert_detects(SLICE("张伟,上海\n李娜,\xe5\x8c"), true, "UTF-8");
	/* Nor does it where the text is one line, as in JSON; likewise for GB18030. */
	assert_detects(SLICE("[{\"name\":\"张伟\"},{\"name\":\"李\xe5\xa8"), true, "UTF-8");
	assert_detects(SLICE("[{\"name\":\"张伟\"},{\"name\":\"李\xe5"), true, "UTF-8");
	assert_detects(SLICE("[{\"name\":\"\xd5\xc5\xce\xb0\"},{\"name\":\"\xc0"), true, "GB18030");
	assert_detects(SLICE("id,name\n1,\xd5\xc5"), false, "GB18030");
}

static void bad_bytes_are_made_readable(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_true(slice_equal(encoding_rescue(SLICE("\xd5\xc5\xce\xb0,1"), &arena), SLICE("张伟,1")));
	assert_true(slice_equal(encoding_rescue(SLICE("a\xff" "b"), &arena), SLICE("a\xef\xbf\xbd" "b")));
	assert_true(slice_equal(encoding_beginning(SLICE("a张伟"), 6, &arena), SLICE("a张")));
	assert_true(slice_equal(encoding_beginning(SLICE("a张伟"), 9, &arena), SLICE("a张伟")));
	assert_true(slice_equal(encoding_beginning(SLICE("\xff" "abcdef"), 5, &arena), SLICE("\xef\xbf\xbd" "abcd")));
	arena_release(&arena);
}

/* Decodes a file with the given bytes, a small piece at a time. */
static void decode(struct slice bytes, const char *encoding, struct buf *out)
{
	char *path = memory_text("/tmp/crm-encoding-test-XXXXXX"), piece[64];
	int descriptor = mkstemp(path);
	struct decoder *decoder;
	struct source *source;
	struct diag diag;
	ssize_t got;

	diag_init(&diag);
	assert_int_equal(write(descriptor, bytes.ptr, bytes.len), bytes.len);
	close(descriptor);
	assert_int_equal(source_open(&source, path, &diag), 0);
	assert_int_equal(decoder_open(&decoder, source, encoding, &diag), 0);
	while ((got = decoder_read(decoder, piece, sizeof piece, &diag)) > 0)
		buf_add(out, (struct slice){ piece, (size_t)got });
	assert_int_equal(got, 0);
	decoder_free(decoder);
	source_free(source);
	unlink(path);
	free(path);
}

static void pairs_of_units_survive_the_borders_of_buffers(void **state)
{
	struct buf utf16, expected, out;

	(void)state;
	buf_init(&utf16, BUF_UNLIMITED);
	buf_init(&expected, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	buf_add(&utf16, SLICE("\xff\xfe" "x\0"));
	buf_add_byte(&expected, 'x');
	for (int i = 0; i < 200000; i++) {
		buf_add(&utf16, SLICE("\x3d\xd8\x00\xde")); /* U+1F600 */
		buf_add(&expected, SLICE("\xf0\x9f\x98\x80"));
	}
	decode(buf_slice(&utf16), NULL, &out);
	assert_true(slice_equal(buf_slice(&out), buf_slice(&expected)));
	buf_release(&utf16);
	buf_release(&expected);
	buf_release(&out);
}

static void ascii_before_the_first_chinese_byte_passes(void **state)
{
	struct buf text, expected, out;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&expected, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	for (int i = 0; i < 60000; i++)
		buf_add(&text, SLICE("12345,x\n"));
	buf_add(&expected, buf_slice(&text));
	buf_add(&text, SLICE("\xd5\xc5\xce\xb0,\xc9\xcf\xba\xa3\n"));
	buf_add(&expected, SLICE("张伟,上海\n"));
	decode(buf_slice(&text), NULL, &out);
	assert_true(slice_equal(buf_slice(&out), buf_slice(&expected)));
	buf_clear(&out);
	decode(SLICE("\x81\xff,x\n"), "gbk", &out);
	assert_true(memchr(out.ptr, 0xff, out.len) != NULL); /* what means nothing stays findable */
	buf_release(&text);
	buf_release(&expected);
	buf_release(&out);
}

/* Of the file's first other character only a byte, or two, are in the first block of ASCII. */
static void the_first_chinese_byte_may_be_the_last_in_sight(void **state)
{
	static const char *const lines[] = {
		"\xd5\xc5\xce\xb0,\xc9\xcf\xba\xa3\n", "张伟,上海\n",
	};
	struct buf text, out;

	(void)state;
	buf_init(&text, BUF_UNLIMITED);
	buf_init(&out, BUF_UNLIMITED);
	for (size_t i = 0; i < 8; i++) {
		buf_clear(&text);
		buf_clear(&out);
		while (text.len < (128 << 10) - i / 2)
			buf_add_byte(&text, text.len % 50 == 49 ? '\n' : 'x');
		for (int line = 0; line < 20; line++)
			buf_add(&text, slice_of(lines[i % 2]));
		decode(buf_slice(&text), NULL, &out);
		assert_true(slice_ends_with(buf_slice(&out), SLICE("张伟,上海\n张伟,上海\n")));
	}
	buf_release(&text);
	buf_release(&out);
}

static void utf16_asked_for_is_read_in_the_order_it_has(void **state)
{
	static const char *const names[] = { "utf-16", "UTF16", "utf-16le", "auto" };
	struct buf out;

	(void)state;
	buf_init(&out, BUF_UNLIMITED);
	for (int i = 0; i < 4; i++) {
		buf_clear(&out);
		decode(SLICE("\xff\xfe" "a\0,\0b\0\n\0"), names[i], &out);
		assert_true(slice_equal(buf_slice(&out), SLICE("a,b\n")));
		buf_clear(&out);
		decode(SLICE("a\0,\0b\0\n\0"), names[i], &out);
		assert_true(slice_equal(buf_slice(&out), SLICE("a,b\n")));
	}
	buf_clear(&out);
	decode(SLICE("\xfe\xff\0a\0,\0b\0\n"), "utf-16", &out);
	assert_true(slice_equal(buf_slice(&out), SLICE("a,b\n")));
	buf_release(&out);
}

/* 张伟 in GBK, UTF-8, or both: only where no line is UTF-8 does its mark lie. */
static void a_mark_before_gbk_is_passed_over(void **state)
{
	static const struct { const char *bytes, *encoding, *expected; } cases[] = {
		{ "\xef\xbb\xbf" "a,\xd5\xc5\xce\xb0\n1,\xc9\xcf\xba\xa3\n", NULL, "a,张伟\n1,上海\n" },
		{ "\xef\xbb\xbf" "a,张伟\n1,\xc9\xcf\xba\xa3\n2,\xc9\xcf\xba\xa3\n", NULL, "a,张伟\n1,\xc9\xcf\xba\xa3\n2,\xc9\xcf\xba\xa3\n" },
		{ "\xef\xbb\xbf" "a,\xd5\xc5\xce\xb0\n", "utf-8", "a,\xd5\xc5\xce\xb0\n" },
		{ "\xef\xbb\xbf" "a,张伟\n", NULL, "a,张伟\n" }, { "\xef\xbb\xbf" "a,b\n", NULL, "a,b\n" },
	};
	struct buf out;

	(void)state;
	buf_init(&out, BUF_UNLIMITED);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		buf_clear(&out);
		decode(slice_of(cases[i].bytes), cases[i].encoding, &out);
		assert_true(slice_equal(buf_slice(&out), slice_of(cases[i].expected)));
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encoding_is_decided_by_the_lines_in_sight),
		cmocka_unit_test(bad_bytes_are_made_readable),
		cmocka_unit_test(pairs_of_units_survive_the_borders_of_buffers),
		cmocka_unit_test(ascii_before_the_first_chinese_byte_passes),
		cmocka_unit_test(the_first_chinese_byte_may_be_the_last_in_sight),
		cmocka_unit_test(a_mark_before_gbk_is_passed_over),
		cmocka_unit_test(utf16_asked_for_is_read_in_the_order_it_has),
	};

	return cmocka_run_group_tests_name("encoding", tests, NULL, NULL);
}
