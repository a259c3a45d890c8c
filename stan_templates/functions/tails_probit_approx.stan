/* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of Phi_approx(x) = inv_logit(0.07056 x^3 + 1.5976 x). */
vector approximate_odds(vector x) {
  return x .* (0.07056 * square(x) + 1.5976);
}
vector log_below(vector x) {
  return log_inv_logit(approximate_odds(x));
}
vector log_above(vector x) {
  return log1m_inv_logit(approximate_odds(x));
}
vector log_between(vector low, vector high) {
  vector[size(low)] a = approximate_odds(low);
  vector[size(low)] b = approximate_odds(high);
  return log_inv_logit(b) + log1m_inv_logit(a) + log1m_exp(a - b);
}
