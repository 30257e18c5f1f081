// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"

#include "core/base/error.h"

#include <openssl/evp.h>

namespace bitprism {

struct Sha256::State
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256()
    : m_state(std::make_unique<State>())
{
    BITPRISM_ASSERT(m_state->context != nullptr
                        && EVP_DigestInit_ex(m_state->context, EVP_sha256(), nullptr) == 1,
                    "libcrypto provides SHA-256");
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256 &&) noexcept = default;
Sha256 &Sha256::operator=(Sha256 &&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes)
{
    BITPRISM_ASSERT(EVP_DigestUpdate(m_state->context, bytes.data(), bytes.size()) == 1,
                    "hashing memory cannot fail");
}

std::string Sha256::hex()
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    BITPRISM_ASSERT(EVP_DigestFinal_ex(m_state->context, digest, &length) == 1,
                    "the hash is finished once");
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 15];
    }
    return text;
}

} // namespace bitprism
