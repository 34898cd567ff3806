using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// Turns outside pictures into renditions in sandboxed child processes (law 10). Children are started when first needed, kept,
/// replaced after some pictures or when they keep too much memory, and gone when this is disposed or this process dies. Safe for any number of callers; one
/// per process is enough.
/// </summary>
public sealed class Decoder : IAsyncDisposable
{
    private readonly DecoderSettings settings;
    private readonly ILogger<Decoder> log;
    private readonly SemaphoreSlim places;
    private readonly ConcurrentStack<DecoderProcess> idle = new();
    private readonly CancellationTokenSource disposing = new();
    private readonly Timer idleWatch;

    public Decoder(DecoderSettings settings, ILogger<Decoder> log)
    {
        this.settings = settings;
        this.log = log;
        places = new(settings.Children, settings.Children);
        idleWatch = new(_ => LookAtIdle(), null, LookAtIdleEvery, LookAtIdleEvery);
        if (Sandboxed)
            return;
        if (settings.AllowUnsandboxed)
            log.LogWarning("Pictures are decoded WITHOUT a sandbox: bubblewrap is missing and {Setting} is 1.",
                DecoderSettings.UnsandboxedVariable);
        else
            log.LogError("{Refusal}", Trouble = NoSandbox);
    }

    /// <summary>Whether children are confined; false belongs in red on the health page.</summary>
    public bool Sandboxed => settings.Bubblewrap is not null;

    /// <summary>Whether anything is decoded at all.</summary>
    public bool Decodes => Sandboxed || settings.AllowUnsandboxed;

    /// <summary>Why no child could be started when it was last tried; null where the last one started.</summary>
    public string? Trouble { get; private set; }

    private static readonly TimeSpan LookAtIdleEvery = TimeSpan.FromSeconds(1);

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
    public Task<IReadOnlyList<Rendition>> RenderAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs, CancellationToken cancel = default) => RenderAsync(picture, kind, specs, alone: false, cancel);

    /// <summary>
    /// As <see cref="RenderAsync(ReadOnlyMemory{byte}, PictureKind, IReadOnlyList{RenditionSpec}, CancellationToken)"/>, for a picture
    /// with which a decoder was lost before: in a child that had no other picture and gets none. So the picture before cannot be the
    /// cause, and the one after not the victim.
    /// </summary>
    public Task<IReadOnlyList<Rendition>> RenderAloneAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs, CancellationToken cancel = default) => RenderAsync(picture, kind, specs, alone: true, cancel);

    /// <summary>Starts a child and keeps it, so that the first picture finds it, and trouble is known before the first picture.</summary>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (!Decodes)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, disposing.Token);
        await places.WaitAsync(either.Token);
        try
        {
            Keep(await TakeAsync(alone: false, either.Token));
        }
        catch (Exception e) when (e is DecoderUnavailable or DecoderLost)
        {
            log.LogError("No decoder starts: {Trouble}", e.Message);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<IReadOnlyList<Rendition>> RenderAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs, bool alone, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfZero(specs.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(specs.Count, DecodeFrames.MostSpecs);
        foreach (var spec in specs)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(spec.LongestSide, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(spec.LongestSide, PictureLimits.LongestSide);
        }
        return await WithChildAsync(picture, kind, (child, either) => child.RenderAsync(picture, kind, specs, either), alone, cancel);
    }

    /// <summary>Burns boxes into a picture, see <see cref="Redaction"/>, in a child of its own; otherwise as <see cref="RenderAsync"/>.</summary>
    /// <param name="boxes">1 to <see cref="BurnBox.Most"/>, each within the picture.</param>
    /// <inheritdoc cref="RenderAsync"/>
    /// <returns>A JPEG, checked as every other output is.</returns>
    public async Task<Rendition> RedactAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<BurnBox> boxes, BurnFill fill, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(boxes.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(boxes.Count, BurnBox.Most);
        if (!boxes.All(box => box.LiesWithin))
            throw new ArgumentException("A box beyond the picture.", nameof(boxes));
        return await WithChildAsync(picture, kind, (child, either) => child.RedactAsync(picture, kind, boxes, fill, either), alone: true, cancel);
    }

    private async Task<T> WithChildAsync<T>(
        ReadOnlyMemory<byte> picture, PictureKind kind, Func<DecoderProcess, CancellationToken, Task<T>> make, bool alone, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(picture.Length, DecodeFrames.LongestPicture);
        if (!Decodes)
            throw new DecoderUnavailable(NoSandbox);
        // The same check as in the child: what is refused by its header does not cost a child anything.
        PictureHeader.Read(picture.Span, kind);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, disposing.Token);
        await places.WaitAsync(either.Token);
        try
        {
            return await MakeInChildAsync(make, alone, either.Token);
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
        await idleWatch.DisposeAsync();
        for (var place = 0; place < settings.Children; place++)
            await places.WaitAsync();
        while (idle.TryPop(out var child))
            child.Dispose();
    }

    /// <summary>For tests and measurements: told each child's highest resident bytes when a picture is over; zero for one that ended.</summary>
    internal Action<long>? Peaked { get; set; }

    /// <summary>For tests that kill children: their ids.</summary>
    internal IEnumerable<int> IdleProcessIds => idle.Select(child => child.ProcessId);

    private async Task<T> MakeInChildAsync<T>(Func<DecoderProcess, CancellationToken, Task<T>> make, bool alone, CancellationToken cancel)
    {
        var child = await TakeAsync(alone, cancel);
        var well = false;
        try
        {
            var made = await make(child, cancel);
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
            Peaked?.Invoke(ProcessTree.PeakBytes(child.ProcessId));
            // A child that met a picture it could not decode is not trusted with another one's.
            if (well && !alone && child.Pictures < settings.PicturesPerChild && child.ResidentBytes <= settings.ResidentBytesKept)
                Keep(child);
            else
                child.Dispose();
        }
    }

    private void Keep(DecoderProcess child)
    {
        child.Rest();
        idle.Push(child);
    }

    private async Task<DecoderProcess> TakeAsync(bool alone, CancellationToken cancel)
    {
        while (idle.TryPop(out var child))
        {
            if (child.Take() && (!alone || child.Pictures == 0))
                return child;
            child.Dispose();
            // Its place is enough: the others may stay.
            if (alone)
                break;
        }
        try
        {
            var started = await DecoderProcess.StartAsync(settings, cancel);
            Trouble = null;
            return started;
        }
        catch (DecoderUnavailable e)
        {
            Trouble = e.Message;
            throw;
        }
    }

    private void LookAtIdle()
    {
        foreach (var child in idle)
        {
            if (child.EndIfRestless())
                log.LogError("A decoder computed or grew while it had no picture, and was ended after {Pictures} pictures.", child.Pictures);
        }
    }
}
