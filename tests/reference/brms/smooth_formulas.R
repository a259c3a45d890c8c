# Smooths of which only kernels are unique: t2 with null spaces of two dimensions, fs, smooths of two covariates,
# numeric and factor by.  On the data of ordinal_formulas.R; rows 3 and 17 lack a value of xna.
read_column <- function(column) if (is.null(column$levels)) column$values else
  factor(column$values, levels = column$levels, ordered = column$kind == "ordered")
sm <- as.data.frame(lapply(fromJSON("ordinal_data.json")[c("x", "z", "w", "off", "f", "h", "g", "grade")], read_column))
sm$y <- fromJSON("data.json")$y$values
sm$xna <- sm$x; sm$xna[c(3, 17)] <- NA
smooth_formulas <- list(
  list("grade ~ t2(x, z, k = 4)", "cumulative"), list("y ~ t2(x, z, k = 4)"), list("y ~ t2(x, z)"), list("y ~ t2(x, z, k = c(4, 6), full = TRUE)"),
  list("y ~ t2(x, z, bs = c('cr', 'cc'), k = c(4, 5))"), list("y ~ t2(x, z, bs = 'tp', k = 4)"), list("y ~ t2(x, z, bs = c('ps', 'cr'), k = 5)"),
  list("y ~ t2(x, z, by = h, k = 4)"), list("y ~ t2(x, z, w, k = 4)"), list("y ~ t2(xna, z, k = 4)"), list("y ~ t2(x, z, by = w, k = 4)"),
  list("y ~ t2(x, z, w, d = c(2, 1), k = c(6, 4))"), list("y ~ t2(x, h, bs = c('cr', 're'), k = 4)"),
  list("y ~ s(x, z, k = 8)"), list("y ~ s(x, z)"), list("y ~ s(x, by = w, k = 5)"), list("y ~ s(x, by = off, bs = 'cr', k = 6)"), list("y ~ s(x, z, by = w, k = 9)"),
  list("y ~ s(z, by = x, bs = 'ps', k = 6)"), list("y ~ s(xna, z, k = 10) + s(w, by = off, k = 4)"),
  list("y ~ s(x, f, bs = 'fs', k = 4)"), list("y ~ s(xna, f, bs = 'fs', k = 5)"), list("y ~ s(x, f, bs = 'fs', k = 6, xt = 'cr')"), list("y ~ s(x, h, bs = 'fs', k = 4, m = 1)")
)
