/* What libcsv alone takes to parse a plain file: callbacks that only count.
 *
 *	libcsv FILE
 */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

static void on_field(void *bytes, size_t length, void *data)
{
	(void)bytes, (void)length;
	++*(long long *)data;
}

static void on_row(int end, void *data)
{
	(void)end, (void)data;
}

int main(int n_arguments, char **arguments)
{
	enum { BLOCK = 256 * 1024 };
	static char block[BLOCK];
	struct csv_parser parser;
	long long fields = 0;
	size_t length;
	FILE *file = n_arguments == 2 ? fopen(arguments[1], "rb") : NULL;
	if (file == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return 1;
	while ((length = fread(block, 1, BLOCK, file)) > 0)
		if (csv_parse(&parser, block, length, on_field, on_row, &fields) != length)
			return 3;
	csv_fini(&parser, on_field, on_row, &fields);
	csv_free(&parser);
	fclose(file);
	printf("%lld fields\n", fields);
	return 0;
}
