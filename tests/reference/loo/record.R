# Numbers of R's loo about log-likelihood matrices that R and Python both make from one generator.
# Run in this folder: Rscript record.R   (Debian: r-cran-loo 2.5.1, r-cran-posterior 1.4.0, r-cran-jsonlite)
suppressMessages(library(loo))

# Lewis, Goodman & Miller's generator: exact in doubles, so that both languages have the same numbers.
uniforms <- function(n, seed) {
  x <- numeric(n)
  for (i in seq_len(n)) { seed <- (16807 * seed) %% 2147483647; x[i] <- seed / 2147483647 }
  x
}
normals <- function(n, seed) {
  u <- uniforms(2 * n, seed)
  first <- u[seq(1, 2 * n, 2)]; second <- u[seq(2, 2 * n, 2)]
  sqrt(-2 * log(first)) * cos(2 * pi * second)
}
# Draws move slowly (autocorrelation rho); the row's scale makes its tail light or heavy.
log_lik <- function(case) {
  e <- array(normals(case$draws * case$chains * case$rows, case$seed), c(case$draws, case$chains, case$rows))
  for (t in 2:case$draws) e[t, , ] <- case$rho * e[t - 1, , ] + sqrt(1 - case$rho^2) * e[t, , ]
  scale <- case$spread * seq_len(case$rows) / case$rows
  -0.5 * sweep(e^2, 3, scale, "*") - 0.9
}
cases <- list(
  ordinary = list(draws = 250, chains = 4, rows = 12, rho = 0.3, spread = 0.6, seed = 11),
  heavy = list(draws = 500, chains = 2, rows = 12, rho = 0.6, spread = 2.5, seed = 12),
  antithetic = list(draws = 200, chains = 3, rows = 8, rho = -0.5, spread = 1.0, seed = 13),
  short = list(draws = 31, chains = 2, rows = 6, rho = 0.2, spread = 1.0, seed = 14),
  one_chain = list(draws = 333, chains = 1, rows = 5, rho = 0.8, spread = 1.2, seed = 15),
  tiny = list(draws = 10, chains = 3, rows = 4, rho = 0.1, spread = 1.0, seed = 16),
  tinier = list(draws = 8, chains = 2, rows = 4, rho = -0.4, spread = 1.0, seed = 17)
)
mcse <- function(ll, lw, elpd, r_eff) {  # loo >= 2.7: the variance of a log-normal with these moments
  v <- colSums(exp(lw)^2 * sweep(exp(ll), 2, exp(elpd))^2) / r_eff
  sqrt(log1p(v / exp(elpd)^2))
}
answers <- function(ll, r_eff) {
  flat <- apply(ll, 3, c)
  l <- suppressWarnings(loo(ll, r_eff = r_eff, save_psis = TRUE))
  p <- l$psis_object
  x <- outer(seq_len(nrow(flat)), seq_len(ncol(flat)), function(s, i) sin(s * i))
  probs <- c(0.05, 0.5, 0.9)
  list(
    r_eff = r_eff, pointwise = as.data.frame(l$pointwise[, c("elpd_loo", "p_loo", "looic")]),
    pareto_k = l$diagnostics$pareto_k, n_eff = l$diagnostics$n_eff,
    mcse = mcse(flat, weights(p), l$pointwise[, "elpd_loo"], r_eff),
    estimates = l$estimates, first_log_weights = weights(p)[1:10, 1],
    mean = suppressWarnings(E_loo(x, p, type = "mean")$value),
    quantile = suppressWarnings(E_loo(x, p, type = "quantile", probs = probs)$value)
  )
}
out <- lapply(cases, function(case) {
  ll <- log_lik(case)
  w <- suppressWarnings(waic(apply(ll, 3, c)))
  split <- suppressWarnings(apply(exp(ll), 3, posterior::ess_basic)) / prod(dim(ll)[1:2])
  list(case = case, sum = sum(ll), loo_2.9 = answers(ll, split), loo_2.5 = answers(ll, relative_eff(exp(ll))),
       waic = list(pointwise = as.data.frame(w$pointwise), estimates = w$estimates))
})

# Four models of 60 rows, by their pointwise values.
n <- 60
lpd <- cbind(-1.4 + 0.3 * normals(n, 21), -1.5 + 0.5 * normals(n, 22), -1.35 + 0.6 * normals(n, 23), -2 + 0.2 * normals(n, 24))
made <- function(e, p) {
  pointwise <- cbind(elpd_loo = e, p_loo = p, looic = -2 * e)
  estimates <- cbind(Estimate = colSums(pointwise), SE = sqrt(n * apply(pointwise, 2, var)))
  structure(list(pointwise = pointwise, estimates = estimates, diagnostics = list(pareto_k = rep(0, n), n_eff = rep(1, n))),
            dims = c(1000, n), class = c("psis_loo", "importance_sampling_loo", "loo"))
}
p <- abs(normals(n, 25)) / 10
loos <- lapply(1:4, function(k) made(lpd[, k], p * k))
names(loos) <- c("a", "b", "c", "d")
table <- loo_compare(loos)
objective <- function(w) sum(log(exp(lpd) %*% w))
stacking <- stacking_weights(lpd, optim_control = list(reltol = 1e-14, maxit = 10000))
set.seed(1)
out$models <- list(
  names = rownames(table), columns = colnames(table), table = unclass(table),
  stacking = as.numeric(stacking), stacking_objective = objective(as.numeric(stacking)),
  pseudobma = as.numeric(pseudobma_weights(lpd, BB = FALSE)),
  pseudobma_bb = as.numeric(pseudobma_weights(lpd, BB = TRUE, BB_n = 200000))
)
splits <- function(N, K, levels) list(
  N = N, K = K, random = as.integer(table(kfold_split_random(K, N))),
  # loo 2.5.1 mistakes the one row of a level for a count of rows.
  stratified = if (min(table(levels)) > 1) as.integer(table(kfold_split_stratified(K, levels))) else list(),
  grouped = sort(as.integer(table(factor(tapply(kfold_split_grouped(K, levels), levels, min), levels = 1:K)))))
set.seed(2)
out$splits <- list(
  splits(53, 10, rep(1:13, length.out = 53)), splits(10, 3, rep(1:7, length.out = 10)), splits(12, 12, 1:12),
  splits(40, 4, rep(1:4, each = 10)), splits(101, 7, rep(1:23, length.out = 101)))
write(jsonlite::toJSON(out, digits = NA, auto_unbox = TRUE, na = "string"), "loo.json")
