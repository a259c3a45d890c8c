// generated with smoothstan GOLDEN
// family: categorical
// f | weights(w) ~ x
functions {
  /* Places of the elements (n, y[n]) among those of a matrix with a row per element of y, column by column. */
  array[] int chosen_elements(array[] int y) {
    array[size(y)] int found;
    for (n in 1:size(y)) {
      found[n] = (y[n] - 1) * size(y) + n;
    }
    return found;
  }
  /* The logarithm of the sum of the exponentials of every row. */
  vector log_sum_exp_rows(matrix x) {
    vector[rows(x)] total = x[, 1];
    for (k in 2:cols(x)) {
      total = log_sum_exp(total, x[, k]);
    }
    return total;
  }
}
data {
  int<lower=1> N;  // number of observations
  array[N] int Y;  // response: f
  int<lower=2> ncat;  // number of categories
  vector<lower=0>[N] weights;  // weights: w
  int<lower=0, upper=1> prior_only;  // 1 to leave the likelihood out
  // population-level effects of mubb: x
  int<lower=1> K_mubb;  // columns of the design matrix
  int<lower=1> Kc_mubb;  // columns without the intercept
  matrix[N, K_mubb] X_mubb;  // design matrix
  // population-level effects of mua: x
  int<lower=1> K_mua;  // columns of the design matrix
  int<lower=1> Kc_mua;  // columns without the intercept
  matrix[N, K_mua] X_mua;  // design matrix
  // population-level effects of mucd: x
  int<lower=1> K_mucd;  // columns of the design matrix
  int<lower=1> Kc_mucd;  // columns without the intercept
  matrix[N, K_mucd] X_mucd;  // design matrix
}
transformed data {
  // centre the columns of X_mubb, so that the intercept is the predictor at their means
  vector[Kc_mubb] means_X_mubb;
  matrix[N, Kc_mubb] Xc_mubb;
  for (k in 1:Kc_mubb) {
    means_X_mubb[k] = mean(X_mubb[, k + 1]);
    Xc_mubb[, k] = X_mubb[, k + 1] - means_X_mubb[k];
  }
  // centre the columns of X_mua, so that the intercept is the predictor at their means
  vector[Kc_mua] means_X_mua;
  matrix[N, Kc_mua] Xc_mua;
  for (k in 1:Kc_mua) {
    means_X_mua[k] = mean(X_mua[, k + 1]);
    Xc_mua[, k] = X_mua[, k + 1] - means_X_mua[k];
  }
  // centre the columns of X_mucd, so that the intercept is the predictor at their means
  vector[Kc_mucd] means_X_mucd;
  matrix[N, Kc_mucd] Xc_mucd;
  for (k in 1:Kc_mucd) {
    means_X_mucd[k] = mean(X_mucd[, k + 1]);
    Xc_mucd[, k] = X_mucd[, k + 1] - means_X_mucd[k];
  }
  array[N] int chosen = chosen_elements(Y);
}
parameters {
  real Intercept_mubb;  // intercept of mubb at the means of the columns
  vector[Kc_mubb] b_mubb;  // population-level effects of mubb
  real Intercept_mua;  // intercept of mua at the means of the columns
  vector[Kc_mua] b_mua;  // population-level effects of mua
  real Intercept_mucd;  // intercept of mucd at the means of the columns
  vector[Kc_mucd] b_mucd;  // population-level effects of mucd
}
transformed parameters {
  // log density of the priors
  real lprior = 0;
  lprior += student_t_lpdf(Intercept_mubb | 3, 0, 2.5);
  lprior += student_t_lpdf(Intercept_mua | 3, 0, 2.5);
  lprior += student_t_lpdf(Intercept_mucd | 3, 0, 2.5);
}
model {
  if (!prior_only) {
    vector[N] mubb = Intercept_mubb + Xc_mubb * b_mubb;
    vector[N] mua = Intercept_mua + Xc_mua * b_mua;
    vector[N] mucd = Intercept_mucd + Xc_mucd * b_mucd;
    // log odds of the categories, a column each
    matrix[N, ncat] mu = append_col(append_col(mubb, mua), mucd);
    target += dot_product(weights, to_vector(mu)[chosen] - log_sum_exp_rows(mu));
  }
  // priors
  target += lprior;
}
generated quantities {
  // intercept of mubb where all columns are zero
  real b_mubb_Intercept = Intercept_mubb - dot_product(means_X_mubb, b_mubb);
  // intercept of mua where all columns are zero
  real b_mua_Intercept = Intercept_mua - dot_product(means_X_mua, b_mua);
  // intercept of mucd where all columns are zero
  real b_mucd_Intercept = Intercept_mucd - dot_product(means_X_mucd, b_mucd);
}
