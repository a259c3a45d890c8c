// generated with smoothstan GOLDEN
// family: categorical
// f ~ x + s(z, bs='cr', k=5)
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: f
  int<lower=2> ncat;  // number of categories
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects of mua: x
  int<lower=1> K_mua;  // columns of the design matrix
  int<lower=1> Kc_mua;  // columns without the intercept
  matrix[N, K_mua] X_mua;  // design matrix
  // smooths of mua, unpenalised directions: sz_1
  int<lower=1> Ks_mua;
  matrix[N, Ks_mua] Xs_mua;
  // s(z, bs = "cr", k = 5) of mua: penalised directions
  int<lower=1> nb_mua_1;  // number of blocks
  array[nb_mua_1] int<lower=1> knots_mua_1;  // coefficients of each block
  matrix[N, knots_mua_1[1]] Zs_mua_1_1;
  // population-level effects of mucd: x
  int<lower=1> K_mucd;  // columns of the design matrix
  int<lower=1> Kc_mucd;  // columns without the intercept
  matrix[N, K_mucd] X_mucd;  // design matrix
  // smooths of mucd, unpenalised directions: sz_1
  int<lower=1> Ks_mucd;
  matrix[N, Ks_mucd] Xs_mucd;
  // s(z, bs = "cr", k = 5) of mucd: penalised directions
  int<lower=1> nb_mucd_1;  // number of blocks
  array[nb_mucd_1] int<lower=1> knots_mucd_1;  // coefficients of each block
  matrix[N, knots_mucd_1[1]] Zs_mucd_1_1;
}
transformed data {
  // centre the columns of X_mua, so that the intercept is the predictor at their means
  vector[Kc_mua] means_X_mua;
  matrix[N, Kc_mua] Xc_mua;
  for (k in 1:Kc_mua) {
    means_X_mua[k] = mean(X_mua[, k + 1]);
    Xc_mua[, k] = X_mua[, k + 1] - means_X_mua[k];
  }
  // centre the columns of X_mucd, so that the intercept is the predictor at their means
  vector[Kc_mucd] means_X_mucd;
  matrix[N, Kc_mucd] Xc_mucd;
  for (k in 1:Kc_mucd) {
    means_X_mucd[k] = mean(X_mucd[, k + 1]);
    Xc_mucd[, k] = X_mucd[, k + 1] - means_X_mucd[k];
  }
  // all columns of a linear predictor side by side, for one product
  matrix[N, Kc_mua + Ks_mua + knots_mua_1[1]] X_all = append_col(append_col(Xc_mua, Xs_mua), Zs_mua_1_1);
}
parameters {
  real Intercept_mua;  // intercept of mua at the means of the columns
  vector[Kc_mua] b_mua;  // population-level effects of mua
  vector[Ks_mua] bs_mua;  // unpenalised coefficients of mua
  // s(z, bs = "cr", k = 5) of mua
  vector<lower=0>[nb_mua_1] sds_mua_1;  // standard deviations of the coefficients
  vector[knots_mua_1[1]] zs_mua_1_1;  // standardised coefficients
  real Intercept_mucd;  // intercept of mucd at the means of the columns
  vector[Kc_mucd] b_mucd;  // population-level effects of mucd
  vector[Ks_mucd] bs_mucd;  // unpenalised coefficients of mucd
  // s(z, bs = "cr", k = 5) of mucd
  vector<lower=0>[nb_mucd_1] sds_mucd_1;  // standard deviations of the coefficients
  vector[knots_mucd_1[1]] zs_mucd_1_1;  // standardised coefficients
}
transformed parameters {
  // coefficients of s(z, bs = "cr", k = 5) of mua
  vector[knots_mua_1[1]] s_mua_1_1 = sds_mua_1[1] * zs_mua_1_1;
  // coefficients of s(z, bs = "cr", k = 5) of mucd
  vector[knots_mucd_1[1]] s_mucd_1_1 = sds_mucd_1[1] * zs_mucd_1_1;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept_mua | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_mua_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(Intercept_mucd | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_mucd_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += categorical_logit_glm_lpmf(Y | X_all, [0, Intercept_mua, Intercept_mucd]',
        append_col(append_col(rep_vector(0, Kc_mua + Ks_mua + knots_mua_1[1]),
        append_row(append_row(b_mua, bs_mua), s_mua_1_1)),
        append_row(append_row(b_mucd, bs_mucd), s_mucd_1_1)));
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_mua_1_1);
  target += std_normal_lpdf(zs_mucd_1_1);
}
generated quantities {
  // intercept of mua where all columns are zero
  real b_mua_Intercept = Intercept_mua - dot_product(means_X_mua, b_mua);
  // intercept of mucd where all columns are zero
  real b_mucd_Intercept = Intercept_mucd - dot_product(means_X_mucd, b_mucd);
}
