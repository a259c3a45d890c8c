// generated with smoothstan GOLDEN
// family: categorical
// f ~ x + (1 | g)
// mua ~ z
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: f
  int<lower=2> ncat;  // number of categories
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects of mubb: x
  int<lower=1> K_mubb;  // columns of the design matrix
  int<lower=1> Kc_mubb;  // columns without the intercept
  matrix[N, K_mubb] X_mubb;  // design matrix
  // population-level effects of mua: z
  int<lower=1> K_mua;  // columns of the design matrix
  int<lower=1> Kc_mua;  // columns without the intercept
  matrix[N, K_mua] X_mua;  // design matrix
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
}
transformed data {
  // centre the columns of X_mubb, so that the intercept is the predictor at their means
  vector[Kc_mubb] means_X_mubb;
  matrix[N, Kc_mubb] Xc_mubb;
  for (k in 1:Kc_mubb) {
    means_X_mubb[k] = mean(X_mubb[, k + 1]);
    Xc_mubb[, k] = X_mubb[, k + 1] - means_X_mubb[k];
  }
  // centre the columns of X_mua, so that the intercept is the predictor at their means
  vector[Kc_mua] means_X_mua;
  matrix[N, Kc_mua] Xc_mua;
  for (k in 1:Kc_mua) {
    means_X_mua[k] = mean(X_mua[, k + 1]);
    Xc_mua[, k] = X_mua[, k + 1] - means_X_mua[k];
  }
}
parameters {
  real Intercept_mubb;  // intercept of mubb at the means of the columns
  vector[Kc_mubb] b_mubb;  // population-level effects of mubb
  real Intercept_mua;  // intercept of mua at the means of the columns
  vector[Kc_mua] b_mua;  // population-level effects of mua
  // varying effects by g of mubb_Intercept
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
}
transformed parameters {
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = diag_pre_multiply(sd_1, z_1)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept_mubb | 3, 0, 2.5);
  lprior += student_t_lpdf(Intercept_mua | 3, 0, 2.5);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mubb = Intercept_mubb + r_1[J_1, 1] + Xc_mubb * b_mubb;
    vector[N] mua = Intercept_mua + Xc_mua * b_mua;
    // log odds of the categories, a column each
    matrix[N, ncat] mu = append_col(append_col(mubb, mua), rep_vector(0.0, N));
    target += categorical_logit_glm_lpmf(Y | mu, rep_vector(0, ncat), identity_matrix(ncat));
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(to_vector(z_1));
}
generated quantities {
  // intercept of mubb where all columns are zero
  real b_mubb_Intercept = Intercept_mubb - dot_product(means_X_mubb, b_mubb);
  // intercept of mua where all columns are zero
  real b_mua_Intercept = Intercept_mua - dot_product(means_X_mua, b_mua);
}
