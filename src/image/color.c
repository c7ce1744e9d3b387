/* Colour profiles: pixels become those of sRGB. */
#include <lcms2.h>
#include <math.h>
#include <stdlib.h>

#include "codecs.h"

/* Levels of a channel by which profiles may differ from sRGB and still be
 * sRGB: the many that are called so differ in rounding. */
enum { SAME = 2 };

/* Steps of a channel on which they are compared, and their distance. */
enum { STEPS = 6, STEP = 51 };

static cmsToneCurve *make_curve(double gamma)
{
    /* sRGB: IEC 61966-2-1 */
    static const double srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92,
                                  0.04045};

    return gamma > 0 ? cmsBuildGamma(NULL, gamma)
                     : cmsBuildParametricToneCurve(NULL, 4, srgb);
}

/* Of primaries in the order white, red, green, blue; of gray, where there are
 * no colours. */
static cmsHPROFILE make_profile(const double xy[4][2], double gamma,
                                bool colors)
{
    static const double srgb[4][2] = {{0.3127, 0.3290},
                                      {0.64, 0.33},
                                      {0.30, 0.60},
                                      {0.15, 0.06}};
    const double(*at)[2] = xy[0][1] > 0 ? xy : srgb;
    const cmsCIExyY white = {at[0][0], at[0][1], 1};
    const cmsCIExyYTRIPLE primaries = {{at[1][0], at[1][1], 1},
                                       {at[2][0], at[2][1], 1},
                                       {at[3][0], at[3][1], 1}};
    cmsToneCurve *curve = make_curve(gamma);
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = NULL;

    if (curve && colors)
        profile = cmsCreateRGBProfile(&white, &primaries, curves);
    else if (curve)
        profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
    if (curve)
        cmsFreeToneCurve(curve);
    return profile;
}

/* The profile of a picture; NULL: none that is fit, or sRGB. */
static cmsHPROFILE open_profile(const struct tg_picture *picture, bool colors)
{
    const struct tg_colors *own = &picture->colors;
    cmsHPROFILE profile;

    if (!picture->profile)
        return own->gamma > 0 || own->xy[0][1] > 0
                   ? make_profile(own->xy, own->gamma, colors)
                   : NULL;
    profile = cmsOpenProfileFromMem(picture->profile,
                                    (cmsUInt32Number)picture->profile_size);
    if (profile && cmsGetColorSpace(profile) !=
                       (colors ? cmsSigRgbData : cmsSigGrayData)) {
        cmsCloseProfile(profile);
        profile = NULL;
    }
    return profile;
}

/* Does a transform leave colours as they are?  Samples have `channels`, alpha
 * included; only grays are tried where there are no colours. */
static bool is_same(cmsHTRANSFORM transform, int channels)
{
    const int colors = channels > 2 ? 3 : 1;
    const int n = colors == 3 ? STEPS * STEPS * STEPS : STEPS;

    for (int i = 0; i < n; i++) {
        const int at[] = {i % STEPS * STEP, i / STEPS % STEPS * STEP,
                          i / STEPS / STEPS * STEP};
        uint8_t pixel[4] = {0};

        for (int c = 0; c < colors; c++)
            pixel[c] = (uint8_t)at[c];
        cmsDoTransform(transform, pixel, pixel, 1);
        for (int c = 0; c < colors; c++)
            if (abs(pixel[c] - at[c]) > SAME)
                return false;
    }
    return true;
}

void tg_picture_color(struct tg_picture *picture)
{
    const int channels = picture->image.channels;
    const bool colors = channels > 2, alpha = channels % 2 == 0;
    const cmsUInt32Number format =
        COLORSPACE_SH((unsigned)(colors ? PT_RGB : PT_GRAY)) |
        EXTRA_SH((unsigned)alpha) | CHANNELS_SH(colors ? 3u : 1u) |
        BYTES_SH(1u);
    const size_t n =
        (size_t)picture->image.width * (size_t)picture->image.height;
    static const double none[4][2];
    cmsHPROFILE from = open_profile(picture, colors), to = NULL;
    cmsHTRANSFORM transform = NULL;

    if (from)
        to = make_profile(none, 0, colors);
    if (to)
        transform =
            cmsCreateTransform(from, format, to, format, INTENT_PERCEPTUAL,
                               alpha ? cmsFLAGS_COPY_ALPHA : 0);
    if (transform && !is_same(transform, channels))
        cmsDoTransform(transform, picture->image.pixels, picture->image.pixels,
                       (cmsUInt32Number)n);
    if (transform)
        cmsDeleteTransform(transform);
    if (to)
        cmsCloseProfile(to);
    if (from)
        cmsCloseProfile(from);
}
