# Records one model on the rows `d`: its draws and what brms answers about them.
family_of <- function(name) {
  part <- strsplit(name, "-")[[1]]
  if (length(part) == 1) brmsfamily(part[1]) else brmsfamily(part[1], link = part[2])
}

# `questions`: the calls that a model is asked, given its fit; `tables`: the new data that they name;
# `table`: what the tests call the rows of the fit, where it is not "data".
record <- function(m, seed, questions, tables, table = "data") {
  formula <- if (length(m$formula) > 1) do.call(bf, lapply(m$formula, as.formula)) else bf(as.formula(m$formula))
  fit <- suppressWarnings(brm(formula, d, family = family_of(m$family), empty = TRUE))
  fit <- with_draws(fit, seed, m$location, m$chains, m$draws)
  env <- list2env(c(list(fit = fit), tables), parent = globalenv())
  answers <- lapply(c(questions(m, fit), m$ask), function(text) {
    tryCatch(ask(text, env), error = function(e) {
      cat("  no answer:", text, conditionMessage(e), "\n")
      list(call = text, error = conditionMessage(e))
    })
  })
  case <- list(name = m$name, brms = as.character(packageVersion("brms")), loo = as.character(packageVersion("loo")), R = R.version.string,
    formula = I(m$formula), family = m$family, chains = m$chains, iterations = m$draws, draws = draws_of(fit),
    smooth_columns = smooth_columns(fit), answers = answers)
  if (table != "data") case$data <- table
  write_json(case, paste0("case_", m$name, ".json"))
  cat(m$name, file.size(paste0("case_", m$name, ".json")), "\n")
}
