/* Distribution function of the asymmetric Laplace distribution. */
real asym_laplace_lcdf(real y, real mu, real sigma, real q) {
  real z = (y - mu) / sigma;
  return z < 0 ? log(q) + (1 - q) * z : log1m((1 - q) * exp(-q * z));
}
real asym_laplace_lccdf(real y, real mu, real sigma, real q) {
  real z = (y - mu) / sigma;
  return z < 0 ? log1m(q * exp((1 - q) * z)) : log1m(q) - q * z;
}
