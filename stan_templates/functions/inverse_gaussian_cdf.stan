/* Distribution function of the inverse Gaussian distribution; Shuster (1968), JASA 63, 1514-1516. */
real inverse_gaussian_lcdf(real y, real mu, real shape) {
  real root = sqrt(shape / y);
  return log_sum_exp(std_normal_lcdf(root * (y / mu - 1) | ),
                     2 * shape / mu + std_normal_lcdf(-root * (y / mu + 1) | ));
}
real inverse_gaussian_lccdf(real y, real mu, real shape) {
  real root = sqrt(shape / y);
  return log_diff_exp(std_normal_lcdf(-root * (y / mu - 1) | ),
                      2 * shape / mu + std_normal_lcdf(-root * (y / mu + 1) | ));
}
