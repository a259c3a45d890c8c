# Models with monotonic effects, offsets and designs that are not centred; see models.R.
models <- c(models, list(
  model("gaussian_monotonic", "y ~ mo(int) * x + mo(o)", location = 2, ask = c(
    'summary(fit)$mo',
    'conditional_effects(fit, resolution = 6)',
    'conditional_effects(fit, effects = "x:int", resolution = 4)',
    'conditional_effects(fit, effects = "int:x", resolution = 4)',
    'conditional_effects(fit, effects = "int", conditions = data.frame(o = c("low", "top"), x = c(-1, 1)))',
    'conditional_effects(fit, effects = "o:int")',
    'conditional_effects(fit, effects = "int", method = "posterior_linpred")',
    'hypothesis(fit, "bsp_moint > bsp_moo", class = NULL)',
    'hypothesis(fit, "moint:x > 0", class = "bsp")',
    'hypothesis(fit, "simo_moint1[1] > 0.2", class = NULL)',
    'residuals(fit)'
  )),
  model("poisson_monotonic_factor", "count ~ mo(o):ch + mo(int, id = 'a') + mo(int, id = 'a'):h + h + offset(off)", "poisson", location = 1, ask = c(
    'summary(fit)$mo',
    'conditional_effects(fit)',
    'conditional_effects(fit, effects = "o:ch")',
    'conditional_effects(fit, effects = "int:h", conditions = data.frame(off = c(0, 1)))'
  )),
  model("gaussian_monotonic_groups", c("y ~ mo(int) + mo(o):mo(int) + x + (1 + mo(int) + x | g) + (0 + mo(int) || site)", "sigma ~ mo(o) * x + offset(off) + (1 + mo(o) || g)"),
    location = 2, re = c("~ (1 | g)", "~ (1 + mo(int) | g)", "~ (0 + mo(int) || site)"), ask = c(
    'summary(fit)$mo',
    'conditional_effects(fit, resolution = 5)',
    'conditional_effects(fit, effects = "o", dpar = "sigma")',
    'conditional_effects(fit, effects = "int", re_formula = NULL, conditions = data.frame(g = c("g2", "g7"), site = c(4, 100)))',
    'hypothesis(fit, "bsp_sigma_moo > 0", class = NULL)',
    'hypothesis(fit, "g__moint > g__x", class = "sd")'
  )),
  model("gaussian_not_centred", c("y ~ 0 + Intercept + x * ch", "sigma ~ 0 + Intercept + mo(int):x"), ask = c(
    'conditional_effects(fit, resolution = 5)', 'conditional_effects(fit, dpar = "sigma", resolution = 4)'
  ))
))
