/* log P(Y <= k) and log P(Y > k) of a negative binomial row. */
real neg_binomial_2_lcdf_row(real k, real mu, real shape) {
  return log_beta_I(shape, k + 1, shape / (shape + mu), mu / (shape + mu));
}
real neg_binomial_2_lccdf_row(real k, real mu, real shape) {
  return log_beta_I(k + 1, shape, mu / (shape + mu), shape / (shape + mu));
}
