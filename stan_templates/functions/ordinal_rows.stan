/* Rows in the first category (-1), in the last (1), or between (0); start and end number their thresholds. */
array[] int category_rows(array[] int y, array[] int start, array[] int end, int place) {
  array[size(y)] int found;
  int count = 0;
  for (n in 1:size(y)) {
    if ((y[n] > end[n] - start[n] + 1) - (y[n] == 1) == place) {
      count += 1;
      found[count] = n;
    }
  }
  return found[1:count];
}
/* The threshold of every row above its category (0) or below it (1); the nearest where there is none. */
array[] int thresholds_near(array[] int y, array[] int start, array[] int end, int below) {
  array[size(y)] int found;
  for (n in 1:size(y)) {
    found[n] = max(start[n], min(end[n], start[n] + y[n] - 1 - below));
  }
  return found;
}
