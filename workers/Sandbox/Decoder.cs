using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// Turns outside pictures into renditions in sandboxed child processes (law 10). Children are started when first needed, kept,
/// replaced after some pictures, and gone when this is disposed or this process dies. Safe for any number of callers; one
/// per process is enough.
/// </summary>
public sealed class Decoder : IAsyncDisposable
{
    private readonly DecoderSettings settings;
    private readonly ILogger<Decoder> log;
    private readonly SemaphoreSlim places;
    private readonly ConcurrentStack<DecoderProcess> idle = new();
    private readonly CancellationTokenSource disposing = new();

    public Decoder(DecoderSettings settings, ILogger<Decoder> log)
    {
        this.settings = settings;
        this.log = log;
        places = new(settings.Children, settings.Children);
        if (Sandboxed)
            return;
        if (settings.AllowUnsandboxed)
            log.LogWarning("Pictures are decoded WITHOUT a sandbox: bubblewrap is missing and {Setting} is 1.",
                DecoderSettings.UnsandboxedVariable);
        else
            log.LogError("{Refusal}", NoSandbox);
    }

    /// <summary>Whether children are confined; false belongs in red on the health page.</summary>
    public bool Sandboxed => settings.Bubblewrap is not null;

    private static string NoSandbox =>
        "Pictures are not decoded: bubblewrap is missing. Install it (Debian: apt-get install bubblewrap), or set "
        + $"{DecoderSettings.UnsandboxedVariable}=1 to decode without a sandbox.";

    /// <param name="picture">The whole file; must not change until this is done.</param>
    /// <param name="kind">What it was recognised as by its content.</param>
    /// <param name="specs">1 to 8 renditions; those up to 2048 px share one decoding.</param>
    /// <param name="cancel">Kills the child that has the picture.</param>
    /// <returns>In the order of <paramref name="specs"/>, each checked as every other output is (JPEG: <see cref="PictureCheck"/>)
    /// and of the size it says: they come from a process that may have been taken over.</returns>
    /// <exception cref="PictureUndecodable">Stable: trying again gives the same answer.</exception>
    /// <exception cref="DecoderLost">The child died or passed a limit: try again, a few times.</exception>
    /// <exception cref="DecoderUnavailable">Nothing can be decoded on this machine now; its message says why.</exception>
    public async Task<IReadOnlyList<Rendition>> RenderAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(specs.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(specs.Count, DecodeFrames.MostSpecs);
        foreach (var spec in specs)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(spec.LongestSide, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(spec.LongestSide, PictureLimits.LongestSide);
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(picture.Length, DecodeFrames.LongestPicture);
        if (!Sandboxed && !settings.AllowUnsandboxed)
            throw new DecoderUnavailable(NoSandbox);
        // The same check as in the child: what is refused by its header does not cost a child anything.
        PictureHeader.Read(picture.Span, kind);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, disposing.Token);
        await places.WaitAsync(either.Token);
        try
        {
            return await RenderInChildAsync(picture, kind, specs, either.Token);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Ends every child, those at work included: their callers get an <see cref="OperationCanceledException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposing.IsCancellationRequested)
            return;
        await disposing.CancelAsync();
        for (var place = 0; place < settings.Children; place++)
            await places.WaitAsync();
        while (idle.TryPop(out var child))
            child.Dispose();
    }

    /// <summary>For tests that kill children: their ids.</summary>
    internal IEnumerable<int> IdleProcessIds => idle.Select(child => child.ProcessId);

    private async Task<IReadOnlyList<Rendition>> RenderInChildAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs, CancellationToken cancel)
    {
        var child = await TakeAsync(cancel);
        var well = false;
        try
        {
            var made = await child.RenderAsync(picture, kind, specs, cancel);
            well = true;
            return made;
        }
        catch (DecoderLost e)
        {
            log.LogWarning("A decoder was lost ({Reason}) after {Pictures} pictures: {Hint}", e.Reason, child.Pictures, e.Message);
            throw;
        }
        finally
        {
            // A child that met a picture it could not decode is not trusted with another one's.
            if (well && child.Pictures < settings.PicturesPerChild)
                idle.Push(child);
            else
                child.Dispose();
        }
    }

    private async Task<DecoderProcess> TakeAsync(CancellationToken cancel)
    {
        while (idle.TryPop(out var child))
        {
            if (!child.Ended)
                return child;
            child.Dispose();
        }
        return await DecoderProcess.StartAsync(settings, cancel);
    }
}
