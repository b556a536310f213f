/* Times one start of k-means:
 *
 *	kmeans FILE DIMS K THREADS TOLERANCE START    prints: seconds rounds inertia kilobytes
 *
 * FILE is a matrix of doubles, rows of DIMS. START is a seed, or a file of K x DIMS doubles to
 * start from. The clock runs from the matrix in memory to the result: checking the points, seeding,
 * all rounds; not reading. Kilobytes are the most that was in memory, the matrix included.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "analytics/huge_pages.h"
#include "analytics/kmeans.h"
#include "base/mem.h"

static double *read_doubles(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
		perror(path);
		exit(1);
	}
	*n = (size_t)ftell(file) / sizeof(double);
	rewind(file);
	double *values = mem_array(*n, sizeof(*values));
	huge_pages(values, *n * sizeof(*values)); /* as numpy does for its arrays */
	if (fread(values, sizeof(*values), *n, file) != *n) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return values;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int n_arguments, char **arguments)
{
	if (n_arguments != 7)
		return 2;
	size_t n, n_dims = strtoul(arguments[2], NULL, 10), n_centres;
	unsigned n_threads = (unsigned)strtoul(arguments[4], NULL, 10);
	char *end;
	struct kmeans_options options = {
		.k = strtoul(arguments[3], NULL, 10),
		.n_starts = 1,
		.max_rounds = 10000,
		.tolerance = strtod(arguments[5], NULL),
		.seed = strtoull(arguments[6], &end, 10),
	};
	double *rows = read_doubles(arguments[1], &n);
	double *init = *end != 0 ? read_doubles(arguments[6], &n_centres) : NULL;
	options.init = init;

	double start = now();
	struct points points;
	struct points_fault fault;
	struct kmeans kmeans;
	if (points_borrow(&points, rows, n / n_dims, n_dims, n_threads, &fault) != POINTS_OK ||
		kmeans_fit(&kmeans, &points, &options, n_threads) != KMEANS_OK)
		return 1;
	double seconds = now() - start;

	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%.6f %zu %.17g %ld\n", seconds, kmeans.n_rounds, kmeans.inertia, usage.ru_maxrss);
	kmeans_release(&kmeans);
	points_release(&points);
	mem_free(init);
	mem_free(rows);
	return 0;
}
