/* The file of a fitted model: `--model-out` writes it, `--model FILE` reads it. A small CSV file
 * with the columns model, parameter and value, which may also be written by hand:
 *
 *	model,parameter,value
 *	patron,version,1
 *	patron,unit,week
 *	bgnbd,r,0.2425945
 *	bgnbd,alpha,4.413602
 *	bgnbd,a,0.7929219
 *	bgnbd,b,2.4259064
 *
 * The version, the unit and the parameters of one model are needed. Rows of gamma_gamma give money;
 * `covariance A B`, of the logarithms of the parameters, gives errors and intervals; the others say
 * what the fit was like.
 */
#ifndef CMD_LTV_MODEL_FILE_H
#define CMD_LTV_MODEL_FILE_H

#include <stdbool.h>

#include "base/error.h"
#include "cmd/ltv_estimate.h"
#include "io/table.h"

/* The file as a complete table, to be closed when the report is out; NULL with err set. */
struct table *ltv_model_file_open(
	const char *path, const struct ltv_estimate *estimate, struct error *err);

/* ERROR_DATA for a file of another version, an unknown model or parameter, a value that cannot be,
 * or a missing one. */
bool ltv_model_file_read(const char *path, struct ltv_estimate *estimate, struct error *err);

#endif
