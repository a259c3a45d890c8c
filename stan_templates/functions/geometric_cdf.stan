/* log P(Y <= y) and log P(Y > y) of geometric rows. */
vector geometric_lccdf_rows(array[] int y, vector mu) {
  return -(to_vector(y) + 1) .* log1p(inv(mu));
}
vector geometric_lcdf_rows(array[] int y, vector mu) {
  return log1m_exp(geometric_lccdf_rows(y, mu));
}
