// generated with smoothstan GOLDEN
// family: gaussian
// y ~ h + s(z, by=h, k=5)
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: hv
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // smooths, unpenalised directions: sz:hu_1, sz:hv_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(z, by = h, k = 5), level u: penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  int<lower=0> Nrows_1;  // rows of this level
  array[Nrows_1] int<lower=1, upper=N> rows_1;
  matrix[Nrows_1, knots_1[1]] Zs_1_1;
  // s(z, by = h, k = 5), level v: penalised directions
  int<lower=1> nb_2;  // number of blocks
  array[nb_2] int<lower=1> knots_2;  // coefficients of each block
  int<lower=0> Nrows_2;  // rows of this level
  array[Nrows_2] int<lower=1, upper=N> rows_2;
  matrix[Nrows_2, knots_2[1]] Zs_2_1;
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
  matrix[N, Kc + Ks] X_all = append_col(Xc, Xs);
}
parameters {
  real Intercept;  // intercept at the means of the columns
  vector[Kc] b;  // population-level effects
  vector[Ks] bs;  // unpenalised coefficients
  // s(z, by = h, k = 5), level u
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  // s(z, by = h, k = 5), level v
  vector<lower=0>[nb_2] sds_2;  // standard deviations of the coefficients
  vector[knots_2[1]] zs_2_1;  // standardised coefficients
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // coefficients of s(z, by = h, k = 5), level u
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // coefficients of s(z, by = h, k = 5), level v
  vector[knots_2[1]] s_2_1 = sds_2[1] * zs_2_1;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    // s(z, by = h, k = 5), level by level
    vector[N] by_1 = rep_vector(0, N);
    by_1[rows_1] = Zs_1_1 * s_1_1;
    by_1[rows_2] = Zs_2_1 * s_2_1;
    target += normal_id_glm_lpdf(Y | X_all, Intercept + by_1, append_row(b, bs), sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(zs_2_1);
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
}
