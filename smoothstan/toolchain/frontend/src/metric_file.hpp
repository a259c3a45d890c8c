// The file of an initial inverse metric.
#ifndef FRONTEND_METRIC_FILE_HPP
#define FRONTEND_METRIC_FILE_HPP

#include <stan/io/var_context.hpp>

#include <memory>
#include <string>

namespace frontend {

/**
 * The variable inv_metric of a JSON or R dump file.  Other members are left
 * out: the file that save_metric writes also holds strings, which a file of
 * Stan variables may not.
 */
std::unique_ptr<stan::io::var_context> read_inverse_metric(
    const std::string& path);

}  // namespace frontend

#endif
