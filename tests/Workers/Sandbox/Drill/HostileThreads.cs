using System.Runtime.InteropServices;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox.Drill;

/// <summary>Threads without bound, which Perl cannot start: the tests' own program in the decoder's place.</summary>
internal static unsafe partial class HostileThreads
{
    // CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD, _SYSVSEM: what makes a thread, and no more.
    private const int Thread = 0x100 | 0x200 | 0x400 | 0x800 | 0x1_0000 | 0x4_0000;

    // Far beyond what is allowed, and less than would keep everybody else on the machine from starting anything.
    private const int Enough = 5000;

    /// <summary>Threads of .NET with small stacks, which do nothing.</summary>
    public static Task ManagedAsync(string[] none)
    {
        AwaitPicture();
        for (var nth = 0; nth < Enough; nth++)
        {
            try
            {
                new Thread(() => System.Threading.Thread.Sleep(Timeout.Infinite), maxStackSize: 65_536).Start();
            }
            catch (OutOfMemoryException)
            {
                // Then fewer.
            }
        }
        return Task.Delay(Timeout.Infinite);
    }

    /// <summary>Threads of the kernel alone: each a page of stack, asleep in the C library.</summary>
    public static Task BareAsync(string[] none)
    {
        AwaitPicture();
        var sleep = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "sleep");
        for (var nth = 0; nth < Enough; nth++)
        {
            var stack = (byte*)NativeMemory.AlignedAlloc(4096, 4096);
            if (clone(sleep, stack + 4096 - 64, Thread, 1_000_000) < 0) NativeMemory.AlignedFree(stack);
        }
        return Task.Delay(Timeout.Infinite);
    }

    private static void AwaitPicture()
    {
        using var output = Console.OpenStandardOutput();
        output.Write(DecodeFrames.WriteHello());
        output.Flush();
        Console.OpenStandardInput().ReadByte();
    }

    [LibraryImport("libc.so.6")]
    private static partial int clone(nint function, byte* stack, int flags, nint argument);
}
