using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Benchmarks.Render;

/// <summary>The product's own: one sandboxed child, pipes and second check included.</summary>
internal sealed class OurDecoder : IAsyncDisposable
{
    private static readonly RenditionSpec[] Pair = [RenditionSpec.Thumb, RenditionSpec.Web];

    private readonly Decoder decoder;

    /// <param name="picturesPerChild">How many until the child is replaced.</param>
    internal OurDecoder(int picturesPerChild)
    {
        decoder = new(DecoderSettings.FromEnvironment() with { Children = 1, PicturesPerChild = picturesPerChild }, NullLogger<Decoder>.Instance);
        Peer = new("photoguard", async (input, _) => await MakeAsync(input));
    }

    internal Peer Peer { get; }

    internal async Task<(double CpuMs, double WallMs, double PeakMb)> MakeAsync(RenderInput input)
    {
        var (cpu, started) = (Spent.CpuWithDecoders(), Stopwatch.GetTimestamp());
        await decoder.RenderAsync(input.Bytes, input.Kind, Pair);
        var wall = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return ((Spent.CpuWithDecoders() - cpu) * 1000, wall, Spent.DecoderPeak());
    }

    public ValueTask DisposeAsync() => decoder.DisposeAsync();
}
