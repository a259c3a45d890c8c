// generated with smoothstan GOLDEN
// family: cumulative
// o ~ x + (1 | g)
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
}
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: o
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  int<lower=1> nthres;  // number of thresholds
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
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
  // rows in the first, the last and an inner category, and the thresholds above and below them
  array[N] int above = thresholds_near(Y, rep_array(1, N), rep_array(nthres, N), 0);
  array[N] int below = thresholds_near(Y, rep_array(1, N), rep_array(nthres, N), 1);
  array[size(category_rows(Y, rep_array(1, N), rep_array(nthres, N), -1))] int first =
      category_rows(Y, rep_array(1, N), rep_array(nthres, N), -1);
  array[size(category_rows(Y, rep_array(1, N), rep_array(nthres, N), 0))] int inner =
      category_rows(Y, rep_array(1, N), rep_array(nthres, N), 0);
  array[size(category_rows(Y, rep_array(1, N), rep_array(nthres, N), 1))] int last =
      category_rows(Y, rep_array(1, N), rep_array(nthres, N), 1);
}
parameters {
  ordered[nthres] Intercept;  // thresholds at the means of the columns
  vector[Kc] b;  // population-level effects
  // varying effects by g of Intercept
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
}
transformed parameters {
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = diag_pre_multiply(sd_1, z_1)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 0, 2.5);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = r_1[J_1, 1] + Xc * b;
    target += sum(log_below(Intercept[above[first]] - mu[first]))
        + sum(log_between(Intercept[below[inner]] - mu[inner], Intercept[above[inner]] - mu[inner]))
        + sum(log_above(Intercept[below[last]] - mu[last]));
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(to_vector(z_1));
}
generated quantities {
  // thresholds where all columns are zero
  vector[nthres] b_Intercept = Intercept + dot_product(means_X, b);
  real disc_held = disc;
}
