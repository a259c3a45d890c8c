# What plot.gam draws and what anova.gam and the random-effect panels say, for tests/gam/test_smooth_estimates.py and
# test_comparison.py:
#   LANG=C.UTF-8 Rscript tests/reference/mgcv/record_gam_tables.R   (from the repository root; mgcv 1.8-41)
suppressMessages({library(mgcv); library(jsonlite)})
stored <- fromJSON("tests/reference/smooths/data/sim1.json")$columns
d <- data.frame(x0 = stored$x0$values, x1 = stored$x1$values, x2 = stored$x2$values, y = stored$y$values)
n <- nrow(d)
set.seed(5)
d$count <- rpois(n, exp((stored$f$values - mean(stored$f$values)) / 4))
d$f <- factor(sample(c("a", "b", "c"), n, TRUE)); d$g <- factor(sample(sprintf("g%02d", 1:12), n, TRUE))
# Converged further than by default, so that estimates and standard errors have six digits.
tight <- gam.control(epsilon = 1e-11, newton = list(conv.tol = 1e-9))
gam <- function(...) mgcv::gam(..., control = tight, method = "REML")
pdf(NULL)

# plot.gam draws each smooth at n points of its covariate (its se are two standard errors); residuals are partial.
drawn <- function(fit, n) lapply(plot(fit, n = n, n2 = 10, residuals = TRUE, too.far = 0, se = 2), function(p) list(
  x = p$x, y = p[["y"]], fit = as.numeric(p$fit), se = as.numeric(p$se) / 2,
  label = if (is.null(p$ylab)) "" else p$ylab,
  residuals = if (is.null(p[["y"]])) as.numeric(p$p.resid)[1:20] else numeric(0)))
fits <- list(
  count = gam(count ~ s(x2, bs = "cr", k = 8) + s(x0, x1, k = 15), data = d, family = poisson),
  by = gam(y ~ f + s(x2, by = f, bs = "cr", k = 8), data = d))
pictures <- lapply(fits, drawn, n = 7)

table_of <- function(..., test) {
  a <- anova(..., test = test)
  list(resid_df = a[["Resid. Df"]], resid_dev = a[["Resid. Dev"]], df = a$Df, deviance = a$Deviance,
       statistic = a$F, p = a[[ncol(a)]], AIC = sapply(list(...), AIC), BIC = sapply(list(...), BIC))
}
g1 <- gam(y ~ s(x1, bs = "cr", k = 8), data = d)
g2 <- gam(y ~ s(x1, bs = "cr", k = 8) + s(x2, bs = "cr", k = 10), data = d)
g3 <- gam(y ~ s(x1, bs = "cr", k = 8) + s(x2, bs = "cr", k = 10) + s(x0, bs = "cr", k = 8), data = d)
p1 <- gam(count ~ s(x2, bs = "cr", k = 8), data = d, family = poisson)
p2 <- gam(count ~ s(x2, bs = "cr", k = 8) + s(x1, bs = "cr", k = 8), data = d, family = poisson)
anovas <- list(gaussian = table_of(g1, g2, g3, test = "F"), poisson = table_of(p1, p2, test = "Chisq"))
columns <- lapply(d, function(v) if (is.factor(v)) as.character(v) else v)
write(toJSON(list(data = columns, pictures = pictures, anovas = anovas), digits = NA, auto_unbox = TRUE, null = "null",
             na = "null"), "tests/reference/mgcv/gam_tables.json")
