#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

#include "clean/intake.h"
#include "io/file.h"

static void open_text(struct intake **intake, const char *text, struct intake_options options, struct diag *diag,
		      int expected)
{
	char path[] = "/tmp/crm-intake-test-XXXXXX";
	int descriptor = mkstemp(path);

	assert_true(descriptor >= 0);
	close(descriptor);
	diag_init(diag);
	assert_int_equal(file_write(path, slice_of(text), diag), 0);
	assert_int_equal(intake_open(intake, path, &options, diag), expected);
	unlink(path);
}

/* The headers joined with '|', then the rows as they come, "row:cell|cell", then the rejects, "!line:code". */
static void check_text(const char *text, struct intake_options options, const char *expected)
{
	struct intake *intake;
	struct batch batch;
	struct diag diag;
	struct buf out;

	buf_init(&out, 10000);
	batch_init(&batch);
	open_text(&intake, text, options, &diag, 0);
	for (size_t c = 0; c < intake->columns; c++)
		buf_format(&out, "%s%.*s", c ? "|" : "", SLICE_ARG(intake->headers[c]));
	while (intake_read(intake, &batch, &diag) == 1) {
		assert_ptr_equal(batch.origin, intake);
		intake_split(intake, &batch);
		for (size_t r = 0; r < batch.count; r++) {
			if (batch.records[r].dropped)
				continue;
			buf_format(&out, " %llu:", (unsigned long long)batch.records[r].row);
			for (size_t c = 0; c < intake->columns; c++)
				buf_format(&out, "%s%.*s", c ? "|" : "", SLICE_ARG(batch_cell(&batch, r, c)));
		}
		for (size_t i = 0; i < batch.reject_count; i++)
			buf_format(&out, " !%llu:%s", (unsigned long long)batch.rejects[i].line, batch.rejects[i].code);
	}
	assert_slice(buf_slice(&out), expected);
	buf_release(&out);
	batch_release(&batch);
	intake_free(intake);
	diag_release(&diag);
}

static void rows_below_the_header_are_data(void **state)
{
	struct intake_options options = { .kind = KIND_CUSTOMERS }, without = { .no_header = true };

	(void)state;
	check_text("name,phone\nAnn,1\n", options, "name|phone 2:Ann|1");
	check_text("name,phone\n", options, "name|phone");
	check_text("\xEF\xBB\xBFname,phone\r\nAnn,1", options, "name|phone 2:Ann|1");
	check_text("客户名单,\n\n*姓名,手机\n甲,1\n", options, "姓名|手机 4:甲|1");
	check_text("姓名,手机\n甲,1\n ,\n合计,12\n姓名,手机\n乙,2\n", options, "姓名|手机 2:甲|1 6:乙|2 !4:total-row !5:repeated-header");
	check_text("name,,name,\nAnn,x,y,\n", options, "name|c2|name_2 2:Ann|x|y");
	check_text("name,city,\nAnn,Bonn\nBob,Rome,\n", options, "name|city 2:Ann|Bonn 3:Bob|Rome");
	check_text("name,city,\nAnn,Bonn,x\n", options, "name|city|c3 2:Ann|Bonn|x");
	check_text("Ann,1\nBob,2\n", without, "c1|c2 1:Ann|1 2:Bob|2");
	check_text("*姓名,手机\n甲,1\n*姓名,手机\n", options, "姓名|手机 2:甲|1 !3:repeated-header");
	check_text("name\n*name\n**\n", options, "name 2:*name 3:**");
}

static void an_empty_input_is_an_error(void **state)
{
	static const char *const texts[] = { "", "\n\n", "\xEF\xBB\xBF" };
	struct intake_options options = { .kind = KIND_CUSTOMERS };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct intake *intake;
		struct diag diag;

		open_text(&intake, texts[i], options, &diag, -1);
		assert_int_equal(diag.status, STATUS_INPUT);
		assert_non_null(strstr(diag.error, "empty-input"));
		diag_release(&diag);
	}
}

static enum date_order order_of(const char *text, struct intake_options options)
{
	struct intake *intake;
	struct diag diag;
	enum date_order order;

	open_text(&intake, text, options, &diag, 0);
	order = intake->date_orders[intake_find(intake, ROLE_CREATED_AT)];
	intake_free(intake);
	diag_release(&diag);
	return order;
}

