#include "base/test.h"

#include <unistd.h>

#include "clean/profile.h"
#include "io/file.h"

static struct system_profile *parse(struct slice text)
{
	struct system_profile *profile = NULL;
	struct diag diag;

	diag_init(&diag);
	if (profile_parse(&profile, text, "p.json", &diag) < 0)
		fail_msg("%s", diag.error);
	diag_release(&diag);
	return profile;
}

static void a_mistake_is_told_with_its_place(void **state)
{
	static const struct { const char *text, *error; } cases[] = {
		{ "[]", "p.json:1:1: bad-profile: a profile, an object, is expected here" },
		{ "{}", "p.json:1:2: bad-profile: the profile has no name" },
		{ "{\"name\": \"x\"", "p.json:1:13: bad-json: " },
		{ "{\"name\": \"x\"} {}", "p.json:1:15: bad-json: " },
		{ "{\"name\": 7}", "p.json:1:10: bad-profile: a text is expected here" },
		{ "{\n  \"nane\": \"x\"}", "p.json:2:3: bad-profile: unknown key 'nane'; did you mean name?" },
		{ "{\"name\": \"x\",\n\"read\": {\"date_order\": \"zzz\"}}",
		  "p.json:2:24: bad-profile: unknown date_order 'zzz'; known are auto, dmy, mdy, ymd" },
		{ "{\"name\": \"x\", \"read\": {\"epoch\": 1000}}", "p.json:1:33: bad-profile: a text is expected here" },
		{ "{\"name\": \"x\", \"write\": {\"bom\": \"yes\"}}", "p.json:1:32: bad-profile: true or false is expected here" },
		{ "{\"name\": \"x\", \"words\": {\"amount\": {}}}", "p.json:1:25: bad-profile: unknown role of words 'amount'" },
		{ "{\"name\": \"x\", \"tables\": [{\"headers\": {}}]}",
		  "p.json:1:38: bad-profile: the kind of the table must stand before its headers" },
		{ "{\"name\": \"x\", \"tables\": [{\"table\": \"t\"}]}", "p.json:1:39: bad-profile: the table has no kind" },
		{ "{\"name\": \"x\", \"tables\": [{\"kind\": \"order\"}]}",
		  "p.json:1:35: bad-profile: unknown kind 'order'; did you mean orders?" },
		{ "{\"name\": \"x\", \"tables\": [{\"kind\": \"orders\", \"headers\": {\"A\":\n \"mail\"}}]}",
		  "p.json:2:2: bad-profile: unknown role 'mail'" },
		{ "{\"name\": \"x\", \"tables\": [{\"kind\": \"customers\", \"headers\": {\"A\":\n \"fone\"}}]}",
		  "p.json:2:2: bad-profile: unknown role 'fone'; did you mean phone?" },
		{ "{\"name\": \"x\", \"tables\": [{\"kind\": \"customers\", \"headers\": {\"A b\": null, \"a_B\": null}}]}",
		  "p.json:1:73: bad-profile: header 'a_B' is there twice" },
		{ "{\"name\": \"x\", \"tables\": [{\"kind\": \"customers\", \"headers\": {\"--\": null}}]}",
		  "p.json:1:60: bad-profile: header '--' has no letter or digit" },
		{ "{\"name\": \"x\", \"tables\": [{\"kind\": \"customers\", \"tells\": [\"Abc\"], \"headers\": {\"Abd\": null}}]}",
		  "p.json:1:58: bad-profile: unknown header among tells 'Abc'; did you mean Abd?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct system_profile *profile = NULL;
		struct diag diag;

		diag_init(&diag);
		assert_int_equal(profile_parse(&profile, slice_of(cases[i].text), "p.json", &diag), -1);
		assert_int_equal(diag.status, STATUS_USAGE);
		if (strncmp(diag.error, cases[i].error, strlen(cases[i].error)) != 0)
			fail_msg("case %zu: '%s' is not '%s'", i, diag.error, cases[i].error);
		diag_release(&diag);
	}
}

static struct profile_set *open_set(const char *const *wanted, size_t count)
{
	struct profile_set *set;
	struct diag diag;

	diag_init(&diag);
	if (profile_set_open(&set, wanted, count, &diag) < 0)
		fail_msg("%s", diag.error);
	diag_release(&diag);
	return set;
}

/* Headers cut at '|'. */
static struct profile_choice choose(const struct profile_set *set, enum kind kind, const char *text)
{
	struct slice headers[64], rest = slice_of(text);
	struct profile_choice choice;
	struct diag diag;
	size_t count = 0;

	while (rest.len)
		headers[count++] = slice_cut(&rest, '|');
	diag_init(&diag);
	assert_int_equal(profile_choose(set, kind, headers, count, "t.csv", &choice, &diag), 0);
	diag_release(&diag);
	return choice;
}

/* A file with all headers that a table has is told to be that table, whatever the other profiles are. */
static void check_table(const struct profile_set *set, const struct system_profile *profile, const struct profile_table *table)
{
	struct slice *headers = calloc(table->count, sizeof *headers);
	struct profile_choice choice;
	struct diag diag;
	size_t count = 0;

	for (size_t h = 0; h < table->count; h++)
		if (table->headers[h].written)
			headers[count++] = table->headers[h].name;
	diag_init(&diag);
	assert_int_equal(profile_choose(set, table->kind, headers, count, "t.csv", &choice, &diag), 0);
	if (table->tells == 0)
		assert_null(choice.profile);
	else if (!choice.profile || !slice_equal(choice.profile->name, profile->name) ||
		 !slice_equal(choice.table->name, table->name))
		fail_msg("%.*s %.*s is not told", SLICE_ARG(profile->name), SLICE_ARG(table->name));
	diag_release(&diag);
	free(headers);
}

static void every_built_in_profile_knows_its_own_headers(void **state)
{
	struct profile_set *set = open_set(NULL, 0);
	struct diag diag;

	(void)state;
	diag_init(&diag);
	for (size_t p = 0; profile_name(p); p++) {
		struct system_profile *profile = parse(profile_text(slice_of(profile_name(p)), &diag));

		assert_slice(profile->name, profile_name(p));
		assert_true(profile->title.len > 0);
		for (size_t t = 0; t < profile->table_count; t++)
			check_table(set, profile, &profile->tables[t]);
		profile_free(profile);
	}
	diag_release(&diag);
	profile_set_free(set);
}

static void the_share_of_telling_headers_decides(void **state)
{
	struct profile_set *set = open_set(NULL, 0);

	(void)state;
	assert_slice(choose(set, KIND_CUSTOMERS, "Record Id|Account Owner|Account Name|Phone").profile->name, "zoho");
	assert_slice(choose(set, KIND_CUSTOMERS, "record_id|ACCOUNT OWNER|AccountName").profile->name, "zoho");
	assert_null(choose(set, KIND_CUSTOMERS, "Record Id|Account Owner|Phone").profile);
	assert_null(choose(set, KIND_CUSTOMERS, "Record Id|Record Id|Record Id|Record Id").profile);
	assert_null(choose(set, KIND_ORDERS, "Record Id|Account Owner|Account Name|Phone").profile);
	assert_null(choose(set, KIND_CUSTOMERS, "姓名|手机|公司").profile);
	profile_set_free(set);
}

/* Two systems that fit alike are told apart by the headers that they know, or not at all. */
static void a_tie_is_nobody_s(void **state)
{
	static const char text[] = "{\"name\": \"%s\", \"tables\": [{\"kind\": \"customers\", \"tells\": [\"A\", \"B\", \"C\"],"
				   "\"headers\": {\"A\": null, \"B\": \"name\", \"C\": null, \"%s\": null}}]}";
	char first[] = "/tmp/crm-profile-test-XXXXXX", second[] = "/tmp/crm-profile-test-XXXXXX";
	const char *wanted[] = { first, second };
	struct profile_set *set;
	struct arena arena;
	struct diag diag;

	(void)state;
	close(mkstemp(first));
	close(mkstemp(second));
	arena_init(&arena);
	diag_init(&diag);
	assert_int_equal(file_write(first, arena_format(&arena, text, "one", "X"), &diag), 0);
	assert_int_equal(file_write(second, arena_format(&arena, text, "two", "Y"), &diag), 0);
	set = open_set(wanted, 2);
	assert_null(choose(set, KIND_CUSTOMERS, "A|B|C|Z").profile);
	assert_slice(choose(set, KIND_CUSTOMERS, "A|B|Y").profile->name, "two");
	assert_slice(choose(set, KIND_CUSTOMERS, "A|B|X").profile->name, "one");
	profile_set_free(set);
	unlink(first);
	unlink(second);
	diag_release(&diag);
	arena_release(&arena);
}

static void a_file_of_another_kind_is_warned_of(void **state)
{
	static const struct { enum kind kind; const char *headers; bool warned; } cases[] = {
		{ KIND_CUSTOMERS, "Record Id|Deal Owner|Deal Name|Closing Date", true },
		{ KIND_CUSTOMERS, "Record Id|Deal Owner|Deal Name", false },
		{ KIND_CUSTOMERS, "姓名|客户名称|是否关键决策人|电子邮箱|职务", false },
		{ KIND_ORDERS, "姓名|客户名称|是否关键决策人|电子邮箱|职务", true },
	};
	struct profile_set *set = open_set(NULL, 0);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice headers[8], rest = slice_of(cases[i].headers);
		struct profile_choice choice;
		struct diag diag;
		size_t count = 0;

		while (rest.len)
			headers[count++] = slice_cut(&rest, '|');
		diag_init(&diag);
		assert_int_equal(profile_choose(set, cases[i].kind, headers, count, "t.csv", &choice, &diag), 0);
		assert_null(choice.profile);
		assert_int_equal(diag.warnings.len > 0, cases[i].warned);
		diag_release(&diag);
	}
	profile_set_free(set);
}

