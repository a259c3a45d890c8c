# Records the ratio of densities by which brms weighs point hypotheses, for fixed draws, with R's own bandwidths.
# Run with:  Rscript record.R   (Debian: r-cran-brms, r-cran-jsonlite).  It writes density_ratio.json.
suppressPackageStartupMessages(library(brms))
set.seed(20)
posterior <- list(normal = rnorm(400, 0.3, 0.4), skewed = rgamma(300, 2, 3), spread = rt(500, 3), tied = round(rnorm(200), 1))
prior <- list(normal = rnorm(400, 0, 1), skewed = rexp(300), spread = rt(500, 3) * 2.5, tied = round(rnorm(200, 0, 2), 1))
point <- c(normal = 0, skewed = 0.5, spread = -1, tied = 0.2)
cases <- lapply(names(posterior), function(name) {
  list(name = name, posterior = posterior[[name]], prior = prior[[name]], point = unname(point[name]),
       bandwidth = bw.nrd0(posterior[[name]]),
       ratio = brms:::density_ratio(posterior[[name]], prior[[name]], point = point[name]))
})
write(jsonlite::toJSON(cases, auto_unbox = TRUE, digits = NA), "density_ratio.json")
