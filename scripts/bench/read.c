/* Reads tables with the reader alone, in threads, and says how much: read THREADS FILE… */
#include <stdio.h>
#include <stdlib.h>

#include "io/stream.h"

static int next_batch(void *context, struct batch *batch, struct diag *diag)
{
	return table_read(context, batch, diag);
}

static int read_table(const char *path, unsigned threads, struct diag *diag)
{
	const struct table_options options = { 0 };
	struct stream stream = { .next = next_batch, .threads = threads };
	const struct batch *first;
	struct table *table;
	int result;

	if (table_open(&table, path, &options, diag) < 0 || rejects_open(&stream.rejects, NULL, false, diag) < 0)
		return -1;
	first = table_peek(table, diag);
	if (!first || first->count == 0)
		return -1;
	table_begin(table, 1, first->records[0].value_count);
	stream.context = table;
	result = stream_run(&stream, diag);
	printf("%s: %llu records, %llu bytes\n", path, (unsigned long long)stream.records, (unsigned long long)stream.bytes);
	rejects_abort(stream.rejects);
	table_free(table);
	return result;
}

int main(int argc, char **argv)
{
	struct diag diag;

	diag_init(&diag);
	for (int i = 2; i < argc; i++) {
		if (read_table(argv[i], (unsigned)strtoul(argv[1], NULL, 10), &diag) < 0) {
			fprintf(stderr, "read: %s\n", diag.error);
			return 1;
		}
	}
	diag_release(&diag);
	return 0;
}
