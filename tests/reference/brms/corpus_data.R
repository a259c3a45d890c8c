# A small table with what real tables have: names with spaces and dots, odd levels, numbers that are
# labels, a grouping with one row per level, responses of every support, and missing values.
set.seed(2211)
n <- 48
d <- data.frame(
  x = round(rnorm(n), 3), z = round(runif(n, 0.5, 5), 3), w = round(runif(n, 0.2, 3), 3),
  x.dot = round(rexp(n), 3), X2 = round(runif(n), 3), off = round(rnorm(n, 0, 0.4), 3), expo = round(runif(n, 0.5, 9), 2),
  err = round(runif(n, 0.1, 1), 3), day = rep(0:7, 6), year = rep(c(1999L, 2004L, 2010L), 16), half = rep(c(0.5, 1.5, 10.25, -2), 12),
  id = rep(c(10L, 2L, 33L, 1L, 100L, 7L, 21L, 3L), each = 6), obs = 1:n, trials = rep(c(6L, 9L, 15L), 16)
)
d$y <- round(1 + d$x + 0.3 * d$z + rnorm(n), 3)
d$far <- round(250 + 40 * d$x + 25 * rnorm(n), 1)
d$iy <- as.integer(round(10 * d$y))
d$pos <- round(exp(0.5 + 0.4 * d$x + 0.5 * rnorm(n)), 3)
d$zpos <- round(d$pos * rbinom(n, 1, 0.7), 3)
d$rt <- round(0.3 + exp(-0.4 + 0.2 * d$x + 0.3 * rnorm(n)), 3)
d$count <- rpois(n, exp(1 + 0.3 * d$x))
d$zcount <- d$count * rbinom(n, 1, 0.6)
d$prop <- round(plogis(0.2 + 0.4 * d$x + 0.8 * rnorm(n)), 3)
d$zprop <- d$prop; d$zprop[c(4, 9, 30)] <- 0
d$zoprop <- d$zprop; d$zoprop[c(5, 22)] <- 1
d$hits <- pmin(d$trials, rpois(n, 3))
d$bin <- rbinom(n, 1, 0.45)
d$won <- factor(ifelse(d$bin == 1, "yes", "no"), levels = c("yes", "no"))
d$lgl <- rep(c(TRUE, FALSE, FALSE, TRUE), 12)
d$keep <- rep(c(TRUE, TRUE, FALSE, TRUE, TRUE, FALSE), 8)
d$f <- factor(rep(c("a b", "c/d", "e+f (1)"), 16), levels = c("e+f (1)", "a b", "c/d"))
d$h <- factor(rep(c("v", "u"), each = 24), levels = c("v", "u"))
d$o <- factor(rep(c("low", "mid", "high", "top"), 12), levels = c("low", "mid", "high", "top"), ordered = TRUE)
d$ch <- rep(c("zeta", "Alpha", "beta", "beta"), 12)
d$g <- factor(paste0("g", rep(1:8, 6)), levels = paste0("g", 8:1))
d$sub <- rep(c("s 1", "s-2", "s_3"), each = 16)
d$cl <- rep(c("c1", "c2"), 24)
d$pair <- factor(rep(1:24, each = 2))
d$cens <- rep(c("none", "right", "none", "left", "none", "none"), 8)
d$code <- rep(c(0L, 1L, 0L, 2L, -1L, 0L), 8)
d$end <- round(d$y + 1, 3)
d$late <- round(d$pos + 1.5, 3)
d$dead <- rep(c(TRUE, FALSE, FALSE), 16)
d$low <- round(d$y - 1 - d$X2, 3)
d$xna <- d$x; d$xna[c(2, 7)] <- NA
d$fna <- d$f; d$fna[c(7, 11)] <- NA
d$gna <- as.character(d$g); d$gna[c(1, 40)] <- NA
d$yna <- d$y; d$yna[20] <- NA
d$wna <- d$w; d$wna[33] <- NA
d$lna <- d$lgl; d$lna[3] <- NA
d$few <- d$f; d$few[d$few == "c/d"] <- NA
d[["my x"]] <- round(d$x / 2 + rnorm(n), 3)
d[["my group"]] <- rep(c("north east", "south", "west (b)", "x"), 12)
d[["resp (mg)"]] <- round(2 + d$x + rnorm(n), 3)
d[["% fat"]] <- round(runif(n, 5, 30), 1)
d$endna <- d$end; d$endna[d$code != 2] <- NA
d$codef <- factor(c("none", "right", "none", "interval", "left", "none")[1 + (0:47) %% 6])
d$cint <- rep(c(0L, 1L, -1L), 16)
d$X.g <- rep(1:4, 12); d$g.1 <- rep(letters[1:6], 8); d$bigid <- rep(c(1000000, 100000, 123456789, 5), 12); d$dbl <- rep(c(0.1 + 0.2, 1/3, 1e-7, 1e10), 12)
d$chh <- rep(c("no", "yes"), 24)
d$huge <- round(exp(9 + d$x), 1); d$tiny <- signif(exp(-9 + d$x), 4); d$neg <- -d$pos
