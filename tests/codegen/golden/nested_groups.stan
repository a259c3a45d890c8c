// generated with smoothstan GOLDEN
// family: gaussian
// y ~ 1 + (1 | g/sub)
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
  // varying effects by g:sub
  int<lower=1> N_2;  // number of levels
  int<lower=1> M_2;  // effects per level
  array[N] int<lower=1, upper=N_2> J_2;  // level of each observation
}
parameters {
  real Intercept;  // intercept
  // varying effects by g of Intercept
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
  // varying effects by g:sub of Intercept
  vector<lower=0>[M_2] sd_2;  // standard deviations
  matrix[M_2, N_2] z_2;  // standardised effects
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = diag_pre_multiply(sd_1, z_1)';
  // effects by g:sub, one row per level
  matrix[N_2, M_2] r_2 = diag_pre_multiply(sd_2, z_2)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sd_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + r_1[J_1, 1] + r_2[J_2, 1];
    target += normal_lpdf(Y | mu, sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(to_vector(z_1));
  target += std_normal_lpdf(to_vector(z_2));
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
