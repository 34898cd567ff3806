using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// The system calls a decoder has no use for, as a compiled filter (seccomp(2), struct sock_filter): sockets, new processes and
/// namespaces, looking into others, mounting, keys, and what kernel exploits go through. They fail with EPERM.
/// </summary>
internal static class SeccompFilter
{
    private const ushort Load = 0x20, JumpIfEqual = 0x15, JumpIfAnyBit = 0x45, Return = 0x06;
    private const uint Allow = 0x7FFF_0000, KillProcess = 0x8000_0000, Eperm = 0x0005_0001, Enosys = 0x0005_0026;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgumentOffset = 16;
    private const uint CloneThread = 0x0001_0000, OtherAbi = 0x4000_0000;
    private const uint Clone3 = 435;

    // Since Linux 5 numbers are the same everywhere: io_uring, the new mount calls, pidfd_open, pidfd_getfd, mount_setattr.
    private static readonly uint[] SameEverywhere = [425, 426, 427, 428, 429, 430, 431, 432, 433, 434, 438, 442];

    // socket connect accept bind listen socketpair accept4 | fork vfork execveat | ptrace process_vm_readv _writev kcmp |
    // unshare setns mount umount2 pivot_root chroot | add_key request_key keyctl | bpf perf_event_open userfaultfd |
    // kexec_load kexec_file_load init_module finit_module delete_module | name_to_handle_at open_by_handle_at fanotify_init
    private static readonly uint[] Intel =
    [
        41, 42, 43, 49, 50, 53, 288, 57, 58, 322, 101, 310, 311, 312, 272, 308, 165, 166, 155, 161, 248, 249, 250, 321, 298, 323,
        246, 320, 175, 313, 176, 303, 304, 300,
    ];

    private static readonly uint[] Arm =
    [
        198, 203, 202, 200, 201, 199, 242, 281, 117, 270, 271, 272, 97, 268, 40, 39, 41, 51, 217, 218, 219, 280, 241, 282,
        104, 294, 105, 273, 106, 264, 265, 262,
    ];

    private static readonly Lazy<SafeFileHandle?> Opened = new(Write);

    /// <summary>Where a process of the same user can open the filter while this one lives; null on other processors.</summary>
    public static string? Path => Opened.Value is { } file
        ? $"/proc/{Environment.ProcessId}/fd/{file.DangerousGetHandle()}"
        : null;

    private static SafeFileHandle? Write()
    {
        var program = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => Compile(0xC000_003E, clone: 56, Intel),
            Architecture.Arm64 => Compile(0xC000_00B7, clone: 220, Arm),
            _ => null,
        };
        if (program is null)
            return null;
        // Without a name as soon as it is open: nothing is left behind, whatever end this process comes to.
        var folder = Directory.CreateTempSubdirectory("photoguard-");
        var file = File.OpenHandle(System.IO.Path.Combine(folder.FullName, "filter"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
        folder.Delete(recursive: true);
        RandomAccess.Write(file, program, 0);
        return file;
    }

    private static byte[] Compile(uint architecture, uint clone, uint[] refused)
    {
        List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program =
        [
            (Load, 0, 0, ArchitectureOffset),
            (JumpIfEqual, 1, 0, architecture),
            (Return, 0, 0, KillProcess),
            (Load, 0, 0, NumberOffset),
            (JumpIfAnyBit, 0, 1, OtherAbi),
            (Return, 0, 0, KillProcess),
            // Its flags are behind a pointer: the C library falls back to clone, whose flags can be seen.
            (JumpIfEqual, 0, 1, Clone3),
            (Return, 0, 0, Enosys),
        ];
        foreach (var number in refused.Concat(SameEverywhere))
        {
            program.Add((JumpIfEqual, 0, 1, number));
            program.Add((Return, 0, 0, Eperm));
        }
        program.AddRange(
        [
            (JumpIfEqual, 1, 0, clone),
            (Return, 0, 0, Allow),
            (Load, 0, 0, FirstArgumentOffset),
            // Threads only.
            (JumpIfAnyBit, 0, 1, CloneThread),
            (Return, 0, 0, Allow),
            (Return, 0, 0, Eperm),
        ]);

        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var line = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(line, program[i].Code);
            (line[2], line[3]) = (program[i].IfTrue, program[i].IfFalse);
            BinaryPrimitives.WriteUInt32LittleEndian(line[4..], program[i].Value);
        }
        return bytes;
    }
}
