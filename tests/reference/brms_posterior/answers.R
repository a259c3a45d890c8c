# Ask a question of a fit, as R text, and write the answer as JSON.
significant <- 13

column_of <- function(v) {
  kind <- if (is.ordered(v)) "ordered" else if (is.factor(v)) "factor" else class(v)[1]
  found <- list(kind = kind, values = I(if (is.factor(v)) as.character(v) else v))
  if (is.factor(v)) found$levels <- I(levels(v))
  found
}

plain <- function(v) {
  if (is.factor(v)) v <- as.character(v)
  if (inherits(v, "pillar_num") || inherits(v, "integer64")) v <- as.numeric(unclass(v))
  if (is.double(v)) v <- signif(v, significant)
  v
}

names_of <- function(v) if (is.null(v)) NULL else I(v)

# Arrays become nested lists, the first index outermost.
nested <- function(v) {
  if (length(dim(v)) < 2) return(I(as.vector(plain(v))))
  if (length(dim(v)) == 2) { dimnames(v) <- NULL; return(plain(v)) }
  lapply(seq_len(dim(v)[1]), function(i) nested(array(v[slice.index(v, 1) == i], dim(v)[-1])))
}

value_of <- function(v) {
  if (inherits(v, "brmshypothesis")) return(value_of(v$hypothesis))
  if (inherits(v, "brms_conditional_effects")) return(lapply(seq_along(v), function(i) effect_of(names(v)[i], v[[i]])))
  if (is.numeric(v)) v <- unclass(v)
  if (is.data.frame(v)) return(list(rows = I(rownames(v)), columns = lapply(as.list(v), function(c) I(plain(c)))))
  if (is.list(v)) return(lapply(unclass(v), value_of))
  if (is.null(v)) return(NULL)
  if (length(dim(v)) == 2 && is.null(colnames(v))) return(nested(v))
  if (length(dim(v)) == 2) return(list(rows = names_of(rownames(v)), names = I(colnames(v)), values = nested(v)))
  if (length(dim(v)) > 2) return(list(dimnames = lapply(dimnames(v), names_of), values = nested(v)))
  if (!is.null(names(v)) && length(v) > 1) return(list(names = I(names(v)), values = I(unname(plain(v)))))
  I(unname(plain(v)))
}

effect_of <- function(name, v) {
  list(name = name, effects = I(as.character(attr(v, "effects"))), surface = isTRUE(attr(v, "surface")),
       columns = lapply(as.list(v), function(c) I(plain(c))))
}

argument_of <- function(v) {
  if (inherits(v, "formula")) return(paste(deparse(v), collapse = " "))
  if (is.data.frame(v) || is.list(v)) return(lapply(as.list(v), function(c) I(plain(c))))
  if (is.null(v)) return(NULL)
  if (length(v) == 1) v else I(v)
}

# `text` is a call whose first argument is `fit`; objects stay names, everything else is evaluated.
ask <- function(text, env) {
  call <- parse(text = text)[[1]]
  inner <- call
  while (identical(inner[[1]], as.name("$"))) inner <- inner[[2]]
  name <- as.character(inner[[1]])
  method <- getS3method(name, "brmsfit", optional = TRUE)
  given <- as.list(match.call(if (is.null(method)) get(name) else method, inner))[-1]
  named <- lapply(given[-1], function(a) {
    if (is.name(a) && exists(as.character(a), env, inherits = FALSE)) return(as.character(a))
    argument_of(eval(a, env))
  })
  # A call that simulates answers differently under another seed; such an answer is no reference.
  set.seed(1); answer <- value_of(suppressMessages(suppressWarnings(eval(call, env))))
  set.seed(2); again <- value_of(suppressMessages(suppressWarnings(eval(call, env))))
  if (!identical(answer, again)) stop("random")
  part <- if (identical(inner, call)) NULL else as.character(call[[3]])
  list(call = text, "function" = name, part = part, arguments = if (length(named)) named else setNames(list(), character(0)),
       value = answer)
}

draws_of <- function(fit) {
  draws <- posterior::as_draws_matrix(fit)
  setNames(lapply(seq_len(ncol(draws)), function(j) I(as.vector(unclass(draws)[, j]))), colnames(draws))
}

smooth_columns <- function(fit) {
  standata <- standata(fit)
  lapply(standata[grepl("^(Zs|Xs)_?", names(standata))], nested)
}

write_json <- function(v, file) {
  write(jsonlite::toJSON(v, auto_unbox = TRUE, digits = NA, na = "string", null = "null"), file)
}
