// The file of timings of the model's profile statements.
#include <stan/model/model_header.hpp>

#include "profile.hpp"

#include <stan/math/rev/core/profiling.hpp>

// Defined in the C++ code that stanc generates from the Stan program.
stan::math::profile_map& get_stan_profile_data();

namespace frontend {

void write_profile(const Session& session) {
  const stan::math::profile_map& profile = get_stan_profile_data();
  if (profile.empty())
    return;
  const auto out = session.open_file(
      session.args["output"]["profile_file"].str());
  *out << "name,thread_id,total_time,forward_time,reverse_time,chain_stack,"
          "no_chain_stack,autodiff_calls,no_autodiff_calls\n";
  for (const auto& entry : profile) {
    const stan::math::profile_info& p = entry.second;
    *out << entry.first.first << "," << entry.first.second << ","
         << p.get_fwd_time() + p.get_rev_time() << "," << p.get_fwd_time()
         << "," << p.get_rev_time() << "," << p.get_chain_stack_used() << ","
         << p.get_nochain_stack_used() << "," << p.get_num_rev_passes() << ","
         << p.get_num_no_AD_fwd_passes() << std::endl;
  }
}

}  // namespace frontend
