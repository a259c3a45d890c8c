// generated with smoothstan GOLDEN
// family: gaussian
// y ~ s(z, k=5)
// sigma ~ s(z, g, bs='fs', k=4) + s(g, bs='re')
functions {
  /* Where each group begins once the rows are in the order of their groups.
   * Args:
   *   J: group of each row
   *   n_groups: number of groups
   * Returns:
   *   first position of every group, and one past the last
   */
  array[] int group_starts(array[] int J, int n_groups) {
    array[n_groups + 1] int start = rep_array(0, n_groups + 1);
    for (n in 1:size(J)) {
      start[J[n] + 1] += 1;
    }
    start[1] = 1;
    for (g in 1:n_groups) {
      start[g + 1] += start[g];
    }
    return start;
  }
  /* Columns that all groups share times the coefficients of each row's own group.
   * Args:
   *   Z: columns, the rows in the order of their groups
   *   s: coefficients, group after group
   *   order: number of each of these rows
   *   start: first position of every group, and one past the last
   * Returns:
   *   the products, in the original order of the rows
   */
  vector times_by_group(matrix Z, vector s, array[] int order, array[] int start) {
    vector[rows(Z)] product;
    int K = cols(Z);
    for (g in 1:(size(start) - 1)) {
      int first = start[g];
      int last = start[g + 1] - 1;
      if (first <= last) {
        product[order[first:last]] = Z[first:last] * segment(s, (g - 1) * K + 1, K);
      }
    }
    return product;
  }
}
data {
  int<lower=1> N;  // number of observations
  vector[N] Y;  // response: y
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // smooths, unpenalised directions: sz_1
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // s(z, k = 5): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
  // s(z, g, bs = "fs", k = 4) of sigma: penalised directions
  int<lower=1> nb_sigma_1;  // number of blocks
  array[nb_sigma_1] int<lower=1> knots_sigma_1;  // coefficients of each block
  int<lower=1> ngs_sigma_1;  // groups, each with coefficients of its own
  array[N] int<lower=1, upper=ngs_sigma_1> Js_sigma_1;  // group of each row
  array[nb_sigma_1] int<lower=1> ws_sigma_1;  // coefficients of one group
  matrix[N, ws_sigma_1[1]] Zs_sigma_1_1;  // columns shared by the groups
  vector[N] Zs_sigma_1_2;  // column shared by the groups
  vector[N] Zs_sigma_1_3;  // column shared by the groups
  // s(g, bs = "re") of sigma: penalised directions
  int<lower=1> nb_sigma_2;  // number of blocks
  array[nb_sigma_2] int<lower=1> knots_sigma_2;  // coefficients of each block
  int<lower=1> ngs_sigma_2;  // groups, each with coefficients of its own
  array[N] int<lower=1, upper=ngs_sigma_2> Js_sigma_2;  // group of each row
}
transformed data {
  // s(z, g, bs = "fs", k = 4) of sigma: the rows in the order of their groups
  array[N] int order_sigma_1 = sort_indices_asc(Js_sigma_1);
  array[ngs_sigma_1 + 1] int start_sigma_1 = group_starts(Js_sigma_1, ngs_sigma_1);
  matrix[N, ws_sigma_1[1]] Zo_sigma_1_1 = Zs_sigma_1_1[order_sigma_1];
  // all columns of a linear predictor side by side, for one product
  matrix[N, Ks + knots_1[1]] X_all = append_col(Xs, Zs_1_1);
}
parameters {
  real Intercept;  // intercept
  vector[Ks] bs;  // unpenalised coefficients
  // s(z, k = 5)
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  real Intercept_sigma;  // intercept of sigma
  // s(z, g, bs = "fs", k = 4) of sigma
  vector<lower=0>[nb_sigma_1] sds_sigma_1;  // standard deviations of the coefficients
  vector[knots_sigma_1[1]] zs_sigma_1_1;  // standardised coefficients
  vector[knots_sigma_1[2]] zs_sigma_1_2;  // standardised coefficients
  vector[knots_sigma_1[3]] zs_sigma_1_3;  // standardised coefficients
  // s(g, bs = "re") of sigma
  vector<lower=0>[nb_sigma_2] sds_sigma_2;  // standard deviations of the coefficients
  vector[knots_sigma_2[1]] zs_sigma_2_1;  // standardised coefficients
}
transformed parameters {
  // coefficients of s(z, k = 5)
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // coefficients of s(z, g, bs = "fs", k = 4) of sigma
  vector[knots_sigma_1[1]] s_sigma_1_1 = sds_sigma_1[1] * zs_sigma_1_1;
  vector[knots_sigma_1[2]] s_sigma_1_2 = sds_sigma_1[2] * zs_sigma_1_2;
  vector[knots_sigma_1[3]] s_sigma_1_3 = sds_sigma_1[3] * zs_sigma_1_3;
  // coefficients of s(g, bs = "re") of sigma
  vector[knots_sigma_2[1]] s_sigma_2_1 = sds_sigma_2[1] * zs_sigma_2_1;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(Intercept_sigma | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_sigma_1 | 3, 0, 2.5)
            - 3 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_sigma_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + X_all * append_row(bs, s_1_1);
    vector[N] sigma = Intercept_sigma
        + times_by_group(Zo_sigma_1_1, s_sigma_1_1, order_sigma_1, start_sigma_1)
        + Zs_sigma_1_2 .* s_sigma_1_2[Js_sigma_1] + Zs_sigma_1_3 .* s_sigma_1_3[Js_sigma_1]
        + s_sigma_2_1[Js_sigma_2];
    sigma = exp(sigma);
    target += normal_lpdf(Y | mu, sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(zs_sigma_1_1);
  target += std_normal_lpdf(zs_sigma_1_2);
  target += std_normal_lpdf(zs_sigma_1_3);
  target += std_normal_lpdf(zs_sigma_2_1);
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
  // intercept of sigma
  real b_sigma_Intercept = Intercept_sigma;
}
