# Records mgcv's te, ti and t2 smooths: raw bases, penalties, absorbed bases, new data.  Run with
#   LANG=C.UTF-8 Rscript record_tensor_products.R        (Debian: r-cran-mgcv, r-cran-jsonlite)
# Writes tensor_products.json.  Data are rounded to 4 decimals first, so JSON holds R's exact inputs.
suppressPackageStartupMessages({library(mgcv); library(jsonlite)})
set.seed(33); n <- 60
d <- data.frame(x = round(runif(n, -2, 5), 4), z = round(rnorm(n, 2000, 8), 4), v = round(rexp(n), 4), w = round(rnorm(n), 4),
                tied = round(runif(n) * 9) / 2, g = factor(sample(c("low", "mid", "high"), n, TRUE), levels = c("low", "mid", "high")),
                u = round(runif(n), 4))
new <- data.frame(x = c(-3, 0.25, 4.9, 7), z = c(1960, 1999.5, 2010.25, 2040), v = c(0, .5, 2, 6), w = c(-4, 0, .7, 5), tied = c(-1, .3, 3.7, 6),
                  g = factor(c("high", "low", "mid", "low"), levels = levels(d$g)), u = c(.1, .5, .9, 1.2))
rows <- c(1:2, 60)
terms <- list(
  te_k = "te(x,z,k=c(4,6))",
  te_3d = "te(x,z,v,k=c(3,4,3))",
  te_4d = "te(x,z,v,w,k=3)",
  te_one = "te(x,k=6)",
  te_one_of_two = "te(x,w,d=2,k=8)",
  te_ties = "te(tied,x,k=5,bs=c('cr','ps'))",
  te_ps_m = "te(x,z,bs='ps',k=c(6,5),m=list(c(2,1),c(1,3)))",
  te_ps_m_scalar = "te(x,z,bs='ps',k=6,m=1)",
  te_ps_m_vector = "te(x,z,bs='ps',k=6,m=c(1,2))",
  te_m_missing = "te(x,z,bs=c('ps','cr'),k=6,m=list(c(2,1),NA))",
  te_bs = "te(x,z,bs=c('bs','cc'),k=c(6,5),m=list(c(3,1),NA))",
  te_cp = "te(x,z,bs=c('cp','cr'),k=c(6,4))",
  te_tp = "te(x,z,bs='tp',k=c(4,5))",
  te_tp_raw = "te(x,z,bs='tp',k=c(4,5),np=FALSE)",
  te_ts = "te(x,z,bs=c('ts','cr'),k=c(5,4))",
  te_gp = "te(x,z,bs=c('gp','cr'),k=c(6,4))",
  te_ds = "te(x,w,v,d=c(2,1),bs=c('ds','cr'),m=list(c(1,.5),NA),k=c(8,4))",
  te_d12 = "te(v,x,w,d=c(1,2),bs=c('ps','tp'),k=c(4,7))",
  te_d_replaced = "te(x,w,v,d=c(2,1),bs='cr',k=5)",
  te_fx_both = "te(x,z,k=4,fx=TRUE)",
  te_fx_second = "te(x,z,k=c(4,5),fx=c(FALSE,TRUE))",
  te_re = "te(x,g,bs=c('cr','re'),k=4)",
  te_by_number = "te(x,z,k=4,by=u)",
  te_by_factor = "te(x,z,k=c(3,4),by=g)",
  te_knots = "te(x,w,k=c(4,5),bs=c('cr','ps'))",
  ti_one = "ti(x,k=6)",
  ti_3d = "ti(x,z,v,k=c(4,3,4))",
  ti_mc = "ti(x,z,k=c(4,5),mc=c(TRUE,FALSE))",
  ti_mc_none = "ti(x,z,k=c(4,5),mc=c(FALSE,FALSE))",
  ti_ps = "ti(x,z,bs='ps',k=c(5,6),m=list(c(2,1),2))",
  ti_ps_raw = "ti(x,z,bs='ps',k=c(5,6),np=FALSE)",
  ti_cc_tp = "ti(x,z,bs=c('cc','tp'),k=c(6,5))",
  ti_cp = "ti(x,z,bs=c('cp','cr'),k=c(6,4))",
  ti_re = "ti(x,g,bs=c('cr','re'),k=5)",
  ti_d = "ti(x,w,v,d=c(2,1),k=c(8,4))",
  ti_ds_raw_mc = "ti(x,z,bs=c('ts','gp'),k=c(5,6),mc=c(FALSE,TRUE))",
  ti_by_number = "ti(x,z,k=4,by=u)",
  ti_fx = "ti(x,z,k=4,fx=c(TRUE,FALSE))",
  ti_knots = "ti(x,w,k=c(4,5),bs=c('cr','ps'))",
  t2_null_one = "t2(x,z,bs=c('ps','cc'),k=c(6,5),m=list(c(2,1),NA))",
  t2_null_one_full = "t2(x,z,v,bs=c('ps','bs','cc'),k=c(4,5,5),m=list(c(2,1),c(3,1),NA),full=TRUE)",
  t2_none_free = "t2(x,g,bs=c('ps','re'),k=5,m=list(c(2,1),NA))",
  t2_none_free_full = "t2(g,x,bs=c('re','ps'),k=5,m=list(NA,c(2,1)),full=TRUE)",
  t2_ord = "t2(x,z,bs=c('ps','bs'),k=5,m=list(c(2,1),c(3,1)),ord=c(0,1))",
  t2_ord_top = "t2(x,z,v,bs='ps',k=4,m=list(c(2,1),c(1,1),c(2,1)),ord=3)",
  t2_ord_full = "t2(x,z,v,bs='ps',k=4,m=list(c(2,1),c(1,1),c(2,1)),ord=c(0,2),full=TRUE)",
  t2_one = "t2(x,bs='ps',k=6,m=list(c(2,1)))",
  t2_cr_3d = "t2(x,z,v,k=c(4,3,3))",
  t2_cr_3d_full = "t2(x,z,v,k=c(3,4,3),full=TRUE)",
  t2_d = "t2(x,w,v,d=c(2,1),k=c(7,4),full=TRUE)",
  t2_ord_cr = "t2(x,z,k=c(5,4),ord=c(0,2))",
  t2_by_number = "t2(x,z,bs='ps',k=5,m=list(c(2,1),c(2,1)),by=u)")
