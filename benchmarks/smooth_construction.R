# Times mgcv's construction of a smooth; a command is the folder of the data, the rows, and the smooth.
suppressMessages(library(mgcv))

read_data <- function(folder, n) {
  column <- function(name, what) readBin(file.path(folder, name), what, n)
  data.frame(x = column("x", "double"), z = column("z", "double"), g = factor(column("g", "integer")))
}

# What brms takes from mgcv; te() has no form with random effects there.
construct <- function(term, data) {
  smooths <- smoothCon(eval(parse(text = term)), data, absorb.cons = TRUE, diagonal.penalty = TRUE)
  if (inherits(smooths[[1]], "tensor.smooth")) return(smooths)
  lapply(smooths, smooth2random, names(data), type = 2)
}

used <- function() sum(proc.time()[1:2])

# Processor seconds, the mean of as many runs as the clock's milliseconds need.
seconds_of <- function(work) {
  count <- 0
  started <- used()
  while (count == 0 || used() - started < 0.05) {
    work()
    count <- count + 1
  }
  (used() - started) / count
}

cat("ready\n")
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  words <- strsplit(line, "\t")[[1]]
  answer <- tryCatch({
    data <- read_data(words[1], as.integer(words[2]))
    invisible(gc())
    format(seconds_of(function() construct(words[3], data)), digits = 6)
  }, error = function(e) gsub("\n", " ", conditionMessage(e)))
  cat(answer, "\n", sep = "")
}
