/* log P(Y <= k) and log P(Y > k) of binomial rows. */
vector binomial_lcdf_rows(array[] int k, array[] int trials, vector p) {
  vector[size(k)] left = fmax(to_vector(trials) - to_vector(k), 0);
  vector[size(k)] none;
  for (i in 1:size(k)) {
    none[i] = left[i] == 0;
  }
  return (1 - none) .* log_beta_I(left + none, to_vector(k) + 1, 1 - p, p);
}
vector binomial_lccdf_rows(array[] int k, array[] int trials, vector p) {
  vector[size(k)] left = fmax(to_vector(trials) - to_vector(k), 0);
  vector[size(k)] none;
  for (i in 1:size(k)) {
    none[i] = left[i] == 0;
  }
  return log_beta_I(to_vector(k) + 1, left + none, p, 1 - p) + log1m(none);
}
