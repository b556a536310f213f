/* The natural logarithm: the same bytes on every machine.
 *
 *	double total_log = logarithm(3) + logarithm(30.4375);
 *	row[j] = logarithm_1p(row[j]);          ln(1 + x), to the last digit also where x is tiny
 *
 * The C library's logarithm differs in the last digit between libraries, and in one library
 * between processors with and without fused multiply-add. Where such a digit decides what is drawn
 * or chosen (the order of points hangs on every bit of them), or is printed in full, it is taken
 * here: of sums, products and quotients, which IEEE 754 rounds in one way only. Elsewhere log() is
 * as good and faster.
 *
 * With x = 2^k m, m near 1, and s = (m - 1) / (m + 1): ln m = 2 (s + s^3 / 3 + s^5 / 5 + ...)
 * (Abramowitz and Stegun 1964, 4.1.27), arranged so that m - 1, which is exact, comes last (Tang
 * 1990, "Table-driven implementation of the logarithm function", ACM Transactions on Mathematical
 * Software 16). Less than one unit in the last place off.
 */
#ifndef ANALYTICS_LOGARITHM_H
#define ANALYTICS_LOGARITHM_H

double logarithm(double x);    /* x normal, finite and above 0 */
double logarithm_1p(double x); /* ln(1 + x); x finite, 0 or above */

#endif
