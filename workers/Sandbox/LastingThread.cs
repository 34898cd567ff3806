using System.Collections.Concurrent;
using System.Diagnostics;

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
}
