"""Makes the image files of this folder and what PIL decodes them to (Pillow 9.4.0 of Debian 12)."""
from PIL import Image
import hashlib

W, H = 16, 12


def pixel(x, y, c):
    return (x * 37 + y * 91 + c * 53 + x * y * (c + 1)) % 256


def smooth(x, y, c):
    return min(255, x * (9 + c) + y * (7 - c))


def picture(function, width=W, height=H):
    image = Image.new("RGB", (width, height))
    image.putdata([tuple(function(x, y, c) for c in range(3)) for y in range(height) for x in range(width)])
    return image


rgb = picture(pixel)
rgb.save("rgb.png")
rgb.convert("L").save("grey.png")
alpha = rgb.copy()
alpha.putalpha(Image.new("L", (W, H), 77))
alpha.save("alpha.png")
rgb.convert("P", palette=Image.ADAPTIVE, colors=16).save("palette.png")
picture(smooth).save("colour.jpg", quality=90)
picture(smooth).convert("L").save("grey.jpg", quality=90)
picture(smooth).convert("CMYK").save("cmyk.jpg", quality=90)
for name in ("rgb.png", "grey.png", "alpha.png", "palette.png", "colour.jpg", "grey.jpg"):
    with open(name.replace(".", "-") + ".rgb", "wb") as out:
        out.write(Image.open(name).convert("RGB").tobytes())
source = picture(pixel, 41, 23)
for size in ((17, 9), (20, 60), (41, 5), (100, 23), (82, 46)):
    print(size, hashlib.sha256(source.resize(size, Image.BICUBIC).tobytes()).hexdigest())
