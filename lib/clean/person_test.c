#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "clean/person.h"

static void names_fall_into_family_given_and_title(void **state)
{
	static const struct { const char *name, *family, *given, *title; } cases[] = {
		{ "张伟", "张", "伟", "" }, { "欧阳娜娜", "欧阳", "娜娜", "" }, { "张总", "张", "", "总" }, { "欧阳总", "欧阳", "", "总" },
		{ "王先生", "王", "", "先生" }, { "李经理", "李", "", "经理" }, { "王建工", "王", "建工", "" }, { "張偉", "张", "伟", "" },
		{ "张 伟 先生", "张", "伟", "先生" }, { "司马光", "司马", "光", "" }, { "司马", "司", "马", "" },
		{ "John Smith", "smith", "john", "" }, { "Smith, John", "smith", "john", "" }, { "Dr. John A. Smith Jr.", "smith", "john a", "jr" },
		{ "Ludwig van Beethoven", "van beethoven", "ludwig", "" }, { "WANG Xiaoming", "wang", "xiaoming", "" }, { "Madonna", "madonna", "", "" },
		{ "José García", "garcia", "jose", "" }, { "", "", "", "" }, { "Smith, Jr.", "smith", "", "jr" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct person p = person_parse(slice_of(cases[i].name), &arena);

		if (!slice_equal(p.family, slice_of(cases[i].family)) || !slice_equal(p.given, slice_of(cases[i].given)) ||
		    !slice_equal(p.title, slice_of(cases[i].title)))
			fail_msg("%s: [%.*s] [%.*s] [%.*s]", cases[i].name, SLICE_ARG(p.family), SLICE_ARG(p.given), SLICE_ARG(p.title));
	}
	assert_true(person_surname_frequency(SLICE("王")) > person_surname_frequency(SLICE("司马")));
	assert_int_equal(person_surname_frequency(SLICE("娜")), 0);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(names_fall_into_family_given_and_title) };

	return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}
