/* What scale_by_set makes effects of: their standardised values.
 * Args:
 *   r: effects, one row per level
 *   sd: standard deviations, one column per set
 *   L: Cholesky factor of the correlations of every set
 *   order: numbers of the levels, those of the first set first
 *   count: number of levels of every set
 * Returns:
 *   standardised effects, one row per level
 */
matrix unscale_by_set(matrix r, matrix sd, array[] matrix L, array[] int order, array[] int count) {
  matrix[rows(r), cols(r)] u;
  int first = 1;
  for (k in 1:cols(sd)) {
    array[count[k]] int own = segment(order, first, count[k]);
    u[own] = mdivide_left_tri_low(diag_pre_multiply(sd[, k], L[k]), r[own]')';
    first += count[k];
  }
  return u;
}
/* Sum over all levels of the log determinant of the root of their set. */
real log_roots_by_set(matrix sd, array[] matrix L, array[] int count) {
  real total = 0;
  for (k in 1:cols(sd)) {
    total += count[k] * (sum(log(sd[, k])) + sum(log(diagonal(L[k]))));
  }
  return total;
}
