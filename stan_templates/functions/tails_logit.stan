/* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of the logistic distribution. */
vector log_below(vector x) {
  return log_inv_logit(x);
}
vector log_above(vector x) {
  return log1m_inv_logit(x);
}
vector log_between(vector low, vector high) {
  return log_inv_logit(high) + log1m_inv_logit(low) + log1m_exp(low - high);
}
