#include "glyphs.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIDE = 28,  /* pixels of a picture */
    WIDE = 32,  /* a row of them and four more, for vectors */
    MARGIN = 8, /* pixels around it, so that stamps need no clip */
    ROWS = SIDE + 2 * MARGIN,
    STRIDE = 64,       /* bytes of a canvas row */
    PRINT = 8,         /* rows of a pen's print */
    PRINT_STRIDE = 16, /* bytes of such a row, the last 8 of them zero */
    RADII = 16,        /* pens, from thin to thick */
    FRACTIONS = 4,     /* positions within a pixel, in x and in y */
    ONE = 256,         /* a pixel, in the fixed point of coordinates */
    MAX_POINTS = 13,
};

struct tg_pen {
    uint8_t print[RADII][FRACTIONS][FRACTIONS][PRINT][PRINT_STRIDE];
};

struct point {
    int x, y;
};

/* Strokes in a box of about -35..35 by -50..50, y downwards.  Doubled points
 * are corners. */
struct stroke {
    int n;
    struct point points[MAX_POINTS];
};

enum { MAX_STROKES = 3, MAX_VARIANTS = 3 };

struct glyph {
    int n;
    struct stroke strokes[MAX_STROKES];
};

/* clang-format off */
static const struct glyph glyphs[10][MAX_VARIANTS] = {
    { /* 0 */
        {1, {{6, {{2, -50}, {-36, -52}, {-34, 52}, {34, 52}, {36, -52},
                  {0, -50}}}}},
        {1, {{6, {{8, -50}, {-30, -56}, {-40, 50}, {22, 56}, {42, -40},
                  {-4, -44}}}}},
        {0, {{0, {{0, 0}}}}},
    },
    { /* 1 */
        {1, {{2, {{2, -50}, {-2, 50}}}}},
        {1, {{4, {{-20, -26}, {4, -50}, {4, -50}, {4, 50}}}}},
        {2, {{4, {{-18, -30}, {2, -50}, {2, -50}, {2, 50}}},
             {2, {{-24, 50}, {26, 50}}}}},
    },
    { /* 2 */
        {1, {{8, {{-28, -28}, {-22, -54}, {30, -58}, {34, -14}, {-4, 18},
                  {-30, 50}, {-30, 50}, {32, 48}}}}},
        {1, {{10, {{-26, -34}, {-10, -58}, {34, -50}, {26, -8}, {4, 30},
                   {-26, 54}, {-34, 36}, {-14, 28}, {10, 50}, {34, 44}}}}},
        {0, {{0, {{0, 0}}}}},
    },
    { /* 3 */
        {1, {{10, {{-26, -42}, {4, -62}, {38, -38}, {22, -6}, {-8, -4},
                   {-8, -4}, {32, -2}, {38, 42}, {2, 62}, {-30, 40}}}}},
        {1, {{7, {{-26, -50}, {26, -50}, {26, -50}, {-4, -10}, {38, -12},
                  {34, 58}, {-30, 46}}}}},
        {0, {{0, {{0, 0}}}}},
    },
    { /* 4 */
        {2, {{4, {{-24, -46}, {-28, 6}, {-28, 6}, {28, 4}}},
             {2, {{20, -48}, {16, 50}}}}},
        {2, {{4, {{10, -50}, {-32, 16}, {-32, 16}, {34, 14}}},
             {2, {{12, -50}, {12, 50}}}}},
        {1, {{8, {{-22, -44}, {-30, 2}, {-4, 12}, {20, -10}, {24, -48},
                  {24, -48}, {16, 14}, {14, 50}}}}},
    },
    { /* 5 */
        {1, {{10, {{28, -50}, {-20, -48}, {-20, -48}, {-24, -8}, {-24, -8},
                   {8, -24}, {40, 4}, {26, 56}, {-12, 54}, {-30, 38}}}}},
        {2, {{7, {{-18, -46}, {-22, -6}, {-22, -6}, {34, -14}, {38, 34},
                  {4, 58}, {-28, 44}}},
             {2, {{-18, -46}, {30, -50}}}}},
        {0, {{0, {{0, 0}}}}},
    },
    { /* 6 */
        {1, {{9, {{18, -50}, {-18, -36}, {-36, 16}, {-24, 54}, {16, 56},
                  {36, 26}, {18, -4}, {-14, 2}, {-28, 26}}}}},
        {1, {{8, {{-4, -52}, {-34, -10}, {-34, 54}, {20, 58}, {36, 20},
                  {8, 0}, {-16, 18}, {-12, 40}}}}},
        {0, {{0, {{0, 0}}}}},
    },
    { /* 7 */
        {1, {{5, {{-30, -48}, {30, -48}, {30, -48}, {4, 0}, {-8, 50}}}}},
        {2, {{5, {{-28, -46}, {28, -48}, {28, -48}, {4, 4}, {-4, 50}}},
             {2, {{-14, 4}, {24, 0}}}}},
        {1, {{6, {{-30, -34}, {-28, -48}, {28, -46}, {28, -46}, {14, -10},
                  {2, 50}}}}},
    },
    { /* 8 */
        {1, {{12, {{22, -38}, {-2, -62}, {-36, -40}, {-18, -8}, {24, 6},
                   {40, 38}, {2, 62}, {-38, 38}, {-22, 4}, {18, -10},
                   {32, -34}, {20, -48}}}}},
        {2, {{6, {{0, -50}, {-34, -50}, {-26, -2}, {26, -2}, {34, -50},
                  {0, -50}}},
             {6, {{0, -2}, {-38, 0}, {-34, 54}, {34, 54}, {38, 0},
                  {0, -2}}}}},
        {0, {{0, {{0, 0}}}}},
    },
    { /* 9 */
        {1, {{10, {{26, -30}, {14, -56}, {-26, -52}, {-32, -14}, {-4, 4},
                   {24, -12}, {28, -40}, {28, -40}, {26, 10}, {12, 50}}}}},
        {1, {{9, {{24, -36}, {-4, -60}, {-36, -28}, {-14, 6}, {24, -14},
                  {26, -44}, {34, 30}, {10, 60}, {-22, 44}}}}},
        {0, {{0, {{0, 0}}}}},
    },
};
static const int variants[10] = {2, 3, 2, 2, 3, 2, 2, 3, 2, 2};
/* clang-format on */

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t next(uint64_t *state)
{
    return mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t tg_glyph_key(uint64_t seed, uint64_t index)
{
    return mix(mix(seed + UINT64_C(0x9e3779b97f4a7c15)) +
               (index + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/* A whole number in -range..range, small ones more often: a triangle. */
static int spread(uint64_t *state, int range)
{
    uint64_t bits = next(state);
    uint64_t span = (uint64_t)range + 1;

    return (int)((bits >> 32) * span >> 32) -
           (int)((bits & 0xffffffff) * span >> 32);
}

/* The integer part of a square root. */
static int root(int value)
{
    int low = 0, high = 46340;

    while (low < high) {
        int middle = (low + high + 1) / 2;

        if (middle * middle <= value)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* How much of a pixel at a distance a pen of some radius covers: 255 inside,
 * 0 outside, a ramp of 1.25 pixels between. Both are in 1/ONE of a pixel. */
static uint8_t coverage(int distance, int radius)
{
    const int ramp = 5 * ONE / 4;
    int inside = radius + ramp / 2 - distance;

    inside = inside < 0 ? 0 : inside > ramp ? ramp : inside;
    return (uint8_t)(255 * inside / ramp);
}

struct tg_pen *tg_pen_new(void)
{
    struct tg_pen *pen = calloc(1, sizeof *pen);

    for (int r = 0; pen && r < RADII; r++)
        for (int k = 0; k < FRACTIONS * FRACTIONS * PRINT * PRINT; k++) {
            const int fx = k & 3, fy = k >> 2 & 3;
            const int x = k >> 4 & 7, y = k >> 7;
            const int dx = (x - 3) * ONE - fx * ONE / FRACTIONS;
            const int dy = (y - 3) * ONE - fy * ONE / FRACTIONS;
            const int radius = 7 * ONE / 10 + r * ONE / 12;

            pen->print[r][fy][fx][y][x] =
                coverage(root(dx * dx + dy * dy), radius);
        }
    return pen;
}

/* Press the pen at (x, y), in 1/ONE of a pixel, kept within the canvas. */
static void stamp(const uint8_t (*print)[FRACTIONS][PRINT][PRINT_STRIDE], int x,
                  int y, uint8_t *canvas)
{
    const int limit = (ROWS - PRINT) * ONE - 1;
    const int step = ONE / FRACTIONS;

    x += (MARGIN - 3) * ONE;
    y += (MARGIN - 3) * ONE;
    x = x < 0 ? 0 : x > limit ? limit : x;
    y = y < 0 ? 0 : y > limit ? limit : y;
    const uint8_t *from = print[y % ONE / step][x % ONE / step][0];
    uint8_t *to = canvas + y / ONE * STRIDE + x / ONE;

    for (int i = 0; i < PRINT; i++, to += STRIDE, from += PRINT_STRIDE) {
        uint8_t a[PRINT_STRIDE], b[PRINT_STRIDE]; /* one vector each */

        memcpy(a, to, sizeof a);
        memcpy(b, from, sizeof b);
        for (int j = 0; j < PRINT_STRIDE; j++)
            a[j] = a[j] > b[j] ? a[j] : b[j];
        memcpy(to, a, sizeof a);
    }
}

/* About the length of a straight line, within 12 %. */
static int line_length(struct point a, struct point b)
{
    int dx = abs(a.x - b.x), dy = abs(a.y - b.y);

    return dx > dy ? dx + dy / 2 : dy + dx / 2;
}

/* Draw a quadratic Bezier arc, in prints about half a pixel apart. */
static void draw_arc(const uint8_t (*print)[FRACTIONS][PRINT][PRINT_STRIDE],
                     struct point a, struct point b, struct point c,
                     uint8_t *canvas)
{
    const int n = (line_length(a, b) + line_length(b, c)) / (ONE / 2) + 1;
    const int64_t bx = 2 * (b.x - a.x), by = 2 * (b.y - a.y);
    const int64_t cx = a.x - 2 * b.x + c.x, cy = a.y - 2 * b.y + c.y;

    for (int k = 0; k <= n; k++) {
        const int64_t t = k * 65536 / n;

        stamp(print, a.x + (int)((bx * 65536 + cx * t) * t >> 32),
              a.y + (int)((by * 65536 + cy * t) * t >> 32), canvas);
    }
}

static struct point middle(struct point a, struct point b)
{
    return (struct point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static void draw_stroke(const uint8_t (*print)[FRACTIONS][PRINT][PRINT_STRIDE],
                        int n, const struct point *points, uint8_t *canvas)
{
    struct point from = points[0];

    if (n == 2)
        draw_arc(print, from, middle(from, points[1]), points[1], canvas);
    for (int i = 1; i < n - 1; i++) {
        struct point to =
            i == n - 2 ? points[n - 1] : middle(points[i], points[i + 1]);

        draw_arc(print, from, points[i], to, canvas);
        from = to;
    }
}

/* A random affine map: glyph units to 1/ONE of a pixel. */
struct map {
    int xx, xy, yx, yy; /* 1/65536 */
    int x, y;
};

/* Rotation by about atan(t), slant, scales of x and y, shift. */
static void choose_map(uint64_t *state, struct map *map)
{
    const int t = spread(state, 18000), slant = spread(state, 22000);
    const int64_t sine = t - (int64_t)t * t / 65536 * t / 65536 / 2;
    const int64_t cosine = 65536 - (int64_t)t * t / 65536 / 2;
    const int64_t sx = 52 + spread(state, 14), sy = 50 + spread(state, 10);

    map->xx = (int)(cosine * sx);
    map->xy = (int)((cosine * slant / 65536 - sine) * sy);
    map->yx = (int)(sine * sx);
    map->yy = (int)((sine * slant / 65536 + cosine) * sy);
    map->x = (SIDE - 1) * ONE / 2 + spread(state, 5 * ONE / 2);
    map->y = (SIDE - 1) * ONE / 2 + spread(state, 5 * ONE / 2);
}

static void draw_digit(const struct tg_pen *pen, int digit, uint64_t *state,
                       uint8_t *canvas)
{
    const int variant =
        (int)((next(state) >> 32) * (uint64_t)variants[digit] >> 32);
    const struct glyph *glyph = &glyphs[digit][variant];
    const int radius = RADII / 2 + spread(state, RADII / 2 - 1);
    struct point points[MAX_POINTS];
    struct map map;

    choose_map(state, &map);
    for (int s = 0; s < glyph->n; s++) {
        const struct stroke *stroke = &glyph->strokes[s];

        for (int i = 0; i < stroke->n; i++) {
            int64_t x = stroke->points[i].x, y = stroke->points[i].y;

            if (i == 0 || memcmp(&stroke->points[i], &stroke->points[i - 1],
                                 sizeof *points) != 0) {
                x += spread(state, 9);
                y += spread(state, 9);
                points[i].x = map.x + (int)((map.xx * x + map.xy * y) >> 16);
                points[i].y = map.y + (int)((map.yx * x + map.yy * y) >> 16);
            } else {
                points[i] = points[i - 1]; /* a corner stays one */
            }
        }
        draw_stroke(pen->print[radius], stroke->n, points, canvas);
    }
}

/* Blur by (1 2 1) / 4 in x and y, mixed with the sharp picture; scale by the
 * ink; add noise.  All sums fit 16 bits, which compilers vectorise best. */
static void finish(const uint8_t *canvas, uint64_t *state, uint8_t *pixels)
{
    const uint16_t ink = (uint16_t)(205 + spread(state, 50));
    const uint16_t blur = (uint16_t)(2 + spread(state, 2));
    const uint16_t sharp = (uint16_t)(16 * (4 - blur));
    const int16_t noise = (int16_t)(20 + spread(state, 20));

    for (int y = 0; y < SIDE; y++, pixels += SIDE) {
        const uint8_t *row = canvas + (y + MARGIN) * STRIDE + MARGIN;
        uint64_t words[WIDE / 8];
        uint8_t random[WIDE], done[WIDE];
        uint16_t sums[WIDE + 2];

        for (int i = 0; i < WIDE / 8; i++)
            words[i] = next(state);
        memcpy(random, words, sizeof words);
        for (int x = 0; x < WIDE + 2; x++)
            sums[x] = (uint16_t)(row[x - 1 - STRIDE] + 2 * row[x - 1] +
                                 row[x - 1 + STRIDE]);
        for (int x = 0; x < WIDE; x++) {
            uint16_t soft = (uint16_t)(sums[x] + 2 * sums[x + 1] + sums[x + 2]);
            uint16_t mixed = (uint16_t)(sharp * row[x] + blur * soft);
            uint16_t inked = (uint16_t)((mixed >> 6) * ink);
            int16_t grain = (int16_t)((random[x] - 128) * noise);
            int16_t value = (int16_t)((inked >> 8) + (grain >> 7));

            value = value < 0 ? 0 : value;
            done[x] = (uint8_t)(value > 255 ? 255 : value);
        }
        memcpy(pixels, done, SIDE);
    }
}

void tg_glyph_draw(const struct tg_pen *pen, uint64_t seed, uint64_t index,
                   uint8_t *pixels)
{
    uint64_t state = tg_glyph_key(seed, index);
    const int digit = (int)(state % 10);
    uint8_t canvas[ROWS * STRIDE];

    memset(canvas, 0, sizeof canvas);
    draw_digit(pen, digit, &state, canvas);
    finish(canvas, &state, pixels);
}
