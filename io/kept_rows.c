#include "io/kept_rows.h"

#include "base/mem.h"

void kept_rows_init(struct kept_rows_store *store)
{
	store->spare = NULL;
	pthread_mutex_init(&store->lock, NULL);
}

struct kept_rows *kept_rows_take(struct kept_rows_store *store,
	const struct transactions_settings *settings, const struct binding *binding, size_t n_rows)
{
	pthread_mutex_lock(&store->lock);
	struct kept_rows *kept = store->spare;
	if (kept != NULL)
		store->spare = kept->next;
	pthread_mutex_unlock(&store->lock);
	if (kept == NULL)
		kept = mem_zeroed(1, sizeof(*kept));
	if (kept->capacity >= n_rows)
		return kept;
	kept->capacity = n_rows;
	kept->customers = mem_resize(kept->customers, n_rows, sizeof(struct text));
	kept->orders = mem_resize(kept->orders, n_rows, sizeof(struct text));
	for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
		if (settings->labels[l] != NULL)
			kept->labels[l] = mem_resize(kept->labels[l], n_rows, sizeof(struct text));
	kept->days = mem_resize(kept->days, n_rows, sizeof(int32_t));
	kept->amounts = mem_resize(kept->amounts, n_rows, sizeof(money));
	kept->is_header = mem_resize(kept->is_header, n_rows, sizeof(bool));
	if (binding->n_cells > 0)
		kept->cells =
			mem_resize(kept->cells, n_rows, binding->n_cells * sizeof(struct text));
	if (binding->is_customers_table)
		kept->rows = mem_resize(kept->rows, n_rows, sizeof(struct customer));
	return kept;
}

void kept_rows_give(struct kept_rows_store *store, struct kept_rows *kept)
{
	pthread_mutex_lock(&store->lock);
	kept->next = store->spare;
	store->spare = kept;
	pthread_mutex_unlock(&store->lock);
}

void kept_rows_release(struct kept_rows_store *store)
{
	for (struct kept_rows *kept = store->spare, *next; kept != NULL; kept = next) {
		next = kept->next;
		mem_free(kept->customers);
		mem_free(kept->orders);
		for (size_t l = 0; l < TRANSACTIONS_LABELS; l++)
			mem_free(kept->labels[l]);
		mem_free(kept->days);
		mem_free(kept->amounts);
		mem_free(kept->cells);
		mem_free(kept->is_header);
		mem_free(kept->rows);
		mem_free(kept);
	}
	pthread_mutex_destroy(&store->lock);
}
