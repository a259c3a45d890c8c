/* log P(Y <= y) and log P(Y > y) of exponential rows. */
vector exponential_lccdf_rows(vector y, vector rate) {
  return -rate .* y;
}
vector exponential_lcdf_rows(vector y, vector rate) {
  return log1m_exp(-rate .* y);
}
