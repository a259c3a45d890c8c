# Records how R's posterior package writes draws as a table: Rscript record.R > draws_df.json
library(posterior)
case <- jsonlite::fromJSON("../brms_posterior/case_gaussian_distributional.json")
names <- names(case$draws)
array <- array(unlist(case$draws), c(case$iterations, case$chains, length(names)),
               list(NULL, NULL, names))
draws <- as_draws_df(as_draws_array(array))
index <- c(".chain", ".iteration", ".draw")
stopifnot(identical(tail(names(draws), 3), index))
select <- function(variable, regex) {
  list(call = paste(paste(variable, collapse = " "), regex), variable = variable, regex = regex,
       names = I(variables(subset_draws(draws, variable = variable, regex = regex))))
}
selections <- list(
  select("b_x", FALSE), select(c("sd_g__x", "b_x"), FALSE), select("r_g", FALSE),
  select(c("r_site", "b_x", "r_g[g2,x]"), FALSE), select("s_sz_1", FALSE),
  select("^b_", TRUE), select(c("^sd_", "Intercept"), TRUE), select("r_g\\[g1,", TRUE), select("x$", TRUE)
)
out <- c(list(posterior = as.character(packageVersion("posterior")), index = index,
              chains = case$chains, iterations = case$iterations),
         lapply(unclass(draws)[index], as.integer), list(selections = selections))
cat(jsonlite::toJSON(out, auto_unbox = TRUE), "\n")
