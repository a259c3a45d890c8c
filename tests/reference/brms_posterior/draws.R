# A brmsfit with draws that no sampler made: brms's own program says which
# parameters there are, the values are random but fit together (s = sds * zs,
# r = L z scaled, b_Intercept = Intercept - means * b), and rstan reads them as
# the CSV file of a run.
declared <- function(code) {
  block <- function(name) {
    text <- regmatches(code, regexpr(paste0("(?s)(^|\n)", name, " \\{\n.*?\n\\}"), code, perl = TRUE))
    text <- gsub("//[^\n]*", "", text)
    pattern <- "(?m)^  (real|vector|ordered|matrix|simplex|cholesky_factor_corr)(<[^>]*>)?(\\[[^\\]]*(?:\\[[^\\]]*\\])?[^\\]]*\\])? (\\w+)(\\[\\w+\\])?(?: = [^;]*)?;"
    found <- regmatches(text, gregexpr(pattern, text, perl = TRUE))[[1]]
    lapply(regmatches(found, regexec(pattern, found, perl = TRUE)), function(m) {
      list(kind = m[2], bounds = m[3], size = gsub("^\\[|\\]$", "", m[4]), name = m[5], count = gsub("\\[|\\]", "", m[6]))
    })
  }
  block("parameters")
}

one_draw <- function(parameters, standata, location, code) {
  size <- function(text) eval(parse(text = paste0("c(", text, ")")), standata)
  v <- list()
  for (p in parameters) {
    n <- if (nzchar(p$size)) size(p$size) else 1
    positive <- grepl("lower", p$bounds)
    v[[p$name]] <- if (p$name == "nu") 2.5 + rexp(1, 0.2)
      else if (grepl("upper=1", p$bounds)) plogis(rnorm(n, -0.5, 0.6))
      else if (grepl("upper=min_Y", p$bounds)) runif(n, 0, 0.9 * min(standata$Y))
      else if (positive) exp(rnorm(prod(n), -0.6, 0.4))
      else if (p$kind == "cholesky_factor_corr") {
        lower <- matrix(rnorm(n * n), n, n); lower[upper.tri(lower)] <- 0; diag(lower) <- abs(diag(lower)) + 0.3
        lower / sqrt(rowSums(lower^2))
      } else if (p$kind == "simplex") { share <- rexp(n); share / sum(share) }
      else if (p$kind == "matrix") matrix(rnorm(prod(n)), n[1], n[2])
      else if (nzchar(p$count)) matrix(rnorm(n * size(p$count)), size(p$count), n, byrow = TRUE)
      else if (p$kind == "ordered") sort(rnorm(n))
      else if (grepl("^Intercept", p$name)) rnorm(prod(n), if (p$name == "Intercept") location else 0, 0.3)
      else if (grepl("^z", p$name)) rnorm(n)
      else rnorm(n, 0, 0.4)
    v[[p$name]] <- signif(v[[p$name]], 7)
  }
  derived(v, standata, code)
}

# The quantities that brms's program derives from the parameters.
derived <- function(v, standata, code) {
  # simplexes that are shared: simplex[Jmo[2]] simo_2 = simo_1;
  for (pair in regmatches(code, gregexpr("simo\\w* = simo\\w*", code))[[1]]) {
    both <- strsplit(pair, " = ")[[1]]
    v[[both[1]]] <- v[[both[2]]]
  }
  for (name in grep("^zs_", names(v), value = TRUE)) {
    v[[sub("^z", "", name)]] <- v[[sub("^z", "sd", name)]] * v[[name]]
  }
  for (name in grep("^sd_", names(v), value = TRUE)) {
    i <- sub("sd_", "", name)
    z <- v[[paste0("z_", i)]]
    lower <- v[[paste0("L_", i)]]
    scaled <- if (is.null(lower)) v[[name]] * z else diag(v[[name]]) %*% lower %*% z
    columns <- unique(regmatches(code, gregexpr(paste0("(?<=vector\\[N_", i, "\\] )r_", i, "_\\w+"), code, perl = TRUE))[[1]])
    for (column in columns) v[[column]] <- scaled[as.integer(sub(".*_", "", column)), ]
    if (!is.null(lower)) {
      correlations <- lower %*% t(lower)
      v[[paste0("cor_", i)]] <- correlations[upper.tri(correlations)]
    }
  }
  for (name in grep("^Intercept", names(v), value = TRUE)) {
    p <- sub("Intercept", "", name)
    # thresholds of groups, which are never at the means of the columns
    if (grepl("^_[0-9]+$", p) && !is.null(standata$ngrthres)) {
      v[[paste0("b_", name)]] <- v[[name]]
      next
    }
    b <- v[[paste0("b", p)]]
    x <- standata[[paste0("X", p)]]
    # thresholds stand beside columns without an intercept, and have the other sign
    offset <- if (!length(b)) 0 else if (ncol(x) == length(b)) -sum(colMeans(x) * b) else sum(colMeans(x)[-1] * b)
    v[[paste0("b", p, "_Intercept")]] <- v[[name]] - offset
  }
  v$lprior <- rnorm(1, -10)
  v$lp__ <- rnorm(1, -100)
  v
}

