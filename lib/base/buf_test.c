#include "base/buf.h"
#include "base/test.h"

static void pieces_are_added_in_order(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, BUF_UNLIMITED);
	buf_add(&buf, SLICE("ab"));
	buf_add(&buf, SLICE(""));
	buf_add_byte(&buf, 'c');
	buf_add_u64(&buf, UINT64_MAX);
	buf_add_byte(&buf, ' ');
	buf_add_i64(&buf, INT64_MIN);
	buf_format(&buf, " %s-%d", "x", 7);
	assert_slice(buf_slice(&buf), "abc18446744073709551615 -9223372036854775808 x-7");
	buf_clear(&buf);
	buf_add_i64(&buf, 0);
	assert_slice(buf_slice(&buf), "0");
	buf_release(&buf);
	assert_int_equal(buf.maximum, BUF_UNLIMITED);
}

static void nothing_is_added_after_something_did_not_fit(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 4);
	buf_add(&buf, SLICE("abc"));
	assert_false(buf.full);
	buf_add(&buf, SLICE("de"));
	assert_true(buf.full);
	buf_add_byte(&buf, 'f');
	buf_add(&buf, SLICE("g"));
	assert_slice(buf_slice(&buf), "abc");
	buf_clear(&buf);
	buf_add(&buf, SLICE("wxyz"));
	assert_false(buf.full);
	assert_slice(buf_slice(&buf), "wxyz");
	buf_release(&buf);
}

static void a_byte_at_the_maximum_is_refused(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 20);
	for (int i = 0; i < 30; i++)
		buf_add_byte(&buf, 'a');
	assert_int_equal(buf.len, 20);
	assert_true(buf.full);
	buf_release(&buf);
}

static void a_format_may_fill_the_buffer_to_the_brim(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 5);
	buf_format(&buf, "%s", "12345");
	assert_slice(buf_slice(&buf), "12345");
	buf_release(&buf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_added_in_order),
		cmocka_unit_test(nothing_is_added_after_something_did_not_fit),
		cmocka_unit_test(a_byte_at_the_maximum_is_refused),
		cmocka_unit_test(a_format_may_fill_the_buffer_to_the_brim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
