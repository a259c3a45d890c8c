/* Effects whose standard deviations and correlations come in sets.
 * Args:
 *   u: standardised effects, one column per level
 *   sd: standard deviations, one column per set
 *   L: Cholesky factor of the correlations of every set
 *   order: numbers of the levels, those of the first set first
 *   count: number of levels of every set
 * Returns:
 *   effects, one column per level
 */
matrix scale_by_set(matrix u, matrix sd, array[] matrix L, array[] int order, array[] int count) {
  matrix[rows(u), cols(u)] r;
  int first = 1;
  for (k in 1:cols(sd)) {
    array[count[k]] int own = segment(order, first, count[k]);
    r[, own] = diag_pre_multiply(sd[, k], L[k]) * u[, own];
    first += count[k];
  }
  return r;
}