static void a_profile_named_alone_is_taken(void **state)
{
	static const char *const wanted[] = { "zoho" }, *const generic[] = { "generic" };
	struct profile_set *set = open_set(wanted, 1), *none = open_set(generic, 1);
	struct slice header = SLICE("Lead Status");
	struct profile_choice choice;
	struct diag diag;

	(void)state;
	assert_slice(choose(set, KIND_CUSTOMERS, "Lead Status|Phone").table->name, "Leads");
	assert_int_equal(choose(set, KIND_CUSTOMERS, "姓名").known, 0);
	assert_null(choose(none, KIND_CUSTOMERS, "Record Id|Account Owner|Account Name").profile);
	profile_set_free(set);
	profile_set_free(none);
	diag_init(&diag);
	assert_int_equal(profile_set_open(&set, (const char *const[]){ "zohoo" }, 1, &diag), -1);
	assert_non_null(strstr(diag.error, "'zohoo'; did you mean zoho?"));
	diag_release(&diag);
	set = open_set((const char *const[]){ "generic-en" }, 1);
	diag_init(&diag);
	assert_int_equal(profile_choose(set, KIND_CUSTOMERS, &header, 1, "t.csv", &choice, &diag), 0);
	assert_non_null(strstr(buf_slice(&diag.warnings).ptr, "none of the headers is one of profile generic-en"));
	diag_release(&diag);
	profile_set_free(set);
}

