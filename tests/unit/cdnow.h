/* CDNOW (Fader and Hardie): what the customers of the 1/10 sample, or all, did up to 1997-09-30, as
 * x, t_x and T in weeks, and in the 39 weeks after.
 *
 *	struct cdnow cdnow = cdnow_open("clv_cdnow_sample");
 *	... cdnow.rows
 *	cdnow_close(&cdnow);
 *
 * The folder is one of golden/ in the reference data; a test is skipped where there is none.
 */
#ifndef TESTS_UNIT_CDNOW_H
#define TESTS_UNIT_CDNOW_H

#include "analytics/ltv_rows.h"
#include "tests/unit/reference.h"

struct cdnow {
	size_t n;
	int32_t *x;
	double *t_x, *T, *later, *spend; /* later: orders in the holdout; spend: mean per repeat */
	struct ltv_rows rows;
};

static inline struct cdnow cdnow_open(const char *folder)
{
	char name[64];
	snprintf(name, sizeof(name), "golden/%s/cbs.csv.gz", folder);
	struct reference *table = reference_open(name);
	size_t n = table->n_rows;
	struct cdnow cdnow = {.n = n,
		.x = mem_array(n, sizeof(int32_t)),
		.t_x = mem_array(n, sizeof(double)),
		.T = mem_array(n, sizeof(double)),
		.later = mem_array(n, sizeof(double)),
		.spend = mem_array(n, sizeof(double))};
	for (size_t i = 0; i < n; i++) {
		cdnow.x[i] = (int32_t)reference_real(table, i, "x");
		cdnow.t_x[i] = reference_real(table, i, "t_x");
		cdnow.T[i] = reference_real(table, i, "T_cal");
		cdnow.later[i] = reference_real(table, i, "x_star");
		cdnow.spend[i] = reference_real(table, i, "m_x");
	}
	reference_close(table);
	size_t bad;
	assert_int_equal(ltv_rows_group(&cdnow.rows, cdnow.x, cdnow.t_x, cdnow.T, NULL, n, &bad),
		LTV_ROWS_OK);
	return cdnow;
}

static inline void cdnow_close(struct cdnow *cdnow)
{
	ltv_rows_release(&cdnow->rows);
	mem_free(cdnow->x);
	mem_free(cdnow->t_x);
	mem_free(cdnow->T);
	mem_free(cdnow->later);
	mem_free(cdnow->spend);
}

#endif
