# Times mgcv's gam and bam; a command is the function, the model, the folder of its columns, and the rows.
suppressMessages(library(mgcv))

models <- list(
  mcycle = accel ~ s(times, bs = "cr", k = 20),
  radon = log_radon ~ s(county, bs = "re"),
  cubic = y ~ s(x0, bs = "cr") + s(x1, bs = "cr") + s(x2, bs = "cr") + s(x3, bs = "cr")
)
fits <- list(
  gam = function(formula, data) gam(formula, data = data, method = "REML"),
  bam = function(formula, data) bam(formula, data = data, discrete = TRUE)
)

read_data <- function(formula, folder, n) {
  data <- lapply(all.vars(formula), function(name) readBin(file.path(folder, name), "double", n))
  names(data) <- all.vars(formula)
  if ("county" %in% names(data)) data$county <- factor(data$county)
  as.data.frame(data)
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
    formula <- models[[words[2]]]
    data <- read_data(formula, words[3], as.integer(words[4]))
    invisible(gc())
    format(seconds_of(function() fits[[words[1]]](formula, data)), digits = 6)
  }, error = function(e) gsub("\n", " ", conditionMessage(e)))
  cat(answer, "\n", sep = "")
}
