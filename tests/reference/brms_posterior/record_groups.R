# Records what brms's methods answer about given draws of models with groupings of every kind, as record.R does for
# others.  Run with:  Rscript record_groups.R   It writes group_data.json and case_group_*.json.  Effects are drawn by
# themselves, not made of their standard deviations: the answers only need draws, not a posterior.
suppressPackageStartupMessages(library(brms))
source("draws.R"); source("answers.R"); source("data.R")
options(warn = 1)
set.seed(77)
d$g2 <- factor(sample(as.character(d$g)), levels = levels(d$g))
d$sex <- factor(ifelse(as.integer(d$g) %% 3 == 0, "m m", "fem"), levels = c("m m", "fem"))
d$w2 <- round(runif(40, 0.2, 2), 4)
d$v <- round(rnorm(40), 4)
new <- d[c(3, 8, 14, 15, 21, 30, 33, 38), ]
new$x <- c(-1.5, -0.4, 0, 0.3, 0.9, 1.2, 2, -0.75)
rownames(new) <- NULL
unseen <- new[c(1, 4, 6), ]
unseen$g <- c("g3", "new1", "new2"); unseen$g2 <- c("new3", "g1", "new1"); unseen$sex <- "fem"
A <- round((-0.6)^abs(outer(1:10, 1:10, "-")), 6); dimnames(A) <- list(levels(d$g), NULL)

sizes <- function(text, standata) eval(parse(text = paste0("c(", text, ")")), standata)
one_draw <- function(parameters, standata, location) {
  v <- list()
  for (p in parameters) {
    n <- if (nzchar(p$size)) sizes(p$size, standata) else 1
    v[[p$name]] <- signif(if (p$name == "Intercept") rnorm(1, location, 0.3) else if (grepl("^df_", p$name)) 2 + rexp(1, 0.2)
      else if (grepl("lower", p$bounds)) exp(rnorm(prod(n), -0.6, 0.4)) else if (p$kind == "cholesky_factor_corr") 0
      else rnorm(prod(n), 0, 0.4), 7)
    if (p$kind == "matrix") dim(v[[p$name]]) <- n
  }
  for (i in seq_len(sum(grepl("^M_", names(standata))))) {
    at <- function(stem) standata[[paste0(stem, i)]]
    correlated <- paste0("L_", i) %in% names(v)
    sets <- if (is.null(at("Nby_"))) "" else paste0("_", seq_len(at("Nby_")))
    if (correlated) for (s in sets) v[[paste0("cor_", i, s)]] <- signif(runif(at("NC_"), -0.9, 0.9), 7)
    columns <- grep(paste0("^Z_", i, "_"), names(standata), value = TRUE)
    if (!is.null(standata[[paste0("J_", i, "_1")]])) columns <- sub("_[0-9]+$", "", columns)
    for (column in unique(sub("^Z", "r", columns))) v[[column]] <- signif(rnorm(at("N_"), 0, 0.7), 7)
  }
  v <- v[!grepl("^(z|L|udf)_", names(v))]
  for (name in grep("^Intercept", names(v), value = TRUE)) {
    p <- sub("Intercept", "", name); b <- v[[paste0("b", p)]]
    offset <- if (length(b)) sum(colMeans(standata[[paste0("X", p)]])[-1] * b) else 0
    v[[paste0("b", p, "_Intercept")]] <- v[[name]] - offset
  }
  v$lprior <- rnorm(1, -10); v$lp__ <- rnorm(1, -100)
  v
}
flat <- function(v) {
  unlist(lapply(names(v)[lengths(v) > 0], function(n) {
    if (length(dim(v[[n]])) == 2) {
      places <- outer(seq_len(nrow(v[[n]])), seq_len(ncol(v[[n]])), paste, sep = ".")
      return(setNames(as.vector(v[[n]]), paste0(n, ".", places)))
    }
    scalar <- length(v[[n]]) == 1 && !grepl("^b(_sigma)?$|^(sd|r|cor)_", n)
    setNames(as.vector(v[[n]]), if (scalar) n else paste0(n, ".", seq_along(v[[n]])))
  }))
}

questions <- c(
  "posterior_epred(fit)", "posterior_epred(fit, newdata = group_new)", "posterior_linpred(fit, newdata = group_new)", "log_lik(fit)",
  "posterior_epred(fit, re_formula = NA)", "posterior_linpred(fit, newdata = group_new, re_formula = NA)", "log_lik(fit, re_formula = NA)",
  "posterior_epred(fit, newdata = group_unseen, re_formula = NA, allow_new_levels = TRUE)",
  "fixef(fit)", "ranef(fit)", "coef(fit)", "VarCorr(fit)", "summary(fit)$random", "ngrps(fit)"
)
models <- list(
  list(name = "by", formula = "y ~ x + (1 + x | gr(g, by = sex))"),
  list(name = "by_uncorrelated", formula = "y ~ x + (1 + x || gr(g, by = sex)) + (1 | site)"),
  list(name = "covariance", formula = "y ~ x + (1 + x | gr(g, cov = A))", data2 = TRUE),
  list(name = "student", formula = "count ~ x + (1 + x | gr(g, dist = 'student')) + (1 | site)", family = "poisson"),
  list(name = "student_twice", formula = "y ~ (1 | gr(g, dist = 'student')) + (0 + x | gr(g, dist = 'student'))"),
  list(name = "members", formula = "y ~ x + (1 + x | mm(g, g2, weights = cbind(w, w2)))"),
  list(name = "member_covariates", formula = "y ~ x + (1 + mmc(x, v) | mm(g, g2)) + (1 | site)"),
  list(name = "by_distributional", formula = c("y ~ x + (1 | ID | gr(g, by = sex))", "sigma ~ (1 | ID | gr(g, by = sex))"))
)
record <- function(m, seed) {
  formula <- do.call(bf, lapply(m$formula, as.formula))
  given <- if (isTRUE(m$data2)) list(A = A) else list()
  family <- if (is.null(m$family)) "gaussian" else m$family
  fit <- with_draws(suppressWarnings(brm(formula, d, family = brmsfamily(family), data2 = given, empty = TRUE)), seed, 1)
  env <- list2env(list(fit = fit, group_new = new, group_unseen = unseen), parent = globalenv())
  answers <- lapply(questions, function(text) {
    tryCatch(ask(text, env), error = function(e) {
      cat("  no answer:", m$name, text, conditionMessage(e), "\n")
      list(call = text, error = conditionMessage(e))
    })
  })
  case <- list(name = paste0("group_", m$name), brms = as.character(packageVersion("brms")), R = R.version.string, data = "group_data",
    formula = I(m$formula), family = family, chains = 2, iterations = 10, draws = draws_of(fit), smooth_columns = smooth_columns(fit), answers = answers)
  if (length(given)) case$data2 <- list(A = list(names = I(rownames(A)), values = I(unname(A))))
  write_json(case, paste0("case_group_", m$name, ".json"))
}
tables <- list(group_data = d, group_new = new, group_unseen = unseen)
write_json(lapply(tables, function(t) lapply(as.list(t), column_of)), "group_data.json")
for (i in seq_along(models)) record(models[[i]], 300 + i)
