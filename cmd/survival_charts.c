#include "cmd/survival_charts.h"

#include "cmd/charts.h"

/* From survival 1 at time 0, where all are at risk. */
static void add_curve(struct plot *plot, const struct survival_curve *curve, struct text name)
{
	struct plot_series *series = plot_series(plot, name, curve->n_points + 1);
	plot_band(series);
	plot_at_risk(series);
	series->y[0] = 1;
	series->at_risk[0] = (double)curve->n;
	for (size_t i = 0; i < curve->n_points; i++) {
		const struct survival_point *point = &curve->points[i];
		series->x[i + 1] = point->time;
		series->y[i + 1] = point->survival;
		series->low[i + 1] = point->interval.low;
		series->high[i + 1] = point->interval.high;
		series->at_risk[i + 1] = (double)point->at_risk;
	}
}

void survival_charts_draw(
	const struct survival *survival, const struct text *groups, const char *time_words)
{
	if (!charts_want("curves"))
		return;
	struct plot *plot = plot_new(PLOT_STEPS, "Survival: share not yet lost");
	plot_axis(plot, PLOT_X, time_words, PLOT_REAL);
	plot_axis(plot, PLOT_Y, "share not lost up to the time, %", PLOT_SHARE);
	plot_axis(plot, PLOT_VALUE, "at risk", PLOT_COUNT);
	plot->axes[PLOT_X].from_zero = plot->axes[PLOT_Y].from_zero = true;
	plot_note(plot, survival->n_groups > 1 ? "Kaplan-Meier; the bands are the intervals."
					       : "Kaplan-Meier; the band is the interval.");
	if (survival->n_groups > PLOT_MOST_SERIES)
		plot_note(plot, "The first %d of %u groups.", PLOT_MOST_SERIES,
			(unsigned)survival->n_groups);
	for (uint32_t g = 0; g < survival->n_groups && g < PLOT_MOST_SERIES; g++)
		add_curve(plot, &survival->curves[g], groups[g]);
	charts_add(plot);
}
