// HMC of a fixed integration time that adapts its step size and metric.
#include <stan/model/model_header.hpp>

#include "chain.hpp"

#include <stan/services/sample/hmc_static_dense_e_adapt.hpp>
#include <stan/services/sample/hmc_static_diag_e_adapt.hpp>
#include <stan/services/sample/hmc_static_unit_e_adapt.hpp>

namespace frontend {

int run_static_hmc_adapt(Chain& c) {
  using namespace stan::services::sample;
  const Iterations& n = c.iterations;
  const Hmc& hmc = c.hmc;
  const Adaptation& a = c.adapt;
  if (hmc.metric == "unit_e")
    return hmc_static_unit_e_adapt(
        c.model, *c.init, c.seed, c.id, c.init_radius, n.num_warmup,
        n.num_samples, n.thin, n.save_warmup, n.refresh, hmc.stepsize,
        hmc.stepsize_jitter, hmc.int_time, a.delta, a.gamma, a.kappa, a.t0,
        c.interrupt, c.logger, c.init_writer, c.sample_writer,
        c.diagnostic_writer);
  if (hmc.metric == "dense_e")
    return hmc_static_dense_e_adapt(
        c.model, *c.init, *hmc.inverse_metric, c.seed, c.id, c.init_radius,
        n.num_warmup, n.num_samples, n.thin, n.save_warmup, n.refresh,
        hmc.stepsize, hmc.stepsize_jitter, hmc.int_time, a.delta, a.gamma,
        a.kappa, a.t0, a.init_buffer, a.term_buffer, a.window, c.interrupt,
        c.logger, c.init_writer, c.sample_writer, c.diagnostic_writer);
  return hmc_static_diag_e_adapt(
      c.model, *c.init, *hmc.inverse_metric, c.seed, c.id, c.init_radius,
      n.num_warmup, n.num_samples, n.thin, n.save_warmup, n.refresh,
      hmc.stepsize, hmc.stepsize_jitter, hmc.int_time, a.delta, a.gamma,
      a.kappa, a.t0, a.init_buffer, a.term_buffer, a.window, c.interrupt,
      c.logger, c.init_writer, c.sample_writer, c.diagnostic_writer);
}

}  // namespace frontend
