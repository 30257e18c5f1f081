// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/file_hash.h"

#include "core/base/cancellation.h"
#include "core/base/sha256.h"
#include "core/io/file.h"

#include <algorithm>
#include <vector>

namespace bitprism::io {

std::string fileSha256(const std::filesystem::path &file)
{
    constexpr std::uint64_t pieceBytes = std::uint64_t{1} << 20;
    const File opened(file);
    std::vector<std::byte> buffer(
        static_cast<std::size_t>(std::min<std::uint64_t>(pieceBytes, opened.size())));
    Sha256 hash;
    for (std::uint64_t at = 0; at < opened.size(); at += buffer.size()) {
        throwIfWorkCancelled();
        const auto count
            = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), opened.size() - at));
        const std::span<std::byte> piece(buffer.data(), count);
        opened.readAt(at, piece);
        hash.update(piece);
    }
    return hash.hex();
}

} // namespace bitprism::io
