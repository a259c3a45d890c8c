// generated with smoothstan GOLDEN
// family: gaussian
// y ~ s(z, k=4, fx=TRUE) + s(x, k=4)
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // smooths, unpenalised directions: sz_1, sz_2, sz_3, sx_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(x, k = 4): penalised directions
  int<lower=1> nb_2;  // number of blocks
  array[nb_2] int<lower=1> knots_2;  // coefficients of each block
  matrix[N, knots_2[1]] Zs_2_1;
}
transformed data {
  // all columns of a linear predictor side by side, for one product
  matrix[N, Ks + knots_2[1]] X_all = append_col(Xs, Zs_2_1);
}
parameters {
  real Intercept;  // intercept
  vector[Ks] bs;  // unpenalised coefficients
  // s(x, k = 4)
  vector<lower=0>[nb_2] sds_2;  // standard deviations of the coefficients
  vector[knots_2[1]] zs_2_1;  // standardised coefficients
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // coefficients of s(x, k = 4)
  vector[knots_2[1]] s_2_1 = sds_2[1] * zs_2_1;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | X_all, Intercept, append_row(bs, s_2_1), sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_2_1);
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
