# Writes the model matrix, penalties and response of every stored gam case (tests/reference/smooths/gam), so that the
# numerical core is tested on mgcv's own matrices.  Needs R with mgcv 1.8-41 and jsonlite:
#   LANG=C.UTF-8 Rscript tests/reference/mgcv/record_gam_matrices.R   (from the repository root)
suppressMessages({library(mgcv); library(jsonlite)})
source_folder <- "tests/reference/smooths"
target <- "tests/reference/mgcv/gam_matrices"
data(columb.polys)

column <- function(x) {
  if (x$type == "matrix") return(if (is.matrix(x$values)) x$values else do.call(rbind, x$values))
  if (x$type %in% c("num", "int")) return(as.numeric(x$values))
  factor(as.character(x$values), levels = as.character(x$levels), ordered = x$type == "ordered")
}

for (path in sort(list.files(file.path(source_folder, "gam"), full.names = TRUE))) {
  case <- fromJSON(path, simplifyVector = TRUE)
  stored <- fromJSON(file.path(source_folder, "data", paste0(case$dataset, ".json")))
  frame <- list()
  for (name in names(stored$columns)) frame[[name]] <- column(stored$columns[[name]])
  arguments <- list(as.formula(case$formula), data = frame, family = eval(parse(text = case$family_call)),
                    method = case$method, select = isTRUE(case$select), fit = FALSE)
  if (!is.null(case$knots_arg)) arguments$knots <- case$knots_arg
  if (!is.null(case$weights)) arguments$weights <- frame[[case$weights]]
  G <- do.call(gam, arguments)
  smooths <- lapply(G$smooth, function(s) list(
    label = s$label, first = s$first.para - 1, last = s$last.para, null_space_dimension = s$null.space.dim,
    random = isTRUE(s$random), scales = as.list(s$S.scale), first_sp = if (is.null(s$first.sp)) NULL else s$first.sp - 1,
    last_sp = s$last.sp, term = as.list(s$term), by = s$by))
  y <- G$y
  w <- G$w
  if (is.matrix(y)) { w <- w * rowSums(y); y <- y[, 1] / rowSums(y) }
  result <- list(
    X = G$X, y = as.numeric(y), weights = as.numeric(w), offset = as.numeric(G$offset), nsdf = G$nsdf,
    smooths = smooths, S = lapply(G$S, function(S) S), start = as.list(G$off - 1), rank = as.list(G$rank),
    sp = as.list(G$sp), L = if (is.null(G$L)) NULL else G$L)
  connection <- gzfile(file.path(target, paste0(case$id, ".json.gz")), "w", compression = 9)
  writeLines(toJSON(result, digits = I(17), auto_unbox = TRUE, null = "null"), connection)
  close(connection)
}
