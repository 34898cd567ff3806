using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// The filter on system calls, compiled (seccomp(2), struct sock_filter): an allow-list, since what a kernel will be attacked
/// through next is on nobody's deny-list. What is refused fails with EPERM; numbers of newer kernels with ENOSYS, so that the C
/// library falls back to a call whose arguments can be seen.
/// </summary>
internal static class SeccompFilter
{
    private const ushort Load = 0x20, And = 0x54, JumpIfEqual = 0x15, JumpIfAnyBit = 0x45, JumpIfAtLeast = 0x35, Return = 0x06;
    private const uint Allow = 0x7FFF_0000, KillProcess = 0x8000_0000, Eperm = 0x0005_0001, Enosys = 0x0005_0026;
    private const uint NumberOffset = 0, ArchitectureOffset = 4, FirstArgumentOffset = 16;
    private const uint OtherAbi = 0x4000_0000;

    private const uint CloneThread = 0x0001_0000;
    private const uint MapSharedAnonymous = 0x01 | 0x20, MapGrowsDown = 0x100, MapHugeTlb = 0x4_0000;

    // F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_DUPFD_CLOEXEC: neither locks, nor leases, nor larger pipes.
    private static readonly uint[] FileControls = [0, 1, 2, 3, 4, 1030];

    // TCGETS TIOCGWINSZ FIONREAD FIONBIO FIONCLEX FIOCLEX: nothing that changes a terminal or types into it.
    private static readonly uint[] DeviceControls = [0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451];

    // PR_SET_PDEATHSIG PR_GET_PDEATHSIG PR_GET_DUMPABLE PR_SET_NAME PR_GET_NAME PR_CAPBSET_READ PR_GET_NO_NEW_PRIVS PR_SET_VMA.
    private static readonly uint[] ProcessControls = [1, 2, 3, 15, 16, 23, 39, 0x5356_4D41];

    private static readonly Lazy<SafeFileHandle?> Opened = new(Write);

    /// <summary>Where a process of the same user can open the filter while this one lives; null on other processors.</summary>
    public static string? Path => Opened.Value is { } file
        ? $"/proc/{Environment.ProcessId}/fd/{file.DangerousGetHandle()}"
        : null;

    private static SafeFileHandle? Write()
    {
        if (SystemCalls.Architecture is not { } architecture)
            return null;
        // Without a name as soon as it is open: nothing is left behind, whatever end this process comes to.
        var folder = Directory.CreateTempSubdirectory("photoguard-");
        var file = File.OpenHandle(System.IO.Path.Combine(folder.FullName, "filter"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
        folder.Delete(recursive: true);
        RandomAccess.Write(file, Compile(architecture), 0);
        return file;
    }

    private static byte[] Compile(uint architecture)
    {
        List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program =
        [
            (Load, 0, 0, ArchitectureOffset),
            (JumpIfEqual, 1, 0, architecture),
            (Return, 0, 0, KillProcess),
            (Load, 0, 0, NumberOffset),
            (JumpIfAnyBit, 0, 1, OtherAbi),
            (Return, 0, 0, KillProcess),
        ];
        foreach (var number in SystemCalls.AlwaysAllowed)
        {
            program.Add((JumpIfEqual, 0, 1, number));
            program.Add((Return, 0, 0, Allow));
        }
        // Memory that RLIMIT_DATA does not count: shared without a file, stacks that grow, huge pages.
        OfCall("mmap", (Load, 0, 0, Argument(3)), (JumpIfAnyBit, 3, 0, MapGrowsDown | MapHugeTlb),
            (And, 0, 0, MapSharedAnonymous), (JumpIfEqual, 1, 0, MapSharedAnonymous), (Return, 0, 0, Allow), (Return, 0, 0, Eperm));
        // Threads only.
        OfCall("clone", (Load, 0, 0, Argument(0)), (JumpIfAnyBit, 0, 1, CloneThread), (Return, 0, 0, Allow), (Return, 0, 0, Eperm));
        // Limits are asked for and not set: both halves of the pointer to new ones are null.
        OfCall("prlimit64", (Load, 0, 0, Argument(2)), (JumpIfEqual, 0, 3, 0), (Load, 0, 0, Argument(2) + 4), (JumpIfEqual, 0, 1, 0),
            (Return, 0, 0, Allow), (Return, 0, 0, Eperm));
        OfCall("fcntl", AnyOf(1, FileControls));
        OfCall("ioctl", AnyOf(1, DeviceControls));
        OfCall("prctl", AnyOf(0, ProcessControls));
        program.AddRange([(JumpIfAtLeast, 0, 1, SystemCalls.FirstNew), (Return, 0, 0, Enosys), (Return, 0, 0, Eperm)]);
        return Bytes(program);

        // Every rule ends in a return.
        void OfCall(string name, params (ushort, byte, byte, uint)[] rule) =>
            program.AddRange([(JumpIfEqual, 0, (byte)rule.Length, SystemCalls.Number(name)), .. rule]);
    }

    /// <summary>The low half of an argument: the kernel looks at no more of those that are compared here.</summary>
    private static uint Argument(uint nth) => FirstArgumentOffset + 8 * nth;

    private static (ushort, byte, byte, uint)[] AnyOf(uint argument, uint[] values) =>
    [
        (Load, 0, 0, Argument(argument)),
        .. values.SelectMany(value => ((ushort, byte, byte, uint)[])[(JumpIfEqual, 0, 1, value), (Return, 0, 0, Allow)]),
        (Return, 0, 0, Eperm),
    ];

    private static byte[] Bytes(List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program)
    {
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
