// y ~ 1 + (1 | g) in the form of brms 2.18
data {
  int<lower=1> N;
  vector[N] Y;
  int<lower=1> N_1;
  int<lower=1> M_1;
  array[N] int<lower=1> J_1;
  vector[N] Z_1_1;
  int prior_only;
  real prior_location;
  real prior_scale;
}
parameters {
  real Intercept;
  real<lower=0> sigma;
  vector<lower=0>[M_1] sd_1;
  array[M_1] vector[N_1] z_1;
}
transformed parameters {
  vector[N_1] r_1_1;
  real lprior = 0;
  r_1_1 = sd_1[1] * z_1[1];
  lprior += student_t_lpdf(Intercept | 3, prior_location, prior_scale);
  lprior += student_t_lpdf(sigma | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
  lprior += student_t_lpdf(sd_1 | 3, 0, prior_scale) - 1 * student_t_lccdf(0 | 3, 0, prior_scale);
}
model {
  if (!prior_only) {
    vector[N] mu = rep_vector(0.0, N);
    mu += Intercept;
    for (n in 1:N) {
      mu[n] += r_1_1[J_1[n]] * Z_1_1[n];
    }
    target += normal_lpdf(Y | mu, sigma);
  }
  target += lprior;
  target += std_normal_lpdf(z_1[1]);
}
generated quantities {
  real b_Intercept = Intercept;
}
