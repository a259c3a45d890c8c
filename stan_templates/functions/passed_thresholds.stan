/* Rows (0), or thresholds (1), of all thresholds that lie below the category of their row. */
array[] int passed_thresholds(array[] int y, array[] int start, int which) {
  array[sum(y) - size(y)] int found;
  int count = 0;
  for (n in 1:size(y)) {
    for (k in 1:(y[n] - 1)) {
      count += 1;
      found[count] = which ? start[n] + k - 1 : n;
    }
  }
  return found;
}
