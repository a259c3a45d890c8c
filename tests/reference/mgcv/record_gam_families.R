# Fits of families and criteria that the stored gam cases lack, on the model matrix of g_pois_cr:
#   LANG=C.UTF-8 Rscript tests/reference/mgcv/record_gam_families.R   (from the repository root; mgcv 1.8-41)
suppressMessages({library(mgcv); library(jsonlite)})
stored <- fromJSON("tests/reference/smooths/data/sim1.json")$columns
d <- data.frame(x0 = stored$x0$values, x1 = stored$x1$values, x2 = stored$x2$values)
n <- nrow(d)
set.seed(20)
eta <- (stored$f$values - mean(stored$f$values)) / sd(stored$f$values)
mu <- exp(eta / 2)
p <- plogis(eta)
inverse_normal <- function(mu, phi) {
  v <- rnorm(length(mu))^2; a <- mu + mu^2 * v * phi / 2 - mu * phi / 2 * sqrt(4 * mu * v / phi + mu^2 * v^2)
  ifelse(runif(length(mu)) <= mu / (mu + a), a, mu^2 / a)
}
w <- round(runif(n, 0.5, 2), 3)
responses <- list(
  beta = round(pmin(pmax(rbeta(n, p * 8, (1 - p) * 8), 0.001), 0.999), 6), student = round(eta + 0.3 * rt(n, 4), 6),
  inverse.gaussian = round(inverse_normal(mu, 0.3), 6), count = rnbinom(n, mu = mu * 2, size = 1.5),
  gamma = round(rgamma(n, 3, 3 / mu), 6), binary = rbinom(n, 1, p), log_normal = round(mu + 2 + 0.3 * rnorm(n), 6))
form <- y ~ s(x0, bs = "cr", k = 8) + s(x1, bs = "cr", k = 8) + s(x2, bs = "cr", k = 12)
cases <- list(
  list("beta", "beta", "logit", betar(), "REML", FALSE), list("student", "student", "identity", scat(), "REML", FALSE),
  list("inverse.gaussian", "inverse.gaussian", "log", inverse.gaussian("log"), "REML", FALSE),
  list("inverse.gaussian", "inverse.gaussian", "log", inverse.gaussian("log"), "ML", FALSE),
  list("count", "quasipoisson", "log", quasipoisson(), "REML", FALSE), list("count", "negbinomial", "log", nb(), "REML", FALSE),
  list("count", "negbinomial", "log", nb(), "ML", FALSE),
  list("count", "negbinomial", "sqrt", nb(link = "sqrt"), "REML", FALSE),
  list("count", "poisson", "log", poisson(), "GCV.Cp", FALSE), list("count", "poisson", "sqrt", poisson("sqrt"), "REML", FALSE),
  list("gamma", "gamma", "log", Gamma("log"), "GCV.Cp", FALSE), list("gamma", "gamma", "inverse", Gamma("inverse"), "REML", FALSE),
  list("gamma", "gamma", "log", Gamma("log"), "REML", TRUE), list("gamma", "gamma", "identity", Gamma("identity"), "ML", FALSE),
  list("binary", "binomial", "cloglog", binomial("cloglog"), "REML", FALSE),
  list("binary", "binomial", "cauchit", binomial("cauchit"), "ML", FALSE),
  list("binary", "binomial", "probit", binomial("probit"), "GCV.Cp", FALSE),
  list("log_normal", "gaussian", "log", gaussian("log"), "REML", FALSE), list("gamma", "gaussian", "identity", gaussian(), "GCV.Cp", TRUE))
out <- lapply(cases, function(case) {
  d$y <- responses[[case[[1]]]]
  d$prior <- if (case[[6]]) w else rep(1, n)
  fit <- gam(form, data = d, family = case[[4]], method = case[[5]], weights = prior,
             control = gam.control(newton = list(conv.tol = 1e-9), epsilon = 1e-11, mgcv.tol = 1e-11))
  s <- summary(fit)
  list(response = case[[1]], family = case[[2]], link = case[[3]], method = sub("\\..*", "", case[[5]]), weighted = case[[6]],
       score = as.numeric(fit$gcv.ubre), sp = as.numeric(fit$sp), edf = sum(fit$edf), edf1 = sum(fit$edf1),
       edf2 = sum(fit$edf2), sig2 = fit$sig2, theta = if (is.null(fit$family$getTheta)) NULL else as.list(fit$family$getTheta(TRUE)), deviance = deviance(fit), aic = fit$aic,
       AIC = AIC(fit), null_deviance = fit$null.deviance, r_sq = s$r.sq, fitted10 = as.numeric(fitted(fit))[1:10],
       Vp = diag(fit$Vp), Ve = diag(fit$Ve), Vc = if (is.null(fit$Vc)) NULL else diag(fit$Vc), s_table = unname(s$s.table),
       hessian = fit$outer.info$hess, gradient = as.numeric(fit$outer.info$grad), residuals10 = as.numeric(residuals(fit))[1:10])
})
writeLines(toJSON(list(responses = responses, weights = w, fits = out), digits = I(15), auto_unbox = TRUE, null = "null"),
           "tests/reference/mgcv/gam_families.json")
