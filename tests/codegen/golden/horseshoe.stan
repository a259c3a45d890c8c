// generated with smoothstan GOLDEN
// family: gaussian
// y ~ x + z
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
  // population-level effects: x, z
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // horseshoe prior
  int<lower=1> Kscales;  // number of scales
  real<lower=0> hs_df;  // degrees of freedom of the local scales
  real<lower=0> hs_df_global;  // degrees of freedom of the global scale
  real<lower=0> hs_df_slab;  // degrees of freedom of the slab
  real<lower=0> hs_scale_global;  // scale of the global scale
  real<lower=0> hs_scale_slab;  // scale of the slab
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
}
parameters {
  real Intercept;  // intercept at the means of the columns
  real<lower=0> sigma;  // residual standard deviation
  // horseshoe prior
  vector[Kc] zb;  // standardised: population-level effects
  real<lower=0> hs_global;  // global scale
  real<lower=0> hs_slab;  // variance of the slab
  vector<lower=0>[Kscales] hs_local;  // local scales
}
transformed parameters {
  // scales of the horseshoe prior
  vector[Kscales] scales = horseshoe_scales(hs_local, hs_global, square(hs_scale_slab) * hs_slab);
  vector[Kc] sdb = scales[1:Kc];
  vector[Kc] b = zb .* sdb;  // population-level effects
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(hs_global | hs_df_global, 0, hs_scale_global * sigma)
            + log(2);
  lprior += inv_gamma_lpdf(hs_slab | 0.5 * hs_df_slab, 0.5 * hs_df_slab);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | Xc, Intercept, b, sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zb);
  target += student_t_lpdf(hs_local | hs_df, 0, 1) + Kscales * log(2);
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
  // draws from the priors
  real prior_Intercept_1 = student_t_rng(3, 2.2, 2.5);
  real prior_sigma_1 = student_t_rng(3, 0, 2.5);
  for (attempt in 1:10000) {  // draw again until within the bounds
    if (!(prior_sigma_1 < 0)) break;
    prior_sigma_1 = student_t_rng(3, 0, 2.5);
  }
  if (prior_sigma_1 < 0) prior_sigma_1 = not_a_number();
  real prior_hs_slab = inv_gamma_rng(0.5 * hs_df_slab, 0.5 * hs_df_slab);
}
