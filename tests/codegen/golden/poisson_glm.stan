// generated with smoothstan GOLDEN
// family: poisson
// count ~ s(z, bs='cr', k=5) + offset(off)
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: count
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // smooths, unpenalised directions: sz_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(z, bs = "cr", k = 5): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
  vector[N] offsets;  // offset(off)
}
transformed data {
  real log_factorials = sum(lgamma(to_vector(Y) + 1));  // of all responses; zeros add nothing
}
parameters {
  real Intercept;  // intercept
  vector[Ks] bs;  // unpenalised coefficients
  // s(z, bs = "cr", k = 5)
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
}
transformed parameters {
  // coefficients of s(z, bs = "cr", k = 5)
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 1.36539, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + offsets + Xs * bs + Zs_1_1 * s_1_1;
    target += dot_product(to_vector(Y), mu) - sum(exp(mu)) - log_factorials;
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
