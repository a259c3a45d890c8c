# Records what brms answers about thresholds in linear predictors, and about effects beside additions to the response,
# on the tables of family_data.R.  Run with:  Rscript record_thresholds.R [name ...]
suppressPackageStartupMessages(library(brms))
source("draws.R"); source("answers.R"); source("models.R"); source("record_case.R"); source("family_data.R")
options(warn = 1)

case <- function(name, formula, family = "gaussian", location = 0, ask = character(0)) {
  model(name, formula, family, ask = ask, location = location, chains = 2, draws = 5)
}
thresholds <- c("posterior_linpred(fit, incl_thres = TRUE)", "posterior_linpred(fit, newdata = family_new, incl_thres = TRUE)",
  "posterior_epred(fit, newdata = family_new)", "log_lik(fit)")
effects <- c("conditional_effects(fit, resolution = 5)", "conditional_effects(fit, resolution = 4, method = \"posterior_linpred\")",
  "posterior_epred(fit, newdata = family_new)")
chances <- c("conditional_effects(fit, categorical = TRUE, resolution = 5)",
  "conditional_effects(fit, effects = \"x\", method = \"posterior_linpred\", resolution = 4)")
# brms's linear predictor has a third dimension here, the thresholds
specific <- c("posterior_linpred(fit)", "posterior_linpred(fit, newdata = family_new)", "posterior_linpred(fit, dpar = \"mu\")",
  "posterior_linpred(fit, transform = TRUE)")
held <- function(column) {
  sprintf("conditional_effects(fit, effects = \"x\", conditions = data.frame(%s), resolution = 4)", column)
}
models <- list(
  case("thresholds_cumulative", c("grade ~ x + (1 | g)", "disc ~ z"), "cumulative", 0, c(thresholds, chances)),
  case("thresholds_sratio", "grade ~ x + h", "sratio-cloglog", 0, c(thresholds, chances)),
  case("thresholds_cratio", "grade ~ x * h", "cratio-cauchit", 0, c(thresholds, chances)),
  case("thresholds_specific", "grade ~ z + cs(x)", "sratio", 0, c(thresholds, specific, chances)),
  case("thresholds_adjacent", "grade ~ cs(x + h)", "acat", 0, c(thresholds, specific, chances)),
  case("thresholds_groups", "score | thres(gr = item) ~ x + (1 | g)", "cumulative-probit", 0, c(thresholds, chances)),
  case("thresholds_groups_acat", "score | thres(gr = item) ~ x", "acat", 0, thresholds),
  case("effects_rate", "count | rate(units) ~ x * h + (1 | g)", "poisson", 1, c(effects, held("units = c(1, 10)"))),
  case("effects_rate_shared", "count | rate(exp(z)) ~ x + z", "negbinomial", 0, c(effects, held("z = 2"))),
  case("effects_rate_geometric", "count | rate(w) ~ x", "geometric", 0, effects),
  case("effects_se", "y | se(w) ~ x * h", "gaussian", 2, c(effects, held("w = c(0.1, 3)"))),
  case("effects_se_sigma", c("y | se(w, sigma = TRUE) ~ x", "sigma ~ z"), "student", 2,
    c(effects, "conditional_effects(fit, dpar = \"sigma\", resolution = 4)")),
  case("effects_trunc", "y | trunc(lb = low, ub = high) ~ x + h", "gaussian", 2, c(effects, held("low = -5, high = c(3, 9)"))),
  case("effects_trunc_fixed", "pos | trunc(lb = 0.05, ub = phigh) + weights(w) ~ x", "lognormal", 0, effects),
  case("effects_trunc_count", "count | trunc(ub = chigh) ~ x", "poisson", 1, c(effects, held("chigh = 4"))),
  case("effects_trials", "hits | trials(trials) + weights(w) ~ x * h", "beta_binomial", 0, c(effects, held("trials = 20"))),
  case("effects_trials_sum", "hits | trials(trials + units) ~ x", "binomial", 0, c(effects, held("trials = 5"))),
  case("effects_cens", "pos | cens(part, end) + weights(w) ~ x + h", "weibull", 0, effects),
  case("effects_cens_labels", "y | cens(side) ~ x", "gaussian", 2, effects)
)

questions <- function(m, fit) character(0)
wanted <- commandArgs(TRUE)
for (i in seq_along(models)) {
  m <- models[[i]]
  if (!length(wanted) || m$name %in% wanted) record(m, 500 + i, questions, list(family_new = family_new), "families")
}
