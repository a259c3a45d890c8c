# Records what brms answers about given draws of every family and every addition to the response.
# Run with:  Rscript record_families.R [name ...].  It writes families.json, the tables, and a case per model as record.R does.
suppressPackageStartupMessages(library(brms))
source("draws.R"); source("answers.R"); source("models.R"); source("record_case.R")
options(warn = 1)

source("family_data.R")

case <- function(name, formula, family = "gaussian", location = 0) {
  model(name, formula, family, ask = character(0), location = location, chains = 2, draws = 4)
}
families <- list(
  case("family_skew_normal", c("y ~ x + (1 | g)", "alpha ~ z"), "skew_normal", 2),
  case("family_asym_laplace", c("y ~ x + (1 | g)", "quantile ~ z"), "asym_laplace", 2),
  case("family_lognormal", c("pos ~ x + (1 | g)", "sigma ~ z"), "lognormal"),
  case("family_shifted_lognormal", c("rt ~ x + (1 | g)", "sigma ~ z"), "shifted_lognormal"),
  case("family_gamma", c("pos ~ x + (1 | g)", "shape ~ z"), "Gamma-log"),
  case("family_weibull", c("pos ~ x + (1 | g)", "shape ~ z"), "weibull"),
  case("family_exponential", "pos ~ x + (1 | g)", "exponential"),
  case("family_inverse_gaussian", c("pos ~ x + (1 | g)", "shape ~ z"), "inverse.gaussian-log"),
  case("family_beta", c("prop ~ x + (1 | g)", "phi ~ z"), "Beta"),
  case("family_negbinomial", c("count ~ x + (1 | g)", "shape ~ z"), "negbinomial", 1),
  case("family_geometric", "count ~ x + (1 | g)", "geometric", 1),
  case("family_beta_binomial", c("hits | trials(trials) ~ x + (1 | g)", "phi ~ z"), "beta_binomial"),
  case("family_zero_inflated_poisson", c("zeros ~ x + (1 | g)", "zi ~ z"), "zero_inflated_poisson", 1),
  case("family_zero_inflated_negbinomial", c("zeros ~ x", "zi ~ z + (1 | g)", "shape ~ x"), "zero_inflated_negbinomial", 1),
  case("family_zero_inflated_binomial", c("hits | trials(trials) ~ x + (1 | g)", "zi ~ z"), "zero_inflated_binomial"),
  case("family_zero_inflated_beta", c("some ~ x + (1 | g)", "zi ~ z", "phi ~ x"), "zero_inflated_beta"),
  case("family_zero_one_inflated_beta", c("ends ~ x + (1 | g)", "zoi ~ z", "coi ~ x"), "zero_one_inflated_beta"),
  case("family_hurdle_poisson", c("zeros ~ x + (1 | g)", "hu ~ z"), "hurdle_poisson", 1),
  case("family_hurdle_negbinomial", c("zeros ~ x", "hu ~ z + (1 | g)", "shape ~ x"), "hurdle_negbinomial", 1),
  case("family_hurdle_gamma", c("gaps ~ x + (1 | g)", "hu ~ z", "shape ~ x"), "hurdle_gamma"),
  case("family_hurdle_lognormal", c("gaps ~ x + (1 | g)", "hu ~ z", "sigma ~ x"), "hurdle_lognormal"),
  case("addition_weights", "pos | weights(w) ~ x", "weibull"),
  case("addition_weights_scaled", "y | weights(w, scale = TRUE) ~ x", "gaussian", 2),
  case("addition_se", "y | se(w) ~ x + (1 | g)", "gaussian", 2),
  case("addition_se_sigma", "y | se(w, sigma = TRUE) ~ x", "student", 2),
  case("addition_se_skew_normal", "y | se(w, sigma = TRUE) ~ x", "skew_normal", 2),
  case("addition_rate", "count | rate(w) ~ x + (1 | g)", "poisson", 1),
  case("addition_rate_negbinomial", "count | rate(w) ~ x", "negbinomial", 1),
  case("addition_rate_geometric", "count | rate(w) ~ x", "geometric", 1),
  case("addition_subset", "y | subset(lgl) ~ x", "gaussian", 2),
  case("addition_cens", "y | cens(side) ~ x + (1 | g)", "gaussian", 2),
  case("addition_cens_interval", "y | cens(part, yend) ~ x", "student", 2),
  case("addition_cens_weights", "pos | cens(side) + weights(w) ~ x", "Gamma-log"),
  case("addition_cens_lognormal", "pos | cens(part, y2 = end) ~ x", "lognormal"),
  case("addition_cens_weibull", "pos | cens(part, y2 = end) ~ x", "weibull"),
  case("addition_cens_exponential", "pos | cens(side) ~ x", "exponential"),
  case("addition_cens_inverse_gaussian", "pos | cens(side) ~ x", "inverse.gaussian-log"),
  case("addition_cens_shifted_lognormal", "rt | cens(side) ~ x", "shifted_lognormal"),
  case("addition_cens_beta", "prop | cens(side) ~ x", "Beta"),
  case("addition_cens_skew_normal", "y | cens(side) ~ x", "skew_normal", 2),
  case("addition_cens_asym_laplace", "y | cens(side) ~ x", "asym_laplace", 2),
  case("addition_cens_poisson", "count | cens(part, more) ~ x", "poisson", 1),
  case("addition_cens_negbinomial", "count | cens(side) ~ x", "negbinomial", 1),
  case("addition_trunc", "y | trunc(lb = low, ub = high) ~ x + (1 | g)", "gaussian", 2),
  case("addition_trunc_weights", "y | trunc(ub = high) + weights(w) ~ x", "gaussian", 2),
  case("addition_trunc_student", "y | trunc(lb = low) ~ x", "student", 2),
  case("addition_trunc_lognormal", "pos | trunc(lb = plow, ub = phigh) ~ x", "lognormal"),
  case("addition_trunc_gamma", "pos | trunc(lb = plow, ub = phigh) ~ x", "Gamma-log"),
  case("addition_trunc_weibull", "pos | trunc(lb = plow, ub = phigh) ~ x", "weibull"),
  case("addition_trunc_exponential", "pos | trunc(lb = plow, ub = phigh) ~ x", "exponential"),
  case("addition_trunc_exponential_ub", "pos | trunc(ub = 9) ~ x", "exponential"),
  case("addition_trunc_skew_normal", "y | trunc(lb = low, ub = high) ~ x", "skew_normal", 2),
  case("addition_trunc_inverse_gaussian", "pos | trunc(lb = plow, ub = phigh) ~ x", "inverse.gaussian-log"),
  case("addition_trunc_binomial", "hits | trials(trials) + trunc(lb = hlow, ub = hhigh) ~ x", "binomial"),
  case("addition_trunc_poisson", "count | trunc(lb = clow, ub = chigh) ~ x", "poisson", 1),
  case("addition_trunc_poisson_ub", "count | trunc(ub = chigh) ~ x", "poisson", 1),
  case("addition_trunc_negbinomial", "count | trunc(ub = chigh) ~ x", "negbinomial", 1),
  case("addition_trunc_geometric", "count | trunc(ub = chigh) ~ x", "geometric", 1),
  case("addition_trunc_cens", "pos | trunc(lb = 0.05) + cens(side) ~ x", "weibull")
)

questions <- function(m, fit) {
  dpars <- setdiff(names(brmsterms(fit$formula)$dpars), "mu")
  text <- c("posterior_epred(fit)", "posterior_epred(fit, newdata = family_new)", "posterior_linpred(fit, newdata = family_new)",
    "log_lik(fit)", "log_lik(fit, newdata = family_new)", "fitted(fit)", "residuals(fit, method = \"posterior_epred\")")
  for (p in dpars) {
    text <- c(text, sprintf("posterior_linpred(fit, newdata = family_new, dpar = \"%s\")", p),
      sprintf("posterior_epred(fit, newdata = family_new, dpar = \"%s\")", p))
  }
  text
}

write_json(lapply(list(families = d, family_new = family_new), function(t) lapply(as.list(t), column_of)), "families.json")
wanted <- commandArgs(TRUE)
for (i in seq_along(families)) {
  m <- families[[i]]
  if (!length(wanted) || m$name %in% wanted) record(m, 300 + i, questions, list(family_new = family_new), "families")
}
