// The sampler that leaves the parameters at their initial values.
#include <stan/model/model_header.hpp>

#include "chain.hpp"

#include <stan/services/sample/fixed_param.hpp>

namespace frontend {

int run_fixed_param(Chain& c) {
  return stan::services::sample::fixed_param(
      c.model, *c.init, c.seed, c.id, c.init_radius, c.iterations.num_samples,
      c.iterations.thin, c.iterations.refresh, c.interrupt, c.logger,
      c.init_writer, c.sample_writer, c.diagnostic_writer);
}

}  // namespace frontend
