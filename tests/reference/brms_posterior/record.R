# Records what brms's methods answer about given draws.  Run with:  Rscript record.R [name ...]
# (Debian: r-cran-brms, r-cran-jsonlite).  It writes data.json and one JSON file per
# model; README.md says what is in them.  The tests read these files and never need R.
suppressPackageStartupMessages(library(brms))
source("draws.R"); source("answers.R"); source("data.R"); source("models.R"); source("category_models.R")
source("mono_models.R"); source("record_case.R")
options(warn = 1)

# The questions that every model answers.
common <- function(m, fit) {
  groups <- nrow(fit$ranef) > 0
  dpars <- setdiff(names(brmsterms(fit$formula)$dpars), "mu")
  text <- c(
    "posterior_epred(fit)", "posterior_epred(fit, newdata = new)", "posterior_linpred(fit)", "posterior_linpred(fit, newdata = new)",
    "posterior_linpred(fit, newdata = new, transform = TRUE)", "log_lik(fit)", "log_lik(fit, newdata = new)",
    "fixef(fit)", "summary(fit)$fixed", "summary(fit)$spec_pars", "summary(fit, robust = TRUE, prob = 0.9)$fixed",
    "fitted(fit)", "bayes_R2(fit)", "bayes_R2(fit, summary = FALSE)"
  )
  if (m$tables) {
    return(c("fixef(fit)", "ranef(fit)", "coef(fit)", "VarCorr(fit)", paste0("summary(fit)$", c("fixed", "random", "spec_pars", "splines"))))
  }
  for (p in dpars) {
    text <- c(text, sprintf("posterior_linpred(fit, newdata = new, dpar = \"%s\")", p),
      sprintf("posterior_linpred(fit, newdata = new, dpar = \"%s\", transform = TRUE)", p),
      sprintf("posterior_epred(fit, newdata = new, dpar = \"%s\")", p))
  }
  if (groups) {
    text <- c(text, "posterior_epred(fit, re_formula = NA)", "log_lik(fit, re_formula = NA)", "posterior_linpred(fit, newdata = new, re_formula = NA)",
      "posterior_epred(fit, newdata = unseen, re_formula = NA, allow_new_levels = TRUE)",
      "ranef(fit)", "coef(fit)", "VarCorr(fit)", "summary(fit)$random", "ngrps(fit)")
    for (re in m$re) {
      text <- c(text, sprintf("posterior_epred(fit, newdata = new, re_formula = %s)", re), sprintf("posterior_linpred(fit, re_formula = %s)", re))
    }
    for (p in dpars) text <- c(text, sprintf("posterior_linpred(fit, dpar = \"%s\", re_formula = NA)", p))
  }
  for (s in m$smooths) {
    part <- strsplit(s, "@")[[1]]
    dpar <- if (length(part) > 1) sprintf(", dpar = \"%s\"", part[2]) else ""
    text <- c(text, sprintf("posterior_smooths(fit, smooth = '%s'%s)", part[1], dpar), sprintf("posterior_smooths(fit, smooth = '%s', newdata = new%s)", part[1], dpar))
  }
  if (length(m$smooths)) text <- c(text, "summary(fit)$splines")
  text
}

write_json(lapply(list(data = d, new = new, unseen = unseen), function(t) lapply(as.list(t), column_of)), "data.json")
wanted <- commandArgs(TRUE)
for (i in seq_along(models)) if (!length(wanted) || models[[i]]$name %in% wanted) {
  record(models[[i]], 100 + i, common, list(new = new, unseen = unseen))
}
