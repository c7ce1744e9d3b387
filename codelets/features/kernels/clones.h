/* Loops compiled for several processors, chosen as the program is loaded.  This
 * folder is compiled without contraction of products and sums, so that all of
 * them round alike. */
#ifndef TG_CLONES_H
#define TG_CLONES_H

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define TG_CLONES                                                              \
    __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define TG_CLONES
#endif

#endif
