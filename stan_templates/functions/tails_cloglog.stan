/* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of F(x) = 1 - exp(-exp(x)). */
vector log_below(vector x) {
  return log1m_exp(-exp(x));
}
vector log_above(vector x) {
  return -exp(x);
}
vector log_between(vector low, vector high) {
  return log1m_exp(exp(low) - exp(high)) - exp(low);
}
