# The rows on which all models but the radon models stand: the first 40 of the
# data of ../brms, with their levels, and a few columns that need other ranges.
original <- jsonlite::fromJSON("../brms/data.json")
d <- as.data.frame(lapply(original, function(c) {
  if (is.null(c$levels)) c$values else factor(c$values, levels = c$levels, ordered = c$kind == "ordered")
}))[1:40, ]
d$plot <- rep(c("p1", "p2", "p3", "p4"), 10)
new <- d[c(3, 8, 14, 15, 21, 30, 33, 38), ]
new$x <- c(-1.5, -0.4, 0, 0.3, 0.9, 1.2, 2, -0.75)
new$z <- c(1.2, 4.4, 2.2, 3.1, 4.9, 1.7, 2.6, 3.9)
rownames(new) <- NULL
unseen <- new[c(1, 4, 6), ]
unseen$g <- c("g3", "new1", "new2")
unseen$site <- c(999L, 4L, 30L)
unseen$sub <- c("s9", "s1", "s1")
unseen$plot <- c("p2", "p9", "p1")
rownames(unseen) <- NULL
