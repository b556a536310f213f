/* patron report: what its words mean. */
#include "cmd/report_sections.h"

static const struct column terms[] = {
	{"customer", COLUMN_TEXT, "", "someone with at least one purchase in the data"},
	{"purchase", COLUMN_TEXT, "",
		"a row with an amount of 0 or more; a negative amount is a return, which lowers"
		" revenue and is never a purchase"},
	{"order", COLUMN_TEXT, "",
		"a distinct order id of a customer; without order ids, each row"},
	{"as of", COLUMN_TEXT, "",
		"the day the page speaks of: the last one in the data, or as asked"},
	{"active", COLUMN_TEXT, "", "with a purchase in the last 90 days"},
	{"repeat rate", COLUMN_TEXT, "", "share of customers with purchases on more than one day"},
	{"net revenue", COLUMN_TEXT, "", "purchases less returns"},
	{"average order", COLUMN_TEXT, "", "revenue before returns over orders"},
	{"top tenth", COLUMN_TEXT, "", "the tenth of the customers with the highest net revenue"},
	{"cohort", COLUMN_TEXT, "", "customers who first bought in the same month"},
	{"retention rate", COLUMN_TEXT, "",
		"share of a cohort with a purchase in a later month; intervals are Wilson's"},
	{"survival", COLUMN_TEXT, "",
		"share not lost after a time; lost is who does not buy for 90 days; a customer who"
		" returned later counts as never lost"},
	{"customer lifetime value", COLUMN_TEXT, "",
		"expected revenue of the next 52 weeks, discounted by 10% a year"},
	{"silhouette", COLUMN_TEXT, "",
		"how much nearer a customer is to its own cluster than to the next: -1 to 1"},
};

void report_definitions(struct report *report)
{
	report_terms(report, terms, sizeof(terms) / sizeof(*terms));
}
