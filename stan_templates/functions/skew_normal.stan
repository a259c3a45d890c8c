/* The skew normal distribution by its mean and standard deviation (Azzalini 1985, Scand. J. Stat. 12).
 * Args:
 *   sigma, alpha: standard deviation and skewness parameter, numbers or vectors of rows
 * Returns:
 *   scale of the density; and how far its location lies below the mean
 */
real skew_normal_scale(real sigma, real alpha) {
  return sigma / sqrt(1 - 2 / pi() * square(alpha) / (1 + square(alpha)));
}
vector skew_normal_scale(vector sigma, real alpha) {
  return sigma / sqrt(1 - 2 / pi() * square(alpha) / (1 + square(alpha)));
}
vector skew_normal_scale(real sigma, vector alpha) {
  return sigma ./ sqrt(1 - 2 / pi() * square(alpha) ./ (1 + square(alpha)));
}
vector skew_normal_scale(vector sigma, vector alpha) {
  return sigma ./ sqrt(1 - 2 / pi() * square(alpha) ./ (1 + square(alpha)));
}
real skew_normal_shift(real sigma, real alpha) {
  return sqrt(2 / pi()) * skew_normal_scale(sigma, alpha) * alpha / sqrt(1 + square(alpha));
}
vector skew_normal_shift(vector sigma, real alpha) {
  return sqrt(2 / pi()) * skew_normal_scale(sigma, alpha) * alpha / sqrt(1 + square(alpha));
}
vector skew_normal_shift(real sigma, vector alpha) {
  return sqrt(2 / pi()) * skew_normal_scale(sigma, alpha) .* alpha ./ sqrt(1 + square(alpha));
}
vector skew_normal_shift(vector sigma, vector alpha) {
  return sqrt(2 / pi()) * skew_normal_scale(sigma, alpha) .* alpha ./ sqrt(1 + square(alpha));
}
/* Log densities of the rows; Stan's own density is zero where Phi underflows. */
vector skew_normal_rows(vector y, vector location, vector scale, vector alpha) {
  vector[size(y)] z = (y - location) ./ scale;
  return log2() - 0.5 * log(2 * pi()) - log(scale) - 0.5 * square(z) + log_Phi(alpha .* z);
}
