/* log P(Y <= k) and log P(Y > k) of a binomial row. */
real binomial_lcdf_row(real k, real trials, real p) {
  return k < trials ? log_beta_I(trials - k, k + 1, 1 - p, p) : 0;
}
real binomial_lccdf_row(real k, real trials, real p) {
  return k < trials ? log_beta_I(k + 1, trials - k, p, 1 - p) : negative_infinity();
}
