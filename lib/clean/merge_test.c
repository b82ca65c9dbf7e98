/*
 * Properties of crm-merge on made-up files of ugly cells: no cell is lost, the number of threads does not matter, and
 * its own output comes through unchanged. What it writes in detail is in testdata/crm-merge.
 */
#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "clean/merge.h"
#include "io/file.h"
#include "io/json.h"

enum { FILES = 3, COLUMNS = 9, ROWS = 400 };

enum { KINDS = KIND_EVENTS + 1 };

static const char *const headers[KINDS][FILES][COLUMNS] = {
	[KIND_CUSTOMERS] = {
		{ "客户编号", "姓名", "手机", "电话2", "邮箱", "录入时间", "信用额度(万元)", "标签", "其他" },
		{ "Id", "First Name", "Last Name", "Phone", "Mobile", "Birthdate", "Description", "地址", "城市" },
		{ "name", "created_at", "updated_at", "source", "city", "City", "city_2", "name_raw", "phone_raw" },
	},
	[KIND_ORDERS] = {
		{ "订单号", "客户编号", "商品", "数量", "渠道", "下单日期", "单价(千元)", "备注", "其他" },
		{ "Order No", "Customer", "Status", "Unit Price", "Product", "Order Date", "Currency", "Other", "Other" },
		{ "order_id", "order_date", "created_at", "source", "status", "Status", "status_2", "note", "note_raw" },
	},
	[KIND_CONTACTS] = {
		{ "客户名称", "姓名", "手机", "职务", "邮箱", "录入时间", "备注", "其他", "其他2" },
		{ "Account Name", "First Name", "Last Name", "Phone", "Mobile", "Created Date", "Title", "Other", "Other" },
		{ "customer_id", "created_at", "left_at", "source", "name", "phone", "phone_2", "title", "title_raw" },
	},
	[KIND_EVENTS] = {
		{ "客户编号", "类型", "内容", "数值", "备注", "日期", "其他", "其他2", "其他3" },
		{ "Customer", "Type", "Subject", "Value", "Description", "Date", "Other", "Other", "Amount" },
		{ "customer_id", "event_date", "date", "source", "event_type", "value", "note", "note_2", "note_raw" },
	},
};

static const char *const ugly[] = {
	"", "", "", " ", "N/A", "无", "王五", "Smith, John", "  two  spaces ", "１３８１２３４５６７８",
	"138 1234 5678/010-62345678", "1.38E+10", "没有",
	"A@B.com", "a@b.com;c@d.org", "no mail", "2024-03-05", "2024年3月5日", "2024-02-30", "25/12/2023", "soon",
	"0000-00-00", "1709600000",
	"1,234.5", "10万", "(5)", "HK$5", "12 EUR", "50%", "广东省", "昆山市", "518000 中国广东省深圳市南山区科技路1号", "鼓楼区中山北路1号", "上海市",
	"+1 415 555 0123 ext 7", "0755-82345678转12", "400-810-8888-801", "186******05", "110105 19491231 002x", "\xe2\x80\x8bx", "=SUM(A1)",
 "VIP、老客户", "a;b;a", "=1+1", "00123", "4.4E+17", "say \"no\"", "two\nlines", "合计", "Total", "name",
};

static const char *const dates[] = { "",           "-",        "2024-03-05", "2024年3月5日", "25/12/2023",
				     "03/05/2024", "20240305", "1709600000", "5-Mar-2024",   "2024/3/5 10:20",
				     "0000-00-00" };

static uint64_t next_random(uint64_t *state)
{
	*state += 1;
	return hash_mix(*state, 7);
}

static const char *cell_of(unsigned file, unsigned row, unsigned column)
{
	uint64_t state = ((uint64_t)file << 40) + ((uint64_t)row << 8) + column;

	uint64_t random = next_random(&state);
	bool date = (file == 0 && column == 5) || (file == 1 && column == 5) ||
		    (file == 2 && (column == 1 || column == 2));

	if (date && random % 16) /* or nearly all rows would be rejected */
		return dates[random / 16 % (sizeof dates / sizeof *dates)];
	return ugly[random / 16 % (sizeof ugly / sizeof *ugly)];
}

