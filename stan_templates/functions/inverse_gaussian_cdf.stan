/* log P(Y <= y) and log P(Y > y) of inverse Gaussian rows; Shuster (1968), JASA 63, 1514-1516. */
vector inverse_gaussian_lcdf_rows(vector y, vector mu, vector shape) {
  vector[size(y)] root = sqrt(shape ./ y);
  return log_sum_exp(log_Phi(root .* (y ./ mu - 1)), 2 * shape ./ mu + log_Phi(-root .* (y ./ mu + 1)));
}
vector inverse_gaussian_lccdf_rows(vector y, vector mu, vector shape) {
  vector[size(y)] root = sqrt(shape ./ y);
  return log_diff_exp(log_Phi(root .* (1 - y ./ mu)), 2 * shape ./ mu + log_Phi(-root .* (y ./ mu + 1)));
}
