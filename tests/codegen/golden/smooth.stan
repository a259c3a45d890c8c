// generated with smoothstan GOLDEN
// family: gaussian
// y ~ s(z, bs='cr', k=5)
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // smooths, unpenalised directions: sz_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(z, bs = "cr", k = 5): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
}
transformed data {
  // all columns of a linear predictor side by side, for one product
  matrix[N, Ks + knots_1[1]] X_all = append_col(Xs, Zs_1_1);
}
parameters {
  real Intercept;  // intercept
  vector[Ks] bs;  // unpenalised coefficients
  // s(z, bs = "cr", k = 5)
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // coefficients of s(z, bs = "cr", k = 5)
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | X_all, Intercept, append_row(bs, s_1_1), sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
