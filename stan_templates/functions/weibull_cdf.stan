/* log P(Y <= y) and log P(Y > y) of Weibull rows. */
vector weibull_lccdf_rows(vector y, vector shape, vector scale) {
  // the logarithm of a response of 0 has no derivatives
  return -exp(shape .* (log(fmax(y, 1e-300)) - log(scale)));
}
vector weibull_lcdf_rows(vector y, vector shape, vector scale) {
  return log1m_exp(weibull_lccdf_rows(y, shape, scale));
}
