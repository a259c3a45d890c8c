// generated with smoothstan GOLDEN
// family: gaussian
// y ~ 0 + Intercept + x
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: Intercept, x
  int<lower=1> K;  // columns of the design matrix
  matrix[N, K] X;  // design matrix
}
parameters {
  vector[K] b;  // population-level effects
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | X, 0, b, sigma);
  }
  // priors
  target += lprior;
}
