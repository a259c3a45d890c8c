/* log of the sum of the beta-binomial mass from 0 to k: the mass at k times a sum of products of ratios. */
real beta_binomial_log_sum(real k, real trials, real a, real b) {
  real term = 1;
  real total = 1;
  real i = k;
  while (i > 0) {
    term *= i * (trials - i + b) / ((trials - i + 1) * (i - 1 + a));
    total += term;
    i -= 1;
  }
  return lchoose(trials, k) + lbeta(k + a, trials - k + b) - lbeta(a, b) + log(total);
}
/* log P(Y <= k) and log P(Y > k) of a beta-binomial row, from the sum on its side of the mean. */
real beta_binomial_lcdf_row(real k, real trials, real a, real b) {
  real lp = 0;
  if (k < trials) {
    if (k * (a + b) < trials * a) {
      lp = beta_binomial_log_sum(k, trials, a, b);
    } else {
      lp = log1m_exp(beta_binomial_log_sum(trials - k - 1, trials, b, a));
    }
  }
  return lp;
}
real beta_binomial_lccdf_row(real k, real trials, real a, real b) {
  return k < trials ? beta_binomial_lcdf_row(trials - k - 1, trials, b, a) : negative_infinity();
}
