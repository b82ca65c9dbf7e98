#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "io/store.h"

/* A batch of one split record of two cells: "v<i>" and a long text, the first of them quoted in the file. */
static void fill(struct batch *batch, int i, enum form form)
{
	struct record *record;

	batch_reset(batch);
	batch->source = i % 2 ? "odd.csv" : "even.csv";
	batch->form = form;
	batch->delimiter = ',';
	batch->columns = 2;
	record = batch_add_record(batch);
	record->line = (uint64_t)i + 2;
	record->row = (uint64_t)i + 1;
	record->values = arena_get(&batch->arena, 2, sizeof *record->values);
	record->raw_cells = arena_get(&batch->arena, 2, sizeof *record->raw_cells);
	record->value_count = 2;
	record->values[0] = arena_format(&batch->arena, "v%d", i);
	record->raw_cells[0] = arena_format(&batch->arena, "\"v%d\"", i);
	record->values[1] = arena_format(&batch->arena, "%0*d", i % 5000, i);
	record->raw_cells[1] = record->values[1];
	batch_split(batch);
}

static void assert_kept(const struct store *store, int i)
{
	struct slice values[2], raws[2];
	char expected[32];
	int length = snprintf(expected, sizeof expected, "\"v%d\"", i);

	store_get(store, (uint64_t)i, values, raws);
	assert_true(slice_equal(raws[0], (struct slice){ expected, (size_t)length }));
	assert_true(slice_equal(values[0], (struct slice){ expected + 1, (size_t)length - 2 }));
	assert_true(slice_equal(values[1], raws[1]));
	assert_true(values[1].len >= (size_t)(i % 5000));
	assert_true(slice_equal(store_cell(store, (uint64_t)i, 1), values[1]));
	assert_string_equal(store_origin(store, (uint64_t)i).source, i % 2 ? "odd.csv" : "even.csv");
	assert_int_equal(store_origin(store, (uint64_t)i).line, i + 2);
	assert_int_equal(store_origin(store, (uint64_t)i).row, i + 1);
}

static void keeps_all(size_t memory, int count)
{
	struct store *store = store_new(2, memory, NULL);
	struct batch batch;
	struct diag diag;

	diag_init(&diag);
	batch_init(&batch);
	for (int i = 0; i < count; i++) {
		fill(&batch, i, FORM_CSV);
		assert_int_equal(store_add(store, &batch, 0, &diag), 0);
	}
	assert_int_equal(store_seal(store, &diag), 0);
	assert_int_equal(store_count(store), count);
	for (int i = 0; i < count; i++)
		assert_kept(store, i);
	store_free(store);
	batch_release(&batch);
	diag_release(&diag);
}

static void store_keeps_records_in_memory(void **state)
{
	(void)state;
	keeps_all(1 << 30, 6000);
	keeps_all(1 << 30, 0);
}

static void store_keeps_records_past_its_memory(void **state)
{
	(void)state;
	keeps_all(0, 6000);
	keeps_all(9 << 20, 12000);
}

static void store_gives_other_forms_the_first_ones_raw_text(void **state)
{
	struct store *store = store_new(2, 1 << 30, NULL);
	struct slice values[2], raws[2];
	struct batch batch;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	batch_init(&batch);
	fill(&batch, 1, FORM_CSV);
	assert_int_equal(store_add(store, &batch, 0, &diag), 0);
	fill(&batch, 2, FORM_VALUE);
	batch.cells[1] = SLICE("a,b");
	assert_int_equal(store_add(store, &batch, 0, &diag), 0);
	assert_int_equal(store_seal(store, &diag), 0);
	store_get(store, 1, values, raws);
	assert_true(slice_equal(values[1], SLICE("a,b")));
	assert_true(slice_equal(raws[1], SLICE("\"a,b\"")));
	store_free(store);
	batch_release(&batch);
	diag_release(&diag);
}

/* A cell of each kind: a word that comes again and again, one of too many words, one quoted with a quote in it, one absent or empty. */
static void fill_words(struct batch *batch, int i)
{
	struct record *record;

	batch_reset(batch);
	batch->source = "words.csv";
	batch->form = FORM_CSV;
	batch->delimiter = ',';
	batch->columns = 4;
	record = batch_add_record(batch);
	record->line = (uint64_t)i / 3;
	record->row = (uint64_t)i * 2 + 1;
	record->values = arena_get(&batch->arena, 4, sizeof *record->values);
	record->raw_cells = arena_get(&batch->arena, 4, sizeof *record->raw_cells);
	record->value_count = 4;
	record->values[0] = record->raw_cells[0] = i % 3 ? SLICE("上海") : SLICE("London");
	record->values[1] = record->raw_cells[1] = arena_format(&batch->arena, "%d words", i % 6000);
	record->values[2] = arena_format(&batch->arena, "a\"%d", i);
	record->raw_cells[2] = arena_format(&batch->arena, "\"a\"\"%d\"", i);
	record->values[3] = (struct slice){ "", 0 };
	record->raw_cells[3] = i % 5 ? (struct slice){ "", 0 } : SLICE("\"\"");
	batch_split(batch);
}

