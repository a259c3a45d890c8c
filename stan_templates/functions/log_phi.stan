/* log Phi(z), of a row or of all.  The derivative of erfc() is exact; below -30, near its underflow, the asymptotic
 * series of Mills's ratio has a relative error below 1e-15 (Abramowitz and Stegun 1964, 26.2.12).
 */
real log_Phi_row(real z) {
  real lp;
  if (z > -30) {
    lp = log(erfc(-z * sqrt(0.5))) - log2();
  } else {
    real w = inv_square(z);
    lp = -0.5 * square(z) - log(-z) - 0.5 * log(2 * pi())
         + log1m(w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w * (1 - 9 * w)))));
  }
  return lp;
}
vector log_Phi(vector z) {
  vector[size(z)] at = z;
  vector[size(z)] lp;
  if (min(at) > -30) {
    lp = log(erfc(-at * sqrt(0.5))) - log2();
  } else {
    for (i in 1:size(z)) {
      lp[i] = log_Phi_row(at[i]);
    }
  }
  return lp;
}
