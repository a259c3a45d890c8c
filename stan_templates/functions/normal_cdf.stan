/* log P(Y <= y) and log P(Y > y) of normal rows. */
vector normal_lcdf_rows(vector y, vector mu, vector sigma) {
  return log_Phi((y - mu) ./ sigma);
}
vector normal_lccdf_rows(vector y, vector mu, vector sigma) {
  return log_Phi((mu - y) ./ sigma);
}
