# Records what brms's make_standata() and get_prior() answer for a table of
# formulas.  Run with:  Rscript record.R   (Debian: r-cran-brms, r-cran-jsonlite)
# It writes data.json and hard_data.json (the inputs, every number rounded before
# R used it) and cases.json and hard_cases.json (the answers).  The tests read
# these files and never need R.  Strings sort by the collation of the Unicode root.
suppressPackageStartupMessages({library(brms); library(jsonlite)})
source("hard_data.R"); hard <- d
source("hard_formulas.R")
set.seed(20)
n <- 60
d <- data.frame(
  x = round(rnorm(n), 4), z = round(runif(n, 1, 5), 4), w = round(runif(n, 0.5, 2), 4),
  off = round(rnorm(n, 0, 0.3), 4), count = rpois(n, 4), trials = rep(c(5L, 8L, 12L), 20),
  int = rep(1:6, 10)
)
d$y <- round(2 + d$x + sin(d$z) + rnorm(n), 4)
d$big <- round(1000 * d$y + 500, 2)
d$hits <- pmin(d$trials, rpois(n, 3))
d$bin <- rbinom(n, 1, 0.4)
d$lgl <- rep(c(TRUE, FALSE, FALSE), 20)
d$f <- factor(rep(c("a", "b b", "c+d"), 20), levels = c("b b", "a", "c+d"))
d$h <- factor(rep(c("u", "v"), each = 30))
d$o <- factor(rep(c("low", "mid", "high", "top"), 15), levels = c("low", "mid", "high", "top"), ordered = TRUE)
d$ch <- rep(c("zeta", "Alpha", "beta"), length.out = n)
d$g <- factor(paste0("g", rep(1:10, 6)), levels = paste0("g", 1:10))
d$sub <- rep(c("s1", "s2"), each = 30)
d$site <- rep(c(30L, 4L, 100L, 7L, 22L), 12)
d$m.dot <- round(rnorm(n), 4)

