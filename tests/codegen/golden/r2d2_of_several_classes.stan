// generated with smoothstan GOLDEN
// family: gaussian
// y ~ x + s(z, bs='cr', k=5) + (1 | g)
// sigma ~ x
functions {
  /* The scales of a regularised horseshoe prior.
   * local, global: local and global scales; slab: variance of the slab
   */
  vector horseshoe_scales(vector local, real global, real slab) {
    vector[rows(local)] squared = square(local);
    return global * sqrt(slab * squared ./ (slab + square(global) * squared));
  }
}
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // smooths, unpenalised directions: sz_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(z, bs = "cr", k = 5): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
  // population-level effects of sigma: x
  int<lower=1> K_sigma;  // columns of the design matrix
  int<lower=1> Kc_sigma;  // columns without the intercept
  matrix[N, K_sigma] X_sigma;  // design matrix
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
  // R2D2 prior
  int<lower=1> Kscales;  // number of scales
  real<lower=0, upper=1> R2D2_mean_R2;  // mean of the share of the variance that is explained
  real<lower=0> R2D2_prec_R2;  // its precision
  vector<lower=0>[Kscales] R2D2_cons_D2;  // concentrations of the coefficients' shares
  // horseshoe prior
  int<lower=1> Kscales_sigma;  // number of scales
  real<lower=0> hs_df_sigma;  // degrees of freedom of the local scales
  real<lower=0> hs_df_global_sigma;  // degrees of freedom of the global scale
  real<lower=0> hs_df_slab_sigma;  // degrees of freedom of the slab
  real<lower=0> hs_scale_global_sigma;  // scale of the global scale
  real<lower=0> hs_scale_slab_sigma;  // scale of the slab
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
  // centre the columns of X_sigma, so that the intercept is the predictor at their means
  vector[Kc_sigma] means_X_sigma;
  matrix[N, Kc_sigma] Xc_sigma;
  for (k in 1:Kc_sigma) {
    means_X_sigma[k] = mean(X_sigma[, k + 1]);
    Xc_sigma[, k] = X_sigma[, k + 1] - means_X_sigma[k];
  }
  // all columns of a linear predictor side by side, for one product
  matrix[N, Kc + Ks + knots_1[1]] X_all = append_col(append_col(Xc, Xs), Zs_1_1);
}
parameters {
  real Intercept;  // intercept at the means of the columns
  // s(z, bs = "cr", k = 5)
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  real Intercept_sigma;  // intercept of sigma at the means of the columns
  // varying effects by g of Intercept
  matrix[M_1, N_1] z_1;  // standardised effects
  // R2D2 prior
  vector[Kc] zb;  // standardised: population-level effects
  vector[Ks] zbs;  // standardised: unpenalised coefficients
  real<lower=0, upper=1> R2D2_R2;  // share of the variance that is explained
  simplex[Kscales] R2D2_phi;  // shares of the coefficients in it
  // horseshoe prior
  vector[Kc_sigma] zb_sigma;  // standardised: population-level effects of sigma
  real<lower=0> hs_global_sigma;  // global scale
  real<lower=0> hs_slab_sigma;  // variance of the slab
  vector<lower=0>[Kscales_sigma] hs_local_sigma;  // local scales
}
transformed parameters {
  // scales of the R2D2 prior
  real R2D2_tau2 = R2D2_R2 / (1 - R2D2_R2);
  vector[Kscales] scales = sqrt(R2D2_tau2 * R2D2_phi);
  vector[Kc] sdb = scales[1:Kc];
  vector[Kc] b = zb .* sdb;  // population-level effects
  vector[Ks] sdbs = scales[(Kc + 1):(Kc + Ks)];
  vector[Ks] bs = zbs .* sdbs;  // unpenalised coefficients
  vector[nb_1] sds_1 = scales[(Kc + Ks + 1):(Kc + Ks + nb_1)];  // standard deviations of the coefficients
  vector[M_1] sd_1 = scales[(Kc + Ks + nb_1 + 1):(Kc + Ks + nb_1 + M_1)];  // standard deviations
  // scales of the horseshoe prior
  vector[Kscales_sigma] scales_sigma =
      horseshoe_scales(hs_local_sigma, hs_global_sigma, square(hs_scale_slab_sigma) * hs_slab_sigma);
  vector[Kc_sigma] sdb_sigma = scales_sigma[1:Kc_sigma];
  vector[Kc_sigma] b_sigma = zb_sigma .* sdb_sigma;  // population-level effects of sigma
  // coefficients of s(z, bs = "cr", k = 5)
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = diag_pre_multiply(sd_1, z_1)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(Intercept_sigma | 3, 0, 2.5);
  lprior += beta_lpdf(R2D2_R2 | R2D2_mean_R2 * R2D2_prec_R2, (1 - R2D2_mean_R2) * R2D2_prec_R2);
  lprior += student_t_lpdf(hs_global_sigma | hs_df_global_sigma, 0, hs_scale_global_sigma)
            + log(2);
  lprior += inv_gamma_lpdf(hs_slab_sigma | 0.5 * hs_df_slab_sigma, 0.5 * hs_df_slab_sigma);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + r_1[J_1, 1] + X_all * append_row(append_row(b, bs), s_1_1);
    vector[N] sigma = Intercept_sigma + Xc_sigma * b_sigma;
    sigma = exp(sigma);
    target += normal_lpdf(Y | mu, sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zb);
  target += std_normal_lpdf(zbs);
  target += dirichlet_lpdf(R2D2_phi | R2D2_cons_D2);
  target += std_normal_lpdf(zb_sigma);
  target += student_t_lpdf(hs_local_sigma | hs_df_sigma, 0, 1) + Kscales_sigma * log(2);
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(to_vector(z_1));
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
  // intercept of sigma where all columns are zero
  real b_sigma_Intercept = Intercept_sigma - dot_product(means_X_sigma, b_sigma);
}
