#include "base/test.h"

#include <unistd.h>

#include "clean/export.h"
#include "io/file.h"

/* A stream of crm-merge: names joined by '|', those of roles first, up to "+". */
static size_t make_sources(struct slice names, struct export_source *sources)
{
	bool others = false;
	size_t count = 0;

	while (names.len) {
		struct slice name = slice_cut(&names, '|');

		others |= slice_equal(name, SLICE("+"));
		if (!slice_equal(name, SLICE("+")))
			sources[count++] = (struct export_source){ name, others ? ROLE_NONE : role_by_name(name), COLUMN_TEXT };
	}
	return count;
}

static struct export *open_export(const char *wanted, enum kind kind, const char *names, bool drop)
{
	struct export_source sources[32];
	struct export *export = NULL;
	struct diag diag;

	diag_init(&diag);
	if (export_open(&export, wanted, kind, &diag) < 0)
		fail_msg("%s", diag.error);
	export_plan(export, sources, make_sources(slice_of(names), sources), drop);
	diag_release(&diag);
	return export;
}

static void check_columns(const char *wanted, enum kind kind, const char *names, bool drop, const char *expected)
{
	struct export *export = open_export(wanted, kind, names, drop);
	const struct column *columns;
	size_t count;
	struct buf out;

	buf_init(&out, 4096);
	columns = export_columns(export, &count);
	for (size_t i = 0; i < count; i++)
		buf_format(&out, "%s%.*s", i ? "|" : "", SLICE_ARG(columns[i].name));
	assert_slice(buf_slice(&out), expected);
	buf_release(&out);
	export_free(export);
}

static void columns_stand_in_the_order_of_the_system(void **state)
{
	static const char stream[] = "source_id|name|company|phone|email|uscc|+|Website|note_of_ours|source|source_row";

	(void)state;
	check_columns("salesforce:Account", KIND_CUSTOMERS, stream, false,
		      "Id|Name|Phone|Website|name_2|email|uscc|note_of_ours|source|source_row");
	check_columns("salesforce:Account", KIND_CUSTOMERS, stream, true, "Id|Name|Phone|Website");
	check_columns("salesforce:Contact", KIND_CUSTOMERS, stream, false,
		      "Id|FirstName|LastName|Email|Phone|MobilePhone|company|uscc|Website|note_of_ours|source|source_row");
	check_columns("wukong:客户", KIND_CUSTOMERS, stream, true, "*客户名称|手机|电话|邮箱");
	check_columns("kingdee", KIND_CUSTOMERS, stream, true, "FNumber|FName|FSOCIALCRECODE|FTEL");
}

static void the_table_with_most_headers_is_taken(void **state)
{
	(void)state;
	check_columns("zoho", KIND_CUSTOMERS, "source_id|company|industry", true, "Record Id|Account Name|Industry");
	check_columns("zoho", KIND_CUSTOMERS, "source_id|name|birthday|phone", true,
		      "Record Id|First Name|Last Name|Phone|Mobile|Date of Birth");
	check_columns("wukong", KIND_ORDERS, "order_id|amount|channel", true, "*回款编号|回款方式|*回款金额");
}

/* A column that came from the system goes back to its header; the role then goes to the next header that has it. */
static void a_column_of_the_header_s_name_goes_first(void **state)
{
	(void)state;
	check_columns("youzan", KIND_ORDERS, "order_id|customer_id|+|买家手机号|Source|source|source_row", false,
		      "订单号|买家手机号|收货人手机号/提货人手机号|Source|source|source_row");
}

static void check_value(const char *wanted, const char *names, const char *header, const char *value, const char *expected)
{
	struct export *export = open_export(wanted, KIND_CUSTOMERS, names, false);
	const struct column *columns;
	struct arena arena;
	size_t count, i = 0;

	arena_init(&arena);
	columns = export_columns(export, &count);
	while (i < count && !slice_equal(columns[i].name, slice_of(header)))
		i++;
	assert_true(i < count);
	assert_slice(export_value(export, i, slice_of(value), &arena), expected);
	arena_release(&arena);
	export_free(export);
}

