/* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of the Cauchy distribution. */
vector log_below(vector x) {
  return log(atan(x) / pi() + 0.5);
}
vector log_above(vector x) {
  return log_below(-x);
}
vector log_between(vector low, vector high) {
  return log((atan(high) - atan(low)) / pi());
}
