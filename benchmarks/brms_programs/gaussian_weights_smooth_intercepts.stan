// y | weights(w) ~ x + s(z) + (1 | g), gaussian, in the form of brms 2.18
data {
  int<lower=1> N;
  vector[N] Y;
  vector<lower=0>[N] weights;
  int<lower=1> K;
  matrix[N, K] X;
  int Ks;
  matrix[N, Ks] Xs;
  int nb_1;
  array[nb_1] int knots_1;
  matrix[N, knots_1[1]] Zs_1_1;
  int<lower=1> N_1;
  int<lower=1> M_1;
  array[N] int<lower=1> J_1;
  vector[N] Z_1_1;
  int prior_only;
  real prior_location;
  real prior_scale;
}
transformed data {
  int Kc = K - 1;
  matrix[N, Kc] Xc;
  vector[Kc] means_X;
  for (i in 2:K) {
    means_X[i - 1] = mean(X[, i]);
    Xc[, i - 1] = X[, i] - means_X[i - 1];
  }
}
parameters {
  vector[Kc] b;
  real Intercept;
  vector[Ks] bs;
  vector[knots_1[1]] zs_1_1;
  real<lower=0> sds_1_1;
  real<lower=0> sigma;
  vector<lower=0>[M_1] sd_1;
  array[M_1] vector[N_1] z_1;
}
transformed parameters {
  vector[knots_1[1]] s_1_1;
  vector[N_1] r_1_1;
  real lprior = 0;
  s_1_1 = sds_1_1 * zs_1_1;
  r_1_1 = sd_1[1] * z_1[1];
  lprior += student_t_lpdf(Intercept | 3, prior_location, prior_scale);
  lprior += student_t_lpdf(sds_1_1 | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
  lprior += student_t_lpdf(sigma | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
  lprior += student_t_lpdf(sd_1 | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
}
model {
  if (!prior_only) {
    vector[N] mu = rep_vector(0.0, N);
    mu += Intercept + Xc * b + Xs * bs + Zs_1_1 * s_1_1;
    for (n in 1:N) {
      mu[n] += r_1_1[J_1[n]] * Z_1_1[n];
    }
    for (n in 1:N) {
      target += weights[n] * (normal_lpdf(Y[n] | mu[n], sigma));
    }
  }
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(z_1[1]);
}
generated quantities {
  real b_Intercept = Intercept - dot_product(means_X, b);
}
