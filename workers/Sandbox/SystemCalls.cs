using System.Runtime.InteropServices;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// The system calls that .NET, the C library, libvips and the decoders behind it make, with their numbers on x86-64 and on arm64
/// (-1: not there; include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls of Linux). Whatever is not here is refused. Found by
/// tracing every kind of picture, and widened by what the same libraries fall back to on other kernels.
/// </summary>
internal static class SystemCalls
{
    /// <summary>For two threads of one program to talk, for files that are open or may be opened, for memory, time and signals.</summary>
    private static readonly (string Name, int Intel, int Arm)[] Always =
    [
        ("read", 0, 63), ("write", 1, 64), ("readv", 19, 65), ("writev", 20, 66), ("pread64", 17, 67), ("pwrite64", 18, 68),
        ("preadv", 295, 69), ("pwritev", 296, 70), ("lseek", 8, 62), ("close", 3, 57), ("close_range", 436, 436),
        ("dup", 32, 23), ("dup2", 33, -1), ("dup3", 292, 24), ("pipe", 22, -1), ("pipe2", 293, 59), ("flock", 73, 32),
        ("fadvise64", 221, 223), ("open", 2, -1), ("openat", 257, 56), ("stat", 4, -1), ("fstat", 5, 80), ("lstat", 6, -1),
        ("newfstatat", 262, 79), ("statx", 332, 291), ("statfs", 137, 43), ("fstatfs", 138, 44), ("access", 21, -1),
        ("faccessat", 269, 48), ("faccessat2", 439, 439), ("readlink", 89, -1), ("readlinkat", 267, 78), ("getdents64", 217, 61),
        ("getcwd", 79, 17), ("umask", 95, 166),
        ("poll", 7, -1), ("ppoll", 271, 73), ("select", 23, -1), ("pselect6", 270, 72), ("epoll_create1", 291, 20),
        ("epoll_ctl", 233, 21), ("epoll_wait", 232, -1), ("epoll_pwait", 281, 22), ("eventfd2", 290, 19),
        ("munmap", 11, 215), ("mprotect", 10, 226), ("mremap", 25, 216), ("madvise", 28, 233), ("brk", 12, 214),
        ("membarrier", 324, 283), ("mlock", 149, 228), ("munlock", 150, 229), ("mincore", 27, 232),
        ("get_mempolicy", 239, 236), ("set_mempolicy", 238, 237), ("mbind", 237, 235),
        ("futex", 202, 98), ("set_robust_list", 273, 99), ("get_robust_list", 274, 100), ("rseq", 334, 293),
        ("set_tid_address", 218, 96), ("exit", 60, 93), ("exit_group", 231, 94),
        // bubblewrap itself: it starts the program and waits for its end behind the same filter.
        ("execve", 59, 221), ("wait4", 61, 260),
        ("gettid", 186, 178), ("getpid", 39, 172), ("getppid", 110, 173), ("getsid", 124, 156), ("getpgid", 121, 155),
        ("getpgrp", 111, -1), ("getuid", 102, 174), ("geteuid", 107, 175), ("getgid", 104, 176), ("getegid", 108, 177),
        ("getresuid", 118, 148), ("getresgid", 120, 150), ("getgroups", 115, 158), ("capget", 125, 90), ("uname", 63, 160),
        ("sysinfo", 99, 179), ("getrlimit", 97, 163), ("getrandom", 318, 278), ("arch_prctl", 158, -1),
        ("sched_yield", 24, 124), ("sched_getaffinity", 204, 123), ("sched_setaffinity", 203, 122), ("sched_getparam", 143, 121),
        ("sched_getscheduler", 145, 120), ("sched_get_priority_max", 146, 125), ("sched_get_priority_min", 147, 126),
        ("getpriority", 140, 141), ("getcpu", 309, 168), ("getrusage", 98, 165), ("times", 100, 153),
        ("clock_gettime", 228, 113), ("clock_getres", 229, 114), ("clock_nanosleep", 230, 115), ("nanosleep", 35, 101),
        ("gettimeofday", 96, 169), ("time", 201, -1),
        ("rt_sigaction", 13, 134), ("rt_sigprocmask", 14, 135), ("rt_sigreturn", 15, 139), ("rt_sigtimedwait", 128, 137),
        ("rt_sigsuspend", 130, 133), ("rt_sigpending", 127, 136), ("sigaltstack", 131, 132), ("tgkill", 234, 131),
        ("restart_syscall", 219, 128),
    ];

    /// <summary>Those whose arguments decide, see <see cref="SeccompFilter"/>.</summary>
    private static readonly (string Name, int Intel, int Arm)[] ByArgument =
        [("mmap", 9, 222), ("clone", 56, 220), ("fcntl", 72, 25), ("ioctl", 16, 29), ("prctl", 157, 167), ("prlimit64", 302, 261)];

    /// <summary>From this number on the numbers are the same everywhere, and the C library knows how to do without.</summary>
    public const uint FirstNew = 424;

    /// <summary>AUDIT_ARCH_* of this processor (include/uapi/linux/audit.h); null for one that is not listed here.</summary>
    public static uint? Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => 0xC000_003E,
        System.Runtime.InteropServices.Architecture.Arm64 => 0xC000_00B7,
        _ => null,
    };

    public static IEnumerable<uint> AlwaysAllowed => Always.Select(Here).Where(number => number >= 0).Select(number => (uint)number);

    public static uint Number(string byArgument) => (uint)Here(ByArgument.Single(call => call.Name == byArgument));

    private static int Here((string Name, int Intel, int Arm) call) =>
        RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? call.Intel : call.Arm;
}
