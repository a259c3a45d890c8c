// method=sample: Markov chains by NUTS, static HMC or with fixed parameters.
#include <stan/model/model_header.hpp>

#include "chain.hpp"
#include "method.hpp"
#include "metric_file.hpp"

#include <stan/services/error_codes.hpp>
#include <stan/services/util/create_unit_e_dense_inv_metric.hpp>
#include <stan/services/util/create_unit_e_diag_inv_metric.hpp>
#include <stan/version.hpp>

#include <tbb/parallel_for.h>

#include <vector>

namespace frontend {
namespace {

Argument adapt_arguments() {
  using A = Argument;
  // save_metric precedes "metric", since cmdstanpy looks for "metric ="
  return A::group("adapt", {A::boolean("engaged", true),
                            A::real("gamma", 0.05, greater_than(0)),
                            A::real("delta", 0.8, strictly_between(0, 1)),
                            A::real("kappa", 0.75, greater_than(0)),
                            A::real("t0", 10, greater_than(0)),
                            A::integer("init_buffer", 75, at_least(0)),
                            A::integer("term_buffer", 50, at_least(0)),
                            A::integer("window", 25, at_least(0)),
                            A::boolean("save_metric", false)});
}

Argument hmc_arguments() {
  using A = Argument;
  constexpr double two_pi = 6.283185307179586;
  const A nuts
      = A::group("nuts", {A::integer("max_depth", 10, at_least(1))});
  const A static_hmc
      = A::group("static", {A::real("int_time", two_pi, greater_than(0))});
  return A::group(
      "hmc", {A::choice("engine", "nuts", {static_hmc, nuts}),
              A::choice("metric", "diag_e",
                        {A::option("unit_e"), A::option("diag_e"),
                         A::option("dense_e")}),
              A::text("metric_file"),
              A::real("stepsize", 1, greater_than(0)),
              A::real("stepsize_jitter", 0, between(0, 1))});
}

Argument sample_arguments() {
  using A = Argument;
  return A::group(
      "sample", {A::integer("num_samples", 1000, at_least(0)),
                 A::integer("num_warmup", 1000, at_least(0)),
                 A::boolean("save_warmup", false),
                 A::integer("thin", 1, at_least(1)),
                 adapt_arguments(),
                 A::choice("algorithm", "hmc",
                           {hmc_arguments(), A::group("fixed_param")}),
                 A::integer("num_chains", 1, at_least(1))});
}

/** The inverse metric of metric_file, or else the unit metric. */
std::unique_ptr<stan::io::var_context> inverse_metric(const Session& session,
                                                      ChainIndex index) {
  const Argument& hmc = session.method()["algorithm"]["hmc"];
  const std::string& file = hmc["metric_file"].str();
  if (!file.empty())
    return read_inverse_metric(chain_input(file, index));
  const std::size_t size = session.model.num_params_r();
  if (hmc["metric"].str() == "dense_e")
    return std::make_unique<stan::io::array_var_context>(
        stan::services::util::create_unit_e_dense_inv_metric(size));
  return std::make_unique<stan::io::array_var_context>(
      stan::services::util::create_unit_e_diag_inv_metric(size));
}

int integer(const Argument& group, const std::string& name) {
  return static_cast<int>(group[name].as_int());
}

Iterations iterations(const Session& session) {
  const Argument& sample = session.method();
  return {integer(sample, "num_warmup"), integer(sample, "num_samples"),
          integer(sample, "thin"), session.refresh(),
          sample["save_warmup"].as_bool()};
}

Hmc hmc(const Session& session, ChainIndex index) {
  const Argument& args = session.method()["algorithm"]["hmc"];
  return {args["metric"].str(),
          inverse_metric(session, index),
          args["stepsize"].as_real(),
          args["stepsize_jitter"].as_real(),
          integer(args["engine"]["nuts"], "max_depth"),
          args["engine"]["static"]["int_time"].as_real()};
}

Adaptation adaptation(const Argument& adapt) {
  const auto count = [&](const char* name) {
    return static_cast<unsigned int>(adapt[name].as_int());
  };
  return {adapt["delta"].as_real(), adapt["gamma"].as_real(),
          adapt["kappa"].as_real(), adapt["t0"].as_real(),
          count("init_buffer"),     count("term_buffer"),
          count("window")};
}

Chain make_chain(const Session& session, ChainIndex index) {
  const Argument& sample = session.method();
  const Argument& adapt = sample["adapt"];
  const std::string file = chain_output(session.output_file(), index);
  const bool save_metric = adapt["save_metric"].as_bool()
                           && adapt["engaged"].as_bool()
                           && sample["algorithm"].str() == "hmc";
  const std::string prefix = "Chain [" + std::to_string(index.id) + "] ";
  return {session.model,
          session.seed(),
          index.id,
          session.init_radius(),
          session.init_context(index),
          iterations(session),
          hmc(session, index),
          adaptation(adapt),
          console_logger(index.num_chains == 1 ? "" : prefix),
          session.open_csv(file),
          session.open_csv(chain_output(session.diagnostic_file(), index)),
          session.open_json(save_metric ? with_tag(file, "_metric", ".json")
                                        : "")};
}

using Sampler = int (*)(Chain&);

Sampler choose_sampler(const Session& session) {
  const Argument& sample = session.method();
  if (sample["algorithm"].str() == "fixed_param")
    return run_fixed_param;
  // Until 2.35 CmdStan ran fixed_param for a model without parameters.
  if (STAN_MINOR < 36 && session.model.num_params_r() == 0)
    return run_fixed_param;
  const bool adapts = sample["adapt"]["engaged"].as_bool();
  if (adapts && sample["num_warmup"].as_int() == 0)
    throw usage_error("num_warmup must be at least 1 if adapt is engaged");
  if (sample["algorithm"]["hmc"]["engine"].str() == "static") {
    if (sample["num_chains"].as_int() > 1)
      throw usage_error("num_chains must be 1 with the static engine");
    return adapts ? run_static_hmc_adapt : run_static_hmc;
  }
  return adapts ? run_nuts_adapt : run_nuts;
}

/**
 * Runs the chains, in parallel under STAN_THREADS.  Each is run as if it were
 * alone, with its own id, hence its own stream of random numbers.
 */
int run_sample(const Session& session) {
  using stan::services::error_codes;
  const Sampler run_chain = choose_sampler(session);
  const int num_chains
      = static_cast<int>(session.method()["num_chains"].as_int());
  std::vector<Chain> chains;
  for (int i = 0; i < num_chains; ++i)
    chains.push_back(make_chain(session, session.index(i, num_chains)));

  std::vector<int> status(num_chains, error_codes::OK);
  const auto run = [&](int i) { status[i] = run_chain(chains[i]); };
#ifdef STAN_THREADS
  tbb::parallel_for(0, num_chains, run, tbb::simple_partitioner());
#else
  for (int i = 0; i < num_chains; ++i)
    run(i);
#endif
  for (const int s : status)
    if (s != error_codes::OK)
      return s;
  return error_codes::OK;
}

}  // namespace

Method sample_method() { return {sample_arguments(), run_sample}; }

}  // namespace frontend
