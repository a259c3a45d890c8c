/* log P(Y <= k) and log P(Y > k) of a Poisson row; DLMF 8.4.10. */
real poisson_lcdf_row(real k, real mu) {
  return log_gamma_Q(k + 1, mu);
}
real poisson_lccdf_row(real k, real mu) {
  return log_gamma_P(k + 1, mu);
}
