// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/support.h"

#include "core/base/error.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

namespace bitprism::fuzz {

namespace {

class Folder
{
public:
    Folder()
    {
        const bool hasMemoryDisk = ::access("/dev/shm", W_OK) == 0;
        std::string name = (hasMemoryDisk ? std::filesystem::path("/dev/shm")
                                          : std::filesystem::temp_directory_path())
            / "bitprism-fuzz-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) {
            std::perror("mkdtemp");
            std::abort();
        }
        m_path = name;
    }
    ~Folder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace

std::string_view asText(const std::uint8_t *data, std::size_t size)
{
    return {reinterpret_cast<const char *>(data), size};
}

void expectErrorOrSuccess(const std::function<void()> &read)
{
    try {
        read();
    } catch (const Error &error) { // the only thing a reader may throw
        if (error.code() == ErrorCode::Internal) {
            std::fprintf(stderr, "%s\n", error.what());
            std::abort();
        }
    }
}

const std::filesystem::path &workFolder()
{
    static const Folder folder;
    return folder.path();
}

std::filesystem::path writeFile(std::string_view name, std::string_view bytes)
{
    const std::filesystem::path path = workFolder() / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
}

} // namespace bitprism::fuzz
