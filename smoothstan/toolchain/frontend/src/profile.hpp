// The file of timings of the model's profile statements.
#ifndef FRONTEND_PROFILE_HPP
#define FRONTEND_PROFILE_HPP

#include "session.hpp"

namespace frontend {

/** Writes the profile file, if the model has profile statements. */
void write_profile(const Session& session);

}  // namespace frontend

#endif
