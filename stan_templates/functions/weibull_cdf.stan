/* log P(Y <= y) and log P(Y > y) of Weibull rows. */
vector weibull_lccdf_rows(vector y, vector shape, vector scale) {
  return -exp(shape .* log(y ./ scale));
}
vector weibull_lcdf_rows(vector y, vector shape, vector scale) {
  return log1m_exp(weibull_lccdf_rows(y, shape, scale));
}
