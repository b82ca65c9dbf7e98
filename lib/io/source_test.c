#include "io/source.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Writes to the pipe when somebody has surely tried to read. */
static pid_t write_later(const int pipe[2], struct slice bytes)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	close(pipe[0]);
	usleep(100000);
	_exit(write(pipe[1], bytes.ptr, bytes.len) == (ssize_t)bytes.len ? 0 : 1);
}

/* Standard input is shared: whoever started us may have set it to non-blocking. */
static void a_non_blocking_pipe_is_waited_for(void **state)
{
	struct source *source;
	struct slice seen;
	struct diag diag;
	int ends[2], status;
	char text[16];
	pid_t child;

	(void)state;
	diag_init(&diag);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	child = write_later(ends, SLICE("a,b\n1,2\n"));
	close(ends[1]);
	assert_int_equal(source_open(&source, "-", &diag), 0);
	assert_int_equal(source_peek(source, 4, &seen, &diag), 0);
	assert_true(slice_equal(seen, SLICE("a,b\n")));
	assert_int_equal(source_read(source, text, sizeof text, &diag), 8);
	assert_memory_equal(text, "a,b\n1,2\n", 8);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	source_free(source);
	close(ends[0]);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_non_blocking_pipe_is_waited_for) };

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
