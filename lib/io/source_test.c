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

/* What is left of "a,b\n1,2\n" when half has been read and the file is then cut, written anew or appended to. */
static void a_file_that_is_cut_while_it_is_read_is_an_error(void **state)
{
	static const struct { off_t cut; const char *more; bool fails; } cases[] = {
		{ 8, "", false }, { 8, "3,4\n", false }, { 5, "", true }, { 0, "", true }, { 4, "7,8\n", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char path[] = "/tmp/crm-source-test-XXXXXX", text[64];
		struct slice more = slice_of(cases[i].more);
		int descriptor = mkstemp(path);
		struct source *source;
		struct diag diag;
		ssize_t got;

		diag_init(&diag);
		assert_int_equal(write(descriptor, "a,b\n1,2\n", 8), 8);
		assert_int_equal(source_open(&source, path, &diag), 0);
		assert_int_equal(source_read(source, text, 4, &diag), 4);
		usleep(20000); /* the clock of files is coarse */
		if (cases[i].cut < 8)
			assert_int_equal(ftruncate(descriptor, cases[i].cut), 0);
		assert_int_equal(pwrite(descriptor, more.ptr, more.len, cases[i].cut), more.len);
		got = source_read(source, text, sizeof text, &diag);
		assert_int_equal(got < 0, cases[i].fails);
		assert_int_equal(diag.status, cases[i].fails ? STATUS_INPUT : STATUS_OK);
		source_free(source);
		diag_release(&diag);
		close(descriptor);
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_non_blocking_pipe_is_waited_for),
		cmocka_unit_test(a_file_that_is_cut_while_it_is_read_is_an_error),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
