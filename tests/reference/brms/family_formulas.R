# Responses of every support on the data of record.R, and a formula or more for every family.
set.seed(21)
e <- d
e$pos <- round(exp(0.3 + 0.4 * e$x + rnorm(n, 0, 0.5)), 4)
e$prop <- round(plogis(0.2 + 0.5 * e$x + rnorm(n)), 4)
e$rt <- round(0.2 + exp(-0.5 + 0.2 * e$x + rnorm(n, 0, 0.4)), 4)
e$large <- round(900 * e$pos, 2)
family_formulas <- list(
  list("pos ~ x", "lognormal"), list(c("large ~ x + (1 | g)", "sigma ~ z"), "lognormal"), list("pos ~ x", "lognormal-inverse"),
  list("rt ~ x + (1 | g)", "shifted_lognormal"), list(c("rt ~ x", "ndt ~ 1", "sigma ~ x"), "shifted_lognormal"),
  list("pos ~ x", "Gamma-log"), list("large ~ x + s(z, bs = 'cr', k = 5)", "Gamma-log"), list("pos ~ x", "Gamma-inverse"),
  list(c("pos ~ x", "shape ~ z + (1 | g)"), "Gamma-log"), list("large ~ x", "Gamma-identity"), list("pos ~ x", "Gamma-softplus"),
  list("pos ~ x + (1 | g)", "weibull"), list(c("large ~ 1", "shape ~ x"), "weibull"), list("pos ~ x", "exponential"), list("large ~ x", "exponential-identity"),
  list("pos ~ x", "inverse.gaussian"), list("large ~ x", "inverse.gaussian-log"), list(c("pos ~ x", "shape ~ x"), "inverse.gaussian-inverse"),
  list("prop ~ x + (1 | g)", "Beta"), list(c("prop ~ x", "phi ~ z"), "Beta"), list("prop ~ x", "Beta-probit"), list("prop ~ x", "Beta-cloglog"),
  list("count ~ x + (1 | g)", "negbinomial"), list(c("count ~ x", "shape ~ z"), "negbinomial"), list("count ~ x", "negbinomial-identity"), list("count ~ x", "negbinomial-sqrt"),
  list("count ~ x + offset(log(z))", "geometric"), list("y ~ x + (1 | g)", "skew_normal"), list(c("big ~ x", "sigma ~ x", "alpha ~ z"), "skew_normal"), list("pos ~ x", "skew_normal-log"),
  list("y ~ x + (1 | g)", "asym_laplace"), list(c("big ~ x", "quantile ~ 1"), "asym_laplace"), list("y | weights(w) ~ x", "asym_laplace"),
  list("bin ~ x", "bernoulli-probit_approx"), list("bin ~ x", "bernoulli-softit"), list("hits | trials(trials) ~ x", "binomial-cauchit"), list("count ~ x", "poisson-softplus"),
  list("hits | trials(trials) ~ x + (1 | g)", "beta_binomial"), list(c("hits | trials(trials) ~ x", "phi ~ z"), "beta_binomial"),
  list("count ~ x + (1 | g)", "zero_inflated_poisson"), list(c("count ~ x", "zi ~ z + (1 | g)"), "zero_inflated_poisson"),
  list("count ~ x", "zero_inflated_negbinomial"), list(c("count ~ x", "zi ~ z", "shape ~ x"), "zero_inflated_negbinomial"),
  list("hits | trials(trials) ~ x", "zero_inflated_binomial"), list(c("hits | trials(trials) ~ x", "zi ~ z"), "zero_inflated_binomial"),
  list("prop ~ x", "zero_inflated_beta"), list(c("prop ~ x", "zi ~ z", "phi ~ x"), "zero_inflated_beta"),
  list("prop ~ x", "zero_one_inflated_beta"), list(c("prop ~ x", "zoi ~ z", "coi ~ x"), "zero_one_inflated_beta"),
  list("count ~ x + (1 | g)", "hurdle_poisson"), list(c("count ~ x", "hu ~ z"), "hurdle_poisson"),
  list("count ~ x", "hurdle_negbinomial"), list(c("count ~ x", "hu ~ z", "shape ~ x"), "hurdle_negbinomial"),
  list("pos ~ x", "hurdle_gamma"), list(c("large ~ x", "hu ~ z"), "hurdle_gamma"), list("pos ~ x", "hurdle_lognormal"), list(c("large ~ x", "hu ~ z", "sigma ~ x"), "hurdle_lognormal")
)
