using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// Starts children from one thread that lives as long as this process. bubblewrap's <c>--die-with-parent</c> is
/// PR_SET_PDEATHSIG, which Linux sends when the parent <em>thread</em> ends: a thread of the pool that is retired after a quiet
/// while would take healthy children with it.
/// </summary>
internal static class LastingThread
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> Waiting = Begin();

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting.Add((start, started));
        return started.Task;
    }

    private static BlockingCollection<(ProcessStartInfo, TaskCompletionSource<Process>)> Begin()
    {
        var waiting = new BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)>();
        var thread = new Thread(() =>
        {
            KeepInherited();
            foreach (var (start, started) in waiting.GetConsumingEnumerable())
            {
                try
                {
                    started.SetResult(Process.Start(start)!);
                }
                catch (Exception e)
                {
                    started.SetException(e);
                }
            }
        })
        { IsBackground = true, Name = "decoder children" };
        thread.Start();
        return waiting;
    }

    /// <summary>
    /// Descriptors that this process was started with (locks of a script, sockets of a service manager) go no further: the runtime
    /// marks those that it opens, and nobody marks those that were there before.
    /// </summary>
    private static void KeepInherited()
    {
        const int setFlags = 2, closeOnExec = 1;
        foreach (var descriptor in Directory.EnumerateFileSystemEntries("/proc/self/fd").Select(path => Path.GetFileName(path)).ToList())
        {
            if (int.Parse(descriptor, CultureInfo.InvariantCulture) is > 2 and var number)
                _ = fcntl(number, setFlags, closeOnExec);
        }
    }

    [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fcntl(int descriptor, int command, int argument);
}
