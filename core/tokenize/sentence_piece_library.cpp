// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentence_piece_library.h"

#include "core/base/error.h"

#include <dlfcn.h>

namespace bitprism::tokenize {

namespace {

using Entry = decltype(&bitprism_open_sentence_piece);

#if defined(__has_feature)
#if __has_feature(address_sanitizer) // Clang's way to say it
#define BITPRISM_IS_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BITPRISM_IS_SANITIZED
#endif

#if defined(BITPRISM_IS_SANITIZED)
constexpr int ownScope = 0; // the sanitizer forbids it, and its tests load no LibTorch first
#else
constexpr int ownScope = RTLD_DEEPBIND;
#endif

Entry openModule()
{
    void *library = dlopen("libbitprism-sentencepiece.so", RTLD_NOW | RTLD_LOCAL | ownScope);
    const auto entry = library == nullptr
        ? nullptr
        : reinterpret_cast<Entry>(dlsym(library, "bitprism_open_sentence_piece"));
    if (entry == nullptr) {
        const char *reason = dlerror();
        throw Error(ErrorCode::Internal,
                    BITPRISM_TR("Error",
                                "The reader of tokenizer.model files could not be loaded: %1. "
                                "Reinstall Bitprism."),
                    std::string_view(reason == nullptr ? "unknown reason" : reason));
    }
    return entry;
}

} // namespace

std::unique_ptr<SentencePieceReader> openSentencePiece(const std::string &bytes,
                                                       std::string &problem)
{
    static const Entry entry = openModule();
    return std::unique_ptr<SentencePieceReader>(entry(bytes, problem));
}

} // namespace bitprism::tokenize
