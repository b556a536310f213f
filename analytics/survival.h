/* How long customers stay: curves of survival by Kaplan and Meier, from times of which some are
 * censored, that is, only known to be longer.
 *
 *	struct survival survival;
 *	struct survival_data data = {.time = days, .event = lost, .n_rows = n, .n_groups = 1};
 *	if (survival_fit(&survival, &data, SURVIVAL_LOG, normal_deviate(.95)) == SURVIVAL_OK)
 *		... survival.curves[0].median, survival.curves[0].points[i].survival
 *	survival_release(&survival);
 *
 * With d events among n at risk at the i-th time:
 *
 *	survival            S = prod (1 - d / n)                    Kaplan and Meier 1958, JASA 53
 *	its error           S sqrt(sum d / (n (n - d)))             Greenwood 1926
 *	cumulative hazard   sum d / n, its error sqrt(sum d / n^2)  Nelson 1972, Aalen 1978
 *
 * Someone censored at a time is at risk at that time. Definitions, conventions and the last digits
 * follow the package survival 3.5 for R, but for intervals where S is 0 or 1.
 */
#ifndef ANALYTICS_SURVIVAL_H
#define ANALYTICS_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analytics/proportion.h"

struct survival_data {
	const double *time;    /* finite, not negative, in any unit */
	const bool *event;     /* false: censored */
	const uint32_t *group; /* below n_groups; NULL: all in group 0 */
	size_t n_rows;
	uint32_t n_groups;
};

/* The scale on which the interval of S is S +- z times its error. */
enum survival_scale {
	SURVIVAL_LOG,     /* of log S */
	SURVIVAL_LOG_LOG, /* of log(-log S) */
	SURVIVAL_PLAIN,   /* of S */
};

/* One distinct time, of an event or of a censoring. */
struct survival_point {
	double time;
	int64_t at_risk, events, censored;
	double survival, se;      /* se is NaN where survival is 0 */
	struct interval interval; /* cut to 0 and 1; NaN where survival is 0 or 1 */
	double cumulative_hazard, cumulative_hazard_se;
};

struct survival_curve {
	const struct survival_point *points; /* by time */
	size_t n_points;
	int64_t n, events;
	/* The time at which survival falls to one half; halfway to the next fall where it rests at
	 * one half. NaN where it does not fall so far: with no event the median is unknown, not 0.
	 * The interval is where the limits of survival do so (Brookmeyer and Crowley 1982). */
	double median;
	struct interval median_interval;
};

struct survival {
	struct survival_curve *curves; /* by group; one without rows has no points */
	uint32_t n_groups;
	struct survival_point *points;
};

enum survival_status { SURVIVAL_OK, SURVIVAL_NO_ROWS, SURVIVAL_BAD_TIME };

/* z is normal_deviate(confidence). */
enum survival_status survival_fit(struct survival *survival, const struct survival_data *data,
	enum survival_scale scale, double z);

void survival_release(struct survival *survival);

/* The area under S from 0 to a time: how long a customer stays within it, on average. */
struct restricted_mean {
	double mean, se;
	struct interval interval; /* mean +- z se */
};

/* All NaN where the curve is not known up to the time: it lies beyond the last point, and survival
 * there is not 0. Error: sqrt(sum A^2 d / (n (n - d))), A the area from the event on (Klein and
 * Moeschberger 2003, 4.5). */
struct restricted_mean survival_restricted_mean(
	const struct survival_curve *curve, double until, double z);

/* The smallest of the groups' largest times: the longest for which each has a restricted mean. */
double survival_common_time(const struct survival *survival);

/* A customer of whom only purchases are known, by the rule that one is lost churn_after days after
 * the last: an event on that day, if it is not after as_of; else censored at as_of.
 *
 * Both are counted from the first purchase, up to the day on which the loss can be seen. (With
 * the event at the last purchase and the censoring at as_of, customers would be at risk in the last
 * churn_after days, when none can be seen to be lost, and the tail of the curve would be flat.) */
struct lifetime {
	int32_t days;
	bool lost;
};
struct lifetime lifetime_of(
	int32_t first_purchase, int32_t last_purchase, int32_t as_of, int32_t churn_after);

#endif
