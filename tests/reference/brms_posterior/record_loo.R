# Records what brms and loo answer about leave-one-out cross-validation of three
# models of the radon data.  Run with:  Rscript record_loo.R  (Debian: r-cran-brms, r-cran-lme4).
# Draws from an approximate posterior: scales and means follow autoregressions
# around the estimates, the counties' effects are drawn given them.
suppressPackageStartupMessages({library(brms); library(loo); library(lme4)})
source("draws.R"); source("answers.R")
options(warn = 1)
radon <- read.csv("../../../smoothstan/datasets/data/radon.csv")
chains <- 4; iterations <- 250
chain <- rep(seq_len(chains), each = iterations)

wandering <- function(center, scale, correlation = 0.5) {
  e <- rnorm(iterations)
  for (i in seq_len(iterations)[-1]) e[i] <- correlation * e[i - 1] + sqrt(1 - correlation^2) * e[i]
  signif(center + scale * e, 7)
}

varying <- function() {
  estimate <- lmer(log_radon ~ 1 + (1 | county), radon)
  counts <- as.vector(table(radon$county))
  means <- as.vector(tapply(radon$log_radon, radon$county, mean))
  lapply(seq_len(chains), function(i) {
    intercept <- wandering(fixef(estimate)[[1]], 0.05)
    deviation <- signif(exp(wandering(log(as.data.frame(VarCorr(estimate))$sdcor[1]), 0.13)), 7)
    sigma <- signif(exp(wandering(log(sigma(estimate)), 0.024)), 7)
    effects <- t(sapply(seq_len(iterations), function(n) {
      precision <- 1 / deviation[n]^2 + counts / sigma[n]^2
      signif(rnorm(length(counts), counts / sigma[n]^2 * (means - intercept[n]) / precision, 1 / sqrt(precision)), 6)
    }))
    colnames(effects) <- paste0("r_1_1.", seq_along(counts))
    cbind(Intercept = intercept, sd_1.1 = deviation, sigma = sigma, effects, lprior = -5, b_Intercept = intercept, lp__ = -1000)
  })
}

regression <- function(formula) {
  estimate <- lm(formula, radon)
  root <- t(chol(vcov(estimate)))
  lapply(seq_len(chains), function(i) {
    noise <- sapply(seq_along(coef(estimate)), function(j) wandering(0, 1))
    b <- signif(t(coef(estimate) + root %*% t(noise)), 7)
    sigma <- signif(exp(wandering(log(sigma(estimate)), 0.024)), 7)
    slope <- if (ncol(b) > 1) matrix(b[, -1], iterations, dimnames = list(NULL, paste0("b.", seq_len(ncol(b) - 1)))) else NULL
    x <- model.matrix(estimate)[, -1, drop = FALSE]
    centred <- b[, 1] + if (is.null(slope)) 0 else as.vector(slope %*% colMeans(x))
    cbind(slope, Intercept = centred, sigma = sigma, lprior = -5, b_Intercept = b[, 1], lp__ = -1000)
  })
}

set.seed(919)
formulas <- list(varying = "log_radon ~ 1 + (1 | county)", floor = "log_radon ~ floor", mean = "log_radon ~ 1")
tables <- list(varying = varying(), floor = regression(log_radon ~ floor), mean = regression(log_radon ~ 1))
fits <- Map(function(formula, table) {
  with_chains(suppressWarnings(brm(as.formula(formula), radon, empty = TRUE)), table)
}, formulas, tables)
lls <- lapply(fits, log_lik)
effs <- lapply(lls, function(ll) relative_eff(exp(ll), chain_id = chain))
loos <- Map(function(ll, r_eff) loo(ll, r_eff = r_eff), lls, effs)

asked <- function(name) {
  fit <- fits[[name]]; ll <- lls[[name]]; r_eff <- effs[[name]]
  smoothed <- suppressWarnings(psis(-ll, r_eff = r_eff))
  k <- pareto_k_values(smoothed)
  rows <- sort(unique(c(order(k, decreasing = TRUE)[1:3], which.min(k), 100L)))
  env <- list2env(list(fit = fit, ll = ll, chain = chain, r_eff = r_eff, smoothed = smoothed, epred = posterior_epred(fit), rows = rows,
    some = ll[, rows], some_eff = r_eff[rows], ones = rep(1, ncol(ll)),
    some_epred = posterior_epred(fit)[, rows], some_smoothed = suppressWarnings(psis(-ll[, rows], r_eff = r_eff[rows]))), parent = globalenv())
  text <- c(
    "relative_eff(exp(ll), chain_id = chain)", "loo(ll, r_eff = r_eff)$estimates", "loo(ll, r_eff = r_eff)$pointwise",
    "loo(ll, r_eff = r_eff)$diagnostics", "loo(fit)$estimates", "waic(ll)$estimates", "bayes_R2(fit)"
  )
  if (name == "varying") {
    text <- c(text, "loo(ll, r_eff = ones)$estimates", "waic(ll)$pointwise",
      "weights(psis(-some, r_eff = some_eff), log = FALSE, normalize = TRUE)",
      "E_loo(epred, smoothed, type = \"mean\")", "E_loo(epred, smoothed, type = \"variance\")",
      "E_loo(some_epred, some_smoothed, type = \"quantile\", probs = c(0.05, 0.5, 0.9))",
      "loo_linpred(fit, type = \"mean\")", "log_lik(fit, draw_ids = 1:2)")
  }
  answers <- lapply(text, function(t) tryCatch(ask(t, env), error = function(e) { cat(name, t, conditionMessage(e), "\n"); NULL }))
  list(rows = rows - 1L, answers = Filter(Negate(is.null), answers))
}

# The average over many runs of what is random, with its Monte Carlo error.
averaged <- function(call, runs) {
  found <- t(sapply(seq_len(runs), function(i) { set.seed(i); drop(suppressWarnings(eval(parse(text = call)[[1]]))) }))
  list(call = call, runs = runs, names = I(as.character(colnames(found))), mean = I(signif(colMeans(found), significant)),
       error = I(signif(apply(found, 2, sd) / sqrt(runs), 4)))
}

for (name in names(fits)) {
  found <- asked(name)
  case <- list(name = paste0("radon_", name), brms = as.character(packageVersion("brms")), loo = as.character(packageVersion("loo")),
    R = R.version.string, formula = I(formulas[[name]]), family = "gaussian", data = "radon", chains = chains, iterations = iterations,
    draws = draws_of(fits[[name]]), smooth_columns = setNames(list(), character(0)), rows = I(found$rows), answers = found$answers)
  write_json(case, paste0("radon_", name, ".json"))
}

pointwise <- sapply(loos, function(l) l$pointwise[, "elpd_loo"])
env <- list2env(list(loos = loos, pointwise = pointwise, pair = loos[c("mean", "floor")], lls = lls, effs = effs), parent = globalenv())
comparisons <- lapply(c(
  "loo_compare(loos)", "loo_compare(pair)", "loo_model_weights(loos, method = \"stacking\")", "stacking_weights(pointwise)",
  "loo_model_weights(loos, method = \"pseudobma\", BB = FALSE)", "pseudobma_weights(pointwise, BB = FALSE)"
), ask, env = env)
random <- list(
  averaged("pseudobma_weights(pointwise, BB = TRUE, BB_n = 1000)", 200),
  averaged("loo_R2(fits$varying)", 10), averaged("loo_R2(fits$floor)", 10)
)
write_json(list(models = I(paste0("radon_", names(fits))), answers = comparisons, random = random), "radon_comparison.json")
