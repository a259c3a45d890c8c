# Monotonic effects, offsets, designs without a centred intercept, and predicted parameters, on the data of record.R.
# A case is a formula per parameter and the family; `open` names the parameters with center = FALSE, `all` those
# with cmc = FALSE.
mono <- function(..., family = "gaussian", open = character(0), all = character(0)) {
  list(c(...), family, open = open, all = all)
}
mono_formulas <- list(
  mono("y ~ mo(int)"), mono("y ~ mo(o)"), mono("y ~ 0 + mo(o)"), mono("y ~ mo(int) * x"), mono("y ~ x * mo(int)"), mono("y ~ x:mo(int)"),
  mono("y ~ mo(int):mo(o)"), mono("y ~ mo(int) * mo(o)"), mono("y ~ mo(o) * h"), mono("y ~ mo(o):h"), mono("y ~ 0 + mo(o):h"), mono("y ~ f + mo(o):ch"),
  mono("y ~ mo(int) * x * h"), mono("y ~ (mo(o) + x + h)^2"), mono("y ~ mo(int) * x - mo(int)"), mono("y ~ mo(o) / x"), mono("y ~ x + mo(o):x:z"),
  mono("y ~ x + mo(int, id = 'a') + mo(int, id = 'a'):x"), mono("y ~ mo(int, id = 'k') * h + mo(o)"), mono("y ~ mo(as.integer(trials / 4)) * x"),
  mono("y ~ mo(int):log(z) + I(x^2):mo(o)"), mono("y ~ s(z, bs = 'cr', k = 5) + mo(o) + x"), mono("y ~ mo(o) + (1 + mo(o) | g)"), mono("y ~ mo(o) + (1 + mo(o) || g)"),
  mono("y ~ mo(int) * x + (mo(int) * x | g)"), mono("y ~ mo(int) * x + (mo(int) * x || g) + (1 | sub)"), mono("y ~ mo(o) + (0 + mo(o) | g)"), mono("y ~ mo(o) + (0 + mo(o) | g/sub)"),
  mono("y ~ mo(o):h + (mo(o):h + x | g)"), mono("y ~ mo(o) + (mo(o) | ID | g)", "sigma ~ x + (1 | ID | g)"), mono("y ~ x", "sigma ~ mo(o) * x"),
  mono("y ~ mo(int)", "sigma ~ mo(int) + (mo(int) | g)"), mono("count ~ mo(o) + offset(log(z))", family = "poisson"), mono("hits | trials(trials) ~ mo(o) * x", family = "binomial"),
  mono("count ~ mo(int)", "shape ~ mo(o)", family = "negbinomial"), mono("count ~ x", "zi ~ mo(o) + (1 | g)", family = "zero_inflated_poisson"),
  mono("y ~ mo(o)", "nu ~ mo(int)", family = "student"), mono("y ~ mo(o) * x", open = "mu"), mono("y ~ 0 + mo(o) * h", all = "mu"),
  mono("y ~ offset(off) + offset(log(z)) + x", "sigma ~ offset(w) + offset(off)"), mono("y ~ offset(off) + offset(off)"), mono("y ~ 0 + offset(x * z)"), mono("y ~ x", "sigma ~ 0 + offset(log(w)) + h"),
  mono("count ~ offset(log(w)) + offset(off) + mo(o)", "zi ~ offset(off) + s(z, bs = 'cr', k = 4)", family = "zero_inflated_poisson"),
  mono("y ~ 0 + Intercept"), mono("y ~ 0 + Intercept + f"), mono("y ~ 0 + Intercept + f * x"), mono("y ~ Intercept + f:x - 1"), mono("y ~ 0 + Intercept:f"), mono("y ~ 0 + Intercept + f + f:h"),
  mono("y ~ 0 + Intercept + o * x + (1 | g)"), mono("y ~ 0 + Intercept + mo(o) * h"), mono("y ~ x", "sigma ~ 0 + Intercept + f * x"), mono("count ~ 0 + Intercept + x + offset(off)", family = "poisson"),
  mono("y ~ x", open = "mu"), mono("y ~ 1", open = "mu"), mono("y ~ f * x + (1 + x | g)", open = "mu"), mono("y ~ 0 + f", open = "mu"), mono("y ~ x", "sigma ~ x + f", open = "sigma"),
  mono("y ~ x + s(z, bs = 'cr', k = 5)", "sigma ~ 1", open = c("mu", "sigma")), mono("count ~ x", open = "mu", family = "poisson"), mono("y ~ x", "nu ~ f", "sigma ~ 1", family = "student", open = "nu"),
  mono("y ~ 0 + f", all = "mu"), mono("y ~ 0 + f + h", all = "mu"), mono("y ~ 0 + f:h", all = "mu"), mono("y ~ f", all = "mu"), mono("y ~ 0 + x + f + (0 + f | g)", all = "mu"), mono("y ~ x", "sigma ~ 0 + h + f", all = "sigma"),
  mono("y ~ s(x, bs = 'cr', k = 5) + f * h + offset(off)", "sigma ~ f:x + s(z, bs = 'cr', k = 4) + (1 | g) + offset(w)"),
  mono("y ~ x", "sigma + nu ~ z", family = "student")
)
with_options <- function(text, open, all, first) {
  f <- as.formula(text)
  dpar <- if (first) "mu" else as.character(f[[2]])
  args <- list(f)
  if (any(dpar %in% open)) args$center <- FALSE
  if (any(dpar %in% all)) args$cmc <- FALSE
  do.call(if (first) bf else lf, args)
}
mono_answer <- function(case, data) {
  text <- case[[1]]
  f <- with_options(text[1], case$open, case$all, TRUE)
  for (t in text[-1]) f <- f + with_options(t, case$open, case$all, FALSE)
  family <- family_of(case[[2]])
  standata <- suppressWarnings(unclass(make_standata(f, data, family = family)))
  prior <- as.data.frame(suppressWarnings(get_prior(f, data, family = family)))
  list(formula = I(text), family = case[[2]], open = I(case$open), all = I(case$all), standata = lapply(standata, array_of),
       prior = prior[, c("prior", "class", "coef", "group", "dpar", "lb", "ub")])
}
answers <- list(brms = as.character(packageVersion("brms")), R = R.version.string, cases = list())
for (case in mono_formulas) {
  found <- tryCatch(mono_answer(case, d), error = function(e) { cat("no answer:", case[[1]], conditionMessage(e), "\n"); NULL })
  if (!is.null(found)) answers$cases <- c(answers$cases, list(found))
}
write(toJSON(answers, auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "mono_cases.json")
