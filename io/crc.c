#include "io/crc.h"

#include <zlib.h>

uint32_t crc_join(uint32_t first, uint32_t second, int64_t length)
{
	return (uint32_t)crc32_combine(first, second, (z_off_t)length);
}

#ifdef HAVE_ISAL
#include <isa-l/crc.h>

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	return crc32_gzip_refl(crc, bytes, length);
}

#else

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length)
{
	return (uint32_t)crc32_z(crc, bytes, length);
}
#endif
