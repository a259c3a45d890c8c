/* log P(Y <= y) and log P(Y > y) of beta rows. */
vector beta_lcdf_rows(vector y, vector a, vector b) {
  return log_beta_I(a, b, y, 1 - y);
}
vector beta_lccdf_rows(vector y, vector a, vector b) {
  return log_beta_I(b, a, 1 - y, y);
}
