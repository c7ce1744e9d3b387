"""Run a command without some system calls, as the seccomp filters of containers
do: forbid.py CALL[,CALL...] COMMAND...  They fail with EPERM, also in what the
command starts.  Exits with 77 where that can't be had."""
import ctypes
import os
import platform
import struct
import sys

SKIPPED = 77
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # of the kernel's filter machine
ALLOW, FAIL, EPERM = 0x7fff0000, 0x00050000, 1
CALLS = {"mbind": 237, "set_mempolicy": 238, "get_mempolicy": 239,
         "migrate_pages": 256, "move_pages": 279, "process_vm_readv": 310,
         "process_vm_writev": 311, "sched_setaffinity": 203,
         "sched_getaffinity": 204, "personality": 135, "memfd_create": 319,
         "ptrace": 101, "perf_event_open": 298, "setpriority": 141,
         "sched_setscheduler": 144, "mlock": 149, "userfaultfd": 323,
         "io_uring_setup": 425, "unshare": 272, "setns": 308, "bpf": 321,
         "kcmp": 312, "membarrier": 324, "rseq": 334,
         "getcpu": 309}  # of x86-64


def forbid(names):
    """From here on, in this process and its children."""
    code = struct.pack("HBBI", LOAD, 0, 0, 0)  # the call's number
    for name in names:
        code += struct.pack("HBBI", EQUAL, 0, 1, CALLS[name])
        code += struct.pack("HBBI", RETURN, 0, 0, FAIL | EPERM)
    code += struct.pack("HBBI", RETURN, 0, 0, ALLOW)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or
            prctl(PR_SET_SECCOMP, FILTER, ctypes.c_char_p(program), 0, 0)):
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    if platform.machine() != "x86_64":
        sys.exit(SKIPPED)
    try:
        forbid(sys.argv[1].split(","))
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(SKIPPED)
    os.execvp(sys.argv[2], sys.argv[2:])
