// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output_file.h"

#include "app/cli/project_store.h"
#include "core/base/error.h"
#include "core/io/atomic_file.h"

namespace bitprism::cli {

void refuseStore(const Invocation &invocation, const std::filesystem::path &output)
{
    std::error_code ignored;
    if (std::filesystem::equivalent(output, storePath(invocation.global), ignored)) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "%1 is the store itself; choose another name."), output);
    }
}

std::filesystem::path outputFile(const Invocation &invocation, const std::string &file)
{
    std::filesystem::path output = std::filesystem::absolute(file).lexically_normal();
    refuseStore(invocation, output);
    if (!invocation.arguments.has("overwrite")) {
        io::requireNoFile(output);
    }
    return output;
}

OptionSpec overwriteOption() { return {"overwrite", "", "Replace a file that is there"}; }

} // namespace bitprism::cli
