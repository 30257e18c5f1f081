// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/recipe.h"

#include "app/cli/command.h"
#include "app/cli/output_file.h"
#include "app/cli/project_store.h"
#include "core/io/atomic_file.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int recipeCommand(const Invocation &invocation)
{
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const store::RunRecord record = opened.run(invocation.arguments.positional("ID"));
    if (record.kind != "run") {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Run %1 is of the kind %2, which has no recipe."),
                    record.id, record.kind);
    }
    Recipe recipe = Recipe::fromJson(Json::parse(record.recipe), "run " + record.id);
    // They name files of this machine; who repeats the run says what to evaluate.
    recipe.evaluation.clear();
    const std::string text = recipe.toFileText();
    Json document{{"run", record.id}, {"recipe", Json::parse(text)}};
    std::string shown = text;
    if (const auto file = invocation.arguments.text("output")) {
        const std::filesystem::path output = outputFile(invocation, *file);
        io::writeFileAtomically(output, text);
        document["output"] = output.string();
        shown = output.string() + "\n";
    }
    invocation.output.print(document, shown);
    return 0;
}

} // namespace

BITPRISM_COMMAND(recipe){
    "recipe",
    "Write the recipe of a run as a file that `run --recipe` takes",
    {{"ID", "Run, or the first characters of its id"}},
    {{"output", "FILE", "File to write; default: standard output"}, overwriteOption()},
    &recipeCommand};

} // namespace bitprism::cli
