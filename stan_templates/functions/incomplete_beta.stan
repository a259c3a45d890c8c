/* The continued fraction of the incomplete beta function of rows by the modified Lentz method (DLMF 8.17.22).
 * Arguments are copied because stanli evaluates them again wherever they stand.
 */
vector beta_fraction(vector a, vector b, vector x) {
  int N_rows = size(a);
  vector[N_rows] first = a;
  vector[N_rows] second = b;
  vector[N_rows] z = x;
  vector[N_rows] c = rep_vector(1, N_rows);
  vector[N_rows] d = inv(1 - (first + second) .* z ./ (first + 1));
  vector[N_rows] h = d;
  vector[N_rows] change = rep_vector(2, N_rows);
  vector[N_rows] step;
  real m = 0;
  while (max(abs(change - 1)) > 1e-15 && m < 100000) {
    m += 1;
    step = m * (second - m) .* z ./ ((first + 2 * m - 1) .* (first + 2 * m));
    d = inv(1 + step .* d);
    c = 1 + step ./ c;
    h = h .* c .* d;
    step = -(first + m) .* (first + second + m) .* z ./ ((first + 2 * m) .* (first + 2 * m + 1));
    d = inv(1 + step .* d);
    c = 1 + step ./ c;
    change = c .* d;
    h = h .* change;
  }
  return h;
}
/* log of the regularised incomplete beta function I_x(a, b) of rows, or of 1 - I on the other side of the mean.
 * Args:
 *   x, y: where, and 1 - x, each with all of its digits
 */
vector log_beta_I(vector a, vector b, vector x, vector y) {
  int N_rows = size(a);
  vector[N_rows] first = a;
  vector[N_rows] second = b;
  vector[N_rows] z = x;
  vector[N_rows] rest = y;
  vector[N_rows] left;
  vector[N_rows] right;
  vector[N_rows] at_end;
  vector[N_rows] lp;
  for (i in 1:N_rows) {
    real inside = (z[i] > 0) * (rest[i] > 0);
    at_end[i] = 1 - inside;
    left[i] = inside * (z[i] * (first[i] + second[i] + 2) < first[i] + 1);
    right[i] = inside - left[i];
  }
  vector[N_rows] start = (left + at_end) .* first + right .* second;
  lp = first .* log(z + at_end) + second .* log(rest + at_end) - lbeta(first, second) - log(start)
       + log(beta_fraction(start, (left + at_end) .* second + right .* first, left .* z + right .* rest));
  lp = (left + right) .* lp - at_end;  // any negative number at the ends
  return left .* lp + right .* log1m_exp(lp) + log(left + right + at_end .* z);
}
