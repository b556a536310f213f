#include "io/crc.h"

#include <zlib.h>

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	return (uint32_t)crc32_z(crc, bytes, length);
}
