// HMC of a fixed integration time, step size and metric.
#include <stan/model/model_header.hpp>

#include "chain.hpp"

#include <stan/services/sample/hmc_static_dense_e.hpp>
#include <stan/services/sample/hmc_static_diag_e.hpp>
#include <stan/services/sample/hmc_static_unit_e.hpp>

namespace frontend {

int run_static_hmc(Chain& c) {
  using namespace stan::services::sample;
  const Iterations& n = c.iterations;
  const Hmc& hmc = c.hmc;
  if (hmc.metric == "unit_e")
    return hmc_static_unit_e(
        c.model, *c.init, c.seed, c.id, c.init_radius, n.num_warmup,
        n.num_samples, n.thin, n.save_warmup, n.refresh, hmc.stepsize,
        hmc.stepsize_jitter, hmc.int_time, c.interrupt, c.logger, c.init_writer,
        c.sample_writer, c.diagnostic_writer);
  if (hmc.metric == "dense_e")
    return hmc_static_dense_e(
        c.model, *c.init, *hmc.inverse_metric, c.seed, c.id, c.init_radius,
        n.num_warmup, n.num_samples, n.thin, n.save_warmup, n.refresh,
        hmc.stepsize, hmc.stepsize_jitter, hmc.int_time, c.interrupt, c.logger,
        c.init_writer, c.sample_writer, c.diagnostic_writer);
  return hmc_static_diag_e(
      c.model, *c.init, *hmc.inverse_metric, c.seed, c.id, c.init_radius,
      n.num_warmup, n.num_samples, n.thin, n.save_warmup, n.refresh,
      hmc.stepsize, hmc.stepsize_jitter, hmc.int_time, c.interrupt, c.logger,
      c.init_writer, c.sample_writer, c.diagnostic_writer);
}

}  // namespace frontend
