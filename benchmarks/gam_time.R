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

cat("ready\n")
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) == 1) {
  words <- strsplit(line, "\t")[[1]]
  answer <- tryCatch({
    formula <- models[[words[2]]]
    data <- read_data(formula, words[3], as.integer(words[4]))
    invisible(gc())
    started <- Sys.time()
    fit <- fits[[words[1]]](formula, data)
    seconds <- as.numeric(Sys.time() - started, units = "secs")
    rm(fit)
    format(seconds, digits = 6)
  }, error = function(e) gsub("\n", " ", conditionMessage(e)))
  cat(answer, "\n", sep = "")
}
