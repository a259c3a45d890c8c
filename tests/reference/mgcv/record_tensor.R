# Records mgcv's tensor product smooths te, ti and t2 with many margins and options: rows of the raw design,
# X S X' of those rows for every penalty S, and predictions beyond the data.  Run with:  Rscript record_tensor.R
# (Debian: r-cran-mgcv, r-cran-jsonlite).  Writes tensor.json.  For t2 also mgcv's own maps P of the margins.
suppressPackageStartupMessages({library(mgcv); library(jsonlite)})
set.seed(11)
n <- 80
data <- data.frame(x = round(100 + 20 * rgamma(n, 2), 1), z = round(runif(n, -1, 1), 4), v = round(rnorm(n), 2),
                   g = factor(sample(letters[1:4], n, TRUE), levels = letters[1:4]))
new <- data.frame(x = c(90, 120.5, 141, 250), z = c(-1.3, 0.2, 0.91, 1.4), v = c(-4, 0, 1, 3.5),
                  g = factor(c("a", "d", "b", "c"), levels = letters[1:4]))
neighbours <- list(nb = list(a = "b", b = c("a", "c"), c = c("b", "d"), d = "c"))
# Leading dots: R would take `k` for an abbreviation of `kind`.
one <- function(.kind, .vars, ..., knots = NULL) list(kind = .kind, vars = .vars, args = list(...), knots = knots)
xz <- c("x", "z"); xzv <- c("x", "z", "v"); xg <- c("x", "g")
cases <- list(
  te_cr_cc = one("te", xz, k = c(4, 7), bs = c("cr", "cc")),
  te_cc_ps_knots = one("te", xz, k = c(5, 6), bs = c("cc", "ps"), knots = list(x = c(80, 300), z = c(-2, 2))),
  te_cr_knots = one("te", xz, k = c(4, 3), knots = list(x = c(105, 120, 160, 210))),
  te_ps_orders = one("te", xz, k = c(5, 7), bs = "ps", m = list(c(1, 1), c(2, 3))),
  te_ps_ridge = one("te", xz, k = 6, bs = "ps", m = c(0, 1)),
  te_bs = one("te", xz, k = c(6, 5), bs = c("bs", "cr"), m = list(c(3, 1), NA)),
  te_cp = one("te", xz, k = c(5, 6), bs = c("cr", "cp")),
  te_ts = one("te", xz, k = c(5, 4), bs = c("ts", "tp")),
  te_tp_m = one("te", xz, k = c(6, 5), bs = "tp", m = c(1, 3)),
  te_tp_no_null_space = one("te", xz, k = c(6, 4), bs = c("tp", "cr"), m = list(c(2, 0), NA)),
  te_gp_ds = one("te", xz, k = c(6, 5), bs = c("gp", "ds")),
  te_3d = one("te", xzv, k = c(3, 4, 3), bs = c("cr", "ps", "tp")),
  te_fx = one("te", xzv, k = 3, fx = c(FALSE, TRUE, FALSE)),
  te_np = one("te", xz, k = c(5, 6), bs = c("ps", "bs"), np = FALSE),
  te_re = one("te", xg, k = c(4, 5), bs = c("cr", "re")),
  te_mrf = one("te", xg, k = 4, bs = c("ps", "mrf"), xt = list(NULL, neighbours)),
  te_surface_first = one("te", xzv, d = c(2, 1), k = c(8, 4), bs = c("tp", "ps")),
  te_surface_last = one("te", c("v", "x", "z"), d = c(1, 2), k = c(3, 7)),
  te_surface_alone = one("te", xz, d = 2, k = 9),
  te_one = one("te", "x", k = 6),
  ti_cc = one("ti", xz, k = c(4, 6), bs = c("cr", "cc")),
  ti_ps = one("ti", xz, k = c(5, 6), bs = "ps", m = list(c(2, 1), c(1, 2))),
  ti_cp = one("ti", xz, k = 5, bs = c("cp", "ps")),
  ti_tp_gp = one("ti", xz, k = c(5, 6), bs = c("tp", "gp")),
  ti_ts = one("ti", xz, k = c(5, 6), bs = c("ts", "bs")),
  ti_3d = one("ti", xzv, k = c(3, 4, 3)),
  ti_fx = one("ti", xz, k = c(4, 5), fx = c(TRUE, FALSE)),
  ti_np = one("ti", xz, k = c(5, 4), bs = "ps", np = FALSE),
  ti_mc = one("ti", xz, k = c(4, 5), bs = c("ps", "cr"), mc = c(FALSE, TRUE)),
  ti_mc_none = one("ti", xz, k = c(4, 3), bs = c("ps", "cr"), mc = c(FALSE, FALSE)),
  ti_re = one("ti", xg, k = c(5, 4), bs = c("ps", "re")),
  ti_mrf = one("ti", xg, k = 4, bs = c("cr", "mrf"), xt = list(NULL, neighbours)),
  ti_surface = one("ti", xzv, d = c(2, 1), k = c(7, 4)),
  ti_one = one("ti", "x", k = 6),
  t2_cc = one("t2", xz, k = c(5, 4), bs = "cc"),
  t2_tp_m = one("t2", xz, k = c(5, 4), bs = "tp", m = 1),
  t2_cp_ps = one("t2", xz, k = 4, bs = c("cp", "ps"), m = list(c(2, 2), c(2, 1))),
  t2_cc_re = one("t2", xg, k = 5, bs = c("cc", "re")),
  t2_cc_mrf = one("t2", xg, k = 4, bs = c("cc", "mrf"), xt = list(NULL, neighbours)),
  t2_ts = one("t2", xz, k = c(4, 5), bs = c("ps", "ts"), m = list(c(2, 1), 2)),
  t2_3d_m1 = one("t2", xzv, k = c(3, 4, 3), bs = "tp", m = 1),
  t2_3d_m1_full = one("t2", xzv, k = 3, bs = "tp", m = 1, full = TRUE),
  t2_ord = one("t2", xzv, k = c(4, 3, 3), bs = "tp", m = 1, ord = c(0, 2)),
  t2_one = one("t2", "x", k = 5, bs = "tp", m = 1),
  t2_cr = one("t2", xz, k = c(4, 5)),
  t2_cr_full = one("t2", xz, k = c(5, 4), bs = c("cr", "ps"), full = TRUE),
  t2_cr_3d_full = one("t2", xzv, k = 3, full = TRUE),
  t2_cr_3d_ord = one("t2", xzv, k = c(4, 3, 3), full = TRUE, ord = c(1, 3)),
  t2_cr_re = one("t2", xg, k = 4, bs = c("cr", "re"), full = TRUE))
