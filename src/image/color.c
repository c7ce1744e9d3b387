/* Colour profiles: pixels become those of sRGB. */
#include <lcms2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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
        return make_profile(own->xy, own->gamma, colors);
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

/* ---- Conversions ------------------------------------------------------ */

/* From the colours of pictures to sRGB.  Making one takes as long as a thousand
 * small pictures, and the pictures of a data set have few profiles: those first
 * seen are kept to the end of the process. */
struct conversion {
    int channels; /* alpha included */
    void *key;    /* what they say of their colours */
    size_t size;
    cmsHTRANSFORM transform; /* NULL: they are as in sRGB */
};

enum { KEPT = 16 };

static struct conversion kept[KEPT];
static int n_kept;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static cmsHTRANSFORM make_transform(const struct tg_picture *picture)
{
    static const double none[4][2];
    const int channels = picture->image.channels;
    const bool colors = channels > 2, alpha = channels % 2 == 0;
    const cmsUInt32Number format =
        COLORSPACE_SH((unsigned)(colors ? PT_RGB : PT_GRAY)) |
        EXTRA_SH((unsigned)alpha) | CHANNELS_SH(colors ? 3u : 1u) |
        BYTES_SH(1u);
    cmsHPROFILE from = open_profile(picture, colors), to = NULL;
    cmsHTRANSFORM transform = NULL;

    if (from)
        to = make_profile(none, 0, colors);
    if (to)
        transform =
            cmsCreateTransform(from, format, to, format, INTENT_PERCEPTUAL,
                               cmsFLAGS_NOCACHE |
                                   (alpha ? cmsFLAGS_COPY_ALPHA : 0u));
    if (transform && is_same(transform, channels)) {
        cmsDeleteTransform(transform);
        transform = NULL;
    }
    if (to)
        cmsCloseProfile(to);
    if (from)
        cmsCloseProfile(from);
    return transform;
}

/* What a picture says of its colours, as bytes. */
static const void *key_of(const struct tg_picture *picture, size_t *size)
{
    *size = picture->profile ? picture->profile_size : sizeof picture->colors;
    return picture->profile ? picture->profile : &picture->colors;
}

/* The conversion of a picture; *own: it is not kept, and the caller's. */
static cmsHTRANSFORM find(const struct tg_picture *picture, bool *own)
{
    size_t size;
    const void *key = key_of(picture, &size);
    struct conversion made = {.channels = picture->image.channels,
                              .size = size};

    *own = false;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < n_kept; i++)
        if (kept[i].channels == made.channels && kept[i].size == size &&
            memcmp(kept[i].key, key, size) == 0) {
            pthread_mutex_unlock(&lock);
            return kept[i].transform;
        }
    made.transform = make_transform(picture);
    made.key = n_kept < KEPT ? malloc(size) : NULL;
    if (made.key) {
        memcpy(made.key, key, size);
        kept[n_kept++] = made;
    } else {
        *own = made.transform != NULL;
    }
    pthread_mutex_unlock(&lock);
    return made.transform;
}

void tg_picture_color(struct tg_picture *picture)
{
    struct tg_image *image = &picture->image;
    const size_t n = (size_t)image->width * (size_t)image->height;
    cmsHTRANSFORM transform;
    bool own;

    if (!picture->profile && !(picture->colors.gamma > 0) &&
        !(picture->colors.xy[0][1] > 0))
        return;
    transform = find(picture, &own);
    if (transform)
        cmsDoTransform(transform, image->pixels, image->pixels,
                       (cmsUInt32Number)n);
    if (own)
        cmsDeleteTransform(transform);
}
