#include "base/test.h"

#include "match/compare.h"

/* One column of given cells, of a given kind. */
struct column {
	const char *const *cells;
	size_t count;
};

static struct slice cell_of(const void *context, size_t row, size_t column)
{
	(void)column;
	return slice_of(((const struct column *)context)->cells[row]);
}

static enum level level_between(enum field_kind kind, enum role role, const char *a, const char *b)
{
	/* Other rows, so that words have a rarity. */
	const char *cells[] = { a, b, "north main street", "acme trading ltd", "上海某某贸易有限公司", "x", "north trading", "main" };
	struct column column = { cells, sizeof cells / sizeof cells[0] };
	struct match_input input = { .rows = column.count, .columns = 1, .cell = cell_of, .context = &column };
	struct profile profile = { .kind = kind, .role = role, .other = SIZE_MAX };
	struct field field, *const fields[] = { &field };
	uint32_t data[sizeof cells / sizeof cells[0]];
	enum level level, back;

	field_init(&field, 0, &profile);
	field.data = data;
	field.stride = 1;
	fields_read(fields, 1, &input);
	field_prepare(&field);
	const struct datum x = { data[0], field.sketches[data[0]] }, y = { data[1], field.sketches[data[1]] };

	level = compare_values(&field, x, y);
	back = compare_values(&field, y, x);
	field_release(&field);
	assert_int_equal(level, back);
	return level;
}

struct comparison {
	const char *a, *b;
	enum level level;
};

static void check(enum field_kind kind, enum role role, const struct comparison *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum level level = level_between(kind, role, cases[i].a, cases[i].b);

		if (level != cases[i].level)
			print_error("%s | %s: %d, not %d\n", cases[i].a, cases[i].b, (int)level, (int)cases[i].level);
		assert_int_equal(level, cases[i].level);
	}
}

#define CHECK(kind, role, cases) check(kind, role, cases, sizeof(cases) / sizeof(cases)[0])

static void dates_bear_slips_and_swaps(void **state)
{
	static const struct comparison cases[] = {
		{ "1984-05-12", "12/05/1984", LEVEL_EXACT }, { "1984-05-12", "1984年5月12日", LEVEL_EXACT },
		{ "1984-05-12", "1984-12-05", LEVEL_NEAR }, { "1984-05-12", "1984-05-13", LEVEL_NEAR },
		{ "1984-05-12", "1948-05-12", LEVEL_NEAR }, { "1984-05-12", "1984-05-30", LEVEL_SIMILAR },
		{ "1984-05-12", "1972-05-12", LEVEL_RELATED }, { "1984-05-12", "1984-11-30", LEVEL_WEAK },
		{ "1984-05-12", "1991-10-03", LEVEL_DIFFERENT }, { "1984-05-12", "", LEVEL_MISSING }, { "1984-05-12", "N/A", LEVEL_MISSING },
	};

	(void)state;
	CHECK(FIELD_DATE, ROLE_BIRTHDAY, cases);
}

static void phones_are_lists_of_digits(void **state)
{
	static const struct comparison cases[] = {
		{ "138 1234 5678", "+86 13812345678", LEVEL_EXACT }, { "13812345678;021-5555666", "0215555666", LEVEL_EXACT },
		{ "13812345678", "13812345679", LEVEL_NEAR }, { "13812345678", "13812354678", LEVEL_NEAR },
		{ "138****5678", "13812345678", LEVEL_MISSING }, { "13812345678", "18698761234", LEVEL_DIFFERENT },
		{ "02155556666", "55556666", LEVEL_RELATED },
	};

	(void)state;
	CHECK(FIELD_CODE, ROLE_PHONE, cases);
}

static void addresses_of_mail_made_of_one_name_are_two(void **state)
{
	static const struct comparison cases[] = {
		{ "Wei.Li85@qq.com", "wei.li85@qq.com", LEVEL_EXACT }, { "wei.li85@qq.com", "wie.li85@qq.com", LEVEL_NEAR },
		{ "wei.li85@qq.com", "wei.li92@qq.com", LEVEL_WEAK }, { "wei.li85@qq.com", "wei.li85@gmail.com", LEVEL_RELATED },
		{ "w***@qq.com", "wei@qq.com", LEVEL_MISSING },
	};

	(void)state;
	CHECK(FIELD_EMAIL, ROLE_EMAIL, cases);
}

static void people_are_compared_by_family_and_given_name(void **state)
{
	static const struct comparison cases[] = {
		{ "Smith, John", "John Smith", LEVEL_EXACT }, { "Mr. John Smith", "john smith", LEVEL_EXACT },
		{ "John Smith", "Jon Smith", LEVEL_NEAR }, { "Robert Brown", "Bob Brown", LEVEL_RELATED },
		{ "J. Smith", "John Smith", LEVEL_RELATED }, { "Mary Smith", "John Smith", LEVEL_WEAK }, { "John Smith", "John Baker", LEVEL_DIFFERENT },
		{ "Smith John", "John Smith", LEVEL_NEAR },
		{ "王小明先生", "王小明", LEVEL_EXACT }, { "王晓明", "王小明", LEVEL_NEAR }, { "王小明", "Xiaoming Wang", LEVEL_NEAR },
		{ "王小明", "WANG Xiaoming", LEVEL_NEAR }, { "王小明", "王小红", LEVEL_SWAPPED }, { "王小明", "王丽", LEVEL_WEAK },
		{ "王小明", "李大海", LEVEL_DIFFERENT }, { "張偉", "张伟", LEVEL_EXACT }, { "个人", "张伟", LEVEL_MISSING },
	};

	(void)state;
	CHECK(FIELD_PERSON, ROLE_NAME, cases);
}