/* Writes FILES files into the folder. */
static void write_files(const char *folder, enum kind kind)
{
	struct diag diag;

	diag_init(&diag);
	for (unsigned f = 0; f < FILES; f++) {
		struct buf text;
		char path[128];

		buf_init(&text, BUF_UNLIMITED);
		for (unsigned c = 0; c < COLUMNS; c++)
			buf_format(&text, "%s%s", c ? "," : "", headers[kind][f][c]);
		buf_add_byte(&text, '\n');
		for (unsigned r = 0; r < ROWS; r++)
			for (unsigned c = 0; c < COLUMNS; c++) {
				rows_csv_cell(&text, slice_of(cell_of(f, r, c)), ',');
				buf_add_byte(&text, c + 1 < COLUMNS ? ',' : '\n');
			}
		snprintf(path, sizeof path, "%s/%u.csv", folder, f);
		assert_int_equal(file_write(path, buf_slice(&text), &diag), 0);
		buf_release(&text);
	}
	diag_release(&diag);
}

/* Merges the paths into folder/NAME and folder/NAME.rejects; true if all went well. */
static void run(const char *folder, const char *name, const char *const *paths, size_t count, enum kind kind, bool raw,
		unsigned threads)
{
	struct merge_options options = { .raw = raw, .threads = threads };
	struct sink_options to = { 0 };
	struct stream stream = { 0 };
	struct merge *merge;
	struct diag diag;
	char path[128];

	diag_init(&diag);
	options.intake.kind = kind;
	options.intake.decide_dates = true;
	options.intake.table.batch_bytes = 2000; /* many batches */
	snprintf(path, sizeof path, "%s/%s.rejects", folder, name);
	assert_int_equal(rejects_open(&stream.rejects, path, false, &diag), 0);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(sink_open(&stream.sink, path, &to, &diag), 0);
	if (merge_open(&merge, paths, count, &options, &diag) < 0 || merge_run(merge, &stream, &diag) < 0)
		fail_msg("%s", diag.error);
	json_free(merge_figures(merge));
	merge_free(merge);
	assert_int_equal(sink_close(stream.sink, &diag), 0);
	assert_int_equal(rejects_close(stream.rejects, &diag), 0);
	diag_release(&diag);
}

/* All rows of a file of which every record has `columns` cells: cells[row * columns + column]. */
static struct slice *read_cells(const char *folder, const char *name, size_t *rows, size_t *columns,
				struct arena *arena)
{
	struct table_options options = { .from = FORMAT_CSV, .delimiter = ',', .batch_bytes = 16 << 20 };
	const struct batch *batch;
	struct table *table;
	struct slice *cells;
	struct diag diag;
	char path[128];

	diag_init(&diag);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(table_open(&table, path, &options, &diag), 0);
	batch = table_peek(table, &diag);
	assert_non_null(batch);
	*rows = batch->count;
	*columns = batch->records[0].value_count;
	cells = arena_get(arena, *rows * *columns, sizeof *cells);
	for (size_t r = 0; r < *rows; r++) {
		assert_int_equal(batch->records[r].value_count, *columns);
		for (size_t c = 0; c < *columns; c++)
			cells[r * *columns + c] = arena_copy(arena, batch->records[r].values[c]);
	}
	table_free(table);
	diag_release(&diag);
	return cells;
}

static bool has_item(struct slice list, struct slice item)
{
	size_t at = slice_find(list, item);

	return at < list.len || item.len == 0;
}

/* Whether a cell of the row holds the text, as a whole or as an item of a list. */
static bool row_has(const struct slice *cells, size_t count, struct slice text)
{
	for (size_t c = 0; c < count; c++)
		if (has_item(cells[c], text))
			return true;
	return text.len == 0;
}

struct folder {
	char path[64];
	char names[FILES][80];
	const char *paths[FILES];
};

static void make_folder(struct folder *folder, enum kind kind)
{
	snprintf(folder->path, sizeof folder->path, "/tmp/crm-merge-test-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	write_files(folder->path, kind);
	for (unsigned f = 0; f < FILES; f++) {
		snprintf(folder->names[f], sizeof folder->names[f], "%s/%u.csv", folder->path, f);
		folder->paths[f] = folder->names[f];
	}
}

static void remove_folder(const struct folder *folder)
{
	static const char *const names[] = { "0.csv", "1.csv",       "2.csv",       "one",         "two",
					     "four",  "one.rejects", "two.rejects", "four.rejects" };
	char path[128];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
		unlink(path);
	}
	rmdir(folder->path);
}

