#include "synth/rates.h"

#include "base/nearest.h"
#include "base/slice.h"

const struct error_info error_infos[ERROR_COUNT] = {
	[ERROR_HOUSEHOLD] = { "household", .20, "pairs of persons", "two persons of one family name at one address" },
	[ERROR_BRANCH] = { "branch", .12, "pairs of Chinese companies",
			   "one is a branch of the other: its own customer" },
	[ERROR_SHARED_PHONE] = { "shared-phone", .08, "groups of eight customers",
				 "the companies share a reception desk and a building" },
	[ERROR_TYPO] = { "typo", .07, "records with Latin text", "one letter added, lost, changed or swapped" },
	[ERROR_HOMOPHONE] = { "homophone", .05, "records with Chinese names", "a character that sounds alike" },
	[ERROR_LOOK_ALIKE] = { "look-alike", .03, "records with Chinese names", "a character that looks alike" },
	[ERROR_TRADITIONAL] = { "traditional", .03, "records with Chinese names", "traditional characters" },
	[ERROR_PINYIN] = { "pinyin", .50, "Chinese records of salesforce.csv", "names in Latin letters" },
	[ERROR_NICKNAME] = { "nickname", .10, "Latin persons with a short name", "Bob for Robert, or an initial" },
	[ERROR_TITLE] = { "title", .04, "records", "a title beside the name: 先生, 经理, Mr" },
	[ERROR_MISSING] = { "missing", .13, "phones, e-mails and addresses", "an empty cell" },
	[ERROR_EMPTY_WORD] = { "empty-word", .20, "empty cells", "a word for it: N/A, 无, --" },
	[ERROR_SWAPPED] = { "swapped", .03, "records", "first and last name, or name and company, swapped" },
	[ERROR_LEGAL_FORM] = { "legal-form", .25, "companies", "legal form dropped, changed or shortened" },
	[ERROR_PLACE_MOVED] = { "place-moved", .15, "Chinese companies", "place in brackets, at the end, or dropped" },
	[ERROR_ABBREVIATION] = { "abbreviation", .06, "companies", "short name: brand and a piece of the trade" },
	[ERROR_OTHER_CONTACT] = { "other-contact", .05, "companies", "another person of the same company" },
	[ERROR_OLD_ADDRESS] = { "old-address", .10, "records", "the address before the last move" },
	[ERROR_OLD_PHONE] = { "old-phone", .06, "records", "the mobile number before the present one" },
	[ERROR_OTHER_EMAIL] = { "other-email", .12, "records", "a second mail address" },
	[ERROR_MASKED_PHONE] = { "masked-phone", .04, "records with a mobile phone", "186******05" },
	[ERROR_PHONE_FORMAT] = { "phone-format", .35, "phones", "+86, 0086, spaces, dashes, brackets" },
	[ERROR_DAMAGED_ID] = { "damaged-id", .15, "identity numbers", "4.40981E+17" },
	[ERROR_FULL_WIDTH] = { "full-width", .05, "Chinese records", "full-width digits and letters" },
	[ERROR_LETTER_CASE] = { "letter-case", .06, "records with Latin text", "all capitals or none" },
	[ERROR_LINE_BREAK] = { "line-break", .02, "addresses of salesforce.csv", "two lines in one cell" },
	[ERROR_BARE] = { "bare", .03, "records", "may lack phone, e-mail and address at once" },
};

void rates_defaults(double rates[ERROR_COUNT], double scale)
{
	for (int i = 0; i < ERROR_COUNT; i++) {
		rates[i] = error_infos[i].rate * (i > ERROR_SHARED_PHONE ? scale : 1);
		if (rates[i] > 1)
			rates[i] = 1;
	}
}

static int unknown_kind(const char *assignment, struct slice name, struct diag *diag)
{
	struct slice names[ERROR_COUNT];
	size_t best;

	for (int i = 0; i < ERROR_COUNT; i++)
		names[i] = slice_of(error_infos[i].name);
	best = nearest_index(names, ERROR_COUNT, name);
	if (best < ERROR_COUNT)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--rate %s: no such kind of error; did you mean %s?",
				 assignment, error_infos[best].name);
	return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--rate %s: no such kind of error; --describe lists them",
			 assignment);
}

int rates_set(double rates[ERROR_COUNT], const char *assignment, struct diag *diag)
{
	struct slice value = slice_of(assignment), name = slice_cut(&value, '=');
	double rate;

	for (int i = 0; i < ERROR_COUNT; i++) {
		if (!slice_equal(name, slice_of(error_infos[i].name)))
			continue;
		if (!slice_to_double(value, &rate) || rate < 0 || rate > 1)
			return diag_fail(diag, STATUS_USAGE, NULL, NULL, "--rate %s: not a rate from 0 to 1",
					 assignment);
		rates[i] = rate;
		return 0;
	}
	return unknown_kind(assignment, name, diag);
}

int rates_numbers(const char *option, const char *text, size_t count, double *numbers, struct diag *diag)
{
	struct slice rest = slice_of(text);

	for (size_t i = 0; i < count; i++) {
		struct slice one = slice_cut(&rest, ',');

		if (!slice_to_double(one, &numbers[i]) || numbers[i] < 1e-3 || numbers[i] > 1e9)
			return diag_fail(diag, STATUS_USAGE, NULL, NULL, "%s %s: not %zu numbers from 0.001 to 1e9", option,
					 text, count);
	}
	if (rest.len)
		return diag_fail(diag, STATUS_USAGE, NULL, NULL, "%s %s: more than %zu numbers", option, text, count);
	return 0;
}
