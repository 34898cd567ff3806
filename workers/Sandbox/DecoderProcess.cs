using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>One child, as its parent sees it: used by one caller at a time, killed at the first doubt.</summary>
internal sealed class DecoderProcess : IDisposable
{
    // RLIMIT_DATA counts what is reserved for writing, used or not: stacks of threads, heaps of the collector.
    private const long DataAboveResident = 256L << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly DecoderSettings settings;
    private readonly Process process;
    private readonly Stream input;
    private readonly Stream output;
    private readonly LastWords lastWords;

    private DecoderProcess(DecoderSettings settings, Process process)
    {
        this.settings = settings;
        this.process = process;
        input = process.StandardInput.BaseStream;
        output = process.StandardOutput.BaseStream;
        lastWords = new LastWords(process.StandardError.BaseStream);
    }

    /// <summary>Outside the sandbox's namespace.</summary>
    public int ProcessId => process.Id;

    public int Pictures { get; private set; }

    public bool Ended => process.HasExited;

    /// <exception cref="DecoderUnavailable">It does not start, or says no hello.</exception>
    public static async Task<DecoderProcess> StartAsync(DecoderSettings settings, CancellationToken cancel)
    {
        var start = Confinement.Wrap(settings.Bubblewrap, settings.ResidentBytes + DataAboveResident, settings.Program);
        DecoderProcess child;
        try
        {
            child = new(settings, await LastingThread.StartAsync(start));
        }
        catch (Win32Exception e)
        {
            throw new DecoderUnavailable($"The decoder does not start: {e.Message}", e);
        }
        try
        {
            var hello = await child.WatchedAsync(settings.Start, settings.Start, child.ReadAnswerHeaderAsync, cancel);
            return hello.Outcome == DecodeFrames.Outcome.Hello ? child : throw new DecoderUnavailable("The decoder says no hello.");
        }
        catch (DecoderLost e)
        {
            child.Dispose();
            throw new DecoderUnavailable($"The decoder does not start. {e.Message}", e);
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <exception cref="DecoderLost">The child is killed.</exception>
    /// <exception cref="PictureUndecodable">The child is well.</exception>
    public async Task<IReadOnlyList<Rendition>> RenderAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs, CancellationToken cancel)
    {
        Pictures++;
        return await WatchedAsync(settings.Wall, settings.Cpu, () => ExchangeAsync(picture, kind, specs), cancel);
    }

    /// <summary>Kills it, and with it everything in its namespace.</summary>
    public void Kill()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself.
        }
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private async Task<IReadOnlyList<Rendition>> ExchangeAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs)
    {
        await input.WriteAsync(DecodeFrames.WriteRequest(kind, picture.Length, specs));
        await input.WriteAsync(picture);
        await input.FlushAsync();

        var answer = await ReadAnswerHeaderAsync();
        if (answer.Outcome > DecodeFrames.Outcome.Undecodable)
        {
            var hint = new byte[answer.HintLength];
            await output.ReadExactlyAsync(hint);
            throw new PictureUndecodable((UndecodableReason)(answer.Outcome - DecodeFrames.Outcome.Undecodable),
                Encoding.UTF8.GetString(hint));
        }
        if (answer.Outcome != DecodeFrames.Outcome.Made || answer.Count != specs.Count)
            throw new InvalidDataException("An answer to another question.");
        var made = new List<Rendition>(specs.Count);
        foreach (var spec in specs)
            made.Add(await ReadRenditionAsync(spec));
        return made;
    }

    private async Task<Rendition> ReadRenditionAsync(RenditionSpec spec)
    {
        var header = new byte[DecodeFrames.RenditionHeaderLength];
        await output.ReadExactlyAsync(header);
        var (width, height, length) = DecodeFrames.ReadRenditionHeader(header, spec);
        var bytes = new byte[length];
        await output.ReadExactlyAsync(bytes);
        var rendition = new Rendition(spec.Name, spec.Format, width, height, bytes);
        RenditionCheck.Verify(rendition);
        return rendition;
    }

    private async Task<DecodeFrames.Answer> ReadAnswerHeaderAsync()
    {
        var header = new byte[DecodeFrames.AnswerHeaderLength];
        await output.ReadExactlyAsync(header);
        return DecodeFrames.ReadAnswer(header);
    }

    /// <summary>Runs one exchange under watch. Killing the child is what ends a read or a write that would wait forever.</summary>
    private async Task<T> WatchedAsync<T>(TimeSpan wall, TimeSpan cpu, Func<Task<T>> exchange, CancellationToken cancel)
    {
        using var over = new CancellationTokenSource();
        var watch = WatchAsync(wall, cpu, over.Token, cancel);
        try
        {
            return await exchange();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            Kill();
            await over.CancelAsync();
            var reason = await watch;
            cancel.ThrowIfCancellationRequested();
            reason ??= e is InvalidDataException ? LossReason.Answer : LossReason.Died;
            throw new DecoderLost(reason.Value, await lastWords.TextAsync());
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    /// <returns>The limit that was passed, after killing the child; null when the exchange was over before, or cancelled.</returns>
    private async Task<LossReason?> WatchAsync(TimeSpan wall, TimeSpan cpu, CancellationToken over, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancel);
        var began = Stopwatch.GetTimestamp();
        var (_, usedBefore) = ProcessTree.Usage(process.Id);
        while (true)
        {
            await Task.Delay(LookEvery, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
                return null;
            var (resident, used) = ProcessTree.Usage(process.Id);
            LossReason? passed = resident > settings.ResidentBytes ? LossReason.Memory
                : used - usedBefore > cpu ? LossReason.Cpu
                : Stopwatch.GetElapsedTime(began) > wall ? LossReason.Wall
                : null;
            if (passed is not null || cancel.IsCancellationRequested)
            {
                Kill();
                return passed;
            }
        }
    }
}
