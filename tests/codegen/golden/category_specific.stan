// generated with smoothstan GOLDEN
// family: sratio
// o ~ z + cs(x)
functions {
  /* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of the logistic distribution. */
  vector log_below(vector x) {
    return log_inv_logit(x);
  }
  vector log_above(vector x) {
    return log1m_inv_logit(x);
  }
  vector log_between(vector low, vector high) {
    return log_inv_logit(high) + log1m_inv_logit(low) + log1m_exp(low - high);
  }
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
  /* The elements of a matrix at a column of every row, counted column by column. */
  array[] int cells(array[] int column) {
    array[size(column)] int found;
    for (n in 1:size(column)) {
      found[n] = (column[n] - 1) * size(column) + n;
    }
    return found;
  }
}
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: o
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  int<lower=1> nthres;  // number of thresholds
  // population-level effects: z
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // effects by threshold: x
  int<lower=1> Kcs;  // columns of their design matrix
  matrix[N, Kcs] Xcs;  // design matrix
  real<lower=0> disc;  // discrimination, held
}
transformed data {
  // centre the columns of X, so that the thresholds are those at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k]);
    Xc[, k] = X[, k] - means_X[k];
  }
  // rows that stop at the threshold above them, and all thresholds below the categories with their rows
  array[N] int above = thresholds_near(Y, rep_array(1, N), rep_array(nthres, N), 0);
  array[N - size(category_rows(Y, rep_array(1, N), rep_array(nthres, N), 1))] int stopped =
      append_array(category_rows(Y, rep_array(1, N), rep_array(nthres, N), -1),
      category_rows(Y, rep_array(1, N), rep_array(nthres, N), 0));
  array[sum(Y) - N] int passed_row = passed_thresholds(Y, rep_array(1, N), 0);
  array[sum(Y) - N] int passed = passed_thresholds(Y, rep_array(1, N), 1);
  array[N] int above_cell = cells(above);
  array[sum(Y) - N] int passed_cell;
  for (i in 1:size(passed)) {
    passed_cell[i] = (passed[i] - 1) * N + passed_row[i];
  }
}
parameters {
  vector[nthres] Intercept;  // thresholds at the means of the columns
  vector[Kc] b;  // population-level effects
  matrix[Kcs, nthres] bcs;  // effects by threshold
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Xc * b;
    matrix[N, nthres] mucs = Xcs * bcs;
    target += sum(log_below(Intercept[above[stopped]] - mu[stopped] - to_vector(mucs)[above_cell[stopped]]))
        + sum(log_above(Intercept[passed] - mu[passed_row] - to_vector(mucs)[passed_cell]));
  }
  // priors
  target += lprior;
}
generated quantities {
  // thresholds where all columns are zero
  vector[nthres] b_Intercept = Intercept + dot_product(means_X, b);
  real disc_held = disc;
}
