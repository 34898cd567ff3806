using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Cli;
using PhotoGuard.Workers.Sandbox;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Workers.Sandbox;

/// <summary>Every real and hostile file through the sandbox, as it came and as scrubbing leaves it.</summary>
public sealed class EveryFileTests(ITestOutputHelper output)
{
    private static readonly RenditionSpec[] Both = [RenditionSpec.Web, RenditionSpec.Thumb];

    [PhotosFact]
    public async Task Every_file_gives_renditions_or_the_same_refusal_again_in_bounded_memory()
    {
        var answers = new ConcurrentDictionary<string, int>();
        var peak = 0L;
        await using var decoder = new Decoder(new() { Children = 2 }, NullLogger<Decoder>.Instance) { Peaked = bytes => Interlocked.Exchange(ref peak, Math.Max(peak, bytes)) };
        var files = new[] { "real", "hostile" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PhotosFolder.Path, folder)))
            .Where(file => Path.GetExtension(file) != ".csv").Order().ToList();
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (file, cancel) =>
        {
            var bytes = await File.ReadAllBytesAsync(file, cancel);
            foreach (var (how, picture, kind) in Ways(bytes))
            {
                var first = await AnswerAsync(decoder, picture, kind);
                if (first != "renditions") Assert.Equal(first, await AnswerAsync(decoder, picture, kind));
                answers.AddOrUpdate($"{how}: {first}", 1, (_, count) => count + 1);
            }
        });

        foreach (var (answer, count) in answers.OrderBy(pair => pair.Key, StringComparer.Ordinal)) output.WriteLine($"{count,4} {answer}");
        output.WriteLine($"{files.Count} files; the most that a child held: {peak / 1e6:F0} MB.");
        Assert.InRange(peak, 1, 512 << 20);
        Assert.Equal(2, (await decoder.RenderAsync(PaintedPicture.Jpeg(320, 240), PictureKind.Jpeg, Both)).Count);
    }

    [PhotosFact]
    public async Task The_command_line_takes_or_refuses_every_hostile_file_and_one_real_one_of_each_kind()
    {
        var folder = Directory.CreateTempSubdirectory("photoguard-render-");
        try
        {
            var real = Directory.EnumerateFiles(Path.Combine(PhotosFolder.Path, "real")).Order().GroupBy(Path.GetExtension).Select(kind => kind.Last());
            var codes = new Dictionary<int, int>();
            foreach (var file in real.Concat(Directory.EnumerateFiles(Path.Combine(PhotosFolder.Path, "hostile"))))
            {
                var made = Path.Combine(folder.FullName, "made.jpg");
                File.Delete(made);
                var code = await CommandLine.RunAsync(["render", file, made, "--width", "512"]);
                Assert.Contains(code, (int[])[0, 2]);
                Assert.Equal(code == 0, File.Exists(made));
                if (code == 0) PictureCheck.Verify(await File.ReadAllBytesAsync(made));
                codes[code] = codes.GetValueOrDefault(code) + 1;
            }
            output.WriteLine($"{codes.GetValueOrDefault(0)} rendered, {codes.GetValueOrDefault(2)} refused.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As it came, of the kind it is recognised as; as scrubbing leaves it; and of a kind that it is not.</summary>
    private static IEnumerable<(string How, ReadOnlyMemory<byte> Picture, PictureKind Kind)> Ways(byte[] bytes)
    {
        PictureKind? kind = null;
        try
        {
            kind = PictureSniffer.KindOf(bytes);
        }
        catch (PictureRefused)
        {
            // Of none that we take.
        }
        if (kind is { } own) yield return ("as it came", bytes, own);
        yield return ("as another kind", bytes, kind == PictureKind.Jpeg ? PictureKind.Png : PictureKind.Jpeg);
        if (Scrubbed(bytes) is { } clean) yield return ("scrubbed", clean.Bytes, clean.Kind);
    }

    private static (byte[] Bytes, PictureKind Kind)? Scrubbed(byte[] bytes)
    {
        try
        {
            using var scrubbed = PictureScrubber.Scrub(bytes);
            return (scrubbed.Bytes.ToArray(), scrubbed.Kind);
        }
        catch (PictureRefused)
        {
            return null;
        }
    }

    /// <summary>A <see cref="DecoderLost"/> is none: it fails the test.</summary>
    private static async Task<string> AnswerAsync(Decoder decoder, ReadOnlyMemory<byte> picture, PictureKind kind)
    {
        try
        {
            Assert.Equal(2, (await decoder.RenderAsync(picture, kind, Both)).Count);
            return "renditions";
        }
        catch (PictureUndecodable why)
        {
            return $"{why.Reason}";
        }
    }
}
