/* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of F(x) = s(x) / (1 + s(x)), s(x) = log(1 + exp(x)). */
vector log_below(vector x) {
  return log(log1p_exp(x)) - log1p(log1p_exp(x));
}
vector log_above(vector x) {
  return -log1p(log1p_exp(x));
}
vector log_between(vector low, vector high) {
  vector[size(low)] a = log1p_exp(low);
  vector[size(low)] b = log1p_exp(high);
  return log(b - a) - log1p(a) - log1p(b);
}
