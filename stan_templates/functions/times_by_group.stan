/* Where each group begins once the rows are in the order of their groups.
 * Args:
 *   J: group of each row
 *   n_groups: number of groups
 * Returns:
 *   first position of every group, and one past the last
 */
array[] int group_starts(array[] int J, int n_groups) {
  array[n_groups + 1] int start = rep_array(0, n_groups + 1);
  for (n in 1:size(J)) {
    start[J[n] + 1] += 1;
  }
  start[1] = 1;
  for (g in 1:n_groups) {
    start[g + 1] += start[g];
  }
  return start;
}
/* Columns that all groups share times the coefficients of each row's own group.
 * Args:
 *   Z: columns, the rows in the order of their groups
 *   s: coefficients, group after group
 *   order: number of each of these rows
 *   start: first position of every group, and one past the last
 * Returns:
 *   the products, in the original order of the rows
 */
vector times_by_group(matrix Z, vector s, array[] int order, array[] int start) {
  vector[rows(Z)] product;
  int K = cols(Z);
  for (g in 1:(size(start) - 1)) {
    int first = start[g];
    int last = start[g + 1] - 1;
    if (first <= last) {
      product[order[first:last]] = Z[first:last] * segment(s, (g - 1) * K + 1, K);
    }
  }
  return product;
}
