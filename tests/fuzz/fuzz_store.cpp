// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/experiment_store.h"
#include "tests/fuzz/support.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

void readEverything(const store::ExperimentStore &store)
{
    for (const store::RunRecord &record : store.listRuns()) {
        fuzz::expectErrorOrSuccess([&] { store.run(record.id); });
        fuzz::expectErrorOrSuccess([&] { store.model(record.id); });
        fuzz::expectErrorOrSuccess([&] { store.runProgress(record.id); });
        fuzz::expectErrorOrSuccess([&] { store.metrics(record.id); });
        fuzz::expectErrorOrSuccess([&] {
            for (const store::StoredResult &result : store.results(record.id)) {
                result.value->toJson();
            }
        });
    }
}

} // namespace

/// A store's file: opened to be read, then to be written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    for (const store::OpenMode mode : {store::OpenMode::ReadOnly, store::OpenMode::ReadWrite}) {
        std::filesystem::remove_all(fuzz::workFolder() / "store");
        std::filesystem::create_directory(fuzz::workFolder() / "store");
        const std::filesystem::path path
            = fuzz::writeFile("store/fuzz.bitprism", fuzz::asText(data, size));
        fuzz::expectErrorOrSuccess([&] {
            const store::ExperimentStore store(path, mode);
            fuzz::expectErrorOrSuccess([&] { readEverything(store); });
            store.check();
        });
    }
    return 0;
}
