/* log P(Y <= k) and log P(Y > k) of negative binomial rows. */
vector neg_binomial_2_lcdf_rows(array[] int k, vector mu, vector shape) {
  return log_beta_I(shape, to_vector(k) + 1, shape ./ (shape + mu), mu ./ (shape + mu));
}
vector neg_binomial_2_lccdf_rows(array[] int k, vector mu, vector shape) {
  return log_beta_I(to_vector(k) + 1, shape, mu ./ (shape + mu), shape ./ (shape + mu));
}
