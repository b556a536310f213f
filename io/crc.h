/* CRC-32 as gzip (RFC 1952) and zip have it: by ISA-L where it was found at build time, else by
 * carry-less multiplications where the processor has them, else by zlib. crc starts at 0 and is
 * carried from piece to piece. */
#ifndef IO_CRC_H
#define IO_CRC_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc_update(uint32_t crc, const void *bytes, size_t length);

/* Of two texts as one, from the CRC of each; length is the second's. */
uint32_t crc_join(uint32_t first, uint32_t second, int64_t length);

#endif
