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

cat("ready\n")
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  words <- strsplit(line, "\t")[[1]]
  answer <- tryCatch({
    data <- read_data(words[1], as.integer(words[2]))
    invisible(gc())
    started <- Sys.time()
    made <- construct(words[3], data)
    seconds <- as.numeric(Sys.time() - started, units = "secs")
    rm(made)
    format(seconds, digits = 6)
  }, error = function(e) gsub("\n", " ", conditionMessage(e)))
  cat(answer, "\n", sep = "")
}
