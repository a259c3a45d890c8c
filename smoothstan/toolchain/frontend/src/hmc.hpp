// How the services of Hamiltonian Monte Carlo are called: all take the same
// arguments in the same order, but for a few of their own in fixed places.
#ifndef FRONTEND_HMC_HPP
#define FRONTEND_HMC_HPP

#include "chain.hpp"

#include <tuple>

namespace frontend {

/** The services of one sampler: function objects, one for each metric. */
template <typename UnitE, typename DiagE, typename DenseE>
struct Services {
  UnitE unit_e;
  DiagE diag_e;
  DenseE dense_e;
};
template <typename UnitE, typename DiagE, typename DenseE>
Services(UnitE, DiagE, DenseE) -> Services<UnitE, DiagE, DenseE>;

/** A function template of stan::services::sample as a function object. */
#define FRONTEND_SERVICE(name) \
  [](auto&... args) { return stan::services::sample::name(args...); }

/**
 * Calls a service.  Its own arguments are: the inverse metric, if it has one;
 * settings, which end the sampler's; and writers, which follow the others.
 */
template <typename Service, typename Metric, typename Settings,
          typename Writers>
int call(Service service, Chain& c, Metric metric, Settings settings,
         Writers writers) {
  const Iterations& n = c.iterations;
  return std::apply(
      service,
      std::tuple_cat(
          std::tie(c.model, *c.init), metric,
          std::tie(c.seed, c.id, c.init_radius, n.num_warmup, n.num_samples,
                   n.thin, n.save_warmup, n.refresh, c.hmc.stepsize,
                   c.hmc.stepsize_jitter),
          settings,
          std::tie(c.interrupt, c.logger, c.init_writer, c.sample_writer,
                   c.diagnostic_writer),
          writers));
}

/** Runs a chain with a fixed step size and metric; length is a trajectory's. */
template <typename Metrics, typename Length>
int run_fixed(const Metrics& services, Chain& c, const Length& length) {
  const auto metric = std::tie(*c.hmc.inverse_metric);
  const auto own = std::tie(length);
  const std::tuple<> none;
  if (c.hmc.metric == "unit_e")
    return call(services.unit_e, c, none, own, none);
  if (c.hmc.metric == "dense_e")
    return call(services.dense_e, c, metric, own, none);
  return call(services.diag_e, c, metric, own, none);
}

/** Runs a chain that adapts its step size and, unless unit_e, its metric. */
template <typename Metrics, typename Length, typename Writers>
int run_adapting(const Metrics& services, Chain& c, const Length& length,
                 Writers writers) {
  const Adaptation& a = c.adapt;
  const auto metric = std::tie(*c.hmc.inverse_metric);
  const auto step = std::tie(length, a.delta, a.gamma, a.kappa, a.t0);
  const auto windows = std::tie(a.init_buffer, a.term_buffer, a.window);
  const auto both = std::tuple_cat(step, windows);
  if (c.hmc.metric == "unit_e")
    return call(services.unit_e, c, std::tuple<>(), step, writers);
  if (c.hmc.metric == "dense_e")
    return call(services.dense_e, c, metric, both, writers);
  return call(services.diag_e, c, metric, both, writers);
}

}  // namespace frontend

#endif
