/* log P(Y <= y) and log P(Y > y) of an asymmetric Laplace row. */
real asym_laplace_lcdf_row(real y, real mu, real sigma, real q) {
  real z = (y - mu) / sigma;
  return z < 0 ? log(q) + (1 - q) * z : log1m((1 - q) * exp(-q * z));
}
real asym_laplace_lccdf_row(real y, real mu, real sigma, real q) {
  real z = (y - mu) / sigma;
  return z < 0 ? log1m(q * exp((1 - q) * z)) : log1m(q) - q * z;
}
