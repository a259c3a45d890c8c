// generated with smoothstan GOLDEN
// family: gaussian
// y ~ h + s(sub, by=h, bs='re') + s(z, g, by=h, bs='fs', k=4)
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
  // population-level effects: hv
  int<lower=1> K;  // columns of the design matrix
  int<lower=1> Kc;  // columns without the intercept
  matrix[N, K] X;  // design matrix
  // s(sub, by = h, bs = "re"), level u: penalised directions
  int<lower=1> nb_1;  // number of blocks
  array[nb_1] int<lower=1> knots_1;  // coefficients of each block
  int<lower=0> Nrows_1;  // rows of this level
  array[Nrows_1] int<lower=1, upper=N> rows_1;
  int<lower=1> ngs_1;  // groups, each with coefficients of its own
  array[Nrows_1] int<lower=1, upper=ngs_1> Js_1;  // group of each row
  // s(sub, by = h, bs = "re"), level v: penalised directions
  int<lower=1> nb_2;  // number of blocks
  array[nb_2] int<lower=1> knots_2;  // coefficients of each block
  int<lower=0> Nrows_2;  // rows of this level
  array[Nrows_2] int<lower=1, upper=N> rows_2;
  int<lower=1> ngs_2;  // groups, each with coefficients of its own
  array[Nrows_2] int<lower=1, upper=ngs_2> Js_2;  // group of each row
  // s(z, g, by = h, bs = "fs", k = 4), level u: penalised directions
  int<lower=1> nb_3;  // number of blocks
  array[nb_3] int<lower=1> knots_3;  // coefficients of each block
  int<lower=0> Nrows_3;  // rows of this level
  array[Nrows_3] int<lower=1, upper=N> rows_3;
  int<lower=1> ngs_3;  // groups, each with coefficients of its own
  array[Nrows_3] int<lower=1, upper=ngs_3> Js_3;  // group of each row
  array[nb_3] int<lower=1> ws_3;  // coefficients of one group
  matrix[Nrows_3, ws_3[1]] Zs_3_1;  // columns shared by the groups
  vector[Nrows_3] Zs_3_2;  // column shared by the groups
  vector[Nrows_3] Zs_3_3;  // column shared by the groups
  // s(z, g, by = h, bs = "fs", k = 4), level v: penalised directions
  int<lower=1> nb_4;  // number of blocks
  array[nb_4] int<lower=1> knots_4;  // coefficients of each block
  int<lower=0> Nrows_4;  // rows of this level
  array[Nrows_4] int<lower=1, upper=N> rows_4;
  int<lower=1> ngs_4;  // groups, each with coefficients of its own
  array[Nrows_4] int<lower=1, upper=ngs_4> Js_4;  // group of each row
  array[nb_4] int<lower=1> ws_4;  // coefficients of one group
  matrix[Nrows_4, ws_4[1]] Zs_4_1;  // columns shared by the groups
  vector[Nrows_4] Zs_4_2;  // column shared by the groups
  vector[Nrows_4] Zs_4_3;  // column shared by the groups
}
transformed data {
  // centre the columns of X, so that the intercept is the predictor at their means
  vector[Kc] means_X;
  matrix[N, Kc] Xc;
  for (k in 1:Kc) {
    means_X[k] = mean(X[, k + 1]);
    Xc[, k] = X[, k + 1] - means_X[k];
  }
  // s(z, g, by = h, bs = "fs", k = 4), level u: the rows in the order of their groups
  array[Nrows_3] int order_3 = sort_indices_asc(Js_3);
  array[ngs_3 + 1] int start_3 = group_starts(Js_3, ngs_3);
  matrix[Nrows_3, ws_3[1]] Zo_3_1 = Zs_3_1[order_3];
  // s(z, g, by = h, bs = "fs", k = 4), level v: the rows in the order of their groups
  array[Nrows_4] int order_4 = sort_indices_asc(Js_4);
  array[ngs_4 + 1] int start_4 = group_starts(Js_4, ngs_4);
  matrix[Nrows_4, ws_4[1]] Zo_4_1 = Zs_4_1[order_4];
}
parameters {
  real Intercept;  // intercept at the means of the columns
  vector[Kc] b;  // population-level effects
  // s(sub, by = h, bs = "re"), level u
  vector<lower=0>[nb_1] sds_1;  // standard deviations of the coefficients
  vector[knots_1[1]] zs_1_1;  // standardised coefficients
  // s(sub, by = h, bs = "re"), level v
  vector<lower=0>[nb_2] sds_2;  // standard deviations of the coefficients
  vector[knots_2[1]] zs_2_1;  // standardised coefficients
  // s(z, g, by = h, bs = "fs", k = 4), level u
  vector<lower=0>[nb_3] sds_3;  // standard deviations of the coefficients
  vector[knots_3[1]] zs_3_1;  // standardised coefficients
  vector[knots_3[2]] zs_3_2;  // standardised coefficients
  vector[knots_3[3]] zs_3_3;  // standardised coefficients
  // s(z, g, by = h, bs = "fs", k = 4), level v
  vector<lower=0>[nb_4] sds_4;  // standard deviations of the coefficients
  vector[knots_4[1]] zs_4_1;  // standardised coefficients
  vector[knots_4[2]] zs_4_2;  // standardised coefficients
  vector[knots_4[3]] zs_4_3;  // standardised coefficients
  real<lower=0> sigma;  // residual standard deviation
}
transformed parameters {
  // coefficients of s(sub, by = h, bs = "re"), level u
  vector[knots_1[1]] s_1_1 = sds_1[1] * zs_1_1;
  // coefficients of s(sub, by = h, bs = "re"), level v
  vector[knots_2[1]] s_2_1 = sds_2[1] * zs_2_1;
  // coefficients of s(z, g, by = h, bs = "fs", k = 4), level u
  vector[knots_3[1]] s_3_1 = sds_3[1] * zs_3_1;
  vector[knots_3[2]] s_3_2 = sds_3[2] * zs_3_2;
  vector[knots_3[3]] s_3_3 = sds_3[3] * zs_3_3;
  // coefficients of s(z, g, by = h, bs = "fs", k = 4), level v
  vector[knots_4[1]] s_4_1 = sds_4[1] * zs_4_1;
  vector[knots_4[2]] s_4_2 = sds_4[2] * zs_4_2;
  vector[knots_4[3]] s_4_3 = sds_4[3] * zs_4_3;
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept | 3, 2.2, 2.5);
  lprior += student_t_lpdf(sds_1 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_2 | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_3 | 3, 0, 2.5)
            - 3 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sds_4 | 3, 0, 2.5)
            - 3 * student_t_lccdf(0 | 3, 0, 2.5);
  lprior += student_t_lpdf(sigma | 3, 0, 2.5)
            - 1 * student_t_lccdf(0 | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    // s(sub, by = h, bs = "re"), level by level
    vector[N] by_1 = rep_vector(0, N);
    by_1[rows_1] = s_1_1[Js_1];
    by_1[rows_2] = s_2_1[Js_2];
    // s(z, g, by = h, bs = "fs", k = 4), level by level
    vector[N] by_3 = rep_vector(0, N);
    by_3[rows_3] = times_by_group(Zo_3_1, s_3_1, order_3, start_3) + Zs_3_2 .* s_3_2[Js_3]
        + Zs_3_3 .* s_3_3[Js_3];
    by_3[rows_4] = times_by_group(Zo_4_1, s_4_1, order_4, start_4) + Zs_4_2 .* s_4_2[Js_4]
        + Zs_4_3 .* s_4_3[Js_4];
    target += normal_id_glm_lpdf(Y | Xc, Intercept + by_1 + by_3, b, sigma);
  }
  // priors
  target += lprior;
  target += std_normal_lpdf(zs_1_1);
  target += std_normal_lpdf(zs_2_1);
  target += std_normal_lpdf(zs_3_1);
  target += std_normal_lpdf(zs_3_2);
  target += std_normal_lpdf(zs_3_3);
  target += std_normal_lpdf(zs_4_1);
  target += std_normal_lpdf(zs_4_2);
  target += std_normal_lpdf(zs_4_3);
}
generated quantities {
  // intercept where all columns are zero
  real b_Intercept = Intercept - dot_product(means_X, b);
}
