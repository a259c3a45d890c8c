// method=pathfinder: variational inference along paths of L-BFGS.
#include <stan/model/model_header.hpp>

#include "console.hpp"
#include "line_search.hpp"
#include "method.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/services/pathfinder/multi.hpp>
#include <stan/services/pathfinder/single.hpp>

namespace frontend {
namespace {

Argument pathfinder_arguments() {
  using A = Argument;
  std::vector<A> members = lbfgs_arguments();
  for (const A& argument : std::vector<A>{
           A::integer("num_psis_draws", 1000, at_least(1)),
           A::integer("num_paths", 4, at_least(1)),
           A::boolean("save_single_paths", false),
           A::boolean("psis_resample", true),
           A::boolean("calculate_lp", true),
           A::integer("max_lbfgs_iters", 1000, at_least(1)),
           A::integer("num_draws", 1000, at_least(1)),
           A::integer("num_elbo_draws", 25, at_least(1))})
    members.push_back(argument);
  return A::group("pathfinder", members);
}

int integer(const Argument& group, const std::string& name) {
  return static_cast<int>(group[name].as_int());
}

/** The settings of each path. */
struct Path {
  LineSearch search;
  int history_size, max_iters, num_elbo_draws, num_draws;
  bool save, calculate_lp;

  explicit Path(const Argument& args)
      : search(args),
        history_size(integer(args, "history_size")),
        max_iters(integer(args, "max_lbfgs_iters")),
        num_elbo_draws(integer(args, "num_elbo_draws")),
        num_draws(integer(args, "num_draws")),
        save(args["save_single_paths"].as_bool()),
        calculate_lp(args["calculate_lp"].as_bool()) {}
};

/** One path: its draws are the output, its trajectory goes to a JSON file. */
int run_single(const Session& session, const Path& path) {
  const LineSearch& s = path.search;
  const auto init = session.init_context();
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  stan::callbacks::writer init_writer;
  csv_writer writer = session.open_csv(session.output_file());
  std::string trajectory = session.diagnostic_file();
  if (trajectory.empty() && path.save)
    trajectory = with_tag(session.output_file(), "", ".json");
  json_writer trajectory_writer = session.open_json(trajectory);
  return stan::services::pathfinder::pathfinder_lbfgs_single(
      session.model, *init, session.seed(), session.chain_id(),
      session.init_radius(), path.history_size, s.init_alpha, s.tol_obj,
      s.tol_rel_obj, s.tol_grad, s.tol_rel_grad, s.tol_param, path.max_iters,
      path.num_elbo_draws, path.num_draws, !trajectory.empty(),
      session.refresh(), interrupt, logger, init_writer, writer,
      trajectory_writer, path.calculate_lp);
}

/** Several paths, whose draws are resampled by importance. */
int run_multi(const Session& session, const Path& path, int num_paths) {
  const Argument& args = session.method();
  const std::string& file = session.output_file();
  const LineSearch& s = path.search;
  std::vector<std::unique_ptr<stan::io::var_context>> inits;
  std::vector<csv_writer> path_writers;
  std::vector<json_writer> trajectory_writers;
  for (int i = 0; i < num_paths; ++i) {
    const ChainIndex index = session.index(i, num_paths);
    const std::string tag = "_path" + index.tag();
    inits.push_back(session.init_context(index));
    path_writers.push_back(
        session.open_csv(path.save ? with_tag(file, tag) : ""));
    trajectory_writers.push_back(
        session.open_json(path.save ? with_tag(file, tag, ".json") : ""));
  }
  std::vector<stan::callbacks::writer> init_writers(num_paths);
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  csv_writer writer = session.open_csv(file);
  json_writer diagnostic_writer = session.open_json(session.diagnostic_file());
  return stan::services::pathfinder::pathfinder_lbfgs_multi(
      session.model, inits, session.seed(), session.chain_id(),
      session.init_radius(), path.history_size, s.init_alpha, s.tol_obj,
      s.tol_rel_obj, s.tol_grad, s.tol_rel_grad, s.tol_param, path.max_iters,
      path.num_elbo_draws, path.num_draws, integer(args, "num_psis_draws"),
      num_paths, path.save, session.refresh(), interrupt, logger, init_writers,
      path_writers, trajectory_writers, writer, diagnostic_writer,
      path.calculate_lp, args["psis_resample"].as_bool());
}

int run_pathfinder(const Session& session) {
  const Path path(session.method());
  const int num_paths = integer(session.method(), "num_paths");
  return num_paths == 1 ? run_single(session, path)
                        : run_multi(session, path, num_paths);
}

}  // namespace

Method pathfinder_method() { return {pathfinder_arguments(), run_pathfinder}; }

}  // namespace frontend
