#include "amx.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool processor_has_amx(void)
{
    enum { AMX_TILE = 1u << 24, AMX_INT8 = 1u << 25 };
    unsigned eax, ebx, ecx, edx, needed = AMX_TILE | AMX_INT8;

    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
           (edx & needed) == needed;
}

/* Linux grants the registers' state to a process, for all its threads. */
static bool granted(void)
{
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XTILEDATA = 18 };

    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA) == 0;
}

/* Threads that ask at the same time get the same answer. */
bool tg_amx_works(void)
{
    enum { UNKNOWN, NO, YES };
    static atomic_int answer = UNKNOWN;
    int known = atomic_load_explicit(&answer, memory_order_relaxed);

    if (known == UNKNOWN) {
        known = processor_has_amx() && granted() ? YES : NO;
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return known == YES;
}

#else

bool tg_amx_works(void)
{
    return false;
}

#endif
