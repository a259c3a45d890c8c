// generated with smoothstan GOLDEN
// family: negbinomial
// count ~ mo(int, id='a') + (1 + mo(int, id='a') | g)
// shape ~ mo(o):x
functions {
  /* The values of a monotonic predictor: from 0 up to the number of its steps, spread by a simplex. */
  vector monotonic(vector simo) {
    return rows(simo) * append_row(0, cumulative_sum(simo));
  }
}
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: count
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // monotonic effects: mointidEQa
  int<lower=1> Ksp;  // number of coefficients
  int<lower=1> Imo;  // number of monotonic predictors
  array[Imo] int<lower=1> Jmo;  // steps of each
  array[N] int<lower=0, upper=Jmo[1]> Xmo_1;  // int
  vector<lower=0>[Jmo[1]] con_simo_1;  // prior concentration of its simplex
  // monotonic effects of shape: moo:x
  int<lower=1> Ksp_shape;  // number of coefficients
  vector[N] Csp_shape_1;  // covariate of moo:x
  int<lower=1> Imo_shape;  // number of monotonic predictors
  array[Imo_shape] int<lower=1> Jmo_shape;  // steps of each
  array[N] int<lower=0, upper=Jmo_shape[1]> Xmo_shape_1;  // o
  vector<lower=0>[Jmo_shape[1]] con_simo_shape_1;  // prior concentration of its simplex
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
  int<lower=1> NC_1;  // number of correlations
}
transformed data {
  // steps of monotonic predictors as indices
  array[N] int step_1;
  for (n in 1:N) {
    step_1[n] = Xmo_1[n] + 1;
  }
  // steps of monotonic predictors of shape as indices
  array[N] int step_shape_1;
  for (n in 1:N) {
    step_shape_1[n] = Xmo_shape_1[n] + 1;
  }
}
parameters {
  real Intercept;  // intercept
  vector[Ksp] bsp;  // monotonic effects
  simplex[Jmo[1]] simo_1;  // spread of a
  real Intercept_shape;  // intercept of shape
  vector[Ksp_shape] bsp_shape;  // monotonic effects of shape
  simplex[Jmo_shape[1]] simo_shape_1;  // spread of moo:x1
  // varying effects by g of Intercept, mointidEQa
  vector<lower=0>[M_1] sd_1;  // standard deviations
  matrix[M_1, N_1] z_1;  // standardised effects
  cholesky_factor_corr[M_1] L_1;  // Cholesky factor of their correlations
}
transformed parameters {
  // effects by g, one row per level
  matrix[N_1, M_1] r_1 = (diag_pre_multiply(sd_1, L_1) * z_1)';
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 1.4, 2.5);
  lprior += dirichlet_lpdf(simo_1 | con_simo_1);
  lprior += student_t_lpdf(Intercept_shape | 3, 0, 2.5);
  lprior += dirichlet_lpdf(simo_shape_1 | con_simo_shape_1);
  lprior += student_t_lpdf(sd_1 | 3, 0, 2.5)
            - 2 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += lkj_corr_cholesky_lpdf(L_1 | 1);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + (bsp[1] * monotonic(simo_1))[step_1] + r_1[J_1, 1]
        + r_1[J_1, 2] .* monotonic(simo_1)[step_1];
    vector[N] shape = Intercept_shape + (bsp_shape[1] * monotonic(simo_shape_1))[step_shape_1] .* Csp_shape_1;
    shape = exp(shape);
    target += neg_binomial_2_log_lpmf(Y | mu, shape);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(to_vector(z_1));
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
  // intercept of shape
  real b_shape_Intercept = Intercept_shape;
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
