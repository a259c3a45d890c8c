// What the samplers of one Markov chain need: their settings, initial values
// and output files.  Each family of samplers (run_*) is compiled on its own.
#ifndef FRONTEND_CHAIN_HPP
#define FRONTEND_CHAIN_HPP

#include "console.hpp"
#include "session.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/callbacks/writer.hpp>

#include <memory>
#include <string>

namespace frontend {

struct Iterations {
  int num_warmup, num_samples, thin, refresh;
  bool save_warmup;
};

struct Hmc {
  std::string metric;  // unit_e, diag_e or dense_e
  std::unique_ptr<stan::io::var_context> inverse_metric;
  double stepsize, stepsize_jitter;
  int max_depth;    // of NUTS
  double int_time;  // of static HMC
};

struct Adaptation {
  double delta, gamma, kappa, t0;
  unsigned int init_buffer, term_buffer, window;
};

struct Chain {
  stan::model::model_base& model;
  unsigned int seed, id;
  double init_radius;
  std::unique_ptr<stan::io::var_context> init;
  Iterations iterations;
  Hmc hmc;
  Adaptation adapt;
  console_logger logger;
  csv_writer sample_writer, diagnostic_writer;
  json_writer metric_writer;
  stan::callbacks::interrupt interrupt = {};  // SIGINT ends the process
  stan::callbacks::writer init_writer = {};   // they are not recorded
};

// The samplers.  They return one of stan::services::error_codes.
int run_nuts(Chain& chain);
int run_nuts_adapt(Chain& chain);
int run_static_hmc(Chain& chain);
int run_static_hmc_adapt(Chain& chain);
int run_fixed_param(Chain& chain);

}  // namespace frontend

#endif
