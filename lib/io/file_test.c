#include "io/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Each test runs in an empty folder of its own. */
static int enter_folder(void **state)
{
	char name[] = "/tmp/file_test.XXXXXX";

	*state = mkdtemp(name) ? strdup(name) : NULL;
	return *state ? chdir(*state) : -1;
}

static int leave_folder(void **state)
{
	char command[128];
	int result;

	snprintf(command, sizeof command, "rm -rf %s", (char *)*state);
	result = chdir("/") + system(command);
	free(*state);
	return result;
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void assert_holds(const char *path, const char *expected)
{
	struct arena arena;
	struct diag diag;
	struct slice bytes;

	arena_init(&arena);
	diag_init(&diag);
	assert_int_equal(file_read(path, 1 << 20, &arena, &bytes, &diag), 0);
	assert_int_equal(bytes.len, strlen(expected));
	assert_memory_equal(bytes.ptr ? bytes.ptr : "", expected, bytes.len);
	arena_release(&arena);
	diag_release(&diag);
}

static int files_here(void)
{
	FILE *list = popen("ls -A | wc -l", "r");
	int count = -1;

	assert_non_null(list);
	assert_int_equal(fscanf(list, "%d", &count), 1);
	pclose(list);
	return count;
}

static mode_t mode_of(const char *path)
{
	struct stat at;

	assert_int_equal(stat(path, &at), 0);
	return at.st_mode & 07777;
}

static void write_puts_a_new_file_in_place_with_the_rights_of_the_umask(void **state)
{
	struct diag diag;
	mode_t old = umask(027);

	(void)state;
	diag_init(&diag);
	assert_int_equal(file_write("new", SLICE("text\n"), &diag), 0);
	umask(old);
	assert_holds("new", "text\n");
	assert_int_equal(mode_of("new"), 0640);
	assert_int_equal(files_here(), 1);
}

static void write_keeps_the_rights_of_the_old_file(void **state)
{
	struct diag diag;

	(void)state;
	diag_init(&diag);
	put("old", "old");
	chmod("old", 0626);  /* more than the umask gives */
	assert_int_equal(file_write("old", SLICE("new"), &diag), 0);
	assert_int_equal(mode_of("old"), 0626);
	assert_holds("old", "new");
}

static void old_file_stays_until_commit_and_after_abort(void **state)
{
	struct diag diag;
	struct outfile *out;

	(void)state;
	diag_init(&diag);
	put("f", "old");
	assert_int_equal(outfile_open(&out, "f", &diag), 0);
	assert_int_equal(outfile_write(out, SLICE("new"), &diag), 0);
	assert_holds("f", "old");
	assert_non_null(outfile_temporary(out));
	assert_int_equal(access(outfile_temporary(out), R_OK), 0);
	if (strncmp(outfile_temporary(out), "/proc/", 6) == 0) /* a file system that has nameless files */
		assert_int_equal(files_here(), 1);
	outfile_abort(out);
	assert_holds("f", "old");
	assert_int_equal(files_here(), 1);
}

static void write_goes_through_symbolic_links_to_the_target(void **state)
{
	struct diag diag;
	char link[64] = "";

	(void)state;
	diag_init(&diag);
	assert_int_equal(mkdir("sub", 0777), 0);
	put("sub/target", "old");
	assert_int_equal(symlink("target", "sub/second"), 0);
	assert_int_equal(symlink("sub/second", "first"), 0);
	assert_int_equal(file_write("first", SLICE("new"), &diag), 0);
	assert_holds("sub/target", "new");
	assert_int_equal(readlink("first", link, sizeof link), 10);
	assert_int_equal(readlink("sub/second", link, sizeof link), 6);

	assert_int_equal(symlink("nowhere-yet", "dangling"), 0);
	assert_int_equal(file_write("dangling", SLICE("made"), &diag), 0);
	assert_holds("nowhere-yet", "made");

	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(file_write("loop", SLICE("x"), &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	assert_non_null(strstr(diag.error, "loop: "));
}

static void devices_and_pipes_are_written_directly(void **state)
{
	struct diag diag;
	char got[8] = "";
	int fd;

	(void)state;
	diag_init(&diag);
	assert_int_equal(file_write("/dev/null", SLICE("x"), &diag), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK);
	assert_int_equal(file_write("pipe", SLICE("hello"), &diag), 0);
	assert_int_equal(read(fd, got, sizeof got), 5);
	assert_string_equal(got, "hello");
	close(fd);
	assert_int_equal(file_write("/dev/full", SLICE("x"), &diag), -1);
	assert_int_equal(diag.status, STATUS_SYSTEM);
	assert_string_equal(diag.error, "/dev/full: cannot write: No space left on device");
}

static void failures_name_the_file_and_leave_nothing(void **state)
{
	static const struct { const char *path, *error; } cases[] = {
		{ "no-folder/f", "no-folder/f: cannot create a temporary file beside it: No such file or directory" },
		{ ".", ".: cannot open: Is a directory" },
		{ "plain/f", "plain/f: cannot create a temporary file beside it: Not a directory" },
	};

	(void)state;
	put("plain", "");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(file_write(cases[i].path, SLICE("x"), &diag), -1);
		assert_string_equal(diag.error, cases[i].error);
		assert_int_equal(files_here(), 1);
	}
}

/* In a process that is not root, who may write anything: whether the file was refused. */
static int refuses_a_read_only_file(void)
{
	struct diag diag;

	diag_init(&diag);
	if (geteuid() == 0 && setuid(65534) != 0)
		return 2;
	return file_write("f", SLICE("new"), &diag) == -1 && diag.status == STATUS_SYSTEM &&
	       strcmp(diag.error, "f: cannot write: Permission denied") == 0;
}

static void read_only_files_are_not_replaced(void **state)
{
	pid_t child;
	int how;

	(void)state;
	put("f", "old");
	chmod("f", 0444);
	chmod(".", 0777);
	child = fork();
	if (child == 0)
		_exit(refuses_a_read_only_file());
	waitpid(child, &how, 0);
	assert_true(WIFEXITED(how));
	assert_int_equal(WEXITSTATUS(how), 1);
	assert_holds("f", "old");
}

static void standard_output_is_checked_when_it_is_written_and_closed(void **state)
{
	struct diag diag;
	int saved = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY), kept;

	(void)state;
	diag_init(&diag);
	fflush(stdout);
	dup2(full, STDOUT_FILENO);
	kept = file_write("-", SLICE("x"), &diag);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(full);
	assert_int_equal(kept, -1);
	assert_string_equal(diag.error, "standard output: cannot write: No space left on device");
}

static void kill_in_the_middle_leaves_the_old_file(void **state)
{
	pid_t child;
	int how;

	(void)state;
	put("f", "old");
	child = fork();
	if (child == 0) {
		struct diag diag;
		struct outfile *out;

		diag_init(&diag);
		if (outfile_open(&out, "f", &diag) == 0 && outfile_write(out, SLICE("half"), &diag) == 0)
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	waitpid(child, &how, 0);
	assert_true(WIFSIGNALED(how));
	assert_holds("f", "old");
}

static void long_names_find_room_for_a_temporary_one(void **state)
{
	struct diag diag;
	char name[256];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	diag_init(&diag);
	assert_int_equal(file_write(name, SLICE("x"), &diag), 0);
	assert_holds(name, "x");
}

static void reading_stops_over_the_maximum(void **state)
{
	struct arena arena;
	struct diag diag;
	struct slice bytes;

	(void)state;
	arena_init(&arena);
	diag_init(&diag);
	put("f", "12345");
	assert_int_equal(file_read("f", 5, &arena, &bytes, &diag), 0);
	assert_int_equal(file_read("f", 4, &arena, &bytes, &diag), -1);
	assert_int_equal(diag.status, STATUS_INPUT);
	assert_string_equal(diag.error, "f: is larger than 4 bytes");
	diag_init(&diag);
	assert_int_equal(file_read("none", 4, &arena, &bytes, &diag), -1);
	assert_string_equal(diag.error, "none: cannot open: No such file or directory");
	diag_init(&diag);
	assert_int_equal(file_read(".", 4, &arena, &bytes, &diag), -1);
	assert_string_equal(diag.error, ".: cannot read: Is a directory");
	arena_release(&arena);
}

static void temporary_files_have_no_name(void **state)
{
	struct diag diag;
	int fd;
	char got[4] = "";

	(void)state;
	diag_init(&diag);
	fd = file_temporary(".", &diag);
	assert_true(fd >= 0);
	assert_int_equal(files_here(), 0);
	assert_int_equal(pwrite(fd, "abc", 3, 0), 3);
	assert_int_equal(pread(fd, got, 3, 0), 3);
	assert_string_equal(got, "abc");
	close(fd);
	assert_int_equal(file_temporary("no-folder", &diag), -1);
	assert_string_equal(diag.error, "no-folder: cannot create a temporary file in it: No such file or directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(write_puts_a_new_file_in_place_with_the_rights_of_the_umask),
		TEST(write_keeps_the_rights_of_the_old_file),
		TEST(old_file_stays_until_commit_and_after_abort),
		TEST(write_goes_through_symbolic_links_to_the_target),
		TEST(devices_and_pipes_are_written_directly),
		TEST(failures_name_the_file_and_leave_nothing),
		TEST(read_only_files_are_not_replaced),
		TEST(standard_output_is_checked_when_it_is_written_and_closed),
		TEST(kill_in_the_middle_leaves_the_old_file),
		TEST(long_names_find_room_for_a_temporary_one),
		TEST(reading_stops_over_the_maximum),
		TEST(temporary_files_have_no_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
