/* log P(Y <= y) and log P(Y > y) of a student_t row, by the incomplete beta function; near the location it is the square
 * root in that function that makes it smooth (DLMF 8.17.8).
 */
real student_t_lcdf_row(real y, real nu, real mu, real sigma) {
  real z = (y - mu) / sigma;
  real tail = nu / (nu + square(z));
  real rest = square(z) / (nu + square(z));
  real scale = 0.5 * nu * log(tail) - lbeta(0.5 * nu, 0.5);
  real lp;
  if (tail * (0.5 * nu + 2.5) >= 0.5 * nu + 1) {
    lp = log(0.5 + z / sqrt(nu + square(z)) * exp(scale) * beta_fraction(0.5, 0.5 * nu, rest));
  } else {
    lp = scale + 0.5 * log(rest) + log(beta_fraction(0.5 * nu, 0.5, tail)) - log(nu);
    lp = z < 0 ? lp : log1m_exp(lp);
  }
  return lp;
}
real student_t_lccdf_row(real y, real nu, real mu, real sigma) {
  return student_t_lcdf_row(2 * mu - y, nu, mu, sigma);
}
