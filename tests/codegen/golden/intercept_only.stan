// generated with smoothstan GOLDEN
// family: gaussian
// y ~ 1
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
}
parameters {
  real Intercept;  // intercept
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = rep_vector(Intercept, N);
    target += normal_lpdf(Y | mu, sigma);
  }
  // priors
  target += lprior;
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
