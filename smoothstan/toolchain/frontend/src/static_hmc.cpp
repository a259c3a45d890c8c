// HMC of a fixed integration time, with a fixed or adapted step size and metric.
#include <stan/model/model_header.hpp>

#include "hmc.hpp"

#include <stan/services/sample/hmc_static_dense_e.hpp>
#include <stan/services/sample/hmc_static_dense_e_adapt.hpp>
#include <stan/services/sample/hmc_static_diag_e.hpp>
#include <stan/services/sample/hmc_static_diag_e_adapt.hpp>
#include <stan/services/sample/hmc_static_unit_e.hpp>
#include <stan/services/sample/hmc_static_unit_e_adapt.hpp>

namespace frontend {

int run_static_hmc(Chain& c) {
  const Services services{FRONTEND_SERVICE(hmc_static_unit_e),
                          FRONTEND_SERVICE(hmc_static_diag_e),
                          FRONTEND_SERVICE(hmc_static_dense_e)};
  return run_fixed(services, c, c.hmc.int_time);
}

int run_static_hmc_adapt(Chain& c) {
  const Services services{FRONTEND_SERVICE(hmc_static_unit_e_adapt),
                          FRONTEND_SERVICE(hmc_static_diag_e_adapt),
                          FRONTEND_SERVICE(hmc_static_dense_e_adapt)};
  return run_adapting(services, c, c.hmc.int_time, std::tuple<>());
}

}  // namespace frontend
