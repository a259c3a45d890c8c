// generated with smoothstan GOLDEN
// family: cumulative
// int | thres(gr = h) + weights(w) ~ x
// disc ~ z
functions {
  /* log F(x), log(1 - F(x)) and log(F(high) - F(low)) of the normal distribution. */
  vector log_below(vector x) {
    return log(Phi(x));
  }
  vector log_above(vector x) {
    return log(Phi(-x));
  }
  vector log_between(vector low, vector high) {
    // The interval of the same probability in the lower half, where no digits are lost.
    vector[size(low)] middle = -0.5 * abs(low + high);
    vector[size(low)] half = 0.5 * (high - low);
    return log(Phi(middle + half) - Phi(middle - half));
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
  array[N] int Y;  // response: int
  vector<lower=0>[N] weights;  // weights: w
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // thresholds by h
  int<lower=1> ngrthres;  // number of groups
  array[ngrthres] int<lower=1> nthres;  // number of thresholds of each
  array[N, 2] int<lower=1> Jthres;  // first and last threshold of each observation
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  matrix[N, K] X;  // design matrix
  // population-level effects of disc: z
  int<lower=1> K_disc;  // columns of the design matrix
  int<lower=1> Kc_disc;  // columns without the intercept
  matrix[N, K_disc] X_disc;  // design matrix
}
transformed data {
  // centre the columns of X_disc, so that the intercept is the predictor at their means
  vector[Kc_disc] means_X_disc;
  matrix[N, Kc_disc] Xc_disc;
  for (k in 1:Kc_disc) {
    means_X_disc[k] = mean(X_disc[, k + 1]);
    Xc_disc[, k] = X_disc[, k + 1] - means_X_disc[k];
  }
  // rows in the first, the last and an inner category, and the thresholds above and below them
  array[N] int above = thresholds_near(Y, Jthres[, 1], Jthres[, 2], 0);
  array[N] int below = thresholds_near(Y, Jthres[, 1], Jthres[, 2], 1);
  array[size(category_rows(Y, Jthres[, 1], Jthres[, 2], -1))] int first =
      category_rows(Y, Jthres[, 1], Jthres[, 2], -1);
  array[size(category_rows(Y, Jthres[, 1], Jthres[, 2], 0))] int inner =
      category_rows(Y, Jthres[, 1], Jthres[, 2], 0);
  array[size(category_rows(Y, Jthres[, 1], Jthres[, 2], 1))] int last =
      category_rows(Y, Jthres[, 1], Jthres[, 2], 1);
}
parameters {
  real first_Intercept_1;  // first threshold of u
  real<lower=0> delta_1;  // distance between thresholds
  real first_Intercept_2;  // first threshold of v
  real<lower=0> delta_2;  // distance between thresholds
  vector[K] b;  // population-level effects
  real Intercept_disc;  // intercept of disc at the means of the columns
  vector[Kc_disc] b_disc;  // population-level effects of disc
}
transformed parameters {
  vector[nthres[1]] Intercept_1 = first_Intercept_1 + delta_1 * linspaced_vector(nthres[1], 0, nthres[1] - 1);
  vector[nthres[2]] Intercept_2 = first_Intercept_2 + delta_2 * linspaced_vector(nthres[2], 0, nthres[2] - 1);
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(first_Intercept_1 | 3, 0, 2.5);
  lprior += student_t_lpdf(first_Intercept_2 | 3, 0, 2.5);
  lprior += normal_lpdf(Intercept_disc | 0, 1);
}
model {
  if (!prior_only) {
    vector[N] mu = X * b;
    vector[N] disc = Intercept_disc + Xc_disc * b_disc;
    disc = exp(disc);
    vector[sum(nthres)] thresholds = append_row(Intercept_1, Intercept_2);
    target += dot_product(weights[first], log_below(disc[first] .* (thresholds[above[first]] - mu[first])))
        + dot_product(weights[inner],
        log_between(disc[inner] .* (thresholds[below[inner]] - mu[inner]),
        disc[inner] .* (thresholds[above[inner]] - mu[inner])))
        + dot_product(weights[last], log_above(disc[last] .* (thresholds[below[last]] - mu[last])));
  }
  // priors
  target += lprior;
}
generated quantities {
  vector[nthres[1]] b_Intercept_1 = Intercept_1;
  vector[nthres[2]] b_Intercept_2 = Intercept_2;
  // intercept of disc where all columns are zero
  real b_disc_Intercept = Intercept_disc - dot_product(means_X_disc, b_disc);
}
