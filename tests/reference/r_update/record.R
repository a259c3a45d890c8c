# Records what R's update() makes of pairs of formulas: Rscript record.R > update.json
pairs <- list(
  c("y ~ x", "~ . + z"),
  c("y ~ x", ". ~ . + z"),
  c("y ~ x + z", ". ~ . - z"),
  c("y ~ x", "log(y) ~ ."),
  c("y ~ x", "log(.) ~ ."),
  c("log(y) ~ x", "sqrt(.) ~ . + z"),
  c("y ~ x + z", "~ log(.)"),
  c("y ~ x", "~ . - 1"),
  c("y ~ x - 1", "~ . + 1"),
  c("y ~ 0 + x", "~ . + z"),
  c("y ~ x + z", "~ .^2"),
  c("y ~ x * z", "~ . - x:z"),
  c("y ~ x * z", "~ . - z:x"),
  c("y ~ x * z * w", "~ . - x:z:w"),
  c("y ~ x", "~ . * z"),
  c("y ~ x + z", "~ .:w"),
  c("y ~ b:a + a + b", "~ . + c"),
  c("y ~ x", "y ~ z"),
  c("y ~ x + z", "~ 1"),
  c("y ~ x", "~ . - x"),
  c("y ~ x", "~ . - x - 1"),
  c("y ~ x + offset(w)", "~ . + z"),
  c("y ~ x + offset(w)", "~ . - offset(w)"),
  c("y ~ x + offset(w) + offset(log(v))", "~ z + ."),
  c("y ~ x + (1 | g)", "~ . + z"),
  c("y ~ x + (1 | g)", "~ . - (1 | g)"),
  c("y ~ x + (1|g) + (1 + x | h)", "~ . - (1 | g) + (0 + z | g)"),
  c("y ~ x + (1 || g)", "~ . + x:z"),
  c("y ~ x + (x | i | g/h)", "~ . + z"),
  c("y ~ x + z", "~ . + (. | g)"),
  c("y ~ s(x) + z", "~ . - s(x)"),
  c("y ~ s(x, bs='cr', k=5) + f", "~ . + t2(x, z, k = c(3, 4))"),
  c("y ~ s(x) + x:z + (1 | g)", "~ . + w + offset(v)"),
  c("y | weights(w) ~ x", "~ . + z"),
  c("y | trials(n) ~ x", ". ~ . + z"),
  c("y | weights(w) ~ x", "log(y) ~ ."),
  c("y ~ 0 + Intercept + x", "~ . + z"),
  c("y ~ `my col` + x", "~ . + `if`"),
  c("y ~ I(x^2) + poly(z, 2)", "~ . - I(x^2)"),
  c("y ~ a %in% b + a", "~ . + b"),
  c("y ~ a/b", "~ . + c"),
  c("y ~ (a + b + c)^2", "~ . - a:b - c"),
  c("y ~ x", "~ . + x"),
  c("cbind(a, b) ~ x", "a ~ .")
)
answer <- function(pair) {
  new <- update(as.formula(pair[1]), as.formula(pair[2]))
  paste(deparse(new, width.cutoff = 500L), collapse = " ")
}
rows <- lapply(pairs, function(pair) list(old = pair[1], change = pair[2], new = answer(pair)))
cat(jsonlite::toJSON(list(r = R.version$version.string, pairs = rows), auto_unbox = TRUE, pretty = 2), "\n")