formulas <- list(
  list("y ~ 1"), list("y ~ x"), list("y ~ x + z"), list("y ~ 0 + x"), list("y ~ x - 1"),
  list("y ~ 0 + Intercept + x"), list("y ~ f"), list("y ~ 0 + f"), list("y ~ 0 + f + h"),
  list("y ~ f * x"), list("y ~ f:x"), list("y ~ x:f + h"), list("y ~ f:h"), list("y ~ f * h"), list("y ~ f/x"),
  list("y ~ (x + z + f)^2"), list("y ~ (x + f)^2 - f"), list("y ~ f %in% h"), list("y ~ f + f:h"), list("y ~ 0 + f:h"),
  list("y ~ h + x:z:f"), list("y ~ z:x + x"), list("y ~ o"), list("y ~ o * x"), list("y ~ ch"), list("y ~ lgl * x"),
  list("y ~ int"), list("y ~ factor(int)"), list("y ~ poly(z, 2)"), list("y ~ poly(z, 2) * x"), list("y ~ I(x^2) + log(z)"), list("y ~ scale(z)"),
  list("y ~ exp(x / 2) + sqrt(z)"), list("y ~ I(x > 0)"), list("y ~ I(x * z - 1)"), list("y ~ m.dot"),
  list("y ~ x + offset(off)"), list("y ~ x + offset(log(z)) + offset(off)"), list("log(z) ~ x"),
  list("big ~ x"), list("y | weights(w) ~ x"),
  list("y ~ 1 + (1 | g)"), list("y ~ x + (1 + x | g)"), list("y ~ x + (1 + x || g)"), list("y ~ (0 + x | g)"),
  list("y ~ (x | g) + (1 | sub)"), list("y ~ (1 | sub) + (1 | g)"), list("y ~ (1 | g/sub)"), list("y ~ (1 | sub/g)"), list("y ~ (1 + x | g:sub)"),
  list("y ~ (1 | site)"), list("y ~ (1 | site:sub)"), list("y ~ (f | g)"), list("y ~ (0 + f | g)"), list("y ~ (0 + f || g)"),
  list("y ~ (1 | g) + (0 + x | g)"), list("y ~ (1 + x + z | g)"), list("y ~ (x:z | g)"), list("y ~ (1 + x | ID | g)"), list("y ~ (1 | g + sub)"),
  list("y ~ (log(z) || g)"), list("y ~ x * f + (x * h | g)"), list("y ~ (o | g)"), list("y ~ (1 | site) + (1 | g) + (x || sub)"),
  list("y ~ s(x, bs = 'cr')"), list("y ~ z + s(x, bs = 'cr', k = 6) + (1 | g)"), list("y ~ s(x, bs = 'cr', k = 5) + s(z, bs = 'cr', k = 8)"),
  list("y ~ 0 + s(x, bs = 'cr', k = 5)"), list("y ~ s(z, bs = \"cr\", k = 4) + f + x"), list("y ~ s(x, bs = 'cr', k = 3)"),
  list("count ~ x + (1 | g)", "poisson"), list("count ~ 1", "poisson"), list("count ~ s(z, bs = 'cr', k = 6)", "poisson"), list("count ~ x + offset(log(z))", "poisson"),
  list("bin ~ x + (1 | g)", "bernoulli"), list("hits | trials(trials) ~ x", "binomial"), list("hits | trials(12) ~ x + (1 | g)", "binomial"),
  list("y ~ x", "student"), list("y ~ s(z, bs = 'cr', k = 6) + (1 | g)", "student"),
  list(c("y ~ x", "sigma ~ z"), "gaussian"), list(c("y ~ x + (1 | ID | g)", "sigma ~ 1 + (1 | ID | g)"), "gaussian"),
  list(c("y ~ s(x, bs = 'cr', k = 5)", "sigma ~ s(z, bs = 'cr', k = 4) + (1 | g)"), "gaussian"),
  list(c("y ~ 1", "nu ~ x", "sigma ~ 0 + h"), "student"), list("y ~ x + z", "gaussian-log"), list("count ~ x", "poisson-identity"), list("bin ~ x", "bernoulli-probit"),
  list(c("y ~ x + (1 + x | ID | g) + (1 | sub)", "sigma ~ z + (1 | sub) + (1 | ID | g)"), "gaussian")
)
family_of <- function(name, threshold = "flexible") {
  if (startsWith(name, "categorical")) return(categorical_of(sub("categorical-?", "", name)))
  part <- strsplit(name, "-")[[1]]
  if (part[1] %in% c("cumulative", "sratio", "cratio", "acat"))
    return(brmsfamily(part[1], link = if (length(part) > 1) part[2] else "logit", threshold = threshold))
  if (length(part) == 1) return(brmsfamily(part[1]))
  if (part[2] == "sigmaidentity") return(brmsfamily(part[1], link_sigma = "identity"))
  if (part[2] == "nuidentity") return(brmsfamily(part[1], link_nu = "identity", link_sigma = "identity"))
  brmsfamily(part[1], link = part[2])
}
categorical_of <- function(refcat) {
  if (refcat == "") categorical() else if (refcat == "NA") categorical(refcat = NA) else categorical(refcat = refcat)
}
array_of <- function(v) {
  if (length(dim(v)) < 2) {
    scalar <- is.null(dim(v)) && length(v) == 1
    attributes(v) <- NULL
    return(list(dim = if (scalar) I(integer(0)) else I(length(v)), values = if (scalar) v else I(v)))
  }
  names <- colnames(v)
  d <- dim(v); dimnames(v) <- NULL
  list(dim = I(d), colnames = if (is.null(names)) I(character(0)) else I(names), values = I(as.vector(t(v))))
}
answer <- function(case, data, data2 = NULL) {
  family_name <- if (length(case) > 1) case[[2]] else "gaussian"
  text <- case[[1]]
  parts <- lapply(text, as.formula)
  f <- if (length(parts) > 1) do.call(bf, parts) else bf(parts[[1]])
  family <- if (length(case) > 2) family_of(family_name, case[[3]]) else family_of(family_name)
  standata <- suppressWarnings(unclass(make_standata(f, data, family = family, data2 = data2)))
  prior <- as.data.frame(suppressWarnings(get_prior(f, data, family = family, data2 = data2)))
  c(list(formula = I(text), family = family_name, standata = lapply(standata, array_of),
         prior = prior[, c("prior", "class", "coef", "group", "dpar", "lb", "ub")]),
    if (length(case) > 2) list(threshold = case[[3]]))
}
column_of <- function(v) {
  if (is.factor(v)) list(kind = if (is.ordered(v)) "ordered" else "factor", levels = levels(v), values = as.character(v))
  else list(kind = class(v)[1], values = v)
}
record <- function(data, formulas, prefix, data2 = NULL) {
  write(toJSON(lapply(data, column_of), auto_unbox = TRUE, digits = NA, na = "null"), paste0(prefix, "data.json"))
  answers <- list(brms = as.character(packageVersion("brms")), R = R.version.string,
                  cases = lapply(formulas, answer, data = data, data2 = data2))
  if (length(data2)) {
    answers$data2 <- lapply(data2, function(m) list(names = I(rownames(m)), values = I(unname(m))))
  }
  write(toJSON(answers, auto_unbox = TRUE, digits = NA, null = "null", na = "null"), paste0(prefix, "cases.json"))
}
record(d, formulas, "")
record(hard, hard_formulas, "hard_")
source("family_formulas.R")
record(e, family_formulas, "family_")
source("trunc_formulas.R")
record(tr, trunc_formulas, "trunc_")
source("group_formulas.R")
record(u, group_formulas, "group_", group_data2)
source("categorical_formulas.R")
record(k, categorical_formulas, "categorical_")
source("mono_formulas.R")
source("prior_cases.R")
source("ordinal_formulas.R")
record(ord, ordinal_formulas, "ordinal_")
source("varying_category_formulas.R")
record(ord_groups, varying_category_formulas, "varying_category_")
source("smooth_formulas.R")
record(sm, smooth_formulas, "smooth_")
source("corpus_record.R")
library(splines)
source("combined_record.R")
