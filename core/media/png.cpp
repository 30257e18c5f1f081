// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/image_decoders.h"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <png.h>

namespace bitprism::media {

namespace {

/// What the callbacks of libpng see: trivial, so that a longjmp may pass over it.
struct Reader
{
    const char *next = nullptr;
    std::size_t left = 0;
    char problem[160] = "";
};

void readBytes(png_structp png, png_bytep target, std::size_t count)
{
    Reader &reader = *static_cast<Reader *>(png_get_io_ptr(png));
    if (count > reader.left) {
        png_error(png, "it ends early");
    }
    std::memcpy(target, reader.next, count);
    reader.next += count;
    reader.left -= count;
}

void keepProblem(png_structp png, png_const_charp message)
{
    Reader &reader = *static_cast<Reader *>(png_get_error_ptr(png));
    std::strncpy(reader.problem, message, sizeof reader.problem - 1);
    png_longjmp(png, 1);
}

void ignoreWarning(png_structp, png_const_charp) { }

/// Everything to 8-bit RGB. Alpha is dropped, not blended, and 16 bits are cut, as PIL does.
void chooseRgb(png_structp png, png_infop info)
{
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

/// Between setjmp and the last call of libpng nothing here owns memory but `image`, the caller's.
bool readHeader(png_structp png, png_infop info)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_read_info(png, info);
    chooseRgb(png, info);
    return true;
}

bool readRows(png_structp png, png_bytepp rows)
{
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_read_image(png, rows);
    png_read_end(png, nullptr);
    return true;
}

/// Frees libpng's state when the decoder returns, by whatever way.
struct PngState
{
    png_structp png = nullptr;
    png_infop info = nullptr;

    explicit PngState(Reader &reader)
        : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, keepProblem, ignoreWarning))
        , info(png == nullptr ? nullptr : png_create_info_struct(png))
    {
    }
    ~PngState() { png_destroy_read_struct(&png, &info, nullptr); }
    PngState(const PngState &) = delete;
    PngState &operator=(const PngState &) = delete;
};

} // namespace

std::string decodePng(std::string_view bytes, Image &image)
{
    Reader reader;
    reader.next = bytes.data();
    reader.left = bytes.size();
    const PngState state(reader);
    if (state.png == nullptr || state.info == nullptr) {
        return "no memory for it";
    }
    png_set_user_limits(state.png, maxImageSide, maxImageSide);
    png_set_read_fn(state.png, &reader, readBytes);
    if (!readHeader(state.png, state.info)) {
        return reader.problem;
    }
    image.width = png_get_image_width(state.png, state.info);
    image.height = png_get_image_height(state.png, state.info);
    std::string problem = sizeProblem(image.width, image.height);
    const std::size_t rowBytes = static_cast<std::size_t>(image.width) * 3;
    if (problem.empty() && png_get_rowbytes(state.png, state.info) != rowBytes) {
        problem = "its pixels are of an unknown layout";
    }
    if (!problem.empty()) {
        return problem;
    }
    image.rgb.resize(rowBytes * static_cast<std::size_t>(image.height));
    std::vector<png_bytep> rows(static_cast<std::size_t>(image.height));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = image.rgb.data() + i * rowBytes;
    }
    return readRows(state.png, rows.data()) ? std::string() : reader.problem;
}

} // namespace bitprism::media
