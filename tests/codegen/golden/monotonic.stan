// generated with smoothstan GOLDEN
// family: gaussian
// y ~ mo(o) * x + mo(int)
functions {
  /* The values of a monotonic predictor: from 0 up to the number of its steps, spread by a simplex. */
  vector monotonic(vector simo) {
    return rows(simo) * append_row(0, cumulative_sum(simo));
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
  // monotonic effects: moo, moint, moo:x
  int<lower=1> Ksp;  // number of coefficients
  vector[N] Csp_1;  // covariate of moo:x
  int<lower=1> Imo;  // number of monotonic predictors
  array[Imo] int<lower=1> Jmo;  // steps of each
  array[N] int<lower=0, upper=Jmo[1]> Xmo_1;  // o
  vector<lower=0>[Jmo[1]] con_simo_1;  // prior concentration of its simplex
  array[N] int<lower=0, upper=Jmo[2]> Xmo_2;  // int
  vector<lower=0>[Jmo[2]] con_simo_2;  // prior concentration of its simplex
  array[N] int<lower=0, upper=Jmo[3]> Xmo_3;  // o
  vector<lower=0>[Jmo[3]] con_simo_3;  // prior concentration of its simplex
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
  // steps of monotonic predictors as indices
  array[N] int step_1;
  array[N] int step_2;
  array[N] int step_3;
  for (n in 1:N) {
    step_1[n] = Xmo_1[n] + 1;
    step_2[n] = Xmo_2[n] + 1;
    step_3[n] = Xmo_3[n] + 1;
  }
}
parameters {
  real Intercept;  // intercept at the means of the columns
  vector[Kc] b;  // population-level effects
  vector[Ksp] bsp;  // monotonic effects
  simplex[Jmo[1]] simo_1;  // spread of moo1
  simplex[Jmo[2]] simo_2;  // spread of moint1
  simplex[Jmo[3]] simo_3;  // spread of moo:x1
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += dirichlet_lpdf(simo_1 | con_simo_1);
  lprior += dirichlet_lpdf(simo_2 | con_simo_2);
  lprior += dirichlet_lpdf(simo_3 | con_simo_3);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | Xc, Intercept + (bsp[1] * monotonic(simo_1))[step_1]
        + (bsp[2] * monotonic(simo_2))[step_2] + (bsp[3] * monotonic(simo_3))[step_3] .* Csp_1, b, sigma);
  }
  // priors
  target += lprior;
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
}
