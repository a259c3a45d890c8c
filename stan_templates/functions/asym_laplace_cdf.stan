/* log P(Y <= y) and log P(Y > y) of asymmetric Laplace rows, which have exponential tails on either side of mu. */
vector asym_laplace_log_below(vector z, vector q) {
  int N_rows = size(z);
  vector[N_rows] at = z;
  vector[N_rows] below;
  for (i in 1:N_rows) {
    below[i] = at[i] < 0;
  }
  return below .* (log(q) + (1 - q) .* at) + (1 - below) .* log1m((1 - q) .* exp((below - 1) .* q .* at));
}
vector asym_laplace_lcdf_rows(vector y, vector mu, vector sigma, vector q) {
  return asym_laplace_log_below((y - mu) ./ sigma, q);
}
vector asym_laplace_lccdf_rows(vector y, vector mu, vector sigma, vector q) {
  return asym_laplace_log_below((mu - y) ./ sigma, 1 - q);
}
