// generated with smoothstan GOLDEN
// family: gaussian
// y ~ t2(x, z, k=3)
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // smooths, unpenalised directions: t2xz_1, t2xz_2, t2xz_3
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // t2(x, z, k = 3): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
  matrix[N, knots_1[2]] Zs_1_2;
  matrix[N, knots_1[3]] Zs_1_3;
}
transformed data {
  // all columns of a linear predictor side by side, for one product
  matrix[N, Ks + knots_1[1] + knots_1[2] + knots_1[3]] X_all =
      append_col(append_col(append_col(Xs, Zs_1_1), Zs_1_2), Zs_1_3);
}
parameters {
  real Intercept;  // intercept
  vector[Ks] bs;  // unpenalised coefficients
  // t2(x, z, k = 3)
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  vector[knots_1[2]] zs_1_2;  // standardised coefficients
  vector[knots_1[3]] zs_1_3;  // standardised coefficients
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // coefficients of t2(x, z, k = 3)
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  vector[knots_1[2]] s_1_2 = sds_1[2] * zs_1_2;
  vector[knots_1[3]] s_1_3 = sds_1[3] * zs_1_3;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 3 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | X_all, Intercept,
        append_row(append_row(append_row(bs, s_1_1), s_1_2), s_1_3), sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(zs_1_2);
  target += std_normal_lpdf(zs_1_3);
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
