#include "clean/glance.h"

#include "clean/address.h"
#include "clean/money.h"
#include "clean/profile.h"

struct commas {
	size_t decimal, thousands;  /* amounts that can be read only so */
};

static void look_at_amount(struct glance *glance, struct commas *commas, const struct column_role *role, struct slice cell, struct arena *arena)
{
	struct money money, swapped;
	bool plain, comma;

	plain = money_parse(cell, 1, &money) == MONEY_OK;
	glance->names_currency |= plain && money.currency[0] && role->role != ROLE_NONE;
	if (slice_find_byte(cell, ',') == cell.len && slice_find_byte(cell, '.') == cell.len)
		return;
	comma = money_parse(profile_swap_marks(cell, arena), 1, &swapped) == MONEY_OK;
	commas->decimal += comma && !plain;
	commas->thousands += plain && !comma;
	glance->names_currency |= comma && swapped.currency[0] && role->role != ROLE_NONE;
}

void glance_look(struct glance *glance, const struct column_role *roles, size_t columns, const struct batch *first, size_t skip,
		struct arena *arena)
{
	struct arena scratch;

	*glance = (struct glance){ .decimal_commas = arena_zero(arena, columns, sizeof *glance->decimal_commas) };
	arena_init(&scratch);
	for (size_t c = 0; c < columns && first; c++) {
		struct commas commas = { 0 };

		for (size_t r = skip; r < first->count; r++) {
			const struct record *record = &first->records[r];
			struct slice cell = { "", 0 };

			if (c < record->value_count)
				cell = record->values[c];
			if (cell.len && roles[c].measure == MEASURE_AMOUNT)
				look_at_amount(glance, &commas, &roles[c], cell, &scratch);
			else if (cell.len && roles[c].role == ROLE_ADDRESS && !glance->names_place)
				glance->names_place = address_parse(cell, NULL, &scratch).province.len > 0;
		}
		glance->decimal_commas[c] = commas.decimal && !commas.thousands;
	}
	arena_release(&scratch);
}
