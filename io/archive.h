/* Whether a file in which XML documents are zipped (an .xlsx) came out whole: that every document
 * unpacks and ends with the closing tag of what it begins with. What wrote them may not have seen
 * that its disk was full. */
#ifndef IO_ARCHIVE_H
#define IO_ARCHIVE_H

#include <stdbool.h>
#include <stdio.h>

/* Leaves the file at its end. False also for what is no such archive. */
bool archive_is_whole(FILE *file);

#endif
