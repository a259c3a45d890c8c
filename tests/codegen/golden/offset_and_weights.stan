// generated with smoothstan GOLDEN
// family: gaussian
// y | weights(w) ~ x + offset(log(z))
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  vector<lower=0>[N] weights;  // weights: w
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  vector[N] offsets;  // offset(log(z))
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
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 1.19690168666116, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + offsets + Xc * b;
    target += -0.5 * dot_product(weights, square(Y - mu)) / square(sigma) - sum(weights) * (log(sigma)
        + 0.5 * log(2 * pi()));
  }
  // priors
  target += lprior;
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
}
