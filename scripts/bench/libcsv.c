/* Counts the fields of a CSV file with libcsv, as its own csvtest does: the speed to compare quoted CSV with. */
#include <csv.h>
#include <stdio.h>

struct counts {
	unsigned long fields, rows;
};

static void count_field(void *field, size_t len, void *context)
{
	(void)field;
	(void)len;
	((struct counts *)context)->fields++;
}

static void count_row(int end, void *context)
{
	(void)end;
	((struct counts *)context)->rows++;
}

int main(int argc, char **argv)
{
	static char bytes[1 << 16];
	struct counts counts = { 0 };
	struct csv_parser parser;
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t got;

	if (!file || csv_init(&parser, CSV_APPEND_NULL) != 0)
		return 1;
	while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
		if (csv_parse(&parser, bytes, got, count_field, count_row, &counts) != got)
			return 1;
	csv_fini(&parser, count_field, count_row, &counts);
	printf("%lu rows, %lu fields\n", counts.rows, counts.fields);
	csv_free(&parser);
	fclose(file);
	return 0;
}
