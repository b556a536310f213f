#include "io/crc.h"

#ifdef HAVE_ISAL
#include <isa-l/crc.h>

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	return crc32_gzip_refl(crc, bytes, length);
}

#else
#include <zlib.h>

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	return (uint32_t)crc32_z(crc, bytes, length);
}
#endif
