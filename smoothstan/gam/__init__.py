"""The penalised-likelihood fit: matrices in, coefficients, smoothing parameters and tests out."""
