using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox;

public class DecoderTests
{
    private static readonly RenditionSpec[] Both = [RenditionSpec.Web, RenditionSpec.Thumb];
    private static readonly byte[] Small = PaintedPicture.Jpeg(640, 480);

    [Fact]
    public async Task A_child_makes_the_same_bytes_as_another_child_and_as_this_process()
    {
        var picture = PaintedPicture.Jpeg(3000, 2000, orientation: 6);
        await using var one = New();
        await using var other = New();

        var made = await one.RenderAsync(picture, PictureKind.Jpeg, Both);

        AssertSame(made, await other.RenderAsync(picture, PictureKind.Jpeg, Both));
        AssertSame(made, Renditions.Make(picture, PictureKind.Jpeg, Both));
        Assert.Equal(["web", "thumb"], made.Select(rendition => rendition.Name));
    }

    [Fact]
    public async Task A_child_redacts_the_same_bytes_as_this_process_between_renditions()
    {
        var picture = PaintedPicture.Jpeg(3000, 2000, orientation: 6);
        BurnBox[] boxes = [.. Enumerable.Range(0, BurnBox.Most).Select(nth => new BurnBox(nth % 10 / 10.0, nth / 10 / 10.0, 0.05, 0.05))];
        await using var decoder = New(new() { Children = 1 });
        await decoder.RenderAsync(picture, PictureKind.Jpeg, Both);

        foreach (var fill in new[] { BurnFill.Solid, BurnFill.Average })
            AssertSame([await decoder.RedactAsync(picture, PictureKind.Jpeg, boxes, fill)], [Redaction.Make(picture, PictureKind.Jpeg, boxes, fill)]);

        AssertSame(await decoder.RenderAsync(picture, PictureKind.Jpeg, Both), Renditions.Make(picture, PictureKind.Jpeg, Both));
        await Assert.ThrowsAsync<ArgumentException>(() => decoder.RedactAsync(picture, PictureKind.Jpeg, [new(0.5, 0.5, 0.6, 0.1)], BurnFill.Solid));
    }

    [Theory]
    [InlineData(PictureKind.Jpeg, 8000, 8000)]
    [InlineData(PictureKind.Png, 8000, 8000)]
    [InlineData(PictureKind.Webp, 8000, 8000)]
    [InlineData(PictureKind.Webp, 6000, 4100)]
    [InlineData(PictureKind.Heic, 6000, 6000)]
    public async Task The_largest_pictures_are_shown_and_redacted_within_the_childs_memory_and_without_a_file(PictureKind kind, int width, int height)
    {
        var picture = kind switch
        {
            PictureKind.Jpeg => PaintedPicture.Jpeg(width, height),
            PictureKind.Png => PaintedPicture.Png(width, height, "compression=1"),
            PictureKind.Webp => PaintedPicture.Webp(width, height, "lossless=true,effort=0"),
            _ => PaintedPicture.Heic(width, height),
        };
        await using var decoder = New(new() { Wall = TimeSpan.FromSeconds(60) });

        var shown = await decoder.RenderAsync(picture, kind, [RenditionSpec.Thumb]);
        var redacted = await decoder.RedactAsync(picture, kind, [new(0.1, 0.1, 0.2, 0.2)], BurnFill.Average);

        Assert.Equal(512, Math.Max(shown[0].Width, shown[0].Height));
        Assert.InRange(Math.Max(redacted.Width, redacted.Height), 3000, 4096);
    }

    [Fact]
    public async Task Every_kind_is_decoded_inside_the_sandbox()
    {
        await using var decoder = New();
        foreach (var (picture, kind) in new[]
        {
            (Small, PictureKind.Jpeg), (PaintedPicture.Png(640, 480), PictureKind.Png),
            (PaintedPicture.Webp(640, 480), PictureKind.Webp), (PaintedPicture.Heic(640, 480), PictureKind.Heic),
        })
        {
            var made = await decoder.RenderAsync(picture, kind, Both);
            Assert.Equal((512, 384), (made[1].Width, made[1].Height));
        }
    }

    [Fact]
    public async Task A_child_is_kept_for_the_next_picture_and_replaced_after_its_number()
    {
        await using var decoder = New(new() { Children = 1, PicturesPerChild = 2 });

        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        var first = Assert.Single(decoder.IdleProcessIds);
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        Assert.Empty(decoder.IdleProcessIds);
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);

