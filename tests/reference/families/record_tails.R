# Log distribution functions far in the tails, by R's own functions with log.p = TRUE.
# Run here: Rscript record_tails.R
library(jsonlite)

probes <- list(
  gaussian = list(y = c(-60, -9, 0, 9, 60), mu = 0.5, sigma = 1.3),
  lognormal = list(y = c(1e-30, 1e-6, 1, 1e6, 1e30), mu = 0.5, sigma = 1.3),
  student = list(y = c(-900, -9, 0, 9, 900), mu = 0.5, sigma = 1.3, nu = 300),
  gamma = list(y = c(1e-40, 1e-3, 1, 60, 3000), mu = 1.4, shape = 12),
  weibull = list(y = c(1e-40, 1e-3, 1, 4, 12), mu = 1.4, shape = 3),
  exponential = list(y = c(1e-200, 1e-3, 1, 60, 3000), mu = 1.4),
  beta = list(y = c(1e-9, 1e-2, 0.4, 0.9, 1 - 1e-9), mu = 0.4, phi = 120),
  poisson = list(y = c(0, 2, 900, 3000, 9000), mu = 900),
  negbinomial = list(y = c(0, 2, 900, 9000, 40000), mu = 900, shape = 12),
  geometric = list(y = c(0, 2, 900, 30000, 900000), mu = 900),
  binomial = list(y = c(0, 2, 800, 1700, 1999), mu = 0.4, trials = 2000)
)
cdf <- list(
  gaussian = function(p, lower) pnorm(p$y, p$mu, p$sigma, lower, TRUE),
  lognormal = function(p, lower) plnorm(p$y, p$mu, p$sigma, lower, TRUE),
  student = function(p, lower) pt((p$y - p$mu) / p$sigma, p$nu, lower.tail = lower, log.p = TRUE),
  gamma = function(p, lower) pgamma(p$y, p$shape, p$shape / p$mu, lower.tail = lower, log.p = TRUE),
  weibull = function(p, lower) pweibull(p$y, p$shape, p$mu / gamma(1 + 1 / p$shape), lower, TRUE),
  exponential = function(p, lower) pexp(p$y, 1 / p$mu, lower, TRUE),
  beta = function(p, lower) pbeta(p$y, p$mu * p$phi, (1 - p$mu) * p$phi, lower.tail = lower, log.p = TRUE),
  poisson = function(p, lower) ppois(p$y, p$mu, lower, TRUE),
  negbinomial = function(p, lower) pnbinom(p$y, p$shape, mu = p$mu, lower.tail = lower, log.p = TRUE),
  geometric = function(p, lower) pgeom(p$y, 1 / (1 + p$mu), lower, TRUE),
  binomial = function(p, lower) pbinom(p$y, p$trials, p$mu, lower, TRUE)
)
recorded <- lapply(names(probes), function(name) {
  p <- probes[[name]]
  c(p, list(log_cdf = cdf[[name]](p, TRUE), log_ccdf = cdf[[name]](p, FALSE)))
})
names(recorded) <- names(probes)
write_json(recorded, "tails.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
