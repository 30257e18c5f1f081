// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/checkpoint.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace bitprism::train {

namespace {

constexpr char magic[] = "bitprism-train checkpoint 1\n";

class Writer
{
public:
    template <typename T> void add(const T &value)
    {
        m_bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
    }

    template <typename Container> void addAll(const Container &values)
    {
        add(std::uint64_t(values.size()));
        m_bytes.append(reinterpret_cast<const char *>(values.data()),
                       values.size() * sizeof(*values.data()));
    }

    const std::string &bytes() const { return m_bytes; }

private:
    std::string m_bytes = magic;
};

class Reader
{
public:
    Reader(std::string bytes, const std::filesystem::path &path)
        : m_bytes(std::move(bytes))
        , m_path(path)
    {
        const std::size_t length = sizeof magic - 1;
        if (m_bytes.compare(0, length, magic) != 0) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: not a checkpoint of this program; remove it."),
                        m_path);
        }
        m_offset = length;
    }

    template <typename T> void take(T &value) { copyTo(&value, sizeof value); }

    template <typename Container> void takeAll(Container &values)
    {
        std::uint64_t count = 0;
        take(count);
        if (count > (m_bytes.size() - m_offset) / sizeof(*values.data())) {
            fail();
        }
        values.resize(count);
        copyTo(values.data(), count * sizeof(*values.data()));
    }

private:
    void copyTo(void *to, std::size_t count)
    {
        if (count > m_bytes.size() - m_offset) {
            fail();
        }
        std::copy_n(m_bytes.data() + m_offset, count,
                    static_cast<char *>(to)); // `to` may be null for none
        m_offset += count;
    }

    [[noreturn]] void fail() const
    {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the checkpoint is cut short; remove it."), m_path);
    }

    std::string m_bytes;
    std::filesystem::path m_path;
    std::size_t m_offset = 0;
};

} // namespace

void saveCheckpoint(const std::filesystem::path &path, const TrainingState &state,
                    const std::string &fingerprint)
{
    Writer writer;
    writer.addAll(fingerprint);
    writer.add(state.step);
    writer.add(state.seconds);
    writer.add(state.lossSum);
    writer.add(state.lossSteps);
    writer.add(state.bestEvaluationLoss);
    writer.add(state.bestStep);
    writer.addAll(state.parameters);
    writer.addAll(state.firstMoment);
    writer.addAll(state.secondMoment);
    writer.addAll(state.bestParameters);
    writer.addAll(state.history);
    io::writeFileAtomically(path, writer.bytes());
}

std::optional<TrainingState> loadCheckpoint(const std::filesystem::path &path,
                                            const std::string &fingerprint)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    Reader reader(std::string(std::istreambuf_iterator<char>(file), {}), path);
    std::string found;
    reader.takeAll(found);
    if (found != fingerprint) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: belongs to a run with other settings (%2); choose another "
                                "--work-dir."),
                    path, found);
    }
    TrainingState state;
    reader.take(state.step);
    reader.take(state.seconds);
    reader.take(state.lossSum);
    reader.take(state.lossSteps);
    reader.take(state.bestEvaluationLoss);
    reader.take(state.bestStep);
    reader.takeAll(state.parameters);
    reader.takeAll(state.firstMoment);
    reader.takeAll(state.secondMoment);
    reader.takeAll(state.bestParameters);
    reader.takeAll(state.history);
    return state;
}

} // namespace bitprism::train
