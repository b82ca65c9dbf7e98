#include "match/customers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"

enum { CHUNK = 16384 };

void customers_init(struct customers *customers, const struct records *records, const uint32_t *cluster)
{
	uint32_t *next;

	*customers = (struct customers){ 0 };
	map_init(&customers->names);
	customers->of = memory_get(records->count + 1, sizeof *customers->of);
	customers->members = memory_get(records->count + 1, sizeof *customers->members);
	customers->begin = memory_zero(records->count + 2, sizeof *customers->begin);
	for (size_t i = 0; i < records->count; i++) {
		customers->of[i] = cluster[i] == i ? (uint32_t)customers->count++ : customers->of[cluster[i]];
		customers->begin[customers->of[i] + 1]++;
	}
	for (size_t c = 0; c < customers->count; c++)
		customers->begin[c + 1] += customers->begin[c];
	next = memory_get(customers->count + 1, sizeof *next);
	memcpy(next, customers->begin, customers->count * sizeof *next);
	for (size_t i = 0; i < records->count; i++)
		customers->members[next[customers->of[i]]++] = (uint32_t)i;
	free(next);
}

void customers_release(struct customers *customers)
{
	free(customers->begin);
	free(customers->members);
	free(customers->of);
	free(customers->ids);
	free(customers->keys);
	map_release(&customers->names);
}

/* FNV-1a of 64 bits (Fowler, Noll, Vo), and the finaliser of MurmurHash3: the same on every machine and in every version. */
static uint64_t stable_hash(uint64_t hash, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.ptr[i]) * UINT64_C(0x100000001B3);
	return (hash ^ 0xff) * UINT64_C(0x100000001B3);
}

static uint64_t finish_hash(uint64_t hash)
{
	hash = (hash ^ hash >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
	hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
	return hash ^ hash >> 33;
}

/* A record's key: source and id; with its row where the id is missing or not the only one of its source. */
static uint64_t key_of(const struct origin *origin, bool with_row)
{
	uint64_t hash = stable_hash(UINT64_C(0xCBF29CE484222325), origin->source);

	hash = stable_hash(hash, origin->id);
	return finish_hash(with_row || origin->id.len == 0 ? stable_hash(hash, origin->row) : hash);
}

/* The keys that records have, to find those that are not the only ones. Open addressing; 0 is free. */
struct key_set {
	uint64_t *slots;
	bool *twice;
	size_t mask;
};

static size_t find_key(const struct key_set *set, uint64_t key)
{
	size_t at = key & set->mask;

	while (set->slots[at] && set->slots[at] != key)
		at = (at + 1) & set->mask;
	return at;
}

struct keying {
	struct customers *customers;
	const struct records *records;
	const struct key_set *set;   /* NULL: the plain keys; else those of records whose plain key is not the only one */
};

static int make_chunk(void *context, size_t chunk, unsigned worker, struct diag *diag)
{
	const struct keying *keying = context;
	size_t begin = chunk * CHUNK, end = begin + CHUNK < keying->records->count ? begin + CHUNK : keying->records->count;
	uint64_t *keys = keying->customers->keys;
	struct origin origin;

	(void)worker;
	(void)diag;
	for (size_t i = begin; i < end; i++) {
		if (keying->set && !keying->set->twice[find_key(keying->set, keys[i])])
			continue;
		records_origin(keying->records, i, &origin);
		keys[i] = key_of(&origin, keying->set != NULL);
		keys[i] += keys[i] == 0;
	}
	return 0;
}

static int make_keys(struct customers *customers, const struct records *records, unsigned threads, struct diag *diag)
{
	struct keying keying = { .customers = customers, .records = records };
	struct key_set set = { .mask = 1023 };
	int result;

	customers->keys = memory_get(records->count + 1, sizeof *customers->keys);
	if (pool_each(make_chunk, &keying, records->count / CHUNK + 1, threads, diag) < 0)
		return -1;
	while (set.mask < 2 * records->count)
		set.mask = set.mask * 2 + 1;
	set.slots = memory_zero(set.mask + 1, sizeof *set.slots);
	set.twice = memory_zero(set.mask + 1, sizeof *set.twice);
	for (size_t i = 0; i < records->count; i++) {
		size_t at = find_key(&set, customers->keys[i]);

		set.twice[at] = set.slots[at] != 0;
		set.slots[at] = customers->keys[i];
	}
	keying.set = &set;
	result = pool_each(make_chunk, &keying, records->count / CHUNK + 1, threads, diag);
	free(set.slots);
	free(set.twice);
	return result;
}

/* "C" and twelve letters or digits (Crockford's base 32): 60 bits. */
static struct slice id_text(uint64_t key, char out[14])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	out[0] = 'C';
	for (unsigned i = 0; i < 12; i++, key >>= 5)
		out[12 - i] = letters[key & 31];
	return (struct slice){ out, 13 };
}

int customers_name(struct customers *customers, const struct records *records, const struct master *master, unsigned threads,
		   struct renaming *renaming, struct diag *diag)
{
	char text[14];

	*renaming = (struct renaming){ 0 };
	if (make_keys(customers, records, threads, diag) < 0)
		return -1;
	customers->ids = memory_zero(customers->count + 1, sizeof *customers->ids);
	if (master)
		renaming_keep_ids(renaming, customers, records, master);
	for (size_t c = 0; c < customers->count; c++) {
		uint64_t key = UINT64_MAX;
		uint32_t name = 0;
		size_t known;

		if (customers->ids[c].len)
			continue;
		for (uint32_t i = customers->begin[c]; i < customers->begin[c + 1]; i++)
			key = customers->keys[customers->members[i]] < key ? customers->keys[customers->members[i]] : key;
		/* A name that is taken, by an old id or against all odds, makes way for the next. */
		do {
			known = customers->names.count;
			name = map_add(&customers->names, id_text(key++, text));
		} while (name < known);
		customers->ids[c] = customers->names.keys[name];
	}
	return 0;
}