static void store_keeps_words_once(void **state)
{
	enum { COUNT = 20000 };

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		struct store *store = store_new(4, round == 2 ? 1 << 30 : round << 19, NULL);
		struct slice values[4], raws[4];
		struct batch batch;
		struct diag diag;

		diag_init(&diag);
		batch_init(&batch);
		for (int i = 0; i < COUNT; i++) {
			fill_words(&batch, i);
			assert_int_equal(store_add(store, &batch, 0, &diag), 0);
		}
		assert_int_equal(store_seal(store, &diag), 0);
		for (int i = COUNT; i-- > 0;) {
			fill_words(&batch, i);
			store_get(store, (uint64_t)i, values, raws);
			for (size_t c = 0; c < 4; c++) {
				assert_true(slice_equal(values[c], batch_cell(&batch, 0, c)));
				assert_true(slice_equal(raws[c], batch_raw_cell(&batch, 0, c)));
				assert_true(slice_equal(store_cell(store, (uint64_t)i, c), values[c]));
			}
			assert_int_equal(store_origin(store, (uint64_t)i).line, i / 3);
			assert_int_equal(store_origin(store, (uint64_t)i).row, i * 2 + 1);
			if (round == 2 && i % 3)
				assert_ptr_equal(values[0].ptr, store_cell(store, 1, 0).ptr);
		}
		store_free(store);
		batch_release(&batch);
		diag_release(&diag);
	}
}

/* A member that a record of a JSON table does not have is not written either. */
static void store_keeps_absent_members_absent(void **state)
{
	struct store *store = store_new(2, 1 << 30, NULL);
	struct slice values[2], raws[2];
	struct batch batch;
	struct diag diag;

	(void)state;
	diag_init(&diag);
	batch_init(&batch);
	fill(&batch, 1, FORM_JSON);
	batch.cells[1] = batch.records[0].raw_cells[1] = (struct slice){ NULL, 0 };
	assert_int_equal(store_add(store, &batch, 0, &diag), 0);
	assert_int_equal(store_seal(store, &diag), 0);
	store_get(store, 0, values, raws);
	assert_int_equal(values[1].len, 0);
	assert_null(raws[1].ptr);
	assert_true(slice_equal(raws[0], SLICE("\"v1\"")));
	store_free(store);
	batch_release(&batch);
	diag_release(&diag);
}

/* Every cell of a record of 5,000 columns, in memory and in a file, by itself and with the others, and with some columns put first. */
static void store_finds_each_of_many_cells(void **state)
{
	enum { COLUMNS = 5000, RECORDS = 6 };
	static const size_t first[] = { COLUMNS - 1, 3, 40, 0 };
	static struct slice values[COLUMNS];

	(void)state;
	for (unsigned round = 0; round < 4; round++) {
		struct store *store = store_new(COLUMNS, round % 2 ? 0 : 64 << 20, NULL);
		struct batch batch;
		struct diag diag;

		diag_init(&diag);
		batch_init(&batch);
		if (round >= 2)
			store_put_first(store, first, sizeof first / sizeof *first);
		for (int i = 0; i < RECORDS; i++) {
			batch_reset(&batch);
			batch.source = "wide.csv";
			batch.form = FORM_VALUE;
			batch.columns = COLUMNS;
			struct record *record = batch_add_record(&batch);

			record->values = arena_get(&batch.arena, COLUMNS, sizeof *record->values);
			record->value_count = COLUMNS;
			for (int c = 0; c < COLUMNS; c++)
				record->values[c] = c % 7 == i ? (struct slice){ NULL, 0 } : arena_format(&batch.arena, "%d.%0*d", c, c % 50, i);
			batch_split(&batch);
			assert_int_equal(store_add(store, &batch, 0, &diag), 0);
		}
		assert_int_equal(store_seal(store, &diag), 0);
		for (int i = RECORDS; i-- > 0;) {
			store_get(store, (uint64_t)i, values, NULL);
			for (int c = 0; c < COLUMNS; c++) {
				char expected[80];
				int length = c % 7 == i ? 0 : snprintf(expected, sizeof expected, "%d.%0*d", c, c % 50, i);

				assert_true(slice_equal(store_cell(store, (uint64_t)i, (size_t)c), values[c]));
				assert_true(slice_equal(values[c], (struct slice){ expected, (size_t)length }));
			}
		}
		batch_release(&batch);
		diag_release(&diag);
		store_free(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_keeps_records_in_memory),
		cmocka_unit_test(store_keeps_records_past_its_memory),
		cmocka_unit_test(store_keeps_words_once),
		cmocka_unit_test(store_gives_other_forms_the_first_ones_raw_text),
		cmocka_unit_test(store_keeps_absent_members_absent),
		cmocka_unit_test(store_finds_each_of_many_cells),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
