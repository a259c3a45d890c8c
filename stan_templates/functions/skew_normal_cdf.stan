/* log P(Z <= z) of the standard skew normal distribution: Phi(z) - 2 T(z, alpha), Owen's function T (Azzalini 1985).
 * In the lower tail the two cancel; there Gauss-Laguerre quadrature of the density left of z, on the scale of its slope,
 * with a relative error below 1e-13.
 */
real skew_normal_log_density(real z, real alpha) {
  return log2() - 0.5 * log(2 * pi()) - 0.5 * square(z) + log_Phi_row(alpha * z);
}
real skew_normal_log_tail(real z, real alpha) {
  array[16] real node = {
    0.08764941047892784, 0.46269632891508083, 1.141057774831227, 2.129283645098381, 3.4370866338932067,
    5.078018614549768, 7.070338535048235, 9.438314336391938, 12.21422336886616, 15.441527368781617,
    19.180156856753136, 23.515905693991908, 28.57872974288214, 34.58339870228662, 41.94045264768833,
    51.70116033954332
  };
  array[16] real log_weight = {
    -1.4914934904045454, -0.6427658015924501, -0.18396924345988785, 0.13636421224279416,
    0.38645306375634725, 0.5950572187989946, 0.777266576326868, 0.9422558029028778, 1.0963480894263125,
    1.2445102895106572, 1.3912928693480922, 1.5416978146982068, 1.7024583196154204, 1.8848491906821678,
    2.1134030146708866, 2.4701548375144426
  };
  real slope = -z + alpha * exp(-0.5 * square(alpha * z) - 0.5 * log(2 * pi()) - log_Phi_row(alpha * z));
  vector[16] term;
  for (i in 1:16) {
    term[i] = log_weight[i] + skew_normal_log_density(z - node[i] / slope, alpha);
  }
  return log_sum_exp(term) - log(slope);
}
real skew_normal_log_below(real z, real alpha) {
  real lp;
  if (z < 0 && square(z) * (1 + square(fmax(alpha, 0))) > 16) {
    lp = skew_normal_log_tail(z, alpha);
  } else {
    lp = log(Phi(z) - 2 * owens_t(z, alpha));
  }
  return lp;
}
/* log P(Y <= y) and log P(Y > y) of a skew normal row. */
real skew_normal_lcdf_row(real y, real location, real scale, real alpha) {
  return skew_normal_log_below((y - location) / scale, alpha);
}
real skew_normal_lccdf_row(real y, real location, real scale, real alpha) {
  return skew_normal_log_below((location - y) / scale, -alpha);
}
