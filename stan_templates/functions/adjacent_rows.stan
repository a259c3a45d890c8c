/* Which of the most thresholds every row has (0), or which it has passed (1). */
matrix thresholds_counted(array[] int y, array[] int start, array[] int end, int most, int passed) {
  matrix[size(y), most] found;
  for (k in 1:most) {
    for (n in 1:size(y)) {
      found[n, k] = passed ? y[n] > k : start[n] + k - 1 <= end[n];
    }
  }
  return found;
}
