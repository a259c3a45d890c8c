// generated with smoothstan GOLDEN
// family: gaussian
// y ~ (1 + x || gr(g, by = sex))
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
  vector[N] Z_1_2;  // x
  int<lower=1> Nby_1;  // number of sets of standard deviations
  array[N_1] int<lower=1, upper=Nby_1> Jby_1;  // set of each level
}
parameters {
  real Intercept;  // intercept
  // varying effects by g of Intercept, x
  matrix<lower=0>[M_1, Nby_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = (sd_1[, Jby_1] .* z_1)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(to_vector(sd_1) | 3, 0, 2.5)
            - 4 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + r_1[J_1, 1] + r_1[J_1, 2] .* Z_1_2;
    target += normal_lpdf(Y | mu, sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(to_vector(z_1));
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
