# Records mgcv's re, fs, sz and mrf smooths: raw bases, penalties, new data.  Run with
#   LANG=C.UTF-8 Rscript record_grouped.R        (Debian: r-cran-mgcv, r-cran-jsonlite)
# Writes grouped_smooths.json.  Data are rounded to 4 decimals first, so JSON holds R's exact inputs.
suppressPackageStartupMessages({library(mgcv); library(jsonlite)})
set.seed(20); n <- 48
pick <- function(levels, p = NULL) factor(sample(levels, n, TRUE, p), levels = levels)
d <- data.frame(x = round(runif(n, -2, 5), 4), z = round(rnorm(n, 2000, 8), 4), w = round(rexp(n), 4),
                tied = round(runif(n) * 8) / 2,
                f = pick(c("low", "mid", "high", "top")), g = pick(c("v", "u")), h = pick(c("k1", "k2", "k3")),
                area = pick(c("n10", "n2", "Wold", "east", "far", "n1", "b b")))
new <- data.frame(x = c(-3, 0.25, 2, 4.9, 6), z = c(1970, 1999.5, 2001, 2010.25, 2040), w = c(0, .5, 1, 2, 4), tied = c(-1, .3, 2, 3.7, 5),
                  f = factor(c("top", "low", "mid", "high", "low"), levels = levels(d$f)), g = factor(c("u", "v", "v", "u", "u"), levels = levels(d$g)),
                  h = factor(c("k3", "k1", "k2", "k2", "k1"), levels = levels(d$h)), area = factor(c("east", "n10", "b b", "Wold", "n2"), levels = levels(d$area)))
names7 <- levels(d$area)
nb <- list("n10" = c("n2", "n1"), "n2" = c("n10", "east", "far"), "Wold" = "east", "east" = c("n2", "Wold", "b b"),
           "far" = c("n2", "n1"), "n1" = c("n10", "far"), "b b" = "east")
nb_positions <- lapply(nb, match, names(nb))
islands <- list("n10" = c("n2", "n1"), "n2" = "n10", "Wold" = "east", "east" = c("Wold", "b b"), "far" = character(0), "n1" = "n10", "b b" = "east")
wide <- c(nb, list(zone = c("far", "Alp"), Alp = "zone")); wide$far <- c(wide$far, "zone")
A <- matrix(round(rnorm(49), 3), 7, 7); precision <- round(crossprod(A), 3); dimnames(precision) <- list(rev(names7), rev(names7))
B <- matrix(round(rnorm(16), 3), 4, 4); own <- round(crossprod(B), 3); flat <- diag(c(1, 1, 0, 0))
data(columb); data(columb.polys)
districts <- data.frame(district = columb$district)
cases <- list(
  list(id = "re_two_factors", term = s(f, g, bs = "re")),
  list(id = "re_slope_between", term = s(f, x, h, bs = "re")),
  list(id = "re_three_factors_two_numbers", term = s(g, h, x, f, w, bs = "re")),
  list(id = "re_one_number", term = s(x, bs = "re")),
  list(id = "re_two_numbers", term = s(x, w, bs = "re")),
  list(id = "re_precision", term = s(f, bs = "re", xt = list(S = list(own), rank = 4))),
  list(id = "re_two_precisions", term = s(f, x, bs = "re", xt = list(S = list(own, flat), rank = c(4, 2)))),
  list(id = "fs_cr_k7", term = s(x, f, bs = "fs", xt = "cr", k = 7)),
  list(id = "fs_cr_factor_first", term = s(h, z, bs = "fs", xt = list(bs = "cr"), k = 4)),
  list(id = "fs_cr_ties_knots", term = s(tied, g, bs = "fs", xt = "cr", k = 5), knots = list(tied = c(0, 0.7, 2, 3.5, 4))),
  list(id = "fs_cr_default_k", term = s(w, g, bs = "fs", xt = "cr")),
  list(id = "fs_tp_k6", term = s(x, f, bs = "fs", k = 6)),
  list(id = "fs_tp_2d", term = s(x, w, g, bs = "fs", k = 9)),
  list(id = "fs_tp_2d_m3", term = s(x, w, g, bs = "fs", k = 12, m = 3)),
  list(id = "fs_ps_m21", term = s(x, f, bs = "fs", xt = "ps", k = 8, m = c(2, 1))),
  list(id = "sz_cr_one", term = s(x, f, bs = "sz", xt = list(bs = "cr"), k = 5)),
  list(id = "sz_cr_factor_first", term = s(g, z, bs = "sz", xt = list(bs = "cr"), k = 4)),
  list(id = "sz_cr_two", term = s(x, h, g, bs = "sz", xt = list(bs = "cr"), k = 4)),
  list(id = "sz_cr_two_linked", term = s(h, x, g, bs = "sz", xt = list(bs = "cr"), k = 4, id = "one")),
  list(id = "sz_tp_linked", term = s(x, h, bs = "sz", k = 5, id = 1)),
  list(id = "mrf_nb", term = s(area, bs = "mrf", xt = list(nb = nb))),
  list(id = "mrf_nb_positions", term = s(area, bs = "mrf", xt = list(nb = nb_positions))),
  list(id = "mrf_islands", term = s(area, bs = "mrf", xt = list(nb = islands))),
  list(id = "mrf_knots", term = s(area, bs = "mrf", xt = list(nb = wide)), knots = list(area = names(wide))),
  list(id = "mrf_precision", term = s(area, bs = "mrf", xt = list(penalty = precision))),
  list(id = "mrf_k4", term = s(area, bs = "mrf", k = 4, xt = list(nb = nb))),
  list(id = "mrf_k4_knots", term = s(area, bs = "mrf", k = 4, xt = list(nb = wide)), knots = list(area = names(wide))),
  list(id = "mrf_k3_precision", term = s(area, bs = "mrf", k = 3, xt = list(penalty = precision))),
  list(id = "mrf_polys", data = districts, new = districts[c(3, 40), , drop = FALSE], term = s(district, bs = "mrf", xt = list(polys = columb.polys))))
