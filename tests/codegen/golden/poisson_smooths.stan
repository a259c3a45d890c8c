// generated with smoothstan GOLDEN
// family: poisson
// count ~ te(x, z, k=3) + s(z, g, bs='fs', k=4)
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
  array[N] int Y;  // response: count
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // smooths, unpenalised directions: texz_1, texz_2, texz_3
  int<lower=1> Ks;
  matrix[N, Ks] Xs;
  // te(x, z, k = 3): penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  matrix[N, knots_1[1]] Zs_1_1;
  int<lower=2> np_1;  // penalties, all of them on the same coefficients
  matrix<lower=0>[knots_1[1], np_1] Ds_1;  // their diagonals
  // s(z, g, bs = "fs", k = 4): penalised directions
  int<lower=1> nb_2;  // number of blocks
  array[nb_2] int<lower=1> knots_2;  // coefficients of each block
  int<lower=1> ngs_2;  // groups, each with coefficients of its own
  array[N] int<lower=1, upper=ngs_2> Js_2;  // group of each row
  array[nb_2] int<lower=1> ws_2;  // coefficients of one group
  matrix[N, ws_2[1]] Zs_2_1;  // columns shared by the groups
  vector[N] Zs_2_2;  // column shared by the groups
  vector[N] Zs_2_3;  // column shared by the groups
}
transformed data {
  // s(z, g, bs = "fs", k = 4): the rows in the order of their groups
  array[N] int order_2 = sort_indices_asc(Js_2);
  array[ngs_2 + 1] int start_2 = group_starts(Js_2, ngs_2);
  matrix[N, ws_2[1]] Zo_2_1 = Zs_2_1[order_2];
  real log_factorials = sum(lgamma(to_vector(Y) + 1));  // of all responses; zeros add nothing
}
parameters {
  real Intercept;  // intercept
  vector[Ks] bs;  // unpenalised coefficients
  // te(x, z, k = 3)
  vector<lower=0>[np_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  // s(z, g, bs = "fs", k = 4)
  vector<lower=0>[nb_2] sds_2;  // standard deviations of the coefficients
  vector[knots_2[1]] zs_2_1;  // standardised coefficients
  vector[knots_2[2]] zs_2_2;  // standardised coefficients
  vector[knots_2[3]] zs_2_3;  // standardised coefficients
}
transformed parameters {
  // coefficients of te(x, z, k = 3)
  // Their precision is the sum of the penalties, each over its variance.  Standard normal values over its root
  // have it, determinant included.
  vector[knots_1[1]] s_1_1 = zs_1_1 ./ sqrt(Ds_1 * inv_square(sds_1));
  // coefficients of s(z, g, bs = "fs", k = 4)
  vector[knots_2[1]] s_2_1 = sds_2[1] * zs_2_1;
  vector[knots_2[2]] s_2_2 = sds_2[2] * zs_2_2;
  vector[knots_2[3]] s_2_3 = sds_2[3] * zs_2_3;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 1.4, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 2 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_2 | 3, 0, 2.5)
            - 3 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mu = Intercept + times_by_group(Zo_2_1, s_2_1, order_2, start_2) + Zs_2_2 .* s_2_2[Js_2]
        + Zs_2_3 .* s_2_3[Js_2] + Xs * bs + Zs_1_1 * s_1_1;
    target += dot_product(to_vector(Y), mu) - sum(exp(mu)) - log_factorials;
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(zs_2_1);
  target += std_normal_lpdf(zs_2_2);
  target += std_normal_lpdf(zs_2_3);
}
generated quantities {
  // intercept
  real b_Intercept = Intercept;
}
