// generated with smoothstan GOLDEN
// family: acat
// o ~ x
functions {
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
  /* Log probabilities of the categories; a column of x holds disc (mu - threshold) of one threshold. */
  vector adjacent_category_rows(matrix x, matrix passed) {
    vector[rows(x)] odds = x[, 1];
    vector[rows(x)] reached = odds;  // log odds of a category against the first
    vector[rows(x)] total = log1p_exp(odds);  // log of the sum of the odds so far
    vector[rows(x)] lp = passed[, 1] .* odds;
    for (k in 2:cols(x)) {
      odds = x[, k];
      reached += odds;
      total += log1p_exp(reached - total);
      lp += passed[, k] .* odds;
    }
    return lp - total;
  }
}
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: o
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  int<lower=1> nthres;  // number of thresholds
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  matrix[N, K] X;  // design matrix
  real<lower=0> disc;  // discrimination, held
}
transformed data {
  // the thresholds below the category of every row
  matrix[N, nthres] passed = thresholds_counted(Y, rep_array(1, N), rep_array(nthres, N), nthres, 1);
}
parameters {
  vector[nthres] Intercept;  // thresholds
  vector[K] b;  // population-level effects
}
transformed parameters {
  vector[nthres] Intercept_stz = Intercept - mean(Intercept);
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = X * b;
    target += sum(adjacent_category_rows(rep_matrix(mu, nthres) - rep_matrix(Intercept_stz', N), passed));
  }
  // priors
  target += lprior;
}
generated quantities {
  vector[nthres] b_Intercept = Intercept_stz;
  real disc_held = disc;
}
