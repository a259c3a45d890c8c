# Records mgcv's cubic regression splines: raw basis and penalty, and what
# smooth2random() makes of them.  Run with:  Rscript record.R
# (Debian: r-cran-mgcv, r-cran-jsonlite).  Writes cubic_regression.json.
suppressPackageStartupMessages({library(mgcv); library(jsonlite)})
read <- function(name) read.csv(file.path("..", "..", "..", "smoothstan", "datasets", "data", paste0(name, ".csv")))
mcycle <- read("mcycle"); radon <- read("radon")
set.seed(3)
simulated <- data.frame(x = round(runif(120, -2, 5), 4))
cases <- list(
  list(id = "mcycle_k20", data = mcycle["times"], term = s(times, bs = "cr", k = 20), x = mcycle$times, new = c(-3, 2.4, 10, 33.3, 57.6, 70)),
  list(id = "mcycle_default_k", data = mcycle["times"], term = s(times, bs = "cr"), x = mcycle$times, new = c(0, 20, 60)),
  list(id = "mcycle_k50", data = mcycle["times"], term = s(times, bs = "cr", k = 50), x = mcycle$times, new = c(0, 20, 60)),
  list(id = "mcycle_k3", data = mcycle["times"], term = s(times, bs = "cr", k = 3), x = mcycle$times, new = c(0, 20, 60)),
  list(id = "log_of_times", data = mcycle["times"], term = s(log(times), bs = "cr", k = 7), x = log(mcycle$times), new = c(1, 15, 90)),
  list(id = "radon_ties", data = radon["log_uranium"], term = s(log_uranium, bs = "cr", k = 5), x = radon$log_uranium, new = c(-1, 0, 0.9)),
  list(id = "user_knots", data = simulated, term = s(x, bs = "cr", k = 6), x = simulated$x, new = c(-3, 0, 2, 6),
       knots = list(x = c(-2, -1, 0.5, 1, 3, 5))))
rows <- function(m) I(apply(unname(as.matrix(m)), 1, function(r) I(r), simplify = FALSE))
record <- function(case) {
  variable <- names(case$data)
  new <- setNames(data.frame(case$new), variable)
  raw <- smoothCon(case$term, case$data, knots = case$knots, absorb.cons = FALSE, scale.penalty = FALSE)[[1]]
  fit <- smoothCon(case$term, case$data, knots = case$knots, absorb.cons = TRUE, diagonal.penalty = TRUE)[[1]]
  random <- smooth2random(fit, variable, type = 2)
  Z <- random$rand[[1]]
  columns <- PredictMat(fit, new) %*% diag(fit$df)
  if (!is.null(random$trans.U)) columns <- columns %*% random$trans.U
  columns <- t(t(columns) * random$trans.D)
  Znew <- columns[, random$rind, drop = FALSE]
  first <- seq_len(8)
  list(id = case$id, k = raw$bs.dim, x = case$x, knots_given = !is.null(case$knots), knots = raw$xp,
       new = if (grepl("log", case$id) && variable == "times") log(case$new) else case$new,
       X = rows(raw$X[first, ]), S = rows(raw$S[[1]]), X_new = rows(PredictMat(raw, new)),
       S_scale = fit$S.scale, ZZt = rows((Z %*% t(Z))[first, first]), Znew_Zt = rows(Znew %*% t(Z[first, , drop = FALSE])),
       XfXft = rows((random$Xf %*% t(random$Xf))[first, first]))
}
write(toJSON(lapply(cases, record), auto_unbox = TRUE, digits = NA), "cubic_regression.json")
