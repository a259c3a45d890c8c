# Models of categories: unordered (brms 2.18 does not predict without a reference), and ordered.
of_categories <- c(
  'fitted(fit, newdata = new)', 'fitted(fit, robust = TRUE, probs = c(0.1, 0.5, 0.9))', 'fitted(fit, scale = "linear")',
  'conditional_effects(fit, categorical = TRUE, resolution = 5)',
  'conditional_effects(fit, effects = "x", categorical = TRUE, robust = FALSE, prob = 0.5, resolution = 4)',
  'waic(fit)$estimates', 'vcov(fit)', 'posterior_summary(fit)'
)
models <- c(models, list(
  model("categorical_groups", c("ch ~ x + f + (1 + x | g)", "muzeta ~ z + (1 | site)"), "categorical", re = "~ (1 | g)", ask = c(of_categories,
    'conditional_effects(fit, dpar = "muzeta", resolution = 5)', 'conditional_effects(fit, effects = "x", dpar = "mubeta", resolution = 4)',
    'conditional_effects(fit, effects = "x", categorical = TRUE, conditions = data.frame(f = c("a", "b b")), resolution = 4)',
    'conditional_effects(fit, effects = "x", categorical = TRUE, re_formula = NULL, conditions = data.frame(g = c("g2", "g7"), site = c(4, 100)), resolution = 4)',
    'fitted(fit, newdata = new, re_formula = NA)', 'fitted(fit, dpar = "mubeta")',
    'hypothesis(fit, "muzeta_z > mubeta_x")', 'hypothesis(fit, "g__mubeta_Intercept > g__mubeta_x", class = "sd")'
  )),
  model("categorical_weights", "f | weights(w) ~ x * h + offset(off)", "categorical-a", ask = of_categories),
  model("categorical_smooth", "o ~ x + s(z, bs = 'cr', k = 4)", "categorical-mid", smooths = paste0('s(z,bs="cr",k=4)@', c("mulow", "muhigh", "mutop")),
    ask = c(of_categories, 'conditional_smooths(fit, resolution = 5)')),
  model("cumulative_probit", "o ~ x + f + (1 | g)", "cumulative-probit", re = "~ (1 | g)", ask = c(of_categories,
    'conditional_effects(fit, resolution = 5)', 'conditional_effects(fit, effects = "x", method = "posterior_linpred", resolution = 4)')),
  model("acat_distributional", c("int ~ x", "disc ~ z"), "acat", ask = c(of_categories,
    'conditional_effects(fit, resolution = 5)', 'conditional_effects(fit, dpar = "disc", resolution = 4)'))
))
