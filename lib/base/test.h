/* For unit tests: what cmocka wants before its header, and comparing slices. */
#ifndef CRM_BASE_TEST_H
#define CRM_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/slice.h"

#define assert_slice(got, text) assert_slice_is((got), (text), __FILE__, __LINE__)

static inline void assert_slice_is(struct slice got, const char *text, const char *file, int line)
{
	if (slice_equal(got, slice_of(text)))
		return;
	print_error("'%.*s' is not '%s'\n", SLICE_ARG(got), text);
	_fail(file, line);
}

#endif
