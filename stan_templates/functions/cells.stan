/* The elements of a matrix at a column of every row, counted column by column. */
array[] int cells(array[] int column) {
  array[size(column)] int found;
  for (n in 1:size(column)) {
    found[n] = (column[n] - 1) * size(column) + n;
  }
  return found;
}