knots <- list(x = c(-2, 0, 1.5, 5), w = NULL)
matrix_rows <- function(m) if (is.null(m)) NULL else unname(as.matrix(m))
record <- function(id) {
  term <- terms[[id]]
  kn <- if (grepl("knots", id)) knots["x"] else NULL
  object <- eval(parse(text = term))
  raw <- suppressWarnings(smoothCon(object, d, kn, absorb.cons = FALSE, scale.penalty = FALSE))[[1]]
  absorbed <- suppressWarnings(smoothCon(object, d, kn, absorb.cons = TRUE, scale.penalty = TRUE))
  first <- absorbed[[1]]
  is_t2 <- substr(id, 1, 2) == "t2"
  out <- list(id = id, term = term, knots = kn, n_smooths = length(absorbed), label = first$label,
              raw_X = matrix_rows(raw$X[rows, ]), raw_S_corner = lapply(unname(raw$S), function(s) matrix_rows(s[1:min(5, nrow(s)), 1:min(5, nrow(s))])),
              raw_S_frobenius = vapply(unname(raw$S), function(s) sqrt(sum(s^2)), 0), raw_rank = raw$rank, raw_null = raw$null.space.dim,
              X = matrix_rows(first$X[rows, ]), X_colsumsq = colSums(first$X^2), S_scale = if (length(first$S)) first$S.scale else numeric(0))
  if (is_t2) out$maps <- lapply(unname(raw$P), matrix_rows)
  data_new <- if (is_t2) NULL else matrix_rows(PredictMat(first, new))
  out$new <- data_new
  out$margin_columns <- vapply(raw$margin, function(m) ncol(m$X), 0L)
  out
}
columns <- function(frame) lapply(frame, function(column) if (is.factor(column)) list(type = "factor", levels = levels(column), values = as.character(column)) else list(type = "num", values = column))
write_json(list(source = R.version.string, mgcv = as.character(packageVersion("mgcv")), rows = rows - 1L, data = columns(d), new = columns(new),
                cases = lapply(names(terms), record)), "tensor_products.json", digits = 15, auto_unbox = TRUE, null = "null", matrix = "rowmajor")
