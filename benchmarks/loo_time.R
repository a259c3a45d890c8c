# Times loo of a log-likelihood matrix; a command is the file of its doubles, chains, draws per chain, and rows.
suppressMessages(library(loo))

used <- function() sum(proc.time()[1:2])

cat("ready\n")
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) {
  words <- strsplit(line, "\t")[[1]]
  size <- as.integer(words[2:4])
  log_lik <- array(readBin(words[1], "double", prod(size)), c(size[2], size[1], size[3]))
  started <- used()
  suppressWarnings(loo(log_lik, r_eff = relative_eff(exp(log_lik))))
  cat(used() - started, "\n")
  flush(stdout())
}