static void names_are_cut_so_that_they_join_again(void **state)
{
	static const struct { const char *name, *family, *given; } cases[] = {
		{ "欧阳小明", "欧阳", "小明" }, { "李娜", "李", "娜" },	 { "小鱼儿", "小鱼儿", "" },
		{ "李 娜", "李 娜", "" },	{ "Jane Mary Doe", "Doe", "Jane Mary" },
		{ "Doe", "Doe", "" },		{ "Maria Johnson (Sample Contact)", "Johnson (Sample Contact)", "Maria" },
		{ "李", "李", "" },		{ "a) b", "b", "a)" },  { "a b ", "b ", "a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		check_value("salesforce:Contact", "name", "LastName", cases[i].name, cases[i].family);
		check_value("salesforce:Contact", "name", "FirstName", cases[i].name, cases[i].given);
	}
}

static void lists_are_shared_out(void **state)
{
	static const struct { const char *list, *phone, *mobile; } cases[] = {
		{ "021-55550101;13800000101", "021-55550101", "13800000101" },
		{ "13800000101;021-55550101", "021-55550101", "13800000101" },
		{ "13800000101", "", "13800000101" },
		{ "13800000101;13800000102", "13800000102", "13800000101" },
		{ "+14155550101;+14155550102;13800000101", "+14155550101;+14155550102", "13800000101" },
		{ "+14155550101;+14155550102", "+14155550101", "+14155550102" },
		{ "a;b;c", "a;c", "b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		check_value("salesforce:Contact", "phone", "Phone", cases[i].list, cases[i].phone);
		check_value("salesforce:Contact", "phone", "MobilePhone", cases[i].list, cases[i].mobile);
	}
	check_value("kingdee", "phone", "FTEL", "021-55550101;13800000101", "021-55550101;13800000101");
	check_value("shopify", "tags", "Tags", "a;b;c", "a, b, c");
	check_value("wecom", "tags", "follow_info[].tags[].tag_name", "a;b", "a;b");
}

static void habits_of_a_file_of_the_user_s_are_kept(void **state)
{
	static const char text[] = "{\"name\": \"ours\", \"read\": {\"decimal\": \",\"}, \"write\": {\"date\": \"d.M.yyyy\", \"empty\": \"#N/A\", \"list\": \" | \"},"
				   "\"words\": {\"stage\": {\"K\": \"customer\", \"P\": \"prospect\"}}, \"tables\": [{\"table\": \"T\", \"kind\": \"customers\","
				   "\"headers\": {\"Name\": \"company\", \"Tel\": \"phone\", \"Seit\": \"created_at\", \"Umsatz\": \"an amount\", \"S\": \"stage\"}}]}";
	static const char stream[] = "company|phone|created_at|stage|+|Umsatz|other";
	char path[] = "/tmp/crm-export-test-XXXXXX";
	struct diag diag;

	(void)state;
	close(mkstemp(path));
	diag_init(&diag);
	assert_int_equal(file_write(path, slice_of(text), &diag), 0);
	check_value(path, stream, "Name", "", "#N/A");
	check_value(path, stream, "Tel", "1;2;3", "1 | 2 | 3");
	check_value(path, stream, "Seit", "2024-03-05", "5.3.2024");
	check_value(path, stream, "Seit", "2024-03-05T06:07:08", "5.3.2024 06:07:08");
	check_value(path, stream, "Umsatz", "-1234.5", "-1234,5");
	check_value(path, stream, "Umsatz", "v1.5", "v1.5");
	check_value(path, stream, "S", "customer", "K");
	check_value(path, stream, "S", "lost", "lost");
	unlink(path);
	diag_release(&diag);
}

static void what_cannot_be_written_is_said(void **state)
{
	static const struct { const char *wanted; enum kind kind; const char *error; } cases[] = {
		{ "salesfroce", KIND_CUSTOMERS, "did you mean salesforce?" },
		{ "zoho:Accoutns", KIND_CUSTOMERS, "profile zoho has no table 'Accoutns' of customers; did you mean Accounts?" },
		{ "zoho:Deals", KIND_CUSTOMERS, "profile zoho has no table 'Deals' of customers; say another --kind" },
		{ "wecom", KIND_ORDERS, "profile wecom has no table of orders" },
		{ "generic", KIND_CUSTOMERS, "generic is no system to write for" },
		{ "auto", KIND_CUSTOMERS, "auto is no system to write for" },
		{ ":", KIND_CUSTOMERS, "there is no profile ''" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct export *export;
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(export_open(&export, cases[i].wanted, cases[i].kind, &diag), -1);
		assert_int_equal(diag.status, STATUS_USAGE);
		if (!strstr(diag.error, cases[i].error))
			fail_msg("%s: %s", cases[i].wanted, diag.error);
		diag_release(&diag);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_stand_in_the_order_of_the_system),
		cmocka_unit_test(the_table_with_most_headers_is_taken),
		cmocka_unit_test(a_column_of_the_header_s_name_goes_first),
		cmocka_unit_test(names_are_cut_so_that_they_join_again),
		cmocka_unit_test(lists_are_shared_out),
		cmocka_unit_test(habits_of_a_file_of_the_user_s_are_kept),
		cmocka_unit_test(what_cannot_be_written_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
