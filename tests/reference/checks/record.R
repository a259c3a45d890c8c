# Record R's answers for tests/posterior/checks: Rscript tests/reference/checks/record.R (bayesplot, jsonlite).
suppressPackageStartupMessages({library(bayesplot); library(jsonlite)})
set.seed(20240)

samples <- list(
  skewed = round(rexp(60), 4),
  spread = round(rt(200, 3) * 5 + 10, 4),
  tied = c(rep(2, 30), 1, 3, 5),
  constant = rep(-4, 12)
)
densities <- lapply(samples, function(x) {
  d <- density(x, bw = "nrd0", from = min(x) - 1, to = max(x) + 1, n = 64)
  # The exact sum, in place of density()'s own interpolation from its grid of 512 points.
  exact <- sapply(d$x, function(at) mean(dnorm(at, x, bw.nrd0(x))))
  list(values = x, bandwidth = bw.nrd0(x), grid = d$x, density = exact)
})

y <- rpois(40, 3)
yrep <- matrix(rpois(25 * 40, 3), 25, 40)
bars <- ppc_bars_data(y, yrep, prob = 0.8)
write_json(
  list(
    densities = densities, y = y, yrep = yrep,
    bars = bars[order(bars$x), c("x", "y_obs", "l", "m", "h")],
    versions = list(R = as.character(getRversion()), bayesplot = as.character(packageVersion("bayesplot")))
  ),
  "tests/reference/checks/checks.json", digits = NA, auto_unbox = TRUE, pretty = FALSE
)
