# The tables of families and additions: the first 40 rows of the data of ../brms, and columns that additions need.
original <- jsonlite::fromJSON("../brms/family_data.json")
d <- as.data.frame(lapply(original, function(c) {
  if (is.null(c$levels)) c$values else factor(c$values, levels = c$levels, ordered = c$kind == "ordered")
}))[1:40, c("x", "z", "w", "count", "trials", "y", "hits", "bin", "lgl", "h", "g", "pos", "prop", "rt")]
third <- (seq_len(40) - 1) %% 3 == 0
d$side <- ifelse(third, "right", ifelse((seq_len(40) - 1) %% 5 == 1, "left", "none"))
d$part <- ifelse(third, 2, ifelse((seq_len(40) - 1) %% 5 == 1, 1, 0))
d$end <- d$pos + d$w
d$yend <- d$y + d$w
d$more <- as.integer(d$count + 2L)
d$low <- d$y - 0.5 - d$w
d$high <- d$y + 0.3 + d$w
d$plow <- round(d$pos / 3, 4)
d$phigh <- round(d$pos * 2 + 0.5, 4)
d$clow <- pmax(d$count - 2L, 0L)
d$chigh <- as.integer(d$count + 3L)
d$hlow <- pmax(d$hits - 2L, 0L)
d$hhigh <- pmin(d$hits + 2L, d$trials)
d$zeros <- ifelse(third, 0L, d$count)
d$gaps <- ifelse(third, 0, d$pos)
d$some <- ifelse(third, 0, d$prop)
d$ends <- ifelse(third, d$bin, d$prop)
d$units <- 1L + (seq_len(40) * 7L) %% 5L
d$item <- ifelse((seq_len(40) - 1) %% 2 == 0, "first", "other")
d$grade <- factor(c("low", "mid", "high", "top")[1 + (seq_len(40) * 5 + d$bin) %% 4], c("low", "mid", "high", "top"), ordered = TRUE)
d$score <- 1L + as.integer((seq_len(40) * 7 + d$bin) %% ifelse(d$item == "first", 3, 5))
family_new <- d[c(3, 8, 14, 15, 21, 30), ]
family_new$x <- c(-1.5, -0.4, 0, 0.3, 0.9, 1.2)
family_new$z <- c(1.2, 4.4, 2.2, 3.1, 4.9, 1.7)
rownames(family_new) <- NULL
