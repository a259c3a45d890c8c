# Records brms's answers to combined_formulas.R in combined_data.json and combined_cases.json.  Sourced by record.R,
# whose functions it uses.
source("combined_data.R"); combined <- d
source("combined_formulas.R")
combined_model <- function(case) {
  held <- list()
  for (p in strsplit(case$parts[!grepl("~", case$parts)], " = ")) {
    held[[p[1]]] <- if (grepl("^[0-9.]+$", p[2])) as.numeric(p[2]) else gsub("'", "", p[2])
  }
  formulas <- case$parts[grepl("~", case$parts)]
  options <- function(dpar) c(if (dpar %in% case$open) list(center = FALSE), if (dpar %in% case$all) list(cmc = FALSE))
  f <- do.call(bf, c(list(as.formula(formulas[1])), held, options("mu")))
  for (text in formulas[-1]) f <- f + do.call(lf, c(list(as.formula(text)), options(sub(" ~.*", "", text))))
  f
}
combined_family <- function(case) {
  if (case$family == "categorical") return(categorical_of(if (is.null(case$refcat)) "" else case$refcat))
  links <- setNames(case$links, if (length(case$links)) paste0("link_", names(case$links)) else NULL)
  chosen <- list(link = case[["link"]], threshold = case$threshold)
  do.call(brmsfamily, c(list(case$family), chosen[!sapply(chosen, is.null)], links))
}
combined_answer <- function(case) {
  asked <- list(formula = I(case$parts), family = case$family, link = case[["link"]], threshold = case$threshold,
                refcat = case$refcat, links = if (length(case$links)) case$links else NULL, open = I(case$open), all = I(case$all))
  f <- combined_model(case); family <- combined_family(case)
  standata <- suppressWarnings(unclass(make_standata(f, combined, family = family, data2 = combined_data2)))
  prior <- as.data.frame(suppressWarnings(get_prior(f, combined, family = family, data2 = combined_data2)))
  c(asked, list(standata = lapply(standata, array_of), prior = prior[, c("prior", "class", "coef", "group", "dpar", "lb", "ub")]))
}
write(toJSON(lapply(combined, column_of), auto_unbox = TRUE, digits = NA, na = "null"), "combined_data.json")
write(toJSON(list(brms = as.character(packageVersion("brms")), cases = lapply(combined_formulas, combined_answer),
                  data2 = lapply(combined_data2, function(m) list(names = I(rownames(m)), values = I(unname(m))))),
             auto_unbox = TRUE, digits = NA, null = "null", na = "null"), "combined_cases.json")
