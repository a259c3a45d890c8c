// NUTS, with a fixed or adapted step size and metric.
#include <stan/model/model_header.hpp>

#include "hmc.hpp"

#include <stan/services/sample/hmc_nuts_dense_e.hpp>
#include <stan/services/sample/hmc_nuts_dense_e_adapt.hpp>
#include <stan/services/sample/hmc_nuts_diag_e.hpp>
#include <stan/services/sample/hmc_nuts_diag_e_adapt.hpp>
#include <stan/services/sample/hmc_nuts_unit_e.hpp>
#include <stan/services/sample/hmc_nuts_unit_e_adapt.hpp>

namespace frontend {

int run_nuts(Chain& c) {
  const Services services{FRONTEND_SERVICE(hmc_nuts_unit_e),
                          FRONTEND_SERVICE(hmc_nuts_diag_e),
                          FRONTEND_SERVICE(hmc_nuts_dense_e)};
  return run_fixed(services, c, c.hmc.max_depth);
}

int run_nuts_adapt(Chain& c) {
  const Services services{FRONTEND_SERVICE(hmc_nuts_unit_e_adapt),
                          FRONTEND_SERVICE(hmc_nuts_diag_e_adapt),
                          FRONTEND_SERVICE(hmc_nuts_dense_e_adapt)};
  return run_adapting(services, c, c.hmc.max_depth, std::tie(c.metric_writer));
}

}  // namespace frontend
