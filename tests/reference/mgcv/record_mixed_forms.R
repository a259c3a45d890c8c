# Records smooths as fixed and random effects where their penalty is diagonal but no ridge, where it is a ridge by
# accident, under a matrix or a factor `by` whose first level is rare, and the names that brms gives a logical `by`.
#   LANG=C.UTF-8 Rscript record_mixed_forms.R        (Debian: r-cran-mgcv, r-cran-brms, r-cran-jsonlite)
# Writes mixed_forms.json.  Data are rounded to 4 decimals first, so JSON holds R's exact inputs.
suppressPackageStartupMessages({library(mgcv); library(brms); library(jsonlite)})
set.seed(33); n <- 40
d <- data.frame(y = round(rnorm(n), 4), x = round(rexp(n), 4), z = round(runif(n, -1, 2), 4), w = round(rexp(n), 4),
                rare = factor(c("a", rep(c("b", "c"), length.out = n - 1))), flag = runif(n) < 0.4)
new <- data.frame(x = c(-0.5, 0.3, 1, 4, 9), z = c(-2, 0, 0.5, 1, 3), w = c(0, 0.5, 1, 2, 3),
                  rare = factor(c("a", "b", "c", "b", "a")), flag = c(TRUE, FALSE, TRUE, TRUE, FALSE))
rows <- function(m) I(apply(unname(as.matrix(m)), 1, function(r) I(as.vector(r)), simplify = FALSE))
form <- function(term) {
  smooths <- smoothCon(eval(parse(text = term)), d, absorb.cons = TRUE, diagonal.penalty = TRUE, modCon = 3)
  list(term = term, smooths = lapply(smooths, function(s) {
    re <- smooth2random(s, names(d), type = 2)
    at <- t(t(PredictMat(s, new) %*% re$trans.U) * re$trans.D)
    list(label = s$label, kernel = rows(tcrossprod(re$rand[[1]])[1:8, 1:8]), fixed_squares = I(unname(colSums(re$Xf^2))),
         kernel_new = rows(tcrossprod(at[, re$pen.ind == 1])))
  }))
}
terms <- c("s(x,bs='gp',k=6,m=c(-2,2,2),by=w)", "s(x,bs='gp',k=6,m=c(-3,1),by=w)", "s(x,k=3)", "s(z,k=3)",
           "s(x,by=rare,bs='cr',k=5)", "s(x,z,by=rare,k=8)")
named <- make_standata(y ~ s(x, by = flag, k = 5, bs = "cr"), d)
logical <- list(names = colnames(named$Xs), squares = unname(colSums(named$Xs^2)), kernels = lapply(named[c("Zs_1_1", "Zs_2_1")], function(z) rows(tcrossprod(z)[1:8, 1:8])))
column <- function(v) list(values = if (is.factor(v)) as.character(v) else v)
write(toJSON(list(data = lapply(d, column), new = lapply(new, column), cases = lapply(terms, form), logical = logical),
             auto_unbox = TRUE, digits = NA), "mixed_forms.json")
