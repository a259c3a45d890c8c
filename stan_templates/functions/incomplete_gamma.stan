/* Logarithms of the regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x).
 * Left of the mean the power series, right of it the continued fraction by the modified Lentz method (DLMF 8.7.1 and
 * 8.9.2): no underflow in either tail, and derivatives as exact as the values.
 */
real log_gamma_series(real a, real x) {
  real term = 1;
  real total = 1;
  real n = a;
  while (term > 1e-17 * total) {
    n += 1;
    term *= x / n;
    total += term;
  }
  return a * log(x) - x - lgamma(a + 1) + log(total);
}
real log_gamma_fraction(real a, real x) {
  real b = x + 1 - a;
  real c = 1e300;
  real d = 1 / b;
  real h = d;
  real change = 2;
  real i = 0;
  while (abs(change - 1) > 1e-15 && i < 100000) {
    i += 1;
    b += 2;
    d = 1 / (b + i * (a - i) * d);
    c = b + i * (a - i) / c;
    change = c * d;
    h *= change;
  }
  return a * log(x) - x - lgamma(a) + log(h);
}
real log_gamma_P(real a, real x) {
  real lp = negative_infinity();
  if (x > 0) {
    lp = x < a + 1 ? log_gamma_series(a, x) : log1m_exp(log_gamma_fraction(a, x));
  }
  return lp;
}
real log_gamma_Q(real a, real x) {
  real lp = 0;
  if (x > 0) {
    lp = x < a + 1 ? log1m_exp(log_gamma_series(a, x)) : log_gamma_fraction(a, x);
  }
  return lp;
}
