/* log P(Y <= y) and log P(Y > y) of a beta row. */
real beta_lcdf_row(real y, real a, real b) {
  return log_beta_I(a, b, y, 1 - y);
}
real beta_lccdf_row(real y, real a, real b) {
  return log_beta_I(b, a, 1 - y, y);
}
