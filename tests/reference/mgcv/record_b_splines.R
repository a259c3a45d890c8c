# Records mgcv's cr, cc, ps, cp, bs and ad on data with ties, over k, m and knots, also beyond the data.
# Run with:  Rscript record_b_splines.R  (Debian: r-cran-mgcv, r-cran-jsonlite).  Writes b_splines.json.
# Of several penalties S_1, ..., S_J only sum_j sqrt(j) S_j is kept, of the design the first 8 rows.
suppressPackageStartupMessages({library(mgcv); library(jsonlite)})
set.seed(11)
n <- 60
data <- data.frame(x = round(rgamma(n, 2) * 3 - 2, 2), z = round(runif(n), 3))
data$x[1:6] <- data$x[7]
new <- data.frame(x = c(-9, -2.5, min(data$x), 0.3, 4, max(data$x), 40), z = c(-.3, -.01, 0, .2, .9, 1, 1.6))
rows <- function(m) I(apply(unname(as.matrix(m)), 1, function(r) I(r), simplify = FALSE))
cases <- list()
add <- function(bs, k = NULL, m = NULL, knots = NULL, variables = "x", xt = NULL) {
  call <- lapply(variables, as.name)
  call$bs <- bs
  if (!is.null(k)) call$k <- k
  if (!is.null(m)) call$m <- m
  if (!is.null(xt)) call$xt <- xt
  smooth <- suppressWarnings(smoothCon(do.call(s, call), data = data, knots = knots, absorb.cons = FALSE,
                                       scale.penalty = FALSE)[[1]])
  sum_S <- Reduce(`+`, Map(function(S, j) sqrt(j) * S, smooth$S, seq_along(smooth$S)))
  cases[[length(cases) + 1]] <<- list(
    bs = bs, k = as.list(k), m = as.list(m), xt = xt, variables = as.list(variables),
    knots = lapply(variables, function(v) knots[[v]]), ranks = as.list(smooth$rank), X = rows(smooth$X[1:8, ]),
    S = rows(sum_S), X_new = rows(PredictMat(smooth, new)))
}
limits <- list(x = c(-4, 30))
for (bs in c("ps", "cp")) {
  for (m in list(NULL, 0, 1, 3, c(0, 1), c(1, 3), c(2, 1), c(4, 2))) add(bs, 9, m)
  if (bs == "ps") add(bs, 8, c(2, 0))
  add(bs)
  add(bs, 8, knots = limits)
}
add("ps", 4); add("cp", 3); add("cp", 4, c(3, 1))
for (m in list(NULL, 1, 2, 4, c(1, 1), c(2, 2), c(3, 3), c(3, 0), c(3, 2, 1), c(3, 0, 2), c(5, 3, 1))) add("bs", 9, m)
add("bs"); add("bs", 5); add("bs", 8, knots = limits)
for (k in c(4, 5, 12)) { add("cc", k); add("cr", k) }
add("cc", 8, knots = limits); add("cc", 8, knots = list(x = c(0, 7)))
add("cc", 6, knots = list(x = c(0, .5, 1.7, 2, 4, 5)))
add("cp", 6, knots = list(x = c(-4, -1, 1, 2, 7, 20, 30)))
all_knots <- list(x = c(-7, -6.5, -6, -4, 0, 1, 1.5, 5, 28, 30, 31, 33))
add("ps", 8, knots = all_knots); add("bs", 8, c(3, 2, 1), all_knots)
add("ps", 8, knots = list(x = c(-4, -4, -4, -4, 0, 1, 1, 5, 30, 30, 30, 30)))
for (m in list(1, 3, c(3, 2, 1), c(4, 2))) add("bs", 10, m, list(x = c(-6, -3, 30, 40)))
add("bs", 9, 3, list(x = c(-6, 0, 10, 40))); add("bs", 5, 3, list(x = c(-6, -3, 30, 40)))
for (m in c(1, 2, 3, 4, 5, 7)) {
  add("ad", 11, m)
  for (bs in c("cp", "cr", "cc")) if (m < 5) add("ad", 10, m, xt = list(bs = bs))
}
add("ad", 9, 3, limits)
for (m in c(1, 3, 4)) add("ad", 6, m, variables = c("x", "z"))
add("ad", c(6, 6), 3, list(z = c(-1, 2), x = c(-4, 30)), c("x", "z"))
write(toJSON(list(data = data, new = new, cases = cases), auto_unbox = TRUE, digits = NA, null = "null",
             dataframe = "columns"), "b_splines.json")
