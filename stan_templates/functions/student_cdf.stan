/* log P(Y <= y) and log P(Y > y) of student_t rows, by the incomplete beta function; near the location it is the square
 * root in that function that makes it smooth (DLMF 8.17.8).
 */
vector student_t_lcdf_rows(vector y, vector nu, vector mu, vector sigma) {
  int N_rows = size(y);
  vector[N_rows] half = 0.5 * nu;
  vector[N_rows] z = (y - mu) ./ sigma;
  vector[N_rows] tail = nu ./ (nu + square(z));
  vector[N_rows] rest = square(z) ./ (nu + square(z));
  vector[N_rows] near;
  vector[N_rows] below;
  for (i in 1:N_rows) {
    near[i] = tail[i] * (half[i] + 2.5) >= half[i] + 1;
    below[i] = (1 - near[i]) * (z[i] < 0);
  }
  vector[N_rows] far = 1 - near;
  vector[N_rows] fraction = beta_fraction(0.5 * near + far .* half, near .* half + 0.5 * far,
                                          near .* rest + far .* tail);
  vector[N_rows] scale = half .* log(tail) - lbeta(half, rep_vector(0.5, N_rows));
  vector[N_rows] from_middle = near .* z ./ sqrt(nu + square(z)) .* exp(scale) .* fraction;
  vector[N_rows] lp = far .* (scale + 0.5 * log(rest + near) + log(fraction) - log(nu)) - near;
  return log(0.5 * (1 + far) + from_middle) + below .* lp + (far - below) .* log1m_exp(lp);
}
vector student_t_lccdf_rows(vector y, vector nu, vector mu, vector sigma) {
  return student_t_lcdf_rows(2 * mu - y, nu, mu, sigma);
}
