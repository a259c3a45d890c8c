# Category specific and monotonic effects that vary by group, on the data of ordinal_formulas.R.
varying_category_formulas <- list(
  list("rating ~ cs(x) + (1 + cs(x) | g)", "sratio"), list("grade ~ x + (cs(x) | g)", "acat"), list("rating ~ 1 + (0 + cs(x) | g)", "cratio"),
  list("rating ~ cs(x) + (cs(1) | g)", "sratio-probit"), list("rating ~ x + (cs(x) || g)", "acat-cloglog"), list("rating ~ cs(f) + (cs(0 + f) | g)", "cratio"),
  list("grade ~ f + (cs(f) || g)", "sratio"), list("rating ~ cs(x) + (cs(x) + cs(z) | g)", "acat"), list("rating ~ z + (cs(x * z) | g)", "sratio"),
  list("rating ~ cs(x) + (cs(x) | g) + (z | g)", "cratio"), list("rating ~ (cs(x) | g) + (0 + z | g) + (1 | ch)", "acat"), list("rating ~ cs(x) + (cs(x) | I | g) + (0 + z | I | g)", "sratio"),
  list("rating ~ z + (cs(x) | g/sub)", "cratio"), list("rating ~ (cs(poly(x, 2)) | ch)", "cumulative-probit"), list("rating ~ x + (cs(x) | g)", "cumulative"),
  list("rating ~ (cs(1) | g) + (1 | ch:sub)", "acat"), list("rating ~ (cs(-1 + x) | g) + (1 | g)", "sratio-cauchit"), list("rating ~ (cs(log(z)) | gr(g, cor = FALSE))", "acat", "equidistant"),
  list("rating ~ x + (cs(x) | gr(g, dist = 'student'))", "sratio"), list("rating ~ cs(x:f) + (cs(x:f) | g)", "cratio", "sum_to_zero"), list("rating | thres(6) ~ (cs(x) | g)", "sratio"),
  list(c("rating ~ cs(x) + (cs(x) | I | g)", "disc ~ z + (1 | I | g)"), "sratio"), list(c("rating ~ (1 | g) + (cs(h) || ch)", "disc ~ 0 + h"), "acat"),
  list("rating ~ mo(site2) + (mo(site2) | g)", "cratio"), list("rating ~ mo(o) * x + (mo(o):x + z | g)", "cumulative"), list("rating ~ mo(o) + (1 + mo(o) || g) + (cs(x) | ch)", "acat"),
  list("rating ~ mo(o):h + (0 + mo(o):h | g)", "sratio"), list(c("rating ~ mo(o) + (mo(o) | I | g)", "disc ~ mo(site2) + (mo(site2) | I | g)"), "cumulative")
)
ord_groups <- ord
ord_groups$site2 <- as.integer(factor(ord$site)) - 1L