rows <- function(m) unname(lapply(seq_len(nrow(m)), function(i) I(signif(as.numeric(m[i, ]), 15))))
record <- function(id) {
  case <- cases[[id]]
  term <- eval(as.call(c(as.name(case$kind), lapply(case$vars, as.name), case$args)))
  raw <- suppressWarnings(smoothCon(term, data, knots = case$knots, absorb.cons = FALSE, scale.penalty = FALSE)[[1]])
  X <- raw$X[1:5, , drop = FALSE]
  answer <- list(id = id, kind = case$kind, vars = I(case$vars), args = case$args, knots = case$knots,
    X = rows(X), column_sums = I(signif(colSums(raw$X), 15)), XSX = lapply(unname(raw$S), function(S) rows(X %*% S %*% t(X))),
    ranks = I(as.integer(raw$rank)), null_space_dim = raw$null.space.dim, n_constraints = length(raw$C))
  if (case$kind == "t2") answer$P <- lapply(raw$P, rows)
  # Predictions are raw: PredictMat of a smooth without absorbed constraint (for t2 it would apply one).
  if (case$kind != "t2") answer$Xpred <- rows(PredictMat(raw, new))
  answer
}
columns <- function(d) lapply(d, function(c) if (is.factor(c)) list(values = as.character(c), levels = levels(c)) else list(values = c))
write(toJSON(list(data = columns(data), new = columns(new), cases = lapply(names(cases), record)),
             auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "tensor.json")
