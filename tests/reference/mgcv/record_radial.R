# Records mgcv's radial bases (tp, ts, ds, gp, sos) for many orders, dimensions, knots and subsamples: raw
# columns at the first rows and at new data, column sums of squares, penalty.
# Run with:  Rscript record_radial.R   (Debian: r-cran-mgcv, r-cran-jsonlite).  Writes radial.json.
suppressPackageStartupMessages({library(mgcv); library(jsonlite)})
set.seed(20)
n <- 64
data <- data.frame(x = round(rexp(n), 2), z = round(rnorm(n), 3), v = round(runif(n, -1, 1), 3), w = round(rt(n, 4), 3),
                   q = round(runif(n), 4), year = 1950 + sample(0:40, n, TRUE) + round(runif(n), 1),
                   area = round(2e6 + 3e5 * rnorm(n)), tiny = round(runif(n) * 1e-4, 8),
                   la = round(asin(runif(n, -1, 1)) * 180 / pi, 3), lo = round(runif(n, -180, 180), 3))
data$dup_x <- data$x; data$dup_z <- data$z
data$dup_x[1:3] <- c(0.3, 0.1 + 0.2, 0.3); data$dup_z[1:3] <- c(0.7, 0.7, 0.7)
data$few <- rep(c(3, 1, 4, 1.5, 9, 2.6, 5.3, 8), 8); data$few_z <- rep(c(2, 7, 1, 8, 2.8, 1.8, 3, 4), 8)
new <- data.frame(lapply(data, function(col) { r <- range(col); r[1] + diff(r) * c(-0.3, 0.11, 0.5, 0.83, 1.4) }))
new$la <- c(-88, -20, 5, 47, 89); new$lo <- c(-179, -30, 0.5, 100, 179.5)
# 80 places with digits that make R choose between fixed and scientific notation
subsampled <- data.frame(x = c(data$x, 1e-5 * (1:16)), z = c(data$z * 1e5, -1e5 * (1:16)), v = c(data$v, (1:16) / 7))
cases <- list()
add <- function(id, call, knots = NULL, on = "data") cases[[length(cases) + 1]] <<- list(id = id, call = call, knots = knots, on = on)
for (m in 1:4) add(paste0("tp_1d_m", m), sprintf("s(x, k=9, m=%d)", m))
add("tp_year", "s(year, k=9)"); add("tp_area", "s(area, k=7)"); add("tp_tiny", "s(tiny, k=7)")
add("tp_min_k", "s(x, k=3)"); add("tp_many", "s(x, k=16)")
add("tp_2d_m3", "s(x, z, k=12, m=3)"); add("tp_2d_m1", "s(x, z, k=9, m=1)"); add("tp_2d_m4", "s(x, z, k=14, m=4)")
add("tp_3d_m2", "s(x, z, v, k=9, m=2)"); add("tp_3d_m3", "s(x, z, v, k=14, m=3)")
add("tp_4d", "s(x, z, v, w, k=18)"); add("tp_5d", "s(x, z, v, w, q, k=60)")
add("tp_2d_min_k", "s(x, z, k=4)"); add("tp_units", "s(area, tiny, k=12)")
add("tp_all_sites_1d", "s(few, k=8)"); add("tp_all_sites_2d", "s(few, few_z, k=8)")
add("tp_dropped_1d", "s(x, k=7, m=c(2,0))"); add("tp_dropped_m1", "s(x, k=7, m=c(1,0))"); add("tp_dropped_3d", "s(x,z,v, k=16, m=c(2,0))")
add("tp_knots_unsorted", "s(x, k=5)", list(x = c(2, .1, 3.1, .9, 1.4)))
add("tp_knots_repeated", "s(x, k=5)", list(x = c(2, .1, 3.1, .9, .9, 1.4, .5)))
add("tp_knots_2d", "s(x, z, k=6)", list(x = c(2, .1, 3.1, .9, 1.4, .5, 2.2, .3), z = c(-1, 0, .4, 1.2, -.7, .9, .1, -.2)))
add("ts_2d", "s(x, z, bs='ts', k=10)"); add("ts_m3", "s(x, bs='ts', k=8, m=3)"); add("ts_knots", "s(x, bs='ts', k=5)", list(x = c(2, .1, 3.1, .9, 1.4, .5)))
add("tp_sub_1d", "s(x, k=7, xt=list(max.knots=25))", on = "subsampled")
add("tp_sub_2d", "s(x, z, k=8, xt=list(max.knots=30, seed=5))", on = "subsampled")
add("tp_sub_3d", "s(x, z, v, k=11, xt=list(max.knots=30, seed=-2))", on = "subsampled")
add("tp_sub_k", "s(x, z, k=9, xt=list(max.knots=9))", on = "subsampled")
add("tp_text_twins", "s(dup_x, dup_z, k=8)")
for (m in c("1", "2", "3")) add(paste0("ds_1d_m", m), sprintf("s(x, bs='ds', k=9, m=%s)", m))
for (m in c("c(2,0)", "c(2,.5)", "c(1,.5)", "c(3,-.5)", "c(2,-.5)", "c(3,.5)", "1"))
  add(paste0("ds_2d_m", m), sprintf("s(x, z, bs='ds', k=12, m=%s)", m))
