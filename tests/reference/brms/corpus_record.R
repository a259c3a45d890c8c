# Records brms's answers to corpus_formulas.R in corpus_data.json and corpus_cases.json; where brms refuses a formula,
# its message.  Sourced by record.R, whose functions it uses.
source("corpus_data.R"); corpus <- d
source("corpus_formulas.R")
model_of <- function(parts) {
  fixed <- grepl("=", parts) & !grepl("~", parts)
  held <- lapply(strsplit(parts[fixed], " = "), function(p) as.numeric(p[2]))
  names(held) <- sapply(strsplit(parts[fixed], " = "), `[`, 1)
  do.call(bf, c(lapply(parts[!fixed], as.formula), held))
}
corpus_answer <- function(case) {
  links <- setNames(case$links, if (length(case$links)) paste0("link_", names(case$links)) else NULL)
  base <- list(formula = I(case$parts), family = case$family, link = case$link, links = if (length(links)) links else NULL)
  tryCatch({
    f <- model_of(case$parts)
    family <- do.call(brmsfamily, c(list(case$family), if (!is.null(case$link)) list(link = case$link), links))
    standata <- suppressWarnings(unclass(make_standata(f, corpus, family = family)))
    prior <- as.data.frame(suppressWarnings(get_prior(f, corpus, family = family)))
    c(base, list(standata = lapply(standata, array_of), prior = prior[, c("prior", "class", "coef", "group", "dpar", "lb", "ub")]))
  }, error = function(e) c(base, list(refused = conditionMessage(e))))
}
write(toJSON(lapply(corpus, column_of), auto_unbox = TRUE, digits = NA, na = "null"), "corpus_data.json")
write(toJSON(list(brms = as.character(packageVersion("brms")), cases = lapply(corpus_formulas, corpus_answer)),
             auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "corpus_cases.json")
