using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>One child, as its parent sees it: used by one caller at a time, killed at the first doubt.</summary>
internal sealed class DecoderProcess : IDisposable
{
    // RLIMIT_DATA is the wall behind the watch, which looks only now and then. It counts what is writable, touched or not (stacks of
    // threads, heaps of the collector), and not the 60 MB of libraries that are resident: both together come to the same.
    private const long DataAboveResident = 64L << 20;
    private const int MostThreads = 100;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    // What a runtime does by itself after some work: it compiles methods again that were used often.
    private static readonly TimeSpan CpuWhileIdle = TimeSpan.FromSeconds(3);

    // A process whose output ended is ending; one that only closed it is not worth waiting for.
    private static readonly TimeSpan Ending = TimeSpan.FromSeconds(2);

    // 128 + SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM: as bubblewrap tells the end of its program, and .NET that of bubblewrap.
    private static readonly int[] KilledFromOutside = [129, 130, 131, 137, 143];

    private readonly DecoderSettings settings;
    private readonly Process process;
    private readonly Stream input;
    private readonly Stream output;
    private readonly LastWords lastWords;
    private readonly Lock idling = new();
    private TimeSpan? cpuWhenIdle;

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

    public long ResidentBytes => ProcessTree.Usage(process.Id).ResidentBytes;

    /// <exception cref="DecoderUnavailable">It does not start, or says no hello.</exception>
    public static async Task<DecoderProcess> StartAsync(DecoderSettings settings, CancellationToken cancel)
    {
        var start = Confinement.Wrap(settings.Bubblewrap, settings.ResidentBytes + DataAboveResident, settings.Program());
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
        catch (DecoderLost e) when (e.Reason != LossReason.Killed)
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
        var request = DecodeFrames.WriteRequest(kind, picture.Length, specs);
        return await WatchedAsync(settings.Wall, settings.Cpu, () => ExchangeAsync(picture, request, specs), cancel);
    }

    /// <inheritdoc cref="RenderAsync"/>
    public async Task<Rendition> RedactAsync(ReadOnlyMemory<byte> picture, PictureKind kind,
        IReadOnlyList<BurnBox> boxes, BurnFill fill, CancellationToken cancel)
    {
        Pictures++;
        var request = DecodeFrames.WriteRequest(kind, picture.Length, boxes, fill);
        return (await WatchedAsync(settings.Wall, settings.Cpu, () => ExchangeAsync(picture, request, [Redaction.Spec]), cancel))[0];
    }

    /// <summary>From here on until <see cref="Take"/> it has no reason to do anything.</summary>
    public void Rest()
    {
        lock (idling)
            cpuWhenIdle = ProcessTree.Usage(process.Id).Cpu;
    }

    /// <returns>Whether it is still there to be used.</returns>
    public bool Take()
    {
        lock (idling)
        {
            cpuWhenIdle = null;
            return !Ended;
        }
    }

    /// <summary>Kills an idle child that computes or grows: a picture that was answered long ago may have left something in it.</summary>
    /// <returns>Whether it had to be killed.</returns>
    public bool EndIfRestless()
    {
        lock (idling)
        {
            if (cpuWhenIdle is not { } before || Ended)
                return false;
            var now = ProcessTree.Usage(process.Id);
            if (now.Cpu - before <= CpuWhileIdle && now.ResidentBytes <= settings.ResidentBytes && now.Threads <= MostThreads)
                return false;
            Kill();
            return true;
        }
    }

    /// <summary>Kills it, and with it everything in its namespace.</summary>
    public void Kill()
    {
        // While its end was not waited for, its number is nobody else's.
        if (!process.HasExited)
            ProcessTree.Kill(process.Id);
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private async Task<IReadOnlyList<Rendition>> ExchangeAsync(ReadOnlyMemory<byte> picture, byte[] request,
        IReadOnlyList<RenditionSpec> specs)
    {
        await input.WriteAsync(request);
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
            var exchanging = exchange();
            await Task.WhenAny(exchanging, watch);
            // Killed: what it wrote ends with it, or else somebody unknown holds the pipes, for whom nobody waits.
            if (!exchanging.IsCompleted && await Task.WhenAny(exchanging, Task.Delay(Ending, CancellationToken.None)) != exchanging)
            {
                _ = exchanging.ContinueWith(late => late.Exception, TaskScheduler.Default);
                throw new IOException("The pipes of a child that ended stay open.");
            }
            return await exchanging;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            var wrong = e is InvalidDataException;
            // How it ended by itself says whose doing that was: heard before it is killed in any case.
            var killed = !wrong && await EndCodeAsync() is { } code && KilledFromOutside.Contains(code);
            Kill();
            await over.CancelAsync();
            var reason = await watch;
            cancel.ThrowIfCancellationRequested();
            reason ??= wrong ? LossReason.Answer : killed ? LossReason.Killed : LossReason.Died;
            throw new DecoderLost(reason.Value, await lastWords.TextAsync());
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    private async Task<int?> EndCodeAsync()
    {
        using var patience = new CancellationTokenSource(Ending);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return process.HasExited ? process.ExitCode : null;
    }

    /// <returns>The limit that was passed, after killing the child; null when the exchange was over before, or cancelled.</returns>
    private async Task<LossReason?> WatchAsync(TimeSpan wall, TimeSpan cpu, CancellationToken over, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancel);
        var usedBefore = ProcessTree.Usage(process.Id).Cpu;
        var (waited, looked, ended) = (TimeSpan.Zero, Stopwatch.GetTimestamp(), 0);
        while (true)
        {
            await Task.Delay(LookEvery, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
                return null;
            // While the whole machine stands still, so does the child: a long pause between two looks is not its doing.
            waited += new[] { Stopwatch.GetElapsedTime(looked), 10 * LookEvery }.Min();
            looked = Stopwatch.GetTimestamp();
            // It ended, and what it wrote did not: something of it is left that holds the pipes.
            ended = process.HasExited ? ended + 1 : 0;
            if (ended * LookEvery > Ending)
            {
                ProcessTree.KillHoldersOf(new[] { input, output }.OfType<AnonymousPipeClientStream>().Select(pipe => (int)pipe.SafePipeHandle.DangerousGetHandle()));
                return null;
            }
            var now = ProcessTree.Usage(process.Id);
            LossReason? passed = now.ResidentBytes > settings.ResidentBytes || now.Threads > MostThreads ? LossReason.Memory
                : now.Cpu - usedBefore > cpu ? LossReason.Cpu
                : waited > wall ? LossReason.Wall
                : null;
            if (passed is not null || cancel.IsCancellationRequested)
            {
                Kill();
                return passed;
            }
        }
    }
}
