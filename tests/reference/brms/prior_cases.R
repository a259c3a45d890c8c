# Priors set by the user: what brms makes of them.  Sourced by record.R; writes prior_cases.json with, for every case,
# the table after validate_prior(), the statements that add to lprior, the names of draws from the priors, and the data
# that shrinkage priors add.  The data are those of data.json, called d.
p <- function(prior, class = "b", ...) set_prior(prior, class = class, ...)
prior_cases <- list(
  list("y ~ x + z", p("normal(0, 1)")),
  list("y ~ x + z", c(p("normal(0, 1)"), p("normal(0, 2)", coef = "x"))),
  list("y ~ x + f", c(p("student_t(4, 0, 2)", coef = "fa"), p("cauchy(0, 1)", "Intercept"))),
  list("y ~ x + z", p("normal(0, 1)", lb = 0)),
  list("y ~ x + z", p("normal(0, 1)", lb = -1, ub = 2)),
  list("y ~ x + z", p("normal(0, 1)", ub = 1)),
  list("y ~ x", p("exponential(1)", "sigma")),
  list("y ~ x", p("normal(0, 1)", "sigma", lb = 1, ub = 3)),
  list("y ~ x", p("gamma(2, 1)", "sigma", lb = 0.5)),
  list("y ~ x", p("inv_gamma(2, 1)", "sigma")),
  list("y ~ x", p("lognormal(0, 1)", "sigma", ub = 10)),
  list("y ~ x", p("", "sigma")),
  list("y ~ x", p("", lb = 0)),
  list("y ~ x + (1 + x | g)", c(p("lkj(2)", "cor"), p("exponential(2)", "sd"))),
  list("y ~ x + (1 + x | g)", c(p("normal(0, 1)", "sd", group = "g", coef = "x"), p("lkj(3)", "cor", group = "g"))),
  list("y ~ (1 + x | g) + (1 | sub)", c(p("normal(0, 10)", "sd"), p("normal(0, 5)", "sd", group = "g"))),
  list("y ~ (1 + x | g) + (1 + z | sub)", c(p("lkj(2)", "cor"), p("lkj(5)", "cor", group = "sub"))),
  list("y ~ (1 | g) + (1 | sub)", p("normal(0, 1)", "sd", group = "g", ub = 2)),
  list("y ~ s(x, k = 5) + s(z, k = 6)", c(p("normal(0, 1)", "sds", coef = "s(x, k = 5)"), p("normal(0, 4)"))),
  list("y ~ s(x, k = 5)", p("normal(0, 1)", coef = "sx_1")),
  list(c("y ~ x", "sigma ~ z"), c(p("normal(0, 1)", dpar = "sigma"), p("normal(0, 2)", "Intercept", dpar = "sigma"))),
  list(c("y ~ x", "sigma ~ z + (1 | g)"), c(p("normal(0, 1)", "sd", dpar = "sigma"), p("normal(0, 3)"))),
  list("y ~ x", c(p("gamma(3, 0.2)", "nu")), "student"),
  list("count ~ x", c(p("gamma(2, 2)", "shape")), "negbinomial"),
  list("count ~ x", c(p("beta(2, 8)", "zi")), "zero_inflated_poisson"),
  list("y ~ x + z", p("constant(1)", coef = "x")),
  list("y ~ x + z", p("constant(0.5)")),
  list("y ~ x + z", c(p("constant(1)", coef = "x"), p("normal(0, 3)"), p("constant(2)", "sigma"))),
  list("y ~ x + z", p("constant(0)", "Intercept")),
  list("y ~ (1 + x | g)", c(p("constant(2)", "sd", group = "g", coef = "x"))),
  list("y ~ s(x, k = 5) + s(z, k = 5)", c(p("constant(1)", "sds", coef = "s(x, k = 5)"), p("constant(1)", coef = "sx_1"))),
  list(c("y ~ x", "sigma ~ x"), c(p("constant(1)", dpar = "sigma"), p("constant(0)", "Intercept", dpar = "sigma"))),
  list("y ~ x + z", p("horseshoe(1)")),
  list("y ~ x + z", p("horseshoe(df = 3, par_ratio = 0.1)")),
  list("y ~ x + z", p("horseshoe(1, scale_global = 0.5, autoscale = FALSE)")),
  list("y ~ 0 + x + z", p("horseshoe(scale_slab = 3, df_slab = 6, df_global = 2)")),
  list("y | se(w) ~ x + z", p("horseshoe(1)")),
  list("y | se(w, sigma = TRUE) ~ x + z", p("horseshoe(1)")),
  list("count ~ x + z", p("horseshoe(1)"), "poisson"),
  list("y ~ x + z", p("horseshoe(1)"), "student"),
  list(c("y ~ x + z", "sigma ~ x"), p("horseshoe(1)", dpar = "sigma")),
  list(c("y ~ x + z", "sigma ~ x + z"), c(p("R2D2(0.8, 10)"), p("horseshoe(2)", dpar = "sigma"))),
  list("y ~ x + z", p("R2D2(0.6, 3, cons_D2 = c(1, 2))")),
  list("y ~ x + f", p("R2D2(mean_R2 = 0.3, autoscale = FALSE)")),
  list("y ~ x + z + (1 | g)", c(p("R2D2()"), p("constant(2)", "sigma")))
)
prior_answer <- function(case) {
  parts <- lapply(case[[1]], as.formula)
  f <- if (length(parts) > 1) do.call(bf, parts) else bf(parts[[1]])
  given <- case[[2]]
  family <- brmsfamily(if (length(case) > 2) case[[3]] else "gaussian")
  table <- as.data.frame(suppressWarnings(validate_prior(given, f, d, family = family)))
  code <- suppressWarnings(make_stancode(f, d, family = family, prior = given, sample_prior = "yes"))
  code <- gsub("\n +- ", " - ", code)
  lines <- trimws(strsplit(code, "\n")[[1]])
  data <- suppressWarnings(unclass(make_standata(f, d, family = family, prior = given)))
  shrinking <- data[grepl("^(hs|R2D2)_", names(data))]
  columns <- c("prior", "class", "coef", "group", "dpar", "lb", "ub")
  written <- as.data.frame(given)[, columns]
  written[is.na(written)] <- ""
  list(formula = I(case[[1]]), family = family$family, given = written, table = table[, c(columns, "source")],
       lprior = I(sub(";$", "", sub("^lprior \\+= ", "", grep("^lprior \\+=", lines, value = TRUE)))),
       draws = I(sub("^real (prior_\\w+) = .*", "\\1", grep("^real prior_", lines, value = TRUE))),
       standata = lapply(shrinking, array_of))
}
write(toJSON(list(brms = as.character(packageVersion("brms")), cases = lapply(prior_cases, prior_answer)),
             auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "prior_cases.json")
