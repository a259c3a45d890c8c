# Columns of every kind, with names and levels that are easy to get wrong.
set.seed(77)
n <- 72
d <- data.frame(
  Age.yrs = round(runif(n, 18, 70), 1), body_mass = round(rnorm(n, 70, 9), 2), x1 = round(rnorm(n), 3), X1 = round(rnorm(n, 5), 3),
  v.2 = round(runif(n, 0.2, 4), 3), grid = rep(c(0, 0.25, 0.5, 1, 2, 3.5, 4, 7, 9), 8), k5 = rep(c(2L, 3L, 5L, 7L, 11L, 11L), 12),
  zz = round(rexp(n), 3), w8 = round(runif(n, 0, 3), 3), OFF = round(rnorm(n, 1, 0.5), 4), neg.int = rep(c(-3L, -1L, 0L, 2L), 18),
  nT = rep(c(4L, 9L, 20L), 24), half = rep(c(0.5, 1.5, -2.25, 1e-3), each = 18), bigid = rep(c(100000L, 200000L, 123456L, 1000000L, 3L, 20L), 12)
)
d$Y.cont <- round(3 + d$x1 - 0.2 * d$v.2 + rnorm(n), 3)
d$neg <- round(-50 - 8 * rexp(n), 3)
d$tiny <- signif(d$Y.cont * 1e-6, 5)
d$huge <- round(d$Y.cont * 1e7, 1)
d$pos <- round(exp(rnorm(n, 1, 1.5)), 4)
d$zi <- rpois(n, 3) * rbinom(n, 1, 0.6)
d$cnt <- rpois(n, 250)
d$mostly0 <- rpois(n, 0.2)
d$b01 <- rbinom(n, 1, 0.45)
d$bL <- rep(c(TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE, TRUE, TRUE), 8)
d$bF <- factor(rep(c("yes", "no", "no"), 24), levels = c("yes", "no"))
d$bC <- rep(c("No", "no", "no"), 24)
d$hits <- pmin(d$nT, rpois(n, 3))
d$L1 <- rep(c(TRUE, TRUE, FALSE), 24)
d$L2 <- rep(c(FALSE, TRUE), each = 36)
d$F2 <- factor(sample(c("m", "f"), n, TRUE), levels = c("m", "f", "unused"))
d$F3 <- factor(rep(c("lo w", "hi/gh", "mid-1"), each = 24), levels = c("zero", "mid-1", "lo w", "none", "hi/gh"))
d$F4 <- factor(rep(c("A", "b", "C", "d"), 18), levels = c("d", "b", "C", "A"))
d$F5 <- factor(sample(c("p", "q", "r", "s", "t"), n, TRUE), levels = c("t", "p", "s", "q", "r"))
d$O3 <- factor(rep(c("lo", "me", "hi"), 24), levels = c("lo", "me", "hi"), ordered = TRUE)
d$O4 <- factor(sample(c("a", "b", "c", "d"), n, TRUE), levels = c("d", "x", "c", "b", "a"), ordered = TRUE)
d$O5 <- factor(sample(paste0("k", 1:5), n, TRUE), levels = paste0("k", c(3, 1, 2, 5, 4)), ordered = TRUE)
d$O6 <- factor(rep(paste0("s", 1:6), 12), levels = paste0("s", 1:6), ordered = TRUE)
d$chr <- rep(c("beta-2", "Beta_1", "alpha x", "Zed.1", "_under", "10", "9", "beta 2", "ALPHA"), 8)
d$chr2 <- rep(c("b", "B", "a", "A"), each = 18)
d$Grp <- factor(rep(paste0("L", 1:12), 6), levels = paste0("L", c(3, 1, 2, 12:4, 99)))
d$g.sub <- rep(c("t b", "t-a", "T c"), each = 24)
d$g3_c <- rep(c("u", "V", "w", "X"), 18)
d$gint <- rep(c(-4L, 10L, 9L, 100L, 0L, 33L, 7L, 8L), 9)
d$Glog <- d$L2
d$m1 <- d$x1; d$m1[c(3, 17, 40)] <- NA
d$mf <- as.character(d$F4); d$mf[c(5, 6, 71)] <- NA; d$mf[d$mf %in% "b"] <- NA
d$mint <- d$k5; d$mint[c(1, 2)] <- NA
d$mL <- d$L1; d$mL[c(10, 20)] <- NA
d$ym <- d$Y.cont; d$ym[c(7, 8)] <- NA
d$mO <- d$O5; d$mO[d$mO == "k2"] <- NA
d$mg <- d$gint; d$mg[d$mg == 9] <- NA
d$mean1 <- d$x1 - mean(d$x1)
d$class <- rep(c("one", "two", "three"), 24)
d$yield <- round(d$Y.cont + 1, 2)
d$lambda <- d$v.2 * 2
d$T <- d$x1 / 4
d$F <- rep(c("F", "T", "T", "F"), 18)
d$s <- d$zz + 1
d$log <- d$v.2
d$.dot <- d$x1 + 1
d$bigd <- rep(c(1e5, 2e5, 123456, 1e6, 3, 20), 12)
d$smalld <- rep(c(1e-4, 1e-5, 0.001, 0.1, 1/3, 2/3), 12)
d$y1e5 <- 1e5 + rep(c(-1, 0, 0, 1), 18) 
d$y1e5b <- 3e5 + rep(c(-2e6, -1e5, 0, 0, 0, 0, 1e5, 2e6), 9)
d$yhalf <- rep(c(0.25, 0.25, 0.75, 0.15), 18)
d$y01 <- rep(c(0.35, 12.65, 0.35, 12.65, 7.45, -3), 12)
d$k12 <- rep(c(1L, 2L, 2L), 24)
d$km11 <- rep(c(-1L, 1L), 36)
d$grk <- rep(c("\u00e9t\u00e9", "ete", "\u00c9ta", "zoo"), 18)
d$punct <- rep(c("a.b", "a_b", "a-b", "ab", "a b", "A/b", "(a)", "a+b", "a:b"), 8)
d$big3 <- factor(rep(c("x", "y"), 36), levels = c("y", "x"))
d$gN <- rep(c("1", "10", "2", "NA1", "01", "1.5"), 12)
d$obs <- 1:72
d$wint <- rep(1:3, 24)
d$spaced <- factor(rep(c("a  b", "a\tb", "c d e", "x"), 18))
