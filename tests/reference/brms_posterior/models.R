# The models, and what is asked of each of them besides the questions that all answer.
model <- function(name, formula, family = "gaussian", ask, location = 0, smooths = character(0), re = character(0),
                  chains = 2, draws = 10, tables = FALSE) {
  list(name = name, formula = formula, family = family, location = location, smooths = smooths, re = re,
       ask = ask, chains = chains, draws = draws, tables = tables)
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
  )),
  model("bernoulli_probit_nested", "bin ~ lgl * x + (1 | sub/plot)", "bernoulli-probit", re = "~ (1 | sub)", ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, effects = "x:lgl", resolution = 5)',
    'conditional_effects(fit, effects = "x", re_formula = NULL, conditions = data.frame(sub = "s1", plot = "p2"), resolution = 5)',
    'hypothesis(fit, "lglTRUE:x > 0")',
    'hypothesis(fit, "sub:plot__Intercept > sub__Intercept", class = "sd")',
    'hypothesis(fit, "Intercept > 0", scope = "coef", group = "sub:plot")',
    'fitted(fit, newdata = new, re_formula = NA, scale = "linear")'
  )),
  model("student_smooth_by_factor", "y ~ f + s(z, by = f, bs = 'cr', k = 4)", "student", location = 2, smooths = 's(z,by=f,bs="cr",k=4)', ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, effects = "z:f", resolution = 6)',
    'conditional_smooths(fit, resolution = 10)',
    'hypothesis(fit, "nu > 5", class = NULL)',
    'hypothesis(fit, "sz:fa_1 > sz:fbb_1", class = "bs")',
    'residuals(fit)'
  )),
  model("gaussian_shared_id", c("y ~ x + (1 | ID | g)", "sigma ~ 1 + (1 | ID | g)"), location = 2, re = "~ (1 | g)", ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, dpar = "sigma", resolution = 5)',
    'conditional_effects(fit, dpar = "sigma", effects = "x", re_formula = NULL, conditions = data.frame(g = c("g1", "g9")), resolution = 3)',
    'hypothesis(fit, "g__Intercept__sigma_Intercept < 0", class = "cor")',
    'hypothesis(fit, "exp(sigma_Intercept) > 1")',
    'hypothesis(fit, "sigma_Intercept < 0", scope = "coef", group = "g")',
    'posterior_linpred(fit, newdata = new, re_formula = NA, dpar = "sigma")',
    'posterior_epred(fit, newdata = unseen, dpar = "sigma", re_formula = NA, allow_new_levels = TRUE)'
  )),
  model("gaussian_log", "z ~ x + h", "gaussian-log", location = 0.5, ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, effects = "x", method = "posterior_linpred", resolution = 4)',
    'conditional_effects(fit, effects = "x:h", resolution = 4)',
    'hypothesis(fit, "exp(Intercept + x) = exp(Intercept)")',
    'residuals(fit)', 'fitted(fit, scale = "linear")'
  )),
  model("poisson_sqrt", "count ~ x + ch + (1 | g)", "poisson-sqrt", location = 2, re = "~ (1 | g)", ask = c(
    'conditional_effects(fit, resolution = 10)',
    'conditional_effects(fit, effects = "ch:x", resolution = 4)',
    'hypothesis(fit, "chbeta - chzeta = 0")',
    'hypothesis(fit, "Intercept^2 > 3", scope = "coef", group = "g")'
  )),
  model("gaussian_smooth_by_number", "y ~ s(z, by = x, bs = 'cr', k = 5) + w", location = 2, smooths = 's(z,by=x,bs="cr",k=5)', ask = c(
    'conditional_effects(fit, resolution = 8)',
    'conditional_effects(fit, effects = "z:x", int_conditions = list(x = c(low = -1, high = 2)), resolution = 5)',
    'conditional_effects(fit, effects = "z", conditions = data.frame(x = c(-1, 0, 1)), resolution = 5)',
    'conditional_smooths(fit, resolution = 8)',
    'conditional_smooths(fit, int_conditions = list(x = c(-1, 1)), resolution = 5)',
    'hypothesis(fit, "sz:x_2 > 0", class = "bs")'
  )),
  model("gaussian_splines", "y ~ s(z, bs = 'ps', k = 6) + s(x, bs = 'cc', k = 5)", location = 2,
    smooths = c('s(z,bs="ps",k=6)', 's(x,bs="cc",k=5)'), ask = c(
    'conditional_effects(fit, resolution = 10)', 'conditional_smooths(fit, resolution = 10)',
    'hypothesis(fit, "sx_1 > sz_1", class = "sds")',
    'hypothesis(fit, "s_sz_1[1] > s_sz_1[2]", class = NULL)'
  )),
  model("gaussian_thin_plate", "y ~ h + s(x, k = 6) + s(z, w, k = 9)", location = 2, smooths = c('s(x,k=6)', 's(z,w,k=9)'), ask = c(
    'conditional_effects(fit, resolution = 5)',
    'conditional_effects(fit, effects = "z:w", surface = TRUE, resolution = 4)',
    'conditional_effects(fit, effects = "z:w", surface = TRUE, too_far = 0.2, resolution = 5)',
    'conditional_smooths(fit, resolution = 5)',
    'conditional_smooths(fit, surface = FALSE, resolution = 4)'
  )),
  model("gaussian_tensor", "y ~ t2(x, z, k = 4)", location = 2, smooths = 't2(x,z,k=4)', ask = c(
    'conditional_effects(fit, resolution = 5)', 'conditional_smooths(fit, resolution = 5)',
    'hypothesis(fit, "t2xz_1 > t2xz_2", class = "sds")'
  )),
  model("gaussian_reserved_intercept", "y ~ 0 + Intercept + x + f", ask = c(
    'conditional_effects(fit, resolution = 6)',
    'hypothesis(fit, "Intercept + x > fa")'
  )),
  model("gaussian_cell_means", "y ~ 0 + f + x:f + (0 + f | g)", re = "~ (0 + f | g)", ask = c(
    'conditional_effects(fit, resolution = 6)',
    'hypothesis(fit, c("fbb > fa", "fbb:x = fcPd:x"))',
    'hypothesis(fit, "g__fbb__fcPd > 0", class = "cor")',
    'hypothesis(fit, "fbb - fa > 0", scope = "coef", group = "g")'
  )),
  model("gaussian_ordered_crossed", c("y ~ o * x + (1 | g) + (1 | site)", "sigma ~ 0 + h"), location = 2,
    re = c("~ (1 | g)", "~ (1 | site)", "~ (1 | g) + (1 | site)"), ask = c(
    'conditional_effects(fit, resolution = 5)', 'conditional_effects(fit, effects = "h", dpar = "sigma")',
    'conditional_effects(fit, effects = "o:h")',
    'hypothesis(fit, c("o.L > 0", "sigma_hu = sigma_hv"))'
  )),
  model("gaussian_three_way", "y ~ x * z * w + int + I(x^2)", location = 2, ask = c(
    'conditional_effects(fit, resolution = 5)',
    'conditional_effects(fit, effects = "x:z", int_conditions = list(z = c(2, 4)), resolution = 4)',
    'conditional_effects(fit, effects = "z:x", int_conditions = list(x = quantile), resolution = 4)',
    'conditional_effects(fit, effects = "int")',
    'conditional_effects(fit, effects = "x", conditions = make_conditions(fit, "w"), resolution = 4)',
    'hypothesis(fit, "x:z + x:z:w < IxE2")'
  )),
  model("student_all_predicted", c("y ~ x", "nu ~ z", "sigma ~ 0 + h"), "student", location = 2, ask = c(
    'conditional_effects(fit, resolution = 5)',
    'conditional_effects(fit, dpar = "nu", resolution = 5)',
    'hypothesis(fit, "nu_z > x")'
  )),
  model("bernoulli_two_terms", "bin ~ ch + (1 | g) + (0 + x | g)", "bernoulli", re = "~ (1 | g)", ask = c(
    'conditional_effects(fit)',
    'conditional_effects(fit, effects = "ch", re_formula = NULL, conditions = data.frame(g = "g3", x = 1))'
  )),
  model("binomial_cloglog", "hits | trials(12) ~ log(z) + exp(x / 2) + offset(log(w))", "binomial-cloglog", location = -1, ask = c(
    'conditional_effects(fit, resolution = 5)',
    'conditional_effects(fit, effects = "z:x", resolution = 5)',
    'residuals(fit)'
  )),
  model("gaussian_ordered_smooth", "y ~ o + s(z, by = o, bs = 'cr', k = 3) + s(g, bs = 're')", location = 2,
    smooths = c('s(z,by=o,bs="cr",k=3)', 's(g,bs="re")'), ask = c(
    'conditional_effects(fit, resolution = 5)',
    'conditional_smooths(fit, resolution = 4)'
  )),
  model("gaussian_tables", "y ~ x + s(z, bs = 'cr', k = 5) + (1 + x | g)", location = 2, chains = 4, draws = 50, tables = TRUE, ask = c(
    'summary(fit, robust = TRUE)$fixed', 'summary(fit, prob = 0.5)$random', 'summary(fit, prob = 0.8)$spec_pars',
    'hypothesis(fit, c("x > 0", "x = 0", "x < 0.5"))', 'hypothesis(fit, "x > -3")',
    'hypothesis(fit, "sz_1 > 0", class = "bs")',
    'posterior_summary(fit, variable = c("b_x", "sigma"))',
    'posterior_interval(fit, variable = c("b_x", "sd_g__x"), prob = 0.5)',
    'conditional_effects(fit, resolution = 5)',
    'conditional_smooths(fit, resolution = 5)',
    'bayes_R2(fit)', 'bayes_R2(fit, probs = c(0.05, 0.5))'
  ))
)
