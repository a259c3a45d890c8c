# Formulas and data of the family categorical: list(formulas, "categorical" or "categorical-<refcat>").
set.seed(31)
n <- 48
k <- data.frame(
  x = round(rnorm(n), 4), z = round(runif(n, 1, 5), 4), w = round(runif(n, 0.5, 2), 4), off = round(rnorm(n, 0, 0.3), 4)
)
k$f <- factor(rep(c("u", "v w"), 24))
k$g <- factor(paste0("g", rep(1:8, 6)), levels = paste0("g", 1:8))
k$sub <- rep(c("s1", "s2"), each = 24)
k$y <- factor(rep(c("d-e", "a", "b c", "f.g"), length.out = n)[sample(n)], levels = c("d-e", "a", "b c", "f.g", "unused"))
k$whole <- as.integer(k$y) * 2L
k$decimal <- as.integer(k$y) + 0.5
k$lgl <- rep(c(TRUE, FALSE, FALSE), 16)
k$ch <- rep(c("zeta", "Alpha", "beta_1"), 16)[sample(n)]
k$o <- factor(k$ch, levels = c("zeta", "beta_1", "Alpha"), ordered = TRUE)
k$gap <- k$x
k$gap[k$y == "b c"] <- NA
k$keep <- k$y != "a"

categorical_formulas <- list(
  list("y ~ 1", "categorical"), list("y ~ x", "categorical"), list("y ~ 0 + x", "categorical"),
  list("y ~ 0 + Intercept + x", "categorical"), list("y ~ x * f + offset(off)", "categorical"),
  list("y | weights(w) ~ f", "categorical"), list("whole ~ x", "categorical"), list("decimal ~ 1", "categorical"),
  list("lgl ~ x", "categorical"), list("ch ~ z", "categorical"), list("o ~ z", "categorical"),
  list("y ~ x", "categorical-a"), list("y ~ x + (1 | g)", "categorical-b c"), list("y ~ x", "categorical-NA"),
  list("ch ~ (1 | g)", "categorical-NA"), list("whole ~ x", "categorical-6"), list("lgl ~ z", "categorical-TRUE"),
  list("y ~ x + (1 | g)", "categorical"), list("y ~ (1 + x | g)", "categorical"), list("y ~ (1 + x || g)", "categorical"),
  list("y ~ x + (1 + x | ID | g)", "categorical"), list("ch ~ (1 | g / sub)", "categorical"),
  list("y ~ s(z, bs = 'cr', k = 4)", "categorical"), list("ch ~ x + s(z, bs = 'cr', k = 5) + (1 | g)", "categorical"),
  list(c("y ~ x", "mubc ~ z"), "categorical"), list(c("y ~ x + (1 | g)", "mufg ~ 0 + f", "mua ~ 1"), "categorical"),
  list(c("ch ~ 1", "mubeta1 ~ x + (1 | ID | g)", "muzeta ~ (x | ID | g)"), "categorical"),
  list(c("y ~ x", "mude ~ s(z, bs = 'cr', k = 4)"), "categorical-f.g")
)