        Assert.NotEqual(first, Assert.Single(decoder.IdleProcessIds));
    }

    [Fact]
    public async Task A_child_that_keeps_more_memory_than_it_may_is_replaced()
    {
        await using var frugal = New(new() { Children = 1, ResidentBytesKept = 1 << 20 });
        await using var patient = New(new() { Children = 1 });

        await frugal.RenderAsync(Small, PictureKind.Jpeg, Both);
        await patient.RenderAsync(Small, PictureKind.Jpeg, Both);

        Assert.Empty(frugal.IdleProcessIds);
        Assert.Single(patient.IdleProcessIds);
        Assert.Equal(2, (await frugal.RenderAsync(Small, PictureKind.Jpeg, Both)).Count);
    }

    [Fact]
    public async Task A_suspect_gets_a_child_that_had_no_other_picture_and_gets_none()
    {
        await using var decoder = New(new() { Children = 1 });
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        var used = Assert.Single(decoder.IdleProcessIds);

        AssertSame(Renditions.Make(Small, PictureKind.Jpeg, Both), await decoder.RenderAloneAsync(Small, PictureKind.Jpeg, Both));

        Assert.Empty(decoder.IdleProcessIds);
        await Until(() => !Directory.Exists($"/proc/{used}"));
    }

    [Fact]
    public async Task Prepared_beforehand_a_child_waits_for_the_first_picture()
    {
        await using var decoder = New();
        await decoder.PrepareAsync(CancellationToken.None);
        var child = Assert.Single(decoder.IdleProcessIds);
        await decoder.RenderAloneAsync(Small, PictureKind.Jpeg, Both);
        Assert.Empty(decoder.IdleProcessIds);
        Assert.Null(decoder.Trouble);
        Assert.NotEqual(0, child);
    }

    [Fact]
    public async Task A_picture_that_cannot_be_decoded_is_told_apart_from_a_lost_child()
    {
        await using var decoder = New();

        var refused = await Assert.ThrowsAsync<PictureUndecodable>(
            () => decoder.RenderAsync(Small.AsMemory(0, Small.Length * 9 / 10), PictureKind.Jpeg, Both));

        Assert.Equal(UndecodableReason.Damaged, refused.Reason);
        Assert.Equal(2, (await decoder.RenderAsync(Small, PictureKind.Jpeg, Both)).Count);
    }

    [Fact]
    public async Task A_child_killed_in_the_middle_costs_one_picture()
    {
        await using var decoder = New(new() { Children = 1 });
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        var child = Assert.Single(decoder.IdleProcessIds);
        // Stopped, so that the picture is certainly with the child when it is killed.
        await SignalAsync("STOP", Descendants(child).Last());
        var rendering = decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        await Until(() => !decoder.IdleProcessIds.Any());

        await SignalAsync("KILL", Descendants(child).Last());

        Assert.Equal(LossReason.Killed, (await Assert.ThrowsAsync<DecoderLost>(() => rendering)).Reason);
        Assert.Equal(2, (await decoder.RenderAsync(Small, PictureKind.Jpeg, Both)).Count);
    }

    [Fact]
    public async Task A_child_killed_while_idle_costs_nothing()
    {
        await using var decoder = New(new() { Children = 1 });
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        var child = Assert.Single(decoder.IdleProcessIds);

        await SignalAsync("KILL", child);
        await Until(() => !Directory.Exists($"/proc/{child}") || File.ReadAllText($"/proc/{child}/stat").Contains(" Z "));

        Assert.Equal(2, (await decoder.RenderAsync(Small, PictureKind.Jpeg, Both)).Count);
    }

    [Fact]
    public async Task A_child_that_hangs_is_killed_and_the_next_picture_gets_another()
    {
        await using var decoder = New(new() { Children = 1, Wall = TimeSpan.FromSeconds(3) });
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        await SignalAsync("STOP", Descendants(Assert.Single(decoder.IdleProcessIds)).Last());

        var lost = await Assert.ThrowsAsync<DecoderLost>(() => decoder.RenderAsync(Small, PictureKind.Jpeg, Both));

        Assert.Equal(LossReason.Wall, lost.Reason);
        Assert.Equal(2, (await decoder.RenderAsync(Small, PictureKind.Jpeg, Both)).Count);
    }

    [Fact]
    public async Task Many_callers_share_few_children()
    {
        await using var decoder = New(new() { Children = 2 });
        var expected = Renditions.Make(Small, PictureKind.Jpeg, Both);

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => decoder.RenderAsync(Small, PictureKind.Jpeg, Both)));

        Assert.All(all, made => AssertSame(expected, made));
        Assert.InRange(decoder.IdleProcessIds.Count(), 1, 2);
    }

    [Fact]
    public async Task WebP_passes_the_second_look_too()
    {
        await using var decoder = New();

        var made = await decoder.RenderAsync(Small, PictureKind.Jpeg, [RenditionSpec.Thumb with { Format = RenditionFormat.Webp }]);

        Assert.Equal((512, 384), (made[0].Width, made[0].Height));
    }

    [Fact]
    public async Task Cancelling_ends_the_child_that_has_the_picture()
    {
        await using var decoder = New(new() { Children = 1 });
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        var child = Assert.Single(decoder.IdleProcessIds);
        await SignalAsync("STOP", Descendants(child).Last());
        using var cancel = new CancellationTokenSource();
        var rendering = decoder.RenderAsync(Small, PictureKind.Jpeg, Both, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rendering);
        await Until(() => !Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public async Task Disposing_ends_every_process_of_every_child()
    {
        var decoder = New();
        await decoder.RenderAsync(Small, PictureKind.Jpeg, Both);
        var processes = Descendants(Assert.Single(decoder.IdleProcessIds));
        Assert.Equal(3, processes.Count);

        await decoder.DisposeAsync();

        await Until(() => !processes.Any(id => Directory.Exists($"/proc/{id}")));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => decoder.RenderAsync(Small, PictureKind.Jpeg, Both));
    }

    [Fact]
    public async Task Without_bubblewrap_nothing_is_decoded()
    {
        await using var decoder = New(new() { Bubblewrap = null });

        Assert.False(decoder.Sandboxed);
        var refused = await Assert.ThrowsAsync<DecoderUnavailable>(() => decoder.RenderAsync(Small, PictureKind.Jpeg, Both));
        Assert.Contains(DecoderSettings.UnsandboxedVariable, refused.Message);
    }

    [Fact]
    public async Task Without_bubblewrap_and_told_to_decode_the_bytes_are_the_same()
    {
        await using var decoder = New(new() { Bubblewrap = null, AllowUnsandboxed = true });

        AssertSame(Renditions.Make(Small, PictureKind.Jpeg, Both), await decoder.RenderAsync(Small, PictureKind.Jpeg, Both));
    }

    [Fact]
    public async Task A_sandbox_that_does_not_start_says_so()
    {
        await using var decoder = New(new() { Bubblewrap = "/usr/bin/false" });

        await Assert.ThrowsAsync<DecoderUnavailable>(() => decoder.RenderAsync(Small, PictureKind.Jpeg, Both));
        Assert.StartsWith("The decoder does not start.", decoder.Trouble, StringComparison.Ordinal);
    }

    [PhotosFact]
    public async Task Fault62_Hostile_pictures_neither_crash_nor_stop_the_decoder()
    {
        await using var decoder = New();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(PhotosFolder.Path, "hostile")))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var kind in Enum.GetValues<PictureKind>())
            {
                try
                {
                    await decoder.RenderAsync(bytes, kind, [RenditionSpec.Thumb]);
                }
                catch (PictureUndecodable)
                {
                    // A hint is for the log; that it is refused for good is all there is to see.
                }
            }
        }
        Assert.Equal(2, (await decoder.RenderAsync(Small, PictureKind.Jpeg, Both)).Count);
    }

    // Only the boxes of a HEIC without all of its data.
    private static readonly string[] NotDecodable =
    [
        "heic-0a0640f3-d-heic-exif-idat-3.heic", "heic-8f14e825-empty-icc.heic", "heic-99fd190e-rotate.heic",
        "heic-fe6e98af-park.heic",
    ];

    [PhotosFact]
    public async Task Real_pictures_have_renditions()
    {
        await using var decoder = New();
        var refused = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(PhotosFolder.Path, "real")).Order())
        {
            if (KindByName(file) is not { } kind)
                continue;
            try
            {
                var bytes = await File.ReadAllBytesAsync(file);
                using var scrubbed = PictureScrubber.Scrub(bytes);
                var made = await decoder.RenderAsync(scrubbed.Bytes, kind, Both);
                Assert.Equal(scrubbed.ShownWidth >= scrubbed.ShownHeight, made[0].Width >= made[0].Height);
            }
            catch (PictureRefused)
            {
                // Another test's subject.
            }
            catch (PictureUndecodable e)
            {
                if (!NotDecodable.Contains(Path.GetFileName(file)))
                    refused.Add($"{Path.GetFileName(file)}: {e.Message}");
            }
        }
        Assert.True(refused.Count == 0, string.Join("\n", refused));
    }

    private static PictureKind? KindByName(string file) => Path.GetExtension(file) switch
    {
        ".jpg" or ".jpeg" => PictureKind.Jpeg,
        ".png" => PictureKind.Png,
        ".webp" => PictureKind.Webp,
        ".heic" => PictureKind.Heic,
        _ => null,
    };

    private static Decoder New(DecoderSettings? settings = null) => new(settings ?? new(), NullLogger<Decoder>.Instance);

    private static void AssertSame(IReadOnlyList<Rendition> expected, IReadOnlyList<Rendition> actual)
    {
        Assert.Equal(expected.Select(one => (one.Name, one.Width, one.Height)), actual.Select(one => (one.Name, one.Width, one.Height)));
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span)));
    }

    private static List<int> Descendants(int id)
    {
        var all = new List<int> { id };
        for (var i = 0; i < all.Count; i++)
            all.AddRange(File.ReadAllText($"/proc/{all[i]}/task/{all[i]}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        return all;
    }

    private static async Task SignalAsync(string signal, int id)
    {
        using var kill = Process.Start("/usr/bin/kill", [$"-{signal}", $"{id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private static async Task Until(Func<bool> condition)
    {
        var deadline = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(30), "did not happen in time");
            await Task.Delay(20);
        }
    }
}
