using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>The second look at a WebP, which must not be content with what a scrubber that errs would write.</summary>
public sealed class WebpCheckTests
{
    private static readonly byte[] Whole = Pictures.Clean(TestWebp.File(TestWebp.Canvas(TestWebp.Profile | TestWebp.Alpha | TestWebp.Exif), TestWebp.Chunk("ICCP", TestProfile.Display(2)),
        TestWebp.Chunk("ALPH", TestWebp.Transparent.Alpha), TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy), TestWebp.Chunk("EXIF", DemoMetadata.Tiff(new DemoPicture { Orientation = 6 }, []))));

    private static readonly byte[] Simple = Pictures.Clean(TestWebp.Make()), Lossless = Pictures.Clean(TestWebp.File(TestWebp.Chunk("VP8L", TestWebp.Lossless)));

    private static void Fails(byte[] file) =>
        Assert.Equal("picture-check-failed", Assert.Throws<PictureRefused>(() => PictureCheck.Verify(file)).Type);

    [Fact]
    public void Not_one_bit_around_the_pixels_can_change_but_the_numbers_of_colours_and_orientation()
    {
        var passed = new HashSet<int>();
        var (profile, alpha, pixels, exif) = (At("ICCP"), At("ALPH"), At("VP8 "), At("EXIF"));
        for (var at = 0; at < Whole.Length; at++)
        {
            // Coded data may be anything.
            if ((at >= alpha + 9 && at < pixels) || (at >= pixels + 18 && at < exif)) continue;
            for (var bit = 0; bit < 8; bit++)
            {
                var changed = (byte[])Whole.Clone();
                changed[at] ^= (byte)(1 << bit);
                try
                {
                    PictureCheck.Verify(changed);
                    passed.Add(at);
                }
                catch (PictureRefused refused)
                {
                    Assert.Equal("picture-check-failed", refused.Type);
                }
            }
        }
        // Settings of transparency, the frame's profile and first partition, and which way up.
        int[] free = [alpha + 8, pixels + 8, pixels + 9, pixels + 10, exif + 8 + 19];
        Assert.Empty(passed.Where(at => at < profile + 8 || at >= alpha).Except(free));

        static int At(string type) => Whole.AsSpan().IndexOf(Encoding.ASCII.GetBytes(type));
    }

    [Fact]
    public void A_chunk_fails_wherever_it_stands()
    {
        foreach (var file in (byte[][])[Whole, Simple, Lossless])
            for (var at = 12; at <= file.Length; at += at == file.Length ? 1 : 8 + (BitConverter.ToInt32(file, at + 4) + 1 & ~1))
                foreach (var type in (string[])["XMP ", "EXIF", "ICCP", "ALPH", "VP8X", "VP8 ", "VP8L", "ANIM", "ICMT"])
                {
                    var more = Pictures.Insert(file, at, TestWebp.Chunk(type, new byte[10]));
                    BitConverter.TryWriteBytes(more.AsSpan(4), more.Length - 8);
                    Fails(more);
                }
    }

    [Fact]
    public void Nothing_stands_behind_the_end_and_nothing_is_missing()
    {
        foreach (var file in (byte[][])[Whole, Simple, Lossless])
        {
            Fails([.. file, 0]);
            Fails([.. file, 0, 0]);
            Fails([.. file, .. file]);
            for (var length = 0; length < file.Length; length++) Fails(file[..length]);
        }
    }

    [Fact]
    public void A_file_that_was_never_scrubbed_does_not_pass()
    {
        Fails(TestWebp.Make());
        Fails(TestWebp.Make(TestWebp.Exif, behind: TestWebp.Chunk("EXIF", DemoMetadata.Tiff(new DemoPicture { Orientation = 6 }, []))));
        Fails(TestWebp.Make(TestWebp.Profile, TestWebp.Chunk("ICCP", TestProfile.Display(4))));
        Fails(TestWebp.Make(TestWebp.Xmp, behind: TestWebp.Chunk("XMP ", "<x/>"u8)));
        Fails(TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy), TestWebp.Chunk("ICMT", "x"u8)));
        Fails(TestWebp.File(TestWebp.Chunk("VP8L", [.. TestWebp.Lossless, .. "sent from classroom iPad 07"u8])));
        Fails(TestWebp.File(TestWebp.Canvas(TestWebp.Alpha), TestWebp.Chunk("VP8L", TestWebp.TransparentLossless)));
    }
}