static void the_order_of_dates_is_decided_by_column(void **state)
{
	struct intake_options options = { .kind = KIND_CUSTOMERS, .decide_dates = true },
			      given = { .date_order = DATE_ORDER_MDY };
	struct intake_options first_rows = { .kind = KIND_CUSTOMERS };

	(void)state;
	assert_int_equal(order_of("created_at\n03/05/2024\n25/12/2023\n", options), DATE_ORDER_DMY);
	assert_int_equal(order_of("created_at\n03/05/2024\n12/25/2023\n", options), DATE_ORDER_MDY);
	assert_int_equal(order_of("created_at\n03/05/2024\n", options), DATE_ORDER_UNKNOWN);
	assert_int_equal(order_of("created_at\n12/25/2023\n25/12/2023\n", options), DATE_ORDER_UNKNOWN);
	assert_int_equal(order_of("created_at\n25/12/2023\n", given), DATE_ORDER_MDY);
	/* Evidence far below the first rows is found, if it is wanted. */
	options.table.batch_bytes = first_rows.table.batch_bytes = 256;
	for (int filled = 0; filled < 2; filled++) {
		struct buf text;

		buf_init(&text, 1 << 20);
		buf_add(&text, SLICE("name,created_at\n"));
		for (int i = 0; i < 2000; i++)
			buf_format(&text, "P%d,%s\n", i, filled ? "03/05/2024" : "");
		buf_format(&text, "Q,25/12/2023\n%c", '\0');
		text.len--;
		assert_int_equal(order_of(text.ptr, options), DATE_ORDER_DMY);
		assert_int_equal(order_of(text.ptr, first_rows), DATE_ORDER_UNKNOWN);
		buf_release(&text);
	}
}

static void what_was_found_is_told_in_one_line(void **state)
{
	struct intake_options options = { .kind = KIND_CUSTOMERS };
	struct intake *intake;
	struct arena arena;
	struct diag diag;
	struct slice line;

	(void)state;
	arena_init(&arena);
	open_text(&intake, "名单;;\n姓名;手机;x\n甲;1;2\n", options, &diag, 0);
	line = intake_describe(intake, &arena);
	line = slice_skip(line, slice_find(line, SLICE(": ")));
	assert_slice(line, ": csv, UTF-8, semicolon, LF, row 1 is no data: '名单', header in row 2, columns: 姓名 → name, 手机 → phone, x");
	intake_free(intake);
	diag_release(&diag);
	arena_release(&arena);
}

/* Closed between opening and reading, and changed or not in between. */
static void a_suspended_intake_goes_on_unless_its_file_was_changed(void **state)
{
	static const char text[] = "名单,,\nname,phone,\n\nAnn,1,\n";
	struct intake_options options = { .kind = KIND_CUSTOMERS };
	char path[] = "/tmp/crm-intake-test-XXXXXX";
	struct batch batch;
	struct diag diag;

	(void)state;
	close(mkstemp(path));
	diag_init(&diag);
	batch_init(&batch);
	for (int changed = 0; changed < 3; changed++) {
		struct intake *intake;

		assert_int_equal(file_write(path, slice_of(text), &diag), 0);
		assert_int_equal(intake_open(&intake, path, &options, &diag), 0);
		intake_suspend(intake);
		assert_null(intake->table);
		if (changed == 1)
			assert_int_equal(file_write(path, SLICE("phone,name\n1,Ann\n"), &diag), 0);
		if (changed == 2)
			unlink(path);
		assert_int_equal(intake_read(intake, &batch, &diag), changed ? -1 : 1);
		assert_int_equal(diag.status, changed == 0 ? STATUS_OK : changed == 1 ? STATUS_INPUT : STATUS_SYSTEM);
		diag.status = STATUS_OK;
		if (!changed) {
			intake_close(intake);
			intake_split(intake, &batch);
			assert_int_equal(batch.count, 1);
			assert_int_equal(batch.records[0].row, 4);
			assert_string_equal(batch.source, path);
			assert_slice(batch_cell(&batch, 0, 0), "Ann");
		}
		intake_free(intake);
	}
	batch_release(&batch);
	diag_release(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_below_the_header_are_data),
		cmocka_unit_test(an_empty_input_is_an_error),
		cmocka_unit_test(the_order_of_dates_is_decided_by_column),
		cmocka_unit_test(a_suspended_intake_goes_on_unless_its_file_was_changed),
		cmocka_unit_test(what_was_found_is_told_in_one_line),
	};

	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
