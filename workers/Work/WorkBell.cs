namespace PhotoGuard.Workers.Work;

/// <summary>Wakes every lane that waits; a ring that nobody heard is found by the next look.</summary>
internal sealed class WorkBell : IDisposable
{
    private readonly Lock gate = new();
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Ring()
    {
        lock (gate)
        {
            next.TrySetResult();
            next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Ends at the next ring, after <paramref name="longest"/>, or when stopping; never throws.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        Task ring;
        lock (gate) ring = next.Task;
        await Task.WhenAny(ring, Task.Delay(longest, stopping));
    }

    public void Dispose() => Ring();
}