flat <- function(v) {
  keep <- v[!grepl("^(z|zs|L)_", names(v)) & lengths(v) > 0]
  # one name, one array: [i] for vectors, also those of length one that the program declares as such
  unlist(lapply(names(keep), function(n) {
    scalar <- length(keep[[n]]) == 1 && !grepl("^(b|bs|bsp)(_(?!Intercept$)[A-Za-z0-9]+)?$|^(sd|s|r|cor|simo)_", n, perl = TRUE)
    # the coefficients of category specific effects are a matrix: bcs.1.2
    if (n == "bcs") return(setNames(as.vector(keep[[n]]), paste0(n, ".", row(keep[[n]]), ".", col(keep[[n]]))))
    setNames(as.vector(keep[[n]]), if (scalar) n else paste0(n, ".", seq_along(keep[[n]])))
  }))
}

with_draws <- function(fit, seed, location = 0, chains = 2, draws = 10) {
  set.seed(seed)
  standata <- standata(fit)
  for (p in grep("^K(_|$)", names(standata), value = TRUE)) {
    kept <- grepl(paste0("int Kc", sub("^K", "", p), " = ", p, ";"), stancode(fit), fixed = TRUE)
    standata[[sub("^K", "Kc", p)]] <- standata[[p]] - !kept
  }
  parameters <- declared(stancode(fit))
  with_chains(fit, lapply(seq_len(chains), function(chain) t(replicate(draws, flat(one_draw(parameters, standata, location, stancode(fit)))))))
}

# `chains`: one matrix per chain, a row per draw, its columns named as CmdStan names them.
with_chains <- function(fit, chains) {
  files <- sapply(seq_along(chains), function(chain) {
    rows <- chains[[chain]]
    n <- nrow(rows)
    sampler <- c(accept_stat__ = 0.9, stepsize__ = 0.5, treedepth__ = 3, n_leapfrog__ = 7, divergent__ = 0, energy__ = 100)
    table <- cbind(rows[, "lp__", drop = FALSE], t(replicate(n, sampler)), rows[, setdiff(colnames(rows), "lp__")])
    file <- file.path(tempdir(), paste0("draws_", chain, ".csv"))
    comments <- c("stan_version_major = 2", "model = draws_model", "method = sample (Default)", paste("num_samples =", n),
      "num_warmup = 0", "save_warmup = 0 (Default)", "thin = 1 (Default)", "algorithm = hmc (Default)", "engine = nuts (Default)",
      "max_depth = 10 (Default)", "metric = diag_e (Default)", paste("id =", chain), "seed = 1")
    writeLines(c(paste("#", comments), paste(colnames(table), collapse = ","),
      "# Adaptation terminated", "# Step size = 0.5",
      apply(table, 1, function(row) paste(format(row, digits = 15, trim = TRUE, scientific = TRUE), collapse = ",")),
      "# ", "#  Elapsed Time: 0.1 seconds (Warm-up)", "#                0.1 seconds (Sampling)", "#                0.2 seconds (Total)"), file)
    file
  })
  fit$fit <- rstan::read_stan_csv(files)
  brms:::rename_pars(fit)
}
