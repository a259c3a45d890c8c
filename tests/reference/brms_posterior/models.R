# The models, and what is asked of each of them besides the questions that all answer.
model <- function(name, formula, family = "gaussian", ask, location = 0, smooths = character(0), re = character(0),
                  chains = 2, draws = 10) {
  list(name = name, formula = formula, family = family, location = location, smooths = smooths, re = re,
       ask = ask, chains = chains, draws = draws)
}

models <- list(
  model("gaussian_interaction", "y ~ x * f + h", location = 2, ask = c(
    'hypothesis(fit, "x = 0")',
    'hypothesis(fit, "x - hv > 0")',
    'hypothesis(fit, "exp(Intercept) > 2")',
    'hypothesis(fit, "x < hv")',
    'hypothesis(fit, c("x > 0", "fa = fcPd", "x:fa + x > 0", "2 * x - 3 * hv < 1"))',
    'hypothesis(fit, c(steeper = "x:fa > x", flat = "x = 0.1"))',
    'hypothesis(fit, "x > 0", alpha = 0.1)',
    'hypothesis(fit, c("x > 0", "x = 0"), robust = TRUE)',
    'hypothesis(fit, "sigma > 0.5", class = NULL)',
    'hypothesis(fit, "b_x / sigma > 0", class = NULL)',
    'hypothesis(fit, "sqrt(abs(x)) + log(exp(fa)) = 0")',
    'hypothesis(fit, "x^2 + fa * (hv - 1) > 0")',
    'conditional_effects(fit)',
    'conditional_effects(fit, effects = "f:x")',
    'conditional_effects(fit, effects = "h:f", robust = FALSE)',
    'conditional_effects(fit, effects = "x", prob = 0.5, resolution = 7)',
    'conditional_effects(fit, effects = "x", conditions = data.frame(f = c("a", "c+d"), h = c("u", "v")), resolution = 5)',
    'conditional_effects(fit, effects = "x:f", method = "posterior_linpred", resolution = 5)',
    'conditional_effects(fit, effects = c("h", "x:h"), int_conditions = list(x = c(-1, 0.5)), resolution = 4)',
    'residuals(fit, method = "posterior_epred")',
    'residuals(fit, summary = FALSE)',
    'fitted(fit, robust = TRUE, probs = c(0.1, 0.5, 0.9))',
    'fitted(fit, newdata = new, scale = "linear")',
    'fixef(fit, robust = TRUE, probs = c(0.1, 0.9))',
    'posterior_interval(fit, prob = 0.9)',
    'posterior_summary(fit)',
    'posterior_summary(fit, robust = TRUE, probs = c(0.05, 0.5, 0.95))',
    'bayes_R2(fit, robust = TRUE, probs = c(0.1, 0.9))',
    'waic(fit)$estimates',
    'vcov(fit)', 'vcov(fit, correlation = TRUE)'
  )),
  model("gaussian_distributional", c("y ~ x + f + s(z, bs = 'cr', k = 5) + (1 + x | g) + (1 | site)", "sigma ~ h + s(x, bs = 'cr', k = 4)"),
    location = 2, smooths = c('s(z,bs="cr",k=5)', 's(x,bs="cr",k=4)@sigma'), re = c("~ (1 | g)", "~ (1 + x | g)", "~ (1 | site)"), ask = c(
    'hypothesis(fit, "x > sigma_hv")',
    'hypothesis(fit, "sd_g__Intercept > sd_g__x", class = NULL)',
    'hypothesis(fit, "g__Intercept > g__x", class = "sd")',
    'hypothesis(fit, "Intercept > x", class = "sd", group = "g")',
    'hypothesis(fit, "g__Intercept__x = 0", class = "cor")',
    'hypothesis(fit, "sz_1 > 0.5", class = "sds")',
    'hypothesis(fit, "Intercept > 0", scope = "ranef", group = "g")',
    'hypothesis(fit, "Intercept + x > 2", scope = "coef", group = "g")',
    'hypothesis(fit, "Intercept > 0", scope = "coef", group = "site")',
    'hypothesis(fit, "r_g[g1,Intercept] > r_g[g2,Intercept]", class = NULL)',
    'conditional_effects(fit, resolution = 20)',
    'conditional_effects(fit, dpar = "sigma", resolution = 9)',
    'conditional_effects(fit, effects = "x", dpar = "mu", resolution = 5)',
    'conditional_effects(fit, effects = "x:z", resolution = 6)',
    'conditional_effects(fit, effects = "x:z", surface = TRUE, resolution = 4)',
    'conditional_effects(fit, effects = "x", re_formula = NULL, resolution = 5)',
    'conditional_effects(fit, effects = "x", re_formula = NULL, conditions = data.frame(g = c("g2", "g7"), site = c(4, 100)), resolution = 5)',
    'conditional_effects(fit, effects = "x", re_formula = ~ (1 | g), conditions = data.frame(g = "g2", z = 3), resolution = 5)',
    'conditional_smooths(fit)',
    'conditional_smooths(fit, resolution = 8, prob = 0.8)',
    'conditional_smooths(fit, smooths = \'s(z, bs = "cr", k = 5)\', resolution = 5)',
    'ranef(fit, robust = TRUE, probs = c(0.1, 0.9))', 'coef(fit, robust = TRUE, probs = c(0.1, 0.9))',
    'VarCorr(fit, robust = TRUE, probs = c(0.1, 0.9))',
    'ranef(fit, groups = "g", pars = "x")',
    'fitted(fit, dpar = "sigma")', 'fitted(fit, newdata = new, re_formula = NA)',
    'residuals(fit, newdata = new, re_formula = NA, summary = FALSE)'
  )),
  model("poisson_offset", "count | weights(w) ~ poly(z, 2) + scale(x) + offset(off) + (1 | g)", "poisson", location = 1, re = "~ (1 | g)", ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, resolution = 10, method = "posterior_linpred")',
    'conditional_effects(fit, effects = "z", conditions = data.frame(off = c(0, 1)), resolution = 5)',
    'hypothesis(fit, "polyz21 > polyz22")'
  )),
  model("binomial_uncorrelated", "hits | trials(trials) ~ x + o + (x || g)", "binomial", location = -0.5, re = c("~ (1 | g)", "~ (0 + x | g)"), ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, effects = "x:o", conditions = data.frame(trials = 10), resolution = 5)',
    'conditional_effects(fit, effects = "o", re_formula = NULL, conditions = data.frame(g = "g4"))',
    'hypothesis(fit, "plogis(Intercept) > 0.4")'
  ))
)
