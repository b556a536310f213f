/* Texts -> numbers: 0, 1, 2, ... in the order in which they are first met.
 *
 *	struct intern channels = {0};
 *	uint32_t web = intern_number(&channels, TEXT("web"));
 *	... intern_text(&channels, web), intern_count(&channels)
 *	intern_release(&channels);
 *
 * Texts are copied. Where rows come in any order, so do the numbers: sort before they show.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct intern {
	struct interned *texts;
	size_t n_texts, capacity;
	uint32_t *slots; /* a number plus 1; 0: free */
	size_t n_slots;
};

uint32_t intern_number(struct intern *intern, struct text text);
struct text intern_text(const struct intern *intern, uint32_t number); /* until intern_release() */
size_t intern_count(const struct intern *intern);
void intern_release(struct intern *intern); /* idempotent */

#endif
