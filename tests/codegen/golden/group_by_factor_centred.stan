// generated with smoothstan GOLDEN
// family: gaussian
// y ~ x + (1 + x | gr(g, by = sex, center = True))
functions {
  /* Log density of effects whose standard deviations and correlations come in sets.
   * Args:
   *   r: effects, one column per level
   *   sd: standard deviations, one column per set
   *   L: Cholesky factor of the correlations of every set
   *   order: numbers of the levels, those of the first set first
   *   count: number of levels of every set
   */
  real normal_by_set_lpdf(matrix r, matrix sd, array[] matrix L, array[] int order, array[] int count) {
    real lp = 0;
    int first = 1;
    for (k in 1:cols(sd)) {
      array[count[k]] int own = segment(order, first, count[k]);
      matrix[rows(r), rows(r)] root = diag_pre_multiply(sd[, k], L[k]);
      lp += std_normal_lpdf(to_vector(mdivide_left_tri_low(root, r[, own])))
          - count[k] * sum(log(diagonal(root)));
      first += count[k];
    }
    return lp;
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
  // varying effects by g
  int<lower=1> N_1;  // number of levels
  int<lower=1> M_1;  // effects per level
  array[N] int<lower=1, upper=N_1> J_1;  // level of each observation
  vector[N] Z_1_2;  // x
  int<lower=1> NC_1;  // number of correlations
  int<lower=1> Nby_1;  // number of sets of standard deviations
  array[N_1] int<lower=1, upper=Nby_1> Jby_1;  // set of each level
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
  // levels of g set by set, and how many each set has
  array[N_1] int by_order_1 = sort_indices_asc(Jby_1);
  array[Nby_1] int by_count_1 = rep_array(0, Nby_1);
  for (g in 1:N_1) {
    by_count_1[Jby_1[g]] += 1;
  }
}
parameters {
  real Intercept;  // intercept at the means of the columns
  vector[Kc] b;  // population-level effects
  // varying effects by g of Intercept, x
  matrix<lower=0>[M_1, Nby_1] sd_1;  // standard deviations
  matrix<offset=rep_matrix([-Intercept, 0], N_1)>[N_1, M_1] r_1;  // effects, one row per level
  array[Nby_1] cholesky_factor_corr[M_1] L_1;  // Cholesky factor of their correlations
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(to_vector(sd_1) | 3, 0, 2.5)
            - 4 * student_t_lccdf(0 | 3, 0, 2.5);
  for (k in 1:Nby_1) lprior += lkj_corr_cholesky_lpdf(L_1[k] | 1);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    target += normal_id_glm_lpdf(Y | Xc, Intercept + r_1[J_1, 1] + r_1[J_1, 2] .* Z_1_2, b, sigma);
  }
  // priors
  target += lprior;
  target += normal_by_set_lpdf(r_1' | sd_1, L_1, by_order_1, by_count_1);
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
  // correlations of the effects by g, one column per set
  matrix[NC_1, Nby_1] cor_1;
  for (s in 1:Nby_1) {
    matrix[M_1, M_1] Cor_1 = multiply_lower_tri_self_transpose(L_1[s]);
    for (k in 2:M_1) {
      for (j in 1:(k - 1)) {
        cor_1[choose(k - 1, 2) + j, s] = Cor_1[j, k];
      }
    }
  }
}
