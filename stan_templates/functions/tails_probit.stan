/* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of the normal distribution. */
vector log_below(vector x) {
  return log(Phi(x));
}
vector log_above(vector x) {
  return log(Phi(-x));
}
vector log_between(vector low, vector high) {
  // The interval of the same probability in the lower half, where no digits are lost.
  vector[size(low)] middle = -0.5 * abs(low + high);
  vector[size(low)] half = 0.5 * (high - low);
  return log(Phi(middle + half) - Phi(middle - half));
}