static void endings_match_longer_headers(void **state)
{
	struct system_profile *profile = parse(SLICE("{\"name\": \"x\", \"tables\": [{\"kind\": \"customers\", \"headers\": "
						     "{\"*Name\": \"company\", \".city\": \"city\", \"City\": \"region\"}}]}"));
	const struct profile_table *table = &profile->tables[0];
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_int_equal(profile_find(table, SLICE("name"), &arena)->role, ROLE_COMPANY);
	assert_slice(profile_find(table, SLICE("name"), &arena)->text, "*Name");
	assert_int_equal(profile_find(table, SLICE("_widget_1.city"), &arena)->role, ROLE_CITY);
	assert_int_equal(profile_find(table, SLICE("city"), &arena)->role, ROLE_REGION);
	assert_null(profile_find(table, SLICE("_widget_1.town"), &arena));
	arena_release(&arena);
	profile_free(profile);
}

static void values_lose_the_habits_of_the_system(void **state)
{
	static const struct { const char *read; enum measure measure; bool text; const char *cell, *value; } cases[] = {
		{ "\"epoch\": \"s\"", MEASURE_DATE, true, "1709625600", "2024-03-05T08:00:00Z" },
		{ "\"epoch\": \"s\"", MEASURE_DATE, true, "631152000", "1990-01-01T00:00:00Z" },
		{ "\"epoch\": \"s\"", MEASURE_DATE, true, "0", "" },
		{ "\"epoch\": \"s\"", MEASURE_DATE, true, "20240305", "20240305" },
		{ "\"epoch\": \"s\"", MEASURE_DATE, true, "99999999999999", "99999999999999" },
		{ "\"epoch\": \"ms\"", MEASURE_DATE, true, "1709625600123", "2024-03-05T08:00:00Z" },
		{ "\"epoch\": \"ms\"", MEASURE_DATE, true, "631152000000", "1990-01-01T00:00:00Z" },
		{ "\"epoch\": \"ms\"", MEASURE_DATE, true, "-1000000000", "1969-12-20T10:13:20Z" },
		{ "\"epoch\": \"ms\"", MEASURE_DATE, true, "-1000000001", "1969-12-20T10:13:19Z" },
		{ "\"epoch\": \"ms\"", MEASURE_DATE, true, "20240305080000", "20240305080000" },
		{ "\"epoch\": \"ms\"", MEASURE_DATE, true, "2024-03-05", "2024-03-05" },
		{ "\"epoch\": \"ms\"", MEASURE_NONE, true, "1709625600123", "1709625600123" },
		{ "\"decimal\": \",\"", MEASURE_AMOUNT, true, "1.234,50", "1,234.50" },
		{ "\"decimal\": \",\"", MEASURE_AMOUNT, false, "1234.5", "1234.5" },
		{ "\"decimal\": \".\"", MEASURE_AMOUNT, true, "1,234.50", "1,234.50" },
		{ "\"empty\": [\"-None-\"]", MEASURE_NONE, true, " －None－ ", "" },
		{ "\"empty\": [\"-None-\"]", MEASURE_NONE, true, "None", "None" },
		{ "\"apostrophe\": true", MEASURE_NONE, true, "'+447700900101", "+447700900101" },
		{ "\"apostrophe\": true", MEASURE_NONE, true, "'t Hooft", "'t Hooft" },
		{ "\"apostrophe\": false", MEASURE_NONE, true, "'69", "'69" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct slice text = arena_format(&arena, "{\"name\": \"x\", \"read\": {%s}}", cases[i].read);
		struct system_profile *profile = parse(text);
		struct slice value = profile_value(profile, cases[i].measure, cases[i].text, slice_of(cases[i].cell), &arena);

		assert_slice(value, cases[i].value);
		profile_free(profile);
	}
	arena_release(&arena);
}

static void words_go_there_and_back(void **state)
{
	struct system_profile *profile = parse(SLICE("{\"name\": \"x\", \"words\": {\"status\": {\"B\": \"cancelled\", "
						     "\"X-1\": \"cancelled\", \"A\": \"open\"}}}"));
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_slice(profile_word_in(profile, ROLE_STATUS, SLICE("x1"), &arena), "cancelled");
	assert_slice(profile_word_in(profile, ROLE_STATUS, SLICE("C"), &arena), "C");
	assert_slice(profile_word_in(profile, ROLE_STAGE, SLICE("A"), &arena), "A");
	assert_slice(profile_word_out(profile, ROLE_STATUS, SLICE("Cancelled"), &arena), "B");
	assert_slice(profile_word_out(profile, ROLE_STATUS, SLICE("C"), &arena), "C");
	arena_release(&arena);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mistake_is_told_with_its_place),
		cmocka_unit_test(every_built_in_profile_knows_its_own_headers),
		cmocka_unit_test(the_share_of_telling_headers_decides),
		cmocka_unit_test(a_tie_is_nobody_s),
		cmocka_unit_test(a_file_of_another_kind_is_warned_of),
		cmocka_unit_test(a_profile_named_alone_is_taken),
		cmocka_unit_test(endings_match_longer_headers),
		cmocka_unit_test(values_lose_the_habits_of_the_system),
		cmocka_unit_test(words_go_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
