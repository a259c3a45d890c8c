# A table of a survey and an experiment: levels with umlauts, spaces, leading digits and dots, factors that look like
# numbers, an unused level, groups of one row, a response of every support, and missing values.
set.seed(404)
n <- 54
d <- data.frame(
  x1 = round(rnorm(n, 10, 4), 3), dose = round(rexp(n, 0.4) + 0.1, 3), temp.c = round(rnorm(n), 3), X3 = round(runif(n, -1, 1), 3),
  wt = round(runif(n, 0.3, 2.5), 3), err = round(runif(n, 0.2, 1.2), 3), expo = round(runif(n, 1, 9), 2), off1 = round(rnorm(n, 0, 0.5), 3),
  k = rep(0:5, 9), year = rep(c(1998L, 2003L, 2004L), 18), ntr = rep(c(4L, 11L, 7L), 18), tenth = rep(c(0.1, 0.2, 0.30000000000000004), 18)
)
d$y <- round(3 + 0.2 * d$x1 - d$temp.c + rnorm(n), 3)
d$far <- round(-4000 + 900 * rnorm(n), 1)
d$ypos <- round(exp(0.4 * d$temp.c + 0.6 * rnorm(n)), 3)
d$yzero <- round(d$ypos * rbinom(n, 1, 0.65), 3)
d$rt <- round(0.25 + exp(-0.5 + 0.4 * rnorm(n)), 3)
d$cnt <- rpois(n, 5)
d$zcnt <- d$cnt * rbinom(n, 1, 0.55)
d$hits <- pmin(d$ntr, rpois(n, 3))
d$bin <- rbinom(n, 1, 0.5)
d$prop <- round(plogis(0.3 * d$temp.c + rnorm(n)), 3)
d$zprop <- d$prop; d$zprop[c(3, 17, 18, 40)] <- 0
d$zoprop <- d$zprop; d$zoprop[c(1, 2, 33)] <- 1
d$rating <- as.integer(cut(d$temp.c + rlogis(n), c(-Inf, -1.4, -0.2, 0.8, 2, Inf)))
d$grade <- factor(c("never", "1-2 times", "often", "very often", "always!")[d$rating],
                  levels = c("never", "1-2 times", "often", "very often", "always!"), ordered = TRUE)
d$choice <- factor(sample(c("other", "bus & car", "2nd", "z.b_c"), n, TRUE), levels = c("other", "bus & car", "2nd", "z.b_c", "gone"))
d$zeros <- rep(0, n); d$whole <- as.numeric(round(d$x1)); d$halves <- rep(c(0.25, 0.75), 27); d$micro <- signif(exp(-14 + d$temp.c), 4)
d$giga <- round(exp(16 + d$temp.c)); d$const <- rep(7.45, n); d$mixed <- round(d$temp.c * 1e6, 2); d$mostly0 <- d$cnt * (1:n > 40)
d$fa <- factor(rep(c("2nd", "gr\u00fcn", "x y", "1st"), length.out = n), levels = c("2nd", "1st", "gr\u00fcn", "x y", "unused"))
d$fb <- factor(rep(c("no", "yes", "yes"), 18), levels = c("yes", "no"))
d$num <- factor(rep(c("10", "2", "1"), each = 18), levels = c("10", "2", "1"))
d$ord <- factor(rep(c("lo-", "mid", "hi+", "max"), length.out = n), levels = c("lo-", "mid", "hi+", "max"), ordered = TRUE)
d$ord5 <- factor(rep(c("a", "b", "c", "d", "e"), length.out = n), ordered = TRUE)
d$ch <- rep(c("\u00c4pfel", "apfel", "Zebra", "b-2", "10", "9"), 9)
d$lg <- rep(c(TRUE, FALSE, TRUE, FALSE, FALSE, FALSE), 9)
d$keep <- rep(c(TRUE, TRUE, FALSE), 18)
d$subj <- factor(paste("S", rep(1:9, 6)), levels = paste("S", 9:1))
d$item <- rep(c("item-1", "item.2", "item_3"), each = 18)
d$class <- rep(c(12L, 3L, 101L, 40L, 7L, 8L), 9)
d$school <- ifelse(d$class > 10, "North/West", "S\u00fcd")
d$single <- c("lone", rep(c("p", "q"), length.out = n - 1))
d$g.r <- rep(c("a.b", "a b", "c"), 18)
d$row <- 1:n
d$m1 <- sample(c("A", "B", "C", "D", "E"), n, TRUE); d$m2 <- sample(c("A", "B", "C", "D", "F"), n, TRUE); d$m3 <- sample(c("B", "C", "E"), n, TRUE)
d$mw1 <- round(runif(n), 3); d$mw2 <- round(runif(n), 3); d$mw3 <- round(runif(n), 3)
d$v1 <- round(rnorm(n), 3); d$v2 <- round(rnorm(n), 3); d$v3 <- round(rnorm(n), 3)
d$sex <- ifelse(as.integer(sub("S ", "", d$subj)) > 4, "f\u00e9m", "m")
d$wave <- factor(ifelse(as.integer(sub("S ", "", d$subj)) > 6, "w 2", ifelse(as.integer(sub("S ", "", d$subj)) > 3, "w 1", "w 3")))
d$cen <- rep(c("none", "left", "none", "right", "none", "none"), 9)
d$code <- rep(c(0L, 2L, 0L, -1L, 1L, 2L), 9)
d$yend <- round(d$y + 2, 3); d$pend <- round(d$ypos + 1, 3); d$cend <- d$cnt + 3L
d$dead <- rep(c(1L, 0L, 0L), 18)
d$low <- round(d$y - 1.5, 3); d$lowc <- pmax(d$cnt - 4L, 0L)
d$nth <- ifelse(d$item == "item-1", 4L, ifelse(d$item == "item.2", 5L, 6L))
d$xm <- d$x1; d$xm[c(5, 6)] <- NA
d$fm <- d$fa; d$fm[c(6, 30)] <- NA
d$gm <- as.character(d$subj); d$gm[c(2, 50)] <- NA
d$om <- d$k; d$om[9] <- NA
dist <- abs(outer(1:9, 1:9, "-"))
combined_data2 <- list(A = {m <- round((-0.5)^dist, 6); dimnames(m) <- list(paste("S", 1:9), paste("S", 1:9)); m},
                 M = {m <- round(0.4 + diag(7), 6); dimnames(m) <- list(LETTERS[7:1], LETTERS[7:1]); m})
