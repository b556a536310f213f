#include "analytics/survival.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct row {
	double time;
	uint32_t group;
	bool event;
};

static int by_group_and_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->time > y->time) - (x->time < y->time);
}

static struct row *sorted_rows(const struct survival_data *data)
{
	struct row *rows = mem_array(data->n_rows, sizeof(*rows));
	for (size_t i = 0; i < data->n_rows; i++) {
		rows[i] = (struct row){.time = data->time[i],
			.group = data->group != NULL ? data->group[i] : 0,
			.event = data->event[i]};
		assert(rows[i].group < data->n_groups);
	}
	qsort(rows, data->n_rows, sizeof(*rows), by_group_and_time);
	return rows;
}

/* The points of one group's rows, with counts only; returns how many. */
static size_t count_points(struct survival_point *points, const struct row *rows, size_t n_rows)
{
	size_t n = 0;
	for (size_t i = 0; i < n_rows; i++) {
		if (n == 0 || points[n - 1].time != rows[i].time)
			points[n++] = (struct survival_point){
				.time = rows[i].time, .at_risk = (int64_t)(n_rows - i)};
		points[n - 1].events += rows[i].event;
		points[n - 1].censored += !rows[i].event;
	}
	return n;
}

/* error is that of log S. */
static struct interval interval_of(double s, double error, enum survival_scale scale, double z)
{
	if (s <= 0 || s >= 1)
		return (struct interval){NAN, NAN};
	double low, high;
	if (scale == SURVIVAL_LOG) {
		low = s * exp(-z * error);
		high = s * exp(z * error);
	} else if (scale == SURVIVAL_LOG_LOG) {
		double middle = log(-log(s)), half = -z * error / log(s);
		low = exp(-exp(middle + half));
		high = exp(-exp(middle - half));
	} else {
		low = s - z * s * error;
		high = s + z * s * error;
	}
	return (struct interval){fmax(low, 0), fmin(high, 1)};
}

static void estimate(
	struct survival_point *points, size_t n_points, enum survival_scale scale, double z)
{
	double survival = 1, greenwood = 0, hazard = 0, hazard_variance = 0;
	for (size_t i = 0; i < n_points; i++) {
		struct survival_point *point = &points[i];
		double d = (double)point->events, n = (double)point->at_risk;
		survival *= (n - d) / n;
		hazard += d / n;
		hazard_variance += d / (n * n);
		if (d > 0)
			greenwood += d / (n * (n - d)); /* infinite when all are lost */
		point->survival = survival;
		point->se = survival > 0 ? survival * sqrt(greenwood) : NAN;
		point->interval = interval_of(survival, sqrt(greenwood), scale, z);
		point->cumulative_hazard = hazard;
		point->cumulative_hazard_se = sqrt(hazard_variance);
	}
}

enum limit { LOW, MIDDLE, HIGH };

static double value_at(const struct survival_point *point, enum limit limit)
{
	return limit == LOW    ? point->interval.low
	       : limit == HIGH ? point->interval.high
			       : point->survival;
}

/* Where a curve falls to one half. It is a product of as many factors as there were points, each
 * rounded twice, so it may rest beside one half by that many units in the last place. */
static double time_of_half(const struct survival_curve *curve, enum limit limit)
{
	double rest = NAN;
	for (size_t i = 0; i < curve->n_points; i++) {
		double above = value_at(&curve->points[i], limit) - .5;
		double rounding = (double)(i + 1) * DBL_EPSILON;
		if (isnan(above))
			continue;
		if (above < -rounding)
			return isnan(rest) ? curve->points[i].time
					   : (rest + curve->points[i].time) / 2;
		if (above <= rounding && isnan(rest))
			rest = curve->points[i].time;
	}
	return isnan(rest) ? NAN : (rest + curve->points[curve->n_points - 1].time) / 2;
}

static struct survival_curve curve_of(struct survival_point *points, const struct row *rows,
	size_t n_rows, enum survival_scale scale, double z)
{
	struct survival_curve curve = {.points = points, .n = (int64_t)n_rows};
	curve.n_points = count_points(points, rows, n_rows);
	estimate(points, curve.n_points, scale, z);
	for (size_t i = 0; i < curve.n_points; i++)
		curve.events += points[i].events;
	curve.median = time_of_half(&curve, MIDDLE);
	curve.median_interval =
		(struct interval){time_of_half(&curve, LOW), time_of_half(&curve, HIGH)};
	return curve;
}

static bool times_are_good(const struct survival_data *data)
{
	for (size_t i = 0; i < data->n_rows; i++)
		if (!isfinite(data->time[i]) || data->time[i] < 0)
			return false;
	return true;
}

enum survival_status survival_fit(struct survival *survival, const struct survival_data *data,
	enum survival_scale scale, double z)
{
	*survival = (struct survival){0};
	if (data->n_rows == 0)
		return SURVIVAL_NO_ROWS;
	if (!times_are_good(data))
		return SURVIVAL_BAD_TIME;
	struct row *rows = sorted_rows(data);
	survival->n_groups = data->n_groups;
	survival->curves = mem_array(data->n_groups, sizeof(*survival->curves));
	survival->points = mem_array(data->n_rows, sizeof(*survival->points));
	struct survival_point *points = survival->points;
	size_t begin = 0;
	for (uint32_t g = 0; g < data->n_groups; g++) {
		size_t end = begin;
		while (end < data->n_rows && rows[end].group == g)
			end++;
		survival->curves[g] = curve_of(points, rows + begin, end - begin, scale, z);
		points += survival->curves[g].n_points;
		begin = end;
	}
	mem_free(rows);
	return SURVIVAL_OK;
}

void survival_release(struct survival *survival)
{
	mem_free(survival->curves);
	mem_free(survival->points);
	*survival = (struct survival){0};
}

struct restricted_mean survival_restricted_mean(
	const struct survival_curve *curve, double until, double z)
{
	const struct survival_point *points = curve->points;
	size_t n = curve->n_points;
	if (n == 0 || (until > points[n - 1].time && points[n - 1].survival > 0))
		return (struct restricted_mean){NAN, NAN, {NAN, NAN}};
	double area = 0, variance = 0, end = until;
	for (size_t i = n; i-- > 0;) {
		if (points[i].time > until)
			continue;
		area += points[i].survival * (end - points[i].time);
		end = points[i].time;
		double at_risk = (double)points[i].at_risk, events = (double)points[i].events;
		if (events < at_risk)
			variance += area * area * events / (at_risk * (at_risk - events));
	}
	double mean = area + end, se = sqrt(variance);
	return (struct restricted_mean){mean, se, {mean - z * se, mean + z * se}};
}

double survival_common_time(const struct survival *survival)
{
	double least = INFINITY;
	for (uint32_t g = 0; g < survival->n_groups; g++) {
		const struct survival_curve *curve = &survival->curves[g];
		if (curve->n_points > 0)
			least = fmin(least, curve->points[curve->n_points - 1].time);
	}
	return least;
}

struct lifetime lifetime_of(
	int32_t first_purchase, int32_t last_purchase, int32_t as_of, int32_t churn_after)
{
	assert(first_purchase <= last_purchase && last_purchase <= as_of && churn_after > 0);
	bool lost = churn_after <= as_of - last_purchase;
	return (struct lifetime){
		.days = lost ? last_purchase - first_purchase + churn_after
			     : as_of - first_purchase,
		.lost = lost,
	};
}