rows <- function(m) I(apply(unname(as.matrix(m)), 1, function(r) I(as.vector(r)), simplify = FALSE))
column <- function(v) if (is.factor(v)) list(type = "factor", levels = I(levels(v)), values = as.character(v)) else list(type = "num", values = v)
record <- function(case) {
  data <- if (is.null(case$data)) d else case$data
  at <- if (is.null(case$new)) new else case$new
  if (!is.null(case$knots) && is.character(case$knots[[1]])) case$knots <- lapply(case$knots, factor)
  make <- function(absorb) smoothCon(case$term, data, knots = case$knots, absorb.cons = absorb, scale.penalty = absorb)[[1]]
  raw <- make(FALSE); fit <- make(TRUE); first <- seq_len(min(12, nrow(data)))
  large <- nrow(data) == 49
  list(id = case$id, X = if (large) NULL else rows(raw$X[first, ]), S = if (raw$bs.dim > 24 && !large) NULL else lapply(raw$S, rows),
       rank = I(unlist(raw$rank)), null_space_dim = raw$null.space.dim, S_scale = I(fit$S.scale),
       X_new = if (large) NULL else rows(PredictMat(raw, at)), X_fit = if (large) NULL else rows(fit$X[first, ]),
       S_fit_sum = if (large || ncol(fit$X) > 24) NULL else rows(Reduce(`+`, fit$S)), P = if (is.matrix(raw$P)) rows(raw$P) else NULL)
}
write(toJSON(list(data = lapply(d, column), new = lapply(new, column), maps = list(nb = lapply(nb, I), positions = lapply(nb_positions, function(p) I(p - 1)),
    islands = lapply(islands, I), wide = lapply(wide, I), precision = list(names = rownames(precision), values = rows(precision)),
    own = rows(own), flat = rows(flat), polys = lapply(columb.polys, rows)),
    districts = lapply(districts, column), cases = lapply(cases, record)), auto_unbox = TRUE, digits = NA, na = "null"), "grouped_smooths.json")
