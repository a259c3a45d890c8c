// generated with smoothstan GOLDEN
// family: binomial
// hits | trials(trials) ~ x
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: hits
  array[N] int<lower=0> trials;  // number of trials: trials
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
}
parameters {
  real Intercept;  // intercept at the means of the columns
  vector[Kc] b;  // population-level effects
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += binomial_logit_glm_lpmf(Y | trials, Xc, Intercept, b);
  }
  // priors
  target += lprior;
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
}
