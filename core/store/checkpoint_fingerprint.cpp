// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpoint_fingerprint.h"

#include "core/base/sha256.h"
#include "core/io/companion_files.h"
#include "core/io/file.h"

#include <algorithm>
#include <vector>

namespace bitprism::store {

namespace {

constexpr std::uint64_t wholeBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t headBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t edgeBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t pieceBytes = std::uint64_t{64} << 10;
constexpr std::uint64_t pieces = 256;

void addRange(Sha256 &hash, const io::File &file, std::uint64_t from, std::uint64_t bytes)
{
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(bytes, edgeBytes)));
    for (std::uint64_t at = from; at < from + bytes; at += buffer.size()) {
        const std::size_t count
            = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), from + bytes - at));
        const std::span<std::byte> piece(buffer.data(), count);
        file.readAt(at, piece);
        hash.update(piece);
    }
}

void addFile(Sha256 &hash, const std::filesystem::path &path)
{
    const io::File file(path);
    hash.update(path.filename().string() + '\0' + std::to_string(file.size()) + '\0');
    if (file.size() <= wholeBytes) {
        addRange(hash, file, 0, file.size());
        return;
    }
    addRange(hash, file, 0, headBytes);
    const std::uint64_t step = (file.size() - pieceBytes) / pieces;
    for (std::uint64_t i = 0; i < pieces; ++i) {
        addRange(hash, file, i * step, pieceBytes);
    }
    addRange(hash, file, file.size() - edgeBytes, edgeBytes);
}

} // namespace

std::string checkpointFingerprint(const std::filesystem::path &checkpoint)
{
    Sha256 hash;
    for (const std::filesystem::path &file : io::readFilesOf(checkpoint)) {
        addFile(hash, file);
    }
    return hash.hex();
}

} // namespace bitprism::store