/* The row of the merged file that came from the row of a file, or NULL. */
static const struct slice *find_row(const struct slice *cells, size_t rows, size_t columns, unsigned file,
				    uint64_t source_row)
{
	char name[16], number[24];

	snprintf(name, sizeof name, "%u.csv", file);
	snprintf(number, sizeof number, "%llu", (unsigned long long)source_row);
	for (size_t r = 1; r < rows; r++) {
		const struct slice *row = cells + r * columns;

		if (slice_equal(row[columns - 2], slice_of(name)) && slice_equal(row[columns - 1], slice_of(number)))
			return row;
	}
	return NULL;
}

static void no_cell_is_lost(enum kind kind)
{
	struct folder folder;
	struct arena arena;
	struct slice *merged, *rejected;
	size_t rows, columns, reject_rows, reject_columns, found = 0, lost = 0;

	arena_init(&arena);
	make_folder(&folder, kind);
	run(folder.path, "one", folder.paths, FILES, kind, true, 1);
	merged = read_cells(folder.path, "one", &rows, &columns, &arena);
	rejected = read_cells(folder.path, "one.rejects", &reject_rows, &reject_columns, &arena);
	for (unsigned f = 0; f < FILES; f++)
		for (unsigned r = 0; r < ROWS; r++) {
			const struct slice *row = find_row(merged, rows, columns, f, r + 2);

			found += row != NULL;
			lost += row == NULL;
			for (unsigned c = 0; row && c < COLUMNS; c++)
				if (!row_has(row, columns - 2, slice_of(cell_of(f, r, c))))
					fail_msg("%u.csv row %u: '%s' is lost", f, r + 2, cell_of(f, r, c));
		}
	assert_int_equal(found, rows - 1);
	assert_int_equal(lost, reject_rows - 1);
	assert_true(found > FILES * ROWS / 4 && lost > 0);
	(void)rejected;
	remove_folder(&folder);
	arena_release(&arena);
}

static void every_cell_is_in_the_output_or_in_the_rejects(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++)
		no_cell_is_lost((enum kind)kind);
}

static void assert_same_files(const char *folder, const char *a, const char *b)
{
	struct arena arena;
	struct slice bytes[2];
	struct diag diag;
	char path[128];

	arena_init(&arena);
	diag_init(&diag);
	snprintf(path, sizeof path, "%s/%s", folder, a);
	assert_int_equal(file_read(path, 64 << 20, &arena, &bytes[0], &diag), 0);
	snprintf(path, sizeof path, "%s/%s", folder, b);
	assert_int_equal(file_read(path, 64 << 20, &arena, &bytes[1], &diag), 0);
	assert_true(bytes[0].len > 1000);
	assert_true(slice_equal(bytes[0], bytes[1]));
	diag_release(&diag);
	arena_release(&arena);
}

static void threads_do_not_matter(void **state)
{
	struct folder folder;

	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		make_folder(&folder, (enum kind)kind);
		run(folder.path, "one", folder.paths, FILES, (enum kind)kind, false, 1);
		run(folder.path, "four", folder.paths, FILES, (enum kind)kind, false, 4);
		assert_same_files(folder.path, "one", "four");
		assert_same_files(folder.path, "one.rejects", "four.rejects");
		remove_folder(&folder);
	}
}

static void its_own_output_comes_through_unchanged(void **state)
{
	struct folder folder;
	char path[80];
	const char *const paths[] = { path };

	(void)state;
	for (int i = 0; i < KINDS * 2; i++) {
		enum kind kind = (enum kind)(i / 2);
		bool raw = i % 2;

		make_folder(&folder, kind);
		snprintf(path, sizeof path, "%s/one", folder.path);
		run(folder.path, "one", folder.paths, FILES, kind, raw, 1);
		run(folder.path, "two", paths, 1, kind, raw, 1);
		assert_same_files(folder.path, "one", "two");
		remove_folder(&folder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_in_the_output_or_in_the_rejects),
		cmocka_unit_test(threads_do_not_matter),
		cmocka_unit_test(its_own_output_comes_through_unchanged),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
