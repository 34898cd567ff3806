using PhotoGuard.Benchmarks.Scrub;
using PhotoGuard.Ingest.Pixels.Vips;
using PhotoGuard.Tests.Ingest.Metadata;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Benchmarks.ScrubFuzz;

/// <summary>Small pictures of all four kinds, made here, so that most of their bytes are heads; and real ones where some lie beside the project.</summary>
internal static class FuzzSeeds
{
    private const int LongestReal = 256 * 1024;

    internal static List<FuzzSeed> Made()
    {
        List<(string Name, Func<byte[]> Make)> all = [];
        var small = DemoPictures.Jpeg(new DemoPicture { Width = 24, Height = 16, TakenAt = Pictures.Taken, Orientation = 6 });
        var bare = JpegPainter.Paint(24, 16, new DemoScene(2).PaintRow, 60, []);
        all.Add(("jpeg of an iPad", () => small));
        all.Add(("jpeg, bare", () => bare));
        all.Add(("jpeg with a profile", () => TestProfile.InJpeg(small, TestProfile.Display(4))));
        all.Add(("jpeg with a profile in pieces", () => TestProfile.InJpeg(bare, TestProfile.Display(2), each: 200)));
        all.Add(("jpeg, cleaned", () => Pictures.Clean(TestProfile.InJpeg(small, TestProfile.Display(4)))));
        all.Add(("jpeg and another behind it", () => [.. small, .. small]));
        all.Add(("jpeg, progressive", () => PaintedPicture.Jpeg(40, 24, 6, "interlace=true")));
        all.Add(("jpeg, in CMYK", () => PaintedPicture.JpegInProfile(24, 24, "cmyk")));
        all.Add(("jpeg, restarting", () => PaintedPicture.Jpeg(64, 64, 1, "restart-interval=2")));

        byte[] tiff = DemoMetadata.Tiff(new DemoPicture { Orientation = 3 }, []);
        all.Add(("png", () => TestPng.Make()));
        all.Add(("png with all that is known", () => TestPng.Make(
            [.. TestPng.Chunk("iCCP", [.. "x\0\0"u8, .. TestPng.Zlib(TestProfile.Display(2))]), .. TestPng.Chunk("gAMA", [0, 0, 0xB1, 0x8F]),
                .. TestPng.Chunk("eXIf", tiff), .. TestPng.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. TestHeic.Xmp])],
            [.. TestPng.Chunk("tEXt", "Comment\0Year 4 trip"u8), .. TestPng.Chunk("tIME", [7, 234, 5, 12, 10, 15, 30])], pieces: 3)));
        all.Add(("png with a palette", () => TestPng.Make([.. TestPng.Chunk("PLTE", new byte[48]), .. TestPng.Chunk("tRNS", new byte[9])],
            header: TestPng.Header(40, 30, 4, 3), packed: TestPng.Zlib(TestPng.Rows(30, 20)))));
        all.Add(("png, interlaced", () => PaintedPicture.Png(33, 17, "interlace=true")));
        all.Add(("png, cleaned", () => Pictures.Clean(TestPng.Make(TestPng.Chunk("eXIf", tiff)))));

        all.Add(("heic", () => new TestHeic().WithMetadata().Make()));
        all.Add(("heic of tiles", () => TestHeic.Tiles((TestHeic.Box("irot", [1]), true)).WithMetadata().Make()));
        all.Add(("heic, wide and scattered", () => new TestHeic { WideItems = true, WideProperties = true, BaseSize = 8, OffsetSize = 8, LengthSize = 8, NumberSize = 4, LongBoxes = true, IndexLast = true, Slack = "slack"u8.ToArray() }.WithMetadata().Make()));
        all.Add(("heic with a profile", () => new TestHeic
        {
            Items = [TestHeic.Picture(1, (TestHeic.Box("colr", [.. "prof"u8, .. TestProfile.Display(2)]), true), (TestHeic.Box("irot", [1]), true), (TestHeic.Box("imir", [0]), true))],
        }.Make()));
        all.Add(("heic, cleaned", () => Pictures.Clean(TestHeic.Tiles().Make())));

        all.Add(("webp", () => TestWebp.Make(TestWebp.Profile | TestWebp.Exif | TestWebp.Xmp, TestWebp.Chunk("ICCP", TestProfile.Display(4)),
            [.. TestWebp.Chunk("EXIF", TestHeic.Exif.AsSpan(10)), .. TestWebp.Chunk("XMP ", TestHeic.Xmp)])));
        all.Add(("webp, simple", () => TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy))));
        all.Add(("webp, lossless", () => TestWebp.File(TestWebp.Chunk("VP8L", TestWebp.Lossless))));
        all.Add(("webp, lossless and transparent", () => TestWebp.File(TestWebp.Canvas(TestWebp.Alpha), TestWebp.Chunk("VP8L", TestWebp.TransparentLossless))));
        all.Add(("webp, transparent", () => TestWebp.File(TestWebp.Canvas(TestWebp.Alpha), TestWebp.Chunk("ALPH", TestWebp.Transparent.Alpha), TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy))));
        all.Add(("webp, cleaned", () => Pictures.Clean(TestWebp.Make(TestWebp.Exif, behind: TestWebp.Chunk("EXIF", TestHeic.Exif.AsSpan(10))))));
        return [.. all.SelectMany(Seed)];
    }

    /// <summary>None where there is no such folder.</summary>
    internal static List<FuzzSeed> Real() =>
        [.. RealRounds.Taken().Where(file => file.Bytes.Length <= LongestReal).Select(file => new FuzzSeed(file.Name, file.Bytes))];

    private static IEnumerable<FuzzSeed> Seed((string Name, Func<byte[]> Make) seed)
    {
        try
        {
            return [new(seed.Name, seed.Make())];
        }
        catch (Exception missing) when (missing is VipsFailure or TypeInitializationException)
        {
            Console.Error.WriteLine($"Left out: {seed.Name} (libvips cannot write it).");
            return [];
        }
    }
}
