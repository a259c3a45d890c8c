// y ~ s(x) in the form of brms 2.18
data {
  int<lower=1> N;
  vector[N] Y;
  int Ks;
  matrix[N, Ks] Xs;
  int nb_1;
  array[nb_1] int knots_1;
  matrix[N, knots_1[1]] Zs_1_1;
  int prior_only;
  real prior_location;
  real prior_scale;
}
parameters {
  real Intercept;
  vector[Ks] bs;
  vector[knots_1[1]] zs_1_1;
  real<lower=0> sds_1_1;
  real<lower=0> sigma;
}
transformed parameters {
  vector[knots_1[1]] s_1_1;
  real lprior = 0;
  s_1_1 = sds_1_1 * zs_1_1;
  lprior += student_t_lpdf(Intercept | 3, prior_location, prior_scale);
  lprior += student_t_lpdf(sds_1_1 | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
  lprior += student_t_lpdf(sigma | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
}
model {
  if (!prior_only) {
    vector[N] mu = rep_vector(0.0, N);
    mu += Intercept + Xs * bs + Zs_1_1 * s_1_1;
    target += normal_lpdf(Y | mu, sigma);
  }
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
}
generated quantities {
  real b_Intercept = Intercept;
}
