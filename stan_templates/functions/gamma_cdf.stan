/* log P(Y <= y) and log P(Y > y) of gamma rows. */
vector gamma_lcdf_rows(vector y, vector shape, vector rate) {
  return log_gamma_P(shape, rate .* y);
}
vector gamma_lccdf_rows(vector y, vector shape, vector rate) {
  return log_gamma_Q(shape, rate .* y);
}
