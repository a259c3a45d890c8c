# Ordinal responses on the data of record.R.  The third element of a case is the kind of thresholds.
set.seed(22)
ord <- d[, c("x", "z", "w", "off", "f", "h", "g", "o", "ch", "sub", "site", "lgl")]
n <- nrow(ord)
latent <- 0.8 * ord$x + rlogis(n)
ord$rating <- as.integer(cut(latent, c(-Inf, -1.5, 0, 1, 2, Inf)))
ord$grade <- factor(c("E", "D", "C", "B", "A")[ord$rating], levels = c("E", "D", "C", "B", "A", "A+"), ordered = TRUE)
ord$gap <- ifelse(ord$rating == 3, 2L, ord$rating)
ord$two <- 1L + (latent > 0)
ord$item <- rep(c("long item", "short", "mid"), length.out = n)
ord$steps <- ifelse(ord$item == "short", 2L, ifelse(ord$item == "mid", 6L, 4L))
ord$answer <- pmin(ord$rating, ord$steps + 1L)
ordinal_formulas <- list(
  list("grade ~ 1", "cumulative"), list("grade ~ x + (1 | g)", "cumulative"), list("rating ~ x + z", "cumulative-probit"),
  list("rating ~ f * x", "cumulative-cloglog"), list("gap ~ x", "cumulative-cauchit"), list("two ~ x", "cumulative"),
  list("rating ~ o", "cumulative-probit_approx"), list("grade ~ x", "cumulative", "equidistant"), list("grade ~ x + (x | g)", "cumulative", "sum_to_zero"),
  list("rating | thres(7) ~ x", "cumulative"), list("grade | thres(7) ~ x", "cumulative"), list("rating | thres(12) ~ x", "sratio"),
  list("answer | thres(steps, gr = item) ~ x", "cumulative"), list("answer | thres(gr = item) ~ x + (1 | g)", "cumulative"),
  list("answer | thres(6, gr = item) ~ x", "acat"), list("answer | thres(steps, gr = item) ~ x", "cumulative", "equidistant"),
  list("answer | thres(steps, item) + weights(w) ~ 1", "sratio", "sum_to_zero"), list("rating | thres(gr = f) ~ x", "cratio", "equidistant"),
  list("grade | thres(gr = h) ~ x", "cumulative"), list("grade | weights(w) ~ s(x, k = 5) + z", "cumulative"),
  list(c("grade ~ x", "disc ~ z"), "cumulative"), list(c("grade ~ x", "disc ~ 1 + (1 | g)"), "cumulative-probit"), list(c("grade ~ x", "disc ~ 0 + h"), "cumulative"),
  list(c("rating ~ x + (1 | ID | g)", "disc ~ x + (1 | ID | g)"), "cumulative"), list(c("answer | thres(steps, gr = item) ~ x", "disc ~ s(z, k = 4)"), "cumulative"),
  list("grade ~ cs(x)", "sratio"), list("grade ~ z + cs(x)", "cratio"), list("grade ~ x + cs(x * f) + z", "acat"), list("rating ~ cs(x + z) + cs(h)", "sratio-probit"),
  list("rating ~ cs(1) + x", "acat"), list(c("rating ~ cs(x)", "disc ~ z"), "acat-cloglog"), list("rating ~ cs(log(z)) + (1 | g) + s(x, k = 4)", "cratio"),
  list("rating ~ x", "sratio", "equidistant"), list("rating ~ x", "acat", "sum_to_zero"), list("rating ~ x + offset(off)", "acat-probit"),
  list("rating | subset(lgl) ~ x", "cumulative"), list("grade ~ ch + (1 | g/sub)", "sratio-cauchit"), list("grade ~ s(x, bs = 'cr', k = 5) + s(z, bs = 'cr', k = 4)", "cumulative"),
  list("rating ~ poly(z, 2)", "acat-cloglog"), list("grade | weights(w, scale = TRUE) ~ 1 + (1 + x || g)", "cratio-cloglog")
)
