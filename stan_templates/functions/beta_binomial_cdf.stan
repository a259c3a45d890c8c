/* log P(Y <= k) of beta-binomial rows: the mass at k times a sum of products of ratios, from the side of the mean on
 * which k lies.  Arguments are copied because stanli evaluates them again wherever they stand.
 */
vector beta_binomial_lcdf_rows(array[] int k, array[] int trials, vector a, vector b) {
  int N_rows = size(k);
  vector[N_rows] n = to_vector(trials);
  vector[N_rows] at = to_vector(k);
  vector[N_rows] first = a;
  vector[N_rows] second = b;
  vector[N_rows] left;
  vector[N_rows] right;
  for (i in 1:N_rows) {
    left[i] = (at[i] < n[i]) * (at[i] * (first[i] + second[i]) < n[i] * first[i]);
    right[i] = (at[i] < n[i]) - left[i];
  }
  vector[N_rows] from = left .* at + right .* (n - at - 1);
  vector[N_rows] alpha = left .* first + (1 - left) .* second;
  vector[N_rows] beta = left .* second + (1 - left) .* first;
  vector[N_rows] step = from;
  vector[N_rows] term = rep_vector(1, N_rows);
  vector[N_rows] total = term;
  while (max(step) > 0) {
    // a row that is done has terms of 0
    term = term .* step .* (n - step + beta) ./ ((n - step + 1) .* (abs(step - 1) + alpha));
    total += term;
    step = 0.5 * (step - 1 + abs(step - 1));
  }
  vector[N_rows] lp = lchoose(n, from) + lbeta(from + alpha, n - from + beta) - lbeta(alpha, beta) + log(total);
  lp = (left + right) .* lp + left + right - 1;
  return left .* lp + right .* log1m_exp(lp);
}
vector beta_binomial_lccdf_rows(array[] int k, array[] int trials, vector a, vector b) {
  int N_rows = size(k);
  array[N_rows] int above;
  vector[N_rows] possible;
  for (i in 1:N_rows) {
    above[i] = max(trials[i] - k[i] - 1, 0);
    possible[i] = k[i] < trials[i];
  }
  return beta_binomial_lcdf_rows(above, trials, b, a) + log(possible);
}
