/*
 * A Chinese name is a surname from the table, the longest first, and the rest; titles behind it (and in front: 客户张伟) go first. A Latin name is words: particles belong
 * to the family name; the last word is the family name, or with a comma the part before it; a name in Latin letters that is written family first in capitals (WANG Xiaoming) is read so.
 */
#include "clean/person.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/embed.h"
#include "base/map.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "clean/text.h"

EMBED(surnames_text, "lib/clean/surnames.txt")

/* Built once under pthread_once, then only read. */
static struct map surnames;
static uint32_t *frequencies;
static pthread_once_t built = PTHREAD_ONCE_INIT;

static void add_line(struct slice line, size_t *capacity)
{
	uint64_t frequency;

	if (!slice_to_u64(slice_cut(&line, ' '), &frequency))
		return;
	while (line.len) {
		uint32_t number = map_add(&surnames, slice_cut(&line, ' '));

		frequencies = memory_grow(frequencies, capacity, number + 1, sizeof *frequencies);
		if (number + 1 == surnames.count)
			frequencies[number] = (uint32_t)frequency;
	}
}

static void build(void)
{
	struct slice text = surnames_text();
	size_t capacity = 0;

	map_init(&surnames);
	while (text.len) {
		struct slice line = slice_cut(&text, '\n');

		if (line.len && line.ptr[0] != '#')
			add_line(line, &capacity);
	}
}

uint32_t person_surname_frequency(struct slice family)
{
	uint32_t number;

	pthread_once(&built, build);
	number = map_find(&surnames, family);
	return number == MAP_NONE ? 0 : frequencies[number];
}

/* --- Chinese --- */

static const struct slice chinese_titles[] = {
	{ "总经理", 9 }, { "副总", 6 }, { "经理", 6 }, { "总监", 6 }, { "主任", 6 }, { "先生", 6 }, { "女士", 6 }, { "小姐", 6 },
	{ "老师", 6 }, { "主管", 6 }, { "部长", 6 }, { "处长", 6 }, { "科长", 6 }, { "厂长", 6 }, { "店长", 6 }, { "校长", 6 },
	{ "院长", 6 }, { "教授", 6 }, { "医生", 6 }, { "律师", 6 }, { "会计", 6 }, { "同学", 6 }, { "董事长", 9 }, { "老板", 6 },
	{ "工程师", 9 }, { "总", 3 }, { "董", 3 }, { "工", 3 }, { "姐", 3 }, { "哥", 3 },
};

/* The title that a name ends with. One of a single character counts only right behind a surname: 张总, not 王建工. */
static struct slice find_title(struct slice name)
{
	for (size_t i = 0; i < sizeof chinese_titles / sizeof *chinese_titles; i++) {
		struct slice title = chinese_titles[i];
		struct slice before = slice_first(name, name.len - title.len);

		if (name.len <= title.len || !slice_ends_with(name, title))
			continue;
		if (title.len > 3 || person_surname_frequency(before))
			return slice_skip(name, name.len - title.len);
	}
	return (struct slice){ "", 0 };
}

static size_t surname_length(struct slice name)
{
	if (name.len >= 9 && person_surname_frequency(slice_first(name, 6)))
		return 6;
	return name.len >= 3 ? 3 : name.len;
}

static struct person parse_chinese(struct slice clean, struct arena *arena)
{
	struct person person = { .chinese = true };
	struct slice key = text_key(clean, false, arena);

	person.title = find_title(key);
	key.len -= person.title.len;
	if (key.len == 6 && person_surname_frequency(key) && person.title.len) { /* 欧阳总 */
		person.family = key;
		person.given = (struct slice){ "", 0 };
		return person;
	}
	person.family = slice_first(key, surname_length(key));
	person.given = slice_skip(key, person.family.len);
	return person;
}

/* --- Latin --- */

static bool is_among(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal(word, slice_of(*words)))
			return true;
	return false;
}

static struct slice first_word(struct slice words)
{
	return slice_first(words, slice_find_byte(words, ' '));
}

static struct slice last_word(struct slice words)
{
	size_t at = words.len;

	while (at > 0 && words.ptr[at - 1] != ' ')
		at--;
	return slice_skip(words, at);
}

/* Takes Dr, Mrs … off the front and Jr, PhD … off the end. */
static struct slice drop_titles(struct slice words, struct slice *title)
{
	static const char *const front[] = { "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "mx", NULL };
	static const char *const back[] = { "jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "mba", NULL };

	while (is_among(first_word(words), front) && first_word(words).len < words.len) {
		*title = first_word(words);
		words = slice_skip(words, title->len + 1);
	}
	while (is_among(last_word(words), back) && last_word(words).len < words.len) {
		struct slice word = last_word(words);

		*title = word;
		words.len -= word.len + 1;
	}
	return words;
}

static bool is_capitals(struct slice word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] < 'A' || word.ptr[i] > 'Z')
			return false;
	return word.len > 1;
}

static void split_words(struct slice words, struct person *person)
{
	static const char *const particles[] = { "van", "von", "der", "den", "de", "da", "di", "del", "la", "le", "bin", "al", NULL };
	size_t at = words.len - last_word(words).len;

	while (at > 1) {
		struct slice before = last_word(slice_first(words, at - 1));

		if (!is_among(before, particles) || before.len + 1 >= at)
			break;
		at -= before.len + 1;
	}
	person->family = slice_skip(words, at);
	person->given = slice_first(words, at ? at - 1 : 0);
}

static struct person parse_latin(struct slice clean, struct arena *arena)
{
	struct person person = { .title = { "", 0 } };
	size_t comma = slice_find_byte(clean, ','), space = slice_find_byte(clean, ' ');
	struct slice words = drop_titles(text_key(clean, true, arena), &person.title);
	struct slice after = text_key(slice_skip(clean, comma + 1), true, arena), ignored = { "", 0 };

	if (comma < clean.len && drop_titles(after, &ignored).len && !slice_equal(after, person.title)) {
		person.family = text_key(slice_first(clean, comma), true, arena);
		person.given = drop_titles(after, &person.title);
		return person;
	}
	if (space < clean.len && is_capitals(slice_first(clean, space)) && !is_capitals(last_word(clean)) &&
	    first_word(words).len == space) {
		person.family = first_word(words);
		person.given = slice_skip(words, person.family.len + 1);
		return person;
	}
	split_words(words, &person);
	return person;
}

struct person person_parse(struct slice s, struct arena *arena)
{
	struct slice clean = text_clean(s, arena);

	return text_has_han(clean) ? parse_chinese(clean, arena) : parse_latin(clean, arena);
}
