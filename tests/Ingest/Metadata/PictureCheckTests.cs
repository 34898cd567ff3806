using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>The second check on its own: files that no scrubber makes must not get past it.</summary>
public sealed class PictureCheckTests
{
    private static readonly byte[] Jpeg = Pictures.Clean(TestProfile.InJpeg(Pictures.Ipad, TestProfile.Display(4)));

    private static readonly byte[] Png = Pictures.Clean(TestPng.Make([.. TestPng.Chunk("iCCP", [.. "x\0\0"u8, .. TestPng.Zlib(TestProfile.Display(2))]),
        .. TestPng.Chunk("eXIf", DemoMetadata.Tiff(new DemoPicture { Orientation = 6 }, []))]));

    private static void Fails(byte[] file) =>
        Assert.Equal("picture-check-failed", Assert.Throws<PictureRefused>(() => PictureCheck.Verify(file)).Type);

    [Fact]
    public void Originals_fail()
    {
        Fails(Pictures.Ipad);
        Fails(TestProfile.InJpeg(Pictures.Bare, TestProfile.Display(4)));
        Fails(TestPng.Make(TestPng.Chunk("tEXt", "a\0b"u8)));
        Fails(TestPng.Make(TestPng.Chunk("iCCP", [.. "icc\0\0"u8, .. TestPng.Zlib(TestProfile.Display(2))])));
        Fails([]);
        Fails(Encoding.ASCII.GetBytes("hello"));
    }

    [Fact]
    public void A_segment_fails_wherever_it_stands()
    {
        var scan = Pictures.Find(Jpeg, 0xDA);
        for (var at = 2; at <= scan; at += 2 + (Jpeg[at + 2] << 8 | Jpeg[at + 3]))
            foreach (var segment in (byte[][])[Pictures.Segment(0xFE, "x"u8), Pictures.Segment(0xE1, "Exif\0\0"u8), Pictures.Segment(0xE7, []), [0xFF], [0],
                         Pictures.Segment(0xDB, [3, .. Enumerable.Repeat((byte)65, 64)])])
                Fails(Pictures.Insert(Jpeg, at, segment));
        Fails(Pictures.Insert(Jpeg, Jpeg.Length - 2, Pictures.Segment(0xFE, "x"u8)));
        Fails([.. Jpeg, 0]);
        Fails([.. Jpeg, .. Jpeg]);
    }

    [Fact]
    public void A_chunk_fails_wherever_it_stands()
    {
        for (var at = 8; at < Png.Length; at += 12 + (Png[at + 2] << 8 | Png[at + 3]))
            foreach (var type in (string[])["tEXt", "eXIf", "tIME", "prVt", "IHDR", "iCCP"])
                Fails(Pictures.Insert(Png, at, TestPng.Chunk(type, "x"u8)));
        Fails([.. Png, 0]);
    }

    [Fact]
    public void Each_changed_byte_before_the_pixels_fails_or_is_a_number()
    {
        // Bytes that may be another number: white point, primaries, adaptation, curves, sizes, tables. What may never change is all else.
        var marks = Pictures.Find(Jpeg, 0xDB);
        var passed = 0;
        for (var at = 0; at < marks; at++)
        {
            var changed = (byte[])Jpeg.Clone();
            changed[at] ^= 0x41;
            try
            {
                PictureCheck.Verify(changed);
                passed++;
            }
            catch (PictureRefused refused)
            {
                Assert.Equal("picture-check-failed", refused.Type);
            }
        }
        // 4 points of 12, 36 of adaptation, 20 of the one shared curve, version's minor byte.
        Assert.InRange(passed, 1, 4 * 12 + 36 + 3 * 20 + 1);
    }

    [Fact]
    public void Cut_files_fail()
    {
        for (var length = 0; length < Jpeg.Length; length += 1 + length / 40) Fails(Jpeg[..length]);
        for (var length = 0; length < Png.Length; length++) Fails(Png[..length]);
    }

    [Fact]
    public void Data_behind_packed_pixels_fails()
    {
        var packed = TestPng.Zlib(TestPng.Rows(30, 120));
        PictureCheck.Verify(TestPng.Make(packed: packed));
        Fails(TestPng.Make(packed: [.. packed, 1]));
        Fails(TestPng.Make(packed: [.. packed, .. new byte[100]]));
        Fails(TestPng.Make(packed: TestPng.Zlib(TestPng.Rows(31, 120))));
        Fails(TestPng.Make(packed: packed, pieces: 2));
    }
}
