/* The thresholds of every row, column by column; of those that it lacks, the last it has. */
array[] int thresholds_in_order(array[] int start, array[] int end, int most) {
  array[most * size(start)] int found;
  for (k in 1:most) {
    for (n in 1:size(start)) {
      found[(k - 1) * size(start) + n] = min(end[n], start[n] + k - 1);
    }
  }
  return found;
}
