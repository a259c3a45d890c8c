// generated with smoothstan GOLDEN
// family: gaussian
// y ~ x + (1 + x | gr(g, center = True)) + (1 | gr(site, center = True))
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects: x
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
  vector[N] Z_1_2;  // x
  int<lower=1> NC_1;  // number of correlations
  // varying effects by site
  int<lower=1> N_2;  // number of levels
  int<lower=1> M_2;  // effects per level
  array[N] int<lower=1, upper=N_2> J_2;  // level of each observation
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
  vector[Kc] b;  // population-level effects
  // varying effects by g of Intercept, x
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix<offset=rep_matrix([-Intercept, 0], N_1)>[N_1, M_1] r_1;  // effects, one row per level
  cholesky_factor_corr[M_1] L_1;  // Cholesky factor of their correlations
  // varying effects by site of Intercept
  vector<lower=0>[M_2] sd_2;  // standard deviations
  matrix[N_2, M_2] r_2;  // effects, one row per level
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 2 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += lkj_corr_cholesky_lpdf(L_1 | 1);
  lprior += student_t_lpdf(sd_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | Xc, Intercept + r_1[J_1, 1] + r_1[J_1, 2] .* Z_1_2 + r_2[J_2, 1], b,
        sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(to_vector(mdivide_left_tri_low(diag_pre_multiply(sd_1, L_1), r_1')))
      - N_1 * (sum(log(sd_1)) + sum(log(diagonal(L_1))));
  target += normal_lpdf(to_vector(r_2') | 0, to_vector(rep_matrix(sd_2, N_2)));
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
  // correlations of the effects by g
  vector[NC_1] cor_1;
  {
    matrix[M_1, M_1] Cor_1 = multiply_lower_tri_self_transpose(L_1);
    for (k in 2:M_1) {
      for (j in 1:(k - 1)) {
        cor_1[choose(k - 1, 2) + j] = Cor_1[j, k];
      }
    }
  }
}
