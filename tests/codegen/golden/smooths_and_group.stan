// generated with smoothstan GOLDEN
// family: gaussian
// y ~ x + s(z, bs='cr', k=5) + s(w, bs='cr', k=4) + (1 | g)
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // smooths, unpenalised directions: sz_1, sw_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(z, bs = "cr", k = 5): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
  // s(w, bs = "cr", k = 4): penalised directions
  int<lower=1> nb_2;  // number of blocks
  array[nb_2] int<lower=1> knots_2;  // coefficients of each block
  matrix[N, knots_2[1]] Zs_2_1;
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
  // all columns of a linear predictor side by side, for one product
  matrix[N, Kc + Ks + knots_1[1] + knots_2[1]] X_all =
      append_col(append_col(append_col(Xc, Xs), Zs_1_1), Zs_2_1);
}
parameters {
  real Intercept;  // intercept at the means of the columns
  vector[Kc] b;  // population-level effects
  vector[Ks] bs;  // unpenalised coefficients
  // s(z, bs = "cr", k = 5)
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  // s(w, bs = "cr", k = 4)
  vector<lower=0>[nb_2] sds_2;  // standard deviations of the coefficients
  vector[knots_2[1]] zs_2_1;  // standardised coefficients
  // varying effects by g of Intercept
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // coefficients of s(z, bs = "cr", k = 5)
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // coefficients of s(w, bs = "cr", k = 4)
  vector[knots_2[1]] s_2_1 = sds_2[1] * zs_2_1;
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = diag_pre_multiply(sd_1, z_1)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | X_all, Intercept + r_1[J_1, 1],
        append_row(append_row(append_row(b, bs), s_1_1), s_2_1), sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(zs_2_1);
  target += std_normal_lpdf(to_vector(z_1));
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
}
