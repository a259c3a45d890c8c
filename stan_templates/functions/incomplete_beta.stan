/* The continued fraction of the incomplete beta function by the modified Lentz method (DLMF 8.17.22). */
real beta_fraction(real a, real b, real x) {
  real c = 1;
  real d = 1 / (1 - (a + b) * x / (a + 1));
  real h = d;
  real change = 2;
  real m = 0;
  while (abs(change - 1) > 1e-15 && m < 100000) {
    m += 1;
    real even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    real odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= c * d;
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    change = c * d;
    h *= change;
  }
  return h;
}
/* log of the regularised incomplete beta function I_x(a, b).
 * Args:
 *   x, y: where, and 1 - x, each with all of its digits
 */
real log_beta_I(real a, real b, real x, real y) {
  real lp = x > 0 ? 0 : negative_infinity();
  if (x > 0 && y > 0) {
    lp = a * log(x) + b * log(y) - lbeta(a, b);
    if (x * (a + b + 2) < a + 1) {
      lp += log(beta_fraction(a, b, x)) - log(a);
    } else {
      lp = log1m_exp(lp + log(beta_fraction(b, a, y)) - log(b));
    }
  }
  return lp;
}
