/* How many rows of a response are equal to a value, and which they are, or are not. */
int count_rows(vector y, real value) {
  int count = 0;
  for (i in 1:size(y)) {
    count += y[i] == value;
  }
  return count;
}
array[] int which_rows(vector y, real value, int equal) {
  array[size(y)] int found;
  int count = 0;
  for (i in 1:size(y)) {
    if ((y[i] == value) == equal) {
      count += 1;
      found[count] = i;
    }
  }
  return found[1:count];
}
/* Rows whose lower bound, or upper bound, or both cut off part of the range from lowest to highest. */
array[] int which_bounded(vector lb, vector ub, real lowest, real highest, int below, int above) {
  array[size(lb)] int found;
  int count = 0;
  for (i in 1:size(lb)) {
    if ((lb[i] > lowest) == below && (ub[i] < highest) == above) {
      count += 1;
      found[count] = i;
    }
  }
  return found[1:count];
}
/* Log densities of two sets of rows, in the order of the rows. */
vector join_rows(array[] int first, vector lp_first, array[] int second, vector lp_second) {
  vector[size(first) + size(second)] lp;
  lp[first] = lp_first;
  lp[second] = lp_second;
  return lp;
}
