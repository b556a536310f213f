/* Runs a command and says how long it took and how much memory it needed at most:
 *
 *	measure COMMAND [ARGUMENT]...      on descriptor 3: seconds user+system kilobytes status
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

int main(int n_arguments, char **arguments)
{
	struct timespec start, end;
	struct rusage usage;
	int status;
	if (n_arguments < 2)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &start);
	pid_t child = fork();
	if (child == 0) {
		close(3);
		execvp(arguments[1], arguments + 1);
		perror(arguments[1]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &end);
	double wall =
		(double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	dprintf(3, "%.3f %.3f %ld %d\n", wall, seconds(&usage.ru_utime) + seconds(&usage.ru_stime),
		usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return 0;
}
