// generated with smoothstan GOLDEN
// family: gaussian
// y ~ x + (1 + x | gr(g, dist = 'student'))
// sigma ~ (1 | gr(g, dist = 'student'))
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
  // varying effects by g
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
  real Intercept_sigma;  // intercept of sigma
  // varying effects by g of Intercept, x
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
  cholesky_factor_corr[M_1] L_1;  // Cholesky factor of their correlations
  real<lower=1> df_1;  // degrees of freedom
  vector<lower=0>[N_1] udf_1;  // squared scale of each level, over the degrees of freedom
  // varying effects by g of sigma_Intercept
  vector<lower=0>[M_2] sd_2;  // standard deviations
  matrix[M_2, N_2] z_2;  // standardised effects
}
transformed parameters {
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = diag_pre_multiply(sqrt(df_1 * udf_1), (diag_pre_multiply(sd_1, L_1) * z_1)');
  // effects by g, one row per level
  matrix[N_2, M_2] r_2 = diag_pre_multiply(sqrt(df_1 * udf_1), diag_pre_multiply(sd_2, z_2)');
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(Intercept_sigma | 3, 0, 2.5);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 2 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += lkj_corr_cholesky_lpdf(L_1 | 1);
  lprior += gamma_lpdf(df_1 | 2, 0.1)
            - 1 * gamma_lccdf(1 | 2, 0.1);
  lprior += student_t_lpdf(sd_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + r_1[J_1, 1] + r_1[J_1, 2] .* Z_1_2 + Xc * b;
    vector[N] sigma = Intercept_sigma + r_2[J_2, 1];
    sigma = exp(sigma);
    target += normal_lpdf(Y | mu, sigma);
  }
  // priors
  target += lprior;
  target += inv_chi_square_lpdf(udf_1 | df_1);
  target += std_normal_lpdf(to_vector(z_1));
  target += std_normal_lpdf(to_vector(z_2));
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
  // intercept of sigma
  real b_sigma_Intercept = Intercept_sigma;
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
