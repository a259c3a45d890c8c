/* log P(Y <= y) and log P(Y > y) of a gamma row. */
real gamma_lcdf_row(real y, real shape, real rate) {
  return log_gamma_P(shape, rate * y);
}
real gamma_lccdf_row(real y, real shape, real rate) {
  return log_gamma_Q(shape, rate * y);
}
