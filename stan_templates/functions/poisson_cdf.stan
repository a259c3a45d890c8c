/* log P(Y <= k) and log P(Y > k) of Poisson rows; DLMF 8.4.10. */
vector poisson_lcdf_rows(array[] int k, vector mu) {
  return log_gamma_Q(to_vector(k) + 1, mu);
}
vector poisson_lccdf_rows(array[] int k, vector mu) {
  return log_gamma_P(to_vector(k) + 1, mu);
}
