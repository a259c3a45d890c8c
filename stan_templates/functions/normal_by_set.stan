/* Log density of effects whose standard deviations and correlations come in sets.
 * Args:
 *   r: effects, one column per level
 *   sd: standard deviations, one column per set
 *   L: Cholesky factor of the correlations of every set
 *   order: numbers of the levels, those of the first set first
 *   count: number of levels of every set
 */
real normal_by_set_lpdf(matrix r, matrix sd, array[] matrix L, array[] int order, array[] int count) {
  real lp = 0;
  int first = 1;
  for (k in 1:cols(sd)) {
    array[count[k]] int own = segment(order, first, count[k]);
    matrix[rows(r), rows(r)] root = diag_pre_multiply(sd[, k], L[k]);
    lp += std_normal_lpdf(to_vector(mdivide_left_tri_low(root, r[, own]))) - count[k] * sum(log(diagonal(root)));
    first += count[k];
  }
  return lp;
}
