using PhotoGuard.Benchmarks.Ingest;
using PhotoGuard.Ingest.Pixels.Vips;
using PhotoGuard.Tests.Ingest.Metadata;
using PhotoGuard.Tests.Ingest.Pixels;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>Pictures of the sizes that schools send, with the metadata that comes with them. All are made here.</summary>
internal static class ScrubInputs
{
    // Coded once and used for each tile: a coder needs a minute for twelve megapixels of noise.
    private const int Tile = 512, Across = 8, Down = 6;

    /// <summary>12 megapixels, 3 to 4 MB, as an iPad writes them: Exif with a place and a thumbnail, XMP, IPTC, a comment, Display P3.</summary>
    internal static byte[] Jpeg() => TestProfile.InJpeg(new BenchPictures(1).Next().ToArray(), TestProfile.Display(4));

    /// <summary>The same pixels, with nothing behind SOI but what an encoder writes.</summary>
    internal static byte[] BareJpeg()
    {
        var full = Jpeg();
        return [0xFF, 0xD8, .. full[Pictures.Find(full, 0xDB)..]];
    }

    /// <summary>A screenshot of about 5 MB in chunks of 32 KB, with texts, a place and a time.</summary>
    internal static byte[] Png()
    {
        const int width = 1920, height = 1440, grain = 12;
        var noise = new Random(1);
        var scene = new Workers.Demo.DemoScene(1);
        byte[] rows = new byte[height * (1 + 3 * width)], above = new byte[3 * width], row = new byte[3 * width];
        for (var y = 0; y < height; y++)
        {
            scene.PaintRow(y, width, height, row);
            for (var at = 0; at < row.Length; at++) row[at] = (byte)Math.Clamp(row[at] + noise.Next(grain), 0, 255);
            var line = rows.AsSpan(y * (1 + row.Length), 1 + row.Length);
            // Filter "up", section 9.2.
            line[0] = 2;
            for (var at = 0; at < row.Length; at++) line[1 + at] = (byte)(row[at] - above[at]);
            (above, row) = (row, above);
        }

        var packed = TestPng.Zlib(rows);
        byte[] before =
        [
            .. TestPng.Chunk("iCCP", [.. "Display P3\0\0"u8, .. TestPng.Zlib(TestProfile.Display(4))]),
            .. TestPng.Chunk("eXIf", Workers.Demo.DemoMetadata.Tiff(new Workers.Demo.DemoPicture { Orientation = 6 }, [])),
            .. TestPng.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. TestHeic.Xmp]),
            .. TestPng.Chunk("tIME", [0x07, 0xEA, 5, 12, 10, 15, 30]),
        ];
        return TestPng.Make(before, TestPng.Chunk("tEXt", "Comment\0Year 4 trip"u8), packed.Length / (32 * 1024), TestPng.Header(width, height), packed);
    }

    /// <summary>12 megapixels in 48 tiles, about 2.5 MB, as an iPad writes them; null where no HEVC coder is installed.</summary>
    internal static byte[]? HeicTiles()
    {
        if (HeicCoded(Tile, Tile, "Q=38") is not var (settings, coded)) return null;
        var tiles = Enumerable.Range(1, Across * Down).Select(id => TestHeic.Picture(id) with
        {
            Data = coded,
            Properties = [(TestHeic.Box("hvcC", settings), true), (TestHeic.Size(Tile, Tile), false)],
        });
        const int width = 4032, height = 3024, grid = Across * Down + 1;
        return new TestHeic
        {
            Items = [.. tiles, new(grid, "grid", [0, 0, Down - 1, Across - 1, .. TestHeic.Two(width), .. TestHeic.Two(height)])
            {
                Method = 1,
                Properties = [(TestHeic.Size(width, height), false), (TestHeic.Box("irot", [3]), true), (TestHeic.Box("colr", [.. "prof"u8, .. TestProfile.Display(4)]), true)],
            }],
            Primary = grid,
            References = [("dimg", grid, [.. Enumerable.Range(1, Across * Down)])],
        }.WithMetadata().Make();
    }

    /// <summary>About 2.5 MB in one piece; null as above.</summary>
    internal static byte[]? HeicWhole() => HeicCoded(1600, 1200, "Q=86") is not var (settings, coded) ? null : new TestHeic
    {
        Items = [new(1, "hvc1", coded) { Properties = [(TestHeic.Box("hvcC", settings), true), (TestHeic.Size(1600, 1200), false)] }],
    }.WithMetadata().Make();

    /// <summary>A WebP of about 1.5 MB with Exif and XMP; null where libvips has no coder for it.</summary>
    internal static byte[]? Webp()
    {
        try
        {
            const int width = 2048, height = 1536;
            var coded = TestWebp.Of(PaintedPicture.Grainy("webpsave_buffer", width, height, 60, "Q=80,effort=0"), "VP8 ");
            return TestWebp.File(TestWebp.Canvas(TestWebp.Profile | TestWebp.Exif | TestWebp.Xmp, width, height), TestWebp.Chunk("ICCP", TestProfile.Display(4)),
                TestWebp.Chunk("VP8 ", coded), TestWebp.Chunk("EXIF", TestHeic.Exif.AsSpan(10)), TestWebp.Chunk("XMP ", TestHeic.Xmp));
        }
        catch (VipsFailure)
        {
            return null;
        }
    }

    private static (byte[] Settings, byte[] Coded)? HeicCoded(int width, int height, string options)
    {
        try
        {
            return TestHeic.Parts(PaintedPicture.Grainy("heifsave_buffer", width, height, 60, $"compression=hevc,effort=0,{options}"));
        }
        catch (VipsFailure)
        {
            return null;
        }
    }
}
