# Groupings of every kind on data of their own: by, known covariance, Student-t effects, multi-membership.
# (Of two mmc() in one term brms 2.18 uses the columns of the last for both, so that there is no such case.)
set.seed(22)
group_rows <- 72
u <- data.frame(
  x = round(rnorm(group_rows), 4), z = round(runif(group_rows, 1, 5), 4), count = rpois(group_rows, 3),
  w1 = round(runif(group_rows, 0.2, 2), 4), w2 = round(runif(group_rows, 0.2, 2), 4), w3 = round(runif(group_rows, 0.2, 2), 4),
  v1 = round(rnorm(group_rows), 4), v2 = round(rnorm(group_rows), 4), site = rep(c(30L, 4L, 100L, 7L), 18)
)
u$y <- round(2 + u$x + rnorm(group_rows), 4)
u$g <- factor(rep(paste0("g", 1:12), 6), levels = paste0("g", 1:12))
u$g2 <- sample(u$g)
u$g3 <- sample(u$g)
u$h <- sample(c("u", "v", "w"), group_rows, TRUE)
u$sex <- factor(ifelse(as.integer(u$g) %% 3 == 0, "m m", "fem"), levels = c("m m", "fem"))
u$team <- ifelse(as.integer(u$g) <= 5, "B", ifelse(as.integer(u$g) <= 8, "a", "C"))
u$team2 <- ifelse(as.integer(u$g2) <= 5, "B", ifelse(as.integer(u$g2) <= 8, "a", "C"))
u$ward <- ifelse(u$site > 10, 2L, 1L)
u$lgl <- as.integer(u$g) > 6
distances <- abs(outer(1:12, 1:12, "-"))
A <- round((-0.6)^distances, 6); dimnames(A) <- list(rev(levels(u$g)), NULL)
B <- round(0.5 + diag(5), 6); dimnames(B) <- list(c("7", "100", "4", "30", "unused"), c("7", "100", "4", "30", "unused"))
group_data2 <- list(A = A, B = B)
group_formulas <- list(
  list("y ~ x + (1 | gr(g))"), list("y ~ x + (1 + x | gr(g))"), list("y ~ x + (1 + x | gr(g, cor = FALSE))"), list("y ~ (x || gr(g))"),
  list("y ~ x + (1 | gr(g, by = sex))"), list("y ~ x + (1 + x | gr(g, by = sex))"), list("y ~ x + (1 + x || gr(g, by = team))"),
  list("y ~ (1 + x + z | gr(g, by = team))"), list("y ~ (1 | gr(g, by = lgl))"), list("y ~ (x | gr(site, by = ward))"), list("y ~ (1 | gr(site, by = factor(ward)))"),
  list("y ~ x + (1 | gr(g, cov = A))"), list("y ~ x + (1 + x | gr(g, cov = A))"), list("y ~ (x || gr(g, cov = A))"), list("y ~ (1 | gr(site, cov = B))"),
  list("y ~ x + (1 + x | gr(g, cov = A, by = sex))"), list("y ~ x + (1 + x || gr(g, by = team, cov = A))"),
  list("y ~ x + (1 | gr(g, dist = 'student'))"), list("y ~ (1 + x | gr(g, dist = \"student\"))"), list("y ~ (1 + x | gr(g, by = sex, dist = 'student', cov = A))"),
  list("y ~ (1 | gr(g, dist = 'student')) + (0 + x | gr(g, dist = 'student')) + (1 | gr(h, dist = 'student'))"), list("y ~ (1 | gr(g, by = sex)) + (0 + x | gr(g, dist = 'student'))"),
  list("y ~ (1 | gr(g, by = sex)) + (1 | h) + (0 + z | g)"), list("y ~ (1 | gr(h:g))"), list("y ~ (1 | g/h) + (x | gr(site))"), list("y ~ (1 | h/g) + (0 + x | gr(g, by = sex))"),
  list("y ~ (1 | gr(g) + h)"), list("y ~ (1 | gr(g, id = 'a')) + (0 + x | gr(g, id = 'a'))"), list("y ~ (1 | ID | gr(g, by = sex)) + (0 + x | ID | gr(g, by = sex))"),
  list(c("y ~ x + (1 | ID | gr(g, by = sex))", "sigma ~ z + (1 | ID | gr(g, by = sex))")), list(c("y ~ (1 + x | ID | gr(g, cov = A))", "sigma ~ (1 | ID | gr(g, cov = A))")),
  list(c("y ~ (1 + x || gr(g, by = team))", "sigma ~ (1 | gr(g, by = team))")), list(c("y ~ (1 | ID | gr(g, dist = 'student'))", "sigma ~ (1 | ID | gr(g, dist = 'student')) + (1 | h)")),
  list("y ~ x + (1 | mm(g, g2))"), list("y ~ (1 + x | mm(g, g2))"), list("y ~ (1 + x || mm(g, g2, weights = cbind(w1, w2)))"), list("y ~ (1 | mm(g, g2, g3, weights = cbind(w1, w2, w3)))"),
  list("y ~ (1 | mm(g, g2, weights = cbind(w1, w2), scale = FALSE))"), list("y ~ (1 | mm(h, g))"), list("y ~ (1 | mm(site, ward))"), list("y ~ (1 + mmc(v1, v2) | mm(g, g2))"),
  list("y ~ (mmc(v1, v2) || mm(g, g2))"), list("y ~ (0 + mmc(v1, v2) | mm(g, g2))"), list("y ~ (z + mmc(v1, v2) | mm(g, g2, weights = cbind(w1, w2)))"),
  list("y ~ (1 + x | mm(g, g2, by = cbind(team, team2)))"), list("y ~ (1 | mm(g, g2, by = cbind(team, team2), cov = A))"), list("y ~ (x | mm(g, g2, cov = A, dist = 'student'))"),
  list("y ~ (1 | mm(g, g2)) + (1 | h) + (1 | g3)"), list(c("y ~ (1 | I | mm(g, g2))", "sigma ~ (1 | I | mm(g, g2))")), list("count ~ x + (1 | mm(g, g2)) + (1 + x | gr(g, by = sex))", "poisson"),
  list("count ~ (1 + z | gr(g, cov = A, dist = 'student'))", "negbinomial"), list("y ~ x * sex + (x * z | gr(g, by = sex))"), list("y ~ (h || gr(g, by = sex))")
)
