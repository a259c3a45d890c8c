# Censored and truncated responses with zeros of their own, on the data of family_formulas.R.
set.seed(22)
tr <- e
tr$amount <- ifelse(runif(n) < 0.2, 0, tr$pos)
tr$share <- ifelse(runif(n) < 0.2, 0, tr$prop)
tr$cens <- rep(c("none", "right", "left", "none", "interval"), 12)
tr$code <- rep(c(0L, 1L, -1L), 20)
tr$hcode <- ifelse(tr$hits < tr$trials, tr$code, 0L)
tr$end <- tr$count + 3L
tr$late <- round(tr$amount + 0.75, 4)
tr$most <- round(tr$share + 0.9 * (1 - tr$share), 4)
tr$high <- pmax(tr$count + 1L, 9L)
trunc_formulas <- list(
  list("count | cens(code) ~ x", "zero_inflated_poisson"), list("count | cens(cens, end) ~ x + (1 | g)", "zero_inflated_poisson"),
  list(c("count | cens(cens, y2 = end) ~ x", "zi ~ z"), "zero_inflated_negbinomial"), list("count | trunc(ub = high) ~ x", "zero_inflated_poisson"),
  list(c("count | trunc(lb = 0, ub = 30) ~ x", "zi ~ 1", "shape ~ z"), "zero_inflated_negbinomial"), list("count | weights(w) + trunc(ub = 25) ~ x", "zero_inflated_negbinomial"),
  list("hits | trials(trials) + cens(hcode) ~ x", "zero_inflated_binomial"), list("hits | trials(trials) + trunc(lb = 0) ~ x", "zero_inflated_binomial"),
  list("share | cens(code) ~ x", "zero_inflated_beta"), list("share | cens(cens, most) ~ x + (1 | g)", "zero_inflated_beta"), list(c("share | trunc(ub = most) ~ x", "phi ~ z"), "zero_inflated_beta"),
  list("count | cens(code) ~ x", "hurdle_poisson"), list(c("count | cens(cens, end) ~ x", "hu ~ z"), "hurdle_poisson"), list("count | trunc(0, high) ~ x", "hurdle_poisson"),
  list("count | cens(code) + weights(w) ~ x", "hurdle_negbinomial"), list(c("count | trunc(ub = 30) ~ x", "hu ~ z", "shape ~ x"), "hurdle_negbinomial"),
  list("amount | cens(code) ~ x", "hurdle_gamma"), list("amount | cens(cens, late) ~ x + (1 | g)", "hurdle_gamma"), list("amount | trunc(ub = late) ~ x", "hurdle_gamma"),
  list("amount | cens(code) ~ x", "hurdle_lognormal"), list(c("amount | cens(cens, late) ~ x", "hu ~ z"), "hurdle_lognormal"), list("amount | weights(w) + trunc(0, late) ~ x", "hurdle_lognormal"),
  list("amount | trunc(ub = 90) + cens(code) ~ s(x, k = 5)", "hurdle_gamma")
)
