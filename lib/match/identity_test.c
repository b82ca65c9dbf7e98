#include "base/test.h"

#include "match/identity.h"

static void assert_same(const struct identity *x, const struct identity *y)
{
	assert_true(slice_equal(x->family, y->family) && slice_equal(x->given, y->given));
	assert_true(slice_equal(x->brand, y->brand) && slice_equal(x->trade, y->trade));
	assert_true(slice_equal(x->sound, y->sound));
	assert_int_equal(x->family_sound, y->family_sound);
	assert_int_equal(x->han, y->han);
	assert_int_equal(x->branch, y->branch);
}

static void identities_are_the_same_once_packed(void **state)
{
	static const struct { const char *cell; bool company; } cases[] = {
		{ "Smith, John", false }, { "欧阳娜娜", false }, { "Cher", false }, { "王 Daniel", false },
		{ "上海云帆信息科技有限公司", true }, { "云帆科技北京分公司", true }, { "Northwind Traders Ltd", true }, { "The Foods Co", true }, { "X", true },
	};
	struct buf packed;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	buf_init(&packed, BUF_UNLIMITED);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool company = cases[i].company;
		struct slice key = company ? company_key(slice_of(cases[i].cell), &arena) : person_key(slice_of(cases[i].cell), &arena);
		struct identity before = company ? identity_of_company(key, &arena) : identity_of_person(key, &arena), after;

		assert_true(key.len > 0);
		buf_clear(&packed);
		identity_pack(&before, key, company, &packed);
		buf_add_byte(&packed, '!');
		after = identity_unpack(packed.ptr, key, company, before.han);
		assert_same(&before, &after);
	}
	buf_release(&packed);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identities_are_the_same_once_packed),
	};

	return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
