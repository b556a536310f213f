#include "analytics/random.h"

#include <assert.h>

static uint64_t mixed(uint64_t bits)
{
	bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
	return bits ^ bits >> 31;
}

struct random random_stream(uint64_t seed, uint64_t number)
{
	struct random random = {.state = seed};
	random.state = random_bits(&random) + number;
	random.state = random_bits(&random);
	return random;
}

uint64_t random_bits(struct random *random)
{
	random->state += UINT64_C(0x9e3779b97f4a7c15);
	return mixed(random->state);
}

double random_uniform(struct random *random)
{
	return (double)(random_bits(random) >> 11) * 0x1p-53;
}

uint64_t random_below(struct random *random, uint64_t bound)
{
	assert(bound > 0);
	uint64_t bits, excess = -bound % bound; /* 2^64 modulo bound: what would fall twice */
	do
		bits = random_bits(random);
	while (bits < excess);
	return bits % bound;
}
