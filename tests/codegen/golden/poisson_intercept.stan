// generated with smoothstan GOLDEN
// family: poisson
// count ~ 1
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: count
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
}
transformed data {
  real log_factorials = sum(lgamma(to_vector(Y) + 1));  // of all responses; zeros add nothing
}
parameters {
  real Intercept;  // intercept
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 1.4, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = rep_vector(Intercept, N);
    target += dot_product(to_vector(Y), mu) - sum(exp(mu)) - log_factorials;
  }
  // priors
  target += lprior;
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