static void companies_are_known_by_their_brand(void **state)
{
	static const struct comparison cases[] = {
		{ "上海华腾软件有限公司", "华腾软件（上海）有限公司", LEVEL_EXACT }, { "上海华腾软件有限公司", "上海华腾软件", LEVEL_NEAR },
		{ "上海华腾软件有限公司", "上海华腾软件有限公司北京分公司", LEVEL_DIFFERENT },
		{ "上海华腾软件有限公司", "上海金蝶软件有限公司", LEVEL_DIFFERENT },
		{ "上海华腾软件有限公司", "Shanghai Huateng Software Co., Ltd.", LEVEL_SIMILAR },
		{ "科新建筑工程(上海)有限公司", "科新建筑工程(南京)有限公司", LEVEL_WEAK }, { "科新建筑工程(南京)有限公司", "江苏科新建筑工程有限公司", LEVEL_NEAR },
		{ "广东省科新建筑工程有限公司", "深圳市科新建筑工程有限公司", LEVEL_NEAR }, { "广州科新建筑工程有限公司", "深圳市科新建筑工程有限公司", LEVEL_WEAK },
		{ "Keystone Media L.L.C.", "Keystone Media LLC", LEVEL_NEAR }, { "Keystone Foods", "Keystone Logistics", LEVEL_RELATED },
		{ "Davidson Media, Inc. d/b/a Le Consulting", "Davidson Media", LEVEL_NEAR }, { "Kraus Logistik G.m.b.H.", "Kraus Logistik e.K.", LEVEL_NEAR },
		{ "Jade Bay Services Group", "Jade Bay Services", LEVEL_NEAR }, { "Bell Consulting Ltd.", "Royal Consulting Inc.", LEVEL_DIFFERENT },
	};

	(void)state;
	CHECK(FIELD_COMPANY, ROLE_COMPANY, cases);
}

static void another_house_number_is_another_house(void **state)
{
	static const struct comparison cases[] = {
		{ "3400 las vegas blvd", "3400 las vegas blvd.", LEVEL_EXACT }, { "merewether public school", "merewether pub lic school", LEVEL_NEAR },
		{ "上海市南京路43号1501室", "43 Nanjing Road, Room 1501", LEVEL_RELATED },
	};

	(void)state;
	CHECK(FIELD_LONG, ROLE_ADDRESS, cases);
	assert_true(level_between(FIELD_LONG, ROLE_ADDRESS, "3400 las vegas blvd", "3500 las vegas blvd") < LEVEL_NEAR);
}

static void numbers_and_categories(void **state)
{
	static const struct comparison numbers[] = { { "12", "12", LEVEL_EXACT }, { "1999", "1989", LEVEL_NEAR }, { "9", "10", LEVEL_SWAPPED }, { "7", "31", LEVEL_DIFFERENT } };
	static const struct comparison categories[] = { { "male", "Male", LEVEL_EXACT }, { "male", "female", LEVEL_DIFFERENT } };

	(void)state;
	CHECK(FIELD_NUMBER, ROLE_NONE, numbers);
	CHECK(FIELD_CATEGORY, ROLE_NONE, categories);
}

static void a_telephone_has_one_key_however_it_is_written(void **state)
{
	static const char *const cases[][2] = {
		{ "+44 (0)20 7946 0182", "2079460182" }, { "020 7946 0182", "2079460182" }, { "0044 20 79460182", "2079460182" },
		{ "+49 151 2345678", "1512345678" }, { "0151/2345678", "1512345678" }, { "+1 (212) 555-0188", "2125550188" }, { "212.555.0188", "2125550188" },
		{ "+353 86 123 4501", "861234501" }, { "+86 138 1234 5678", "13812345678" }, { "86-13812345678", "13812345678" },
		{ "008613812345678", "13812345678" }, { "+86-21-66668888", "2166668888" }, { "021-66668888", "2166668888" },
		{ "186******05", "" }, { "0000", "" }, { "+", "" }, { "13812345678;+86 13900001111", "13812345678;13900001111" }, { "120;13812345678", "13812345678" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_slice(key_of_cell(FIELD_CODE, ROLE_PHONE, slice_of(cases[i][0]), &arena), cases[i][1]);
	arena_release(&arena);
}

static void a_web_site_is_its_domain_and_path(void **state)
{
	static const char *const cases[][2] = {
		{ "https://www.acme.example/", "acme example" }, { "http://acme.example", "acme example" }, { "www.acme.example//", "acme example" },
		{ "acme.example", "acme example" }, { "https://", "https" }, { "www.", "www" }, { "wwwhttp://", "wwwhttp" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_slice(key_of_cell(FIELD_TEXT, ROLE_NONE, slice_of(cases[i][0]), &arena), cases[i][1]);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_bear_slips_and_swaps),
		cmocka_unit_test(phones_are_lists_of_digits),
		cmocka_unit_test(addresses_of_mail_made_of_one_name_are_two),
		cmocka_unit_test(people_are_compared_by_family_and_given_name),
		cmocka_unit_test(companies_are_known_by_their_brand),
		cmocka_unit_test(another_house_number_is_another_house),
		cmocka_unit_test(numbers_and_categories),
		cmocka_unit_test(a_telephone_has_one_key_however_it_is_written),
		cmocka_unit_test(a_web_site_is_its_domain_and_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
