// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/image_decoders.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio> // jpeglib.h uses FILE and size_t without including them
#include <cstring>
#include <jpeglib.h>

namespace bitprism::media {

namespace {

/// Trivial, so that a longjmp may pass over it.
struct Problem
{
    jpeg_error_mgr base;
    std::jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

Problem &problemOf(j_common_ptr state) { return *reinterpret_cast<Problem *>(state->err); }

void leave(j_common_ptr state)
{
    Problem &problem = problemOf(state);
    state->err->format_message(state, problem.text);
    std::longjmp(problem.back, 1);
}

/// Damage that libjpeg papers over with grey (missing data, bad markers) is damage here.
void leaveOnWarning(j_common_ptr state, int level)
{
    if (level < 0) {
        leave(state);
    }
}

bool readHeader(jpeg_decompress_struct &state, Problem &problem, std::string_view bytes)
{
    if (setjmp(problem.back) != 0) {
        return false;
    }
    jpeg_create_decompress(&state);
    jpeg_mem_src(&state, reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size());
    jpeg_read_header(&state, TRUE);
    return true;
}

bool readRows(jpeg_decompress_struct &state, Problem &problem, std::uint8_t *rows)
{
    if (setjmp(problem.back) != 0) {
        return false;
    }
    state.out_color_space = JCS_RGB;
    jpeg_start_decompress(&state);
    while (state.output_scanline < state.output_height) {
        JSAMPROW row
            = rows + static_cast<std::size_t>(state.output_scanline) * state.output_width * 3;
        jpeg_read_scanlines(&state, &row, 1);
    }
    jpeg_finish_decompress(&state);
    return true;
}

struct Destroyer
{
    jpeg_decompress_struct &state;
    ~Destroyer() { jpeg_destroy_decompress(&state); }
};

} // namespace

std::string decodeJpeg(std::string_view bytes, Image &image)
{
    Problem problem = {};
    jpeg_decompress_struct state = {};
    state.err = jpeg_std_error(&problem.base);
    problem.base.error_exit = leave;
    problem.base.emit_message = leaveOnWarning;
    const Destroyer destroyer{state};
    if (!readHeader(state, problem, bytes)) {
        return problem.text;
    }
    if (state.jpeg_color_space == JCS_CMYK || state.jpeg_color_space == JCS_YCCK) {
        return "its colours are CMYK";
    }
    image.width = state.image_width;
    image.height = state.image_height;
    std::string tooLarge = sizeProblem(image.width, image.height);
    if (!tooLarge.empty()) {
        return tooLarge;
    }
    image.rgb.resize(static_cast<std::size_t>(image.width * image.height * 3));
    return readRows(state, problem, image.rgb.data()) ? std::string() : problem.text;
}

} // namespace bitprism::media
