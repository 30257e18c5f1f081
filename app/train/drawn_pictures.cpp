// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/drawn_pictures.h"

#include "core/io/atomic_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <png.h>

namespace bitprism::train {

namespace {

constexpr std::array<const char *, 4> textures{"plain", "striped", "dotted", "checked"};
constexpr std::array<const char *, 6> colours{"red", "green", "blue", "yellow", "purple", "orange"};
constexpr std::array<const char *, 6> shapes{"circle", "square", "triangle",
                                             "cross",  "ring",   "diamond"};
constexpr std::array<const char *, 5> positions{"in the middle", "on the left", "on the right",
                                                "at the top", "at the bottom"};
constexpr std::array<const char *, 4> backgrounds{"white", "grey", "black", "brown"};

using Rgb = std::array<double, 3>;
constexpr std::array<Rgb, 6> colourValues{Rgb{215, 45, 40},  Rgb{45, 160, 60},  Rgb{45, 80, 210},
                                          Rgb{235, 215, 50}, Rgb{140, 60, 170}, Rgb{240, 140, 35}};
constexpr std::array<Rgb, 4> backgroundValues{Rgb{240, 240, 238}, Rgb{150, 150, 152},
                                              Rgb{25, 25, 28}, Rgb{110, 78, 50}};

/// Whether (x, y), in units of the shape's size and its own axes, lies inside.
bool isInside(int shape, double x, double y)
{
    const double radius = std::hypot(x, y);
    switch (shape) {
    case 0:
        return radius < 1;
    case 1:
        return std::max(std::abs(x), std::abs(y)) < 0.85;
    case 2:
        return y < 0.75 && y > -0.95 + 1.75 * std::abs(x);
    case 3:
        return std::max(std::abs(x), std::abs(y)) < 1 && std::min(std::abs(x), std::abs(y)) < 0.33;
    case 4:
        return radius < 1 && radius > 0.58;
    default:
        return std::abs(x) / 0.7 + std::abs(y) < 1.05;
    }
}

/// Whether the texture shows its dark part there.
bool isDark(int texture, double x, double y)
{
    const auto phase = [](double value) { return value - std::floor(value); };
    switch (texture) {
    case 1:
        return phase(x * 2.0) < 0.5;
    case 2:
        return std::hypot(phase(x * 2.2) - 0.5, phase(y * 2.2) - 0.5) < 0.3;
    case 3:
        return (phase(x * 1.4) < 0.5) != (phase(y * 1.4) < 0.5);
    default:
        return false;
    }
}

/// Where a shape stands and how large it is.
struct Place
{
    double x = 0;
    double y = 0;
    double size = 0;
    double angle = 0;
};

Place placeFor(int position, Random &random)
{
    constexpr double middle = Picture::side / 2.0;
    constexpr double offset = Picture::side / 4.0;
    const auto jitter = [&] { return 3.0 * (random.uniform() - 0.5); };
    Place place{middle + jitter(), middle + jitter(), 0, 0};
    place.size = position == 0 ? 16 + 10 * random.uniform() : 12 + 4 * random.uniform();
    place.angle = (random.uniform() - 0.5) * 0.5;
    place.x += position == 1 ? -offset : position == 2 ? offset : 0;
    place.y += position == 3 ? -offset : position == 4 ? offset : 0;
    return place;
}

std::uint8_t toByte(double value)
{
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

} // namespace

std::vector<PictureSubject> pictureSubjects()
{
    std::vector<PictureSubject> subjects;
    for (int texture = 0; texture < int(textures.size()); ++texture) {
        for (int colour = 0; colour < int(colours.size()); ++colour) {
            for (int shape = 0; shape < int(shapes.size()); ++shape) {
                subjects.push_back({texture, colour, shape});
            }
        }
    }
    return subjects;
}

bool isHeldOut(const PictureSubject &subject)
{
    return (subject.shape + subject.colour + 2 * subject.texture) % 6 == 0; // a Latin square
}

std::string captionWords(const PictureSubject &subject)
{
    return std::string(textures[std::size_t(subject.texture)]) + " "
        + colours[std::size_t(subject.colour)] + " " + shapes[std::size_t(subject.shape)];
}

std::string drawCaption(const PictureSubject &subject, int position, int background, Random &random)
{
    static constexpr std::array<const char *, 5> openings{
        "a picture of a ", "a drawing of a ", "a photo of a ", "a small picture of a ", "a "};
    std::string caption
        = openings[std::size_t(random.below(openings.size()))] + captionWords(subject);
    if (random.below(2) == 0) {
        caption += std::string(" ") + positions[std::size_t(position)];
    }
    if (random.below(2) == 0) {
        caption += std::string(" on a ") + backgrounds[std::size_t(background)] + " background";
    }
    return caption + ".";
}

Picture drawPicture(const PictureSubject &subject, Random &random)
{
    constexpr int side = Picture::side;
    constexpr int samples = 3; // per pixel and direction, against jagged edges
    Picture picture;
    picture.position = int(random.below(positions.size()));
    picture.background = int(random.below(backgrounds.size()));
    const Place place = placeFor(picture.position, random);
    const double shade = 0.9 + 0.2 * random.uniform();
    const double noise = 4 + 10 * random.uniform();
    const Rgb &ground = backgroundValues[std::size_t(picture.background)];
    const Rgb &colour = colourValues[std::size_t(subject.colour)];
    const double cosine = std::cos(place.angle) / place.size;
    const double sine = std::sin(place.angle) / place.size;
    picture.pixels.resize(std::size_t(side) * side * 3);
    for (int row = 0; row < side; ++row) {
        for (int col = 0; col < side; ++col) {
            Rgb sum{};
            for (int s = 0; s < samples * samples; ++s) {
                const int line = s / samples;
                const double dx = col + (s % samples + 0.5) / samples - place.x;
                const double dy = row + (line + 0.5) / samples - place.y;
                const double x = cosine * dx + sine * dy;
                const double y = cosine * dy - sine * dx;
                const bool inside = isInside(subject.shape, x, y);
                const double factor = inside && isDark(subject.texture, x, y) ? 0.38 : 1.0;
                for (std::size_t c = 0; c < 3; ++c) {
                    sum[c] += inside ? colour[c] * shade * factor : ground[c];
                }
            }
            for (std::size_t c = 0; c < 3; ++c) {
                picture.pixels[std::size_t((row * side + col) * 3) + c]
                    = toByte(sum[c] / (samples * samples) + noise * random.normal());
            }
        }
    }
    return picture;
}

void writePng(const std::filesystem::path &file, const Picture &picture)
{
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = Picture::side;
    image.height = Picture::side;
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = 0;
    png_image_write_to_memory(&image, nullptr, &size, 0, picture.pixels.data(), 0, nullptr);
    std::string bytes(size, '\0');
    png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0, nullptr);
    bytes.resize(size);
    io::writeFileAtomically(file, bytes);
}

} // namespace bitprism::train