for (m in c("c(1,1)", "c(2,1)", "c(2,-.0)", "c(2,.5)", "c(3,-1)")) add(paste0("ds_3d_m", m), sprintf("s(x, z, v, bs='ds', k=14, m=%s)", m))
add("ds_4d", "s(x, z, v, w, bs='ds', k=12)"); add("ds_all_sites_1d", "s(few, bs='ds', k=8)"); add("ds_all_sites_2d", "s(few, few_z, bs='ds', k=8)")
add("ds_knots", "s(x, z, bs='ds', k=6)", list(x = c(2, .1, 3.1, .9, 1.4, .5, 2.2, .3), z = c(-1, 0, .4, 1.2, -.7, .9, .1, -.2)))
add("ds_knots_k", "s(x, bs='ds', k=5)", list(x = c(2, .1, 3.1, .9, 1.4)))
add("ds_sub_2d", "s(x, z, bs='ds', k=8, xt=list(max.knots=30, seed=5))", on = "subsampled")
add("ds_sub_1d", "s(x, bs='ds', k=7, xt=list(max.knots=30))", on = "subsampled")
add("ds_text_twins", "s(dup_x, dup_z, bs='ds', k=8)")
for (m in c("1", "-1", "2", "c(2,.4,.7)", "c(-2,1,2)", "c(3,.2)", "-3", "4", "c(-5,2)", "5"))
  add(paste0("gp_1d_m", m), sprintf("s(x, bs='gp', k=9, m=%s)", m))
for (m in c("c(1,2)", "c(2,1,1.5)", "c(-3,.5)", "4", "c(5,-1)")) add(paste0("gp_2d_m", m), sprintf("s(x, z, bs='gp', k=11, m=%s)", m))
add("gp_3d", "s(x, z, v, bs='gp', k=12)"); add("gp_min_k", "s(x, bs='gp', k=3)"); add("gp_stationary_min_k", "s(x, bs='gp', k=3, m=-4)")
add("gp_all_sites", "s(few, bs='gp', k=8)")
add("gp_knots", "s(x, bs='gp', k=6)", list(x = c(2, .1, 3.1, .9, 1.4, .5, 2.2, .3))); add("gp_knots_few", "s(x, bs='gp', k=7)", list(x = c(2, .1, 3.1, .9, 1.4)))
add("gp_sub_2d", "s(x, z, bs='gp', k=8, xt=list(max.knots=30, seed=5))", on = "subsampled"); add("gp_text_twins", "s(dup_x, dup_z, bs='gp', k=8)")
for (m in -2:4) add(paste0("sos_m", m), sprintf("s(la, lo, bs='sos', k=8, m=%d)", m))
add("sos_knots", "s(la, lo, bs='sos', k=6)", list(la = c(-60, -30, 0, 10, 40, 70, 85), lo = c(10, -100, 170, 60, -20, 120, 0)))
add("sos_sub", "s(la, lo, bs='sos', k=7, xt=list(max.knots=20))"); add("sos_min_k", "s(la, lo, bs='sos', k=3)")
rows <- function(m) I(apply(unname(as.matrix(m)), 1, function(r) I(signif(r, 12)), simplify = FALSE))
columns <- function(frame) lapply(as.list(frame), function(col) I(col))
record <- function(case) {
  term <- eval(parse(text = case$call)); frame <- get(case$on)
  smooth <- suppressWarnings(smoothCon(term, frame, knots = case$knots, absorb.cons = FALSE, scale.penalty = FALSE))[[1]]
  m <- term$p.order
  list(id = case$id, bs = sub(".smooth.spec", "", class(term)[1], fixed = TRUE), covariates = I(term$term), k = term$bs.dim,
       m = if (length(m) == 1 && is.na(m)) I(numeric(0)) else I(m), xt = as.list(term$xt), knots = case$knots, on = case$on,
       rank = smooth$rank, null_space_dimension = smooth$null.space.dim, X = rows(smooth$X[1:4, ]),
       squares = I(signif(colSums(smooth$X^2), 12)), S = rows(smooth$S[[1]]),
       X_new = rows(PredictMat(smooth, new[term$term])))
}
write(toJSON(list(data = columns(data), subsampled = columns(subsampled), new = columns(new), cases = lapply(cases, record)),
             auto_unbox = TRUE, digits = NA), "radial.json")
