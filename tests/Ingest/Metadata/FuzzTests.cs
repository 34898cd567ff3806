using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Damaged files, always the same ones: refused in a sentence, or cleaned so that the second check agrees.</summary>
public sealed class FuzzTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void Damaged_files_are_refused_or_come_out_clean()
    {
        var seeds = Seeds();
        var random = new Random(20_260_512);
        var taken = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var file = Damage(seeds[round % seeds.Count], seeds[random.Next(seeds.Count)], random);
            PictureReading.Read(file, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);
            try
            {
                using var picture = PictureScrubber.Scrub(file);
                PictureCheck.Verify(picture.Bytes.Span);
                Assert.False(Pictures.Holds(Readable(picture), "Hebden Bridge"));
                taken++;
            }
            catch (PictureRefused refused) when (refused.Type != "picture-check-failed")
            {
                // Refused in words, which is all that is asked of a damaged file.
            }
        }
        Assert.InRange(taken, Rounds / 50, Rounds);
    }

    // What is spliced into the middle of packed pixels is pixels, as far as anyone can tell without unpacking them.
    private static byte[] Readable(ScrubbedPicture picture)
    {
        var bytes = picture.Bytes.ToArray();
        if (picture.Kind == PictureKind.Webp) bytes.AsSpan(picture.CodedRanges[0]).Clear();
        return bytes;
    }

    private static List<byte[]> Seeds()
    {
        var small = DemoPictures.Jpeg(new DemoPicture { Width = 24, Height = 16, TakenAt = Pictures.Taken, Orientation = 6 });
        var bare = JpegPainter.Paint(24, 16, new DemoScene(2).PaintRow, 60, []);
        var picture = new DemoPicture { Orientation = 3 };
        return
        [
            small, bare, TestProfile.InJpeg(bare, TestProfile.Display(2)), TestProfile.InJpeg(small, TestProfile.Display(4)), Pictures.Clean(TestProfile.InJpeg(small, TestProfile.Display(4))),
            Tools.Progressive(bare), Tools.Progressive(small), Tools.Restarting(bare),
            TestPng.Make(), TestPng.Make([.. TestPng.Chunk("iCCP", [.. "x\0\0"u8, .. TestPng.Zlib(TestProfile.Display(2))]), .. TestPng.Chunk("eXIf", DemoMetadata.Tiff(picture, []))], pieces: 3),
            TestHeic.Tiles().WithMetadata().Make(), Pictures.Clean(TestHeic.Tiles().Make()),
            new TestHeic { Items = [TestHeic.Picture(1, (TestHeic.Box("colr", [.. "prof"u8, .. TestProfile.Display(2)]), true), (TestHeic.Box("irot", [1]), true))] }.Make(),
            TestWebp.Make(), Pictures.Clean(TestWebp.Make()),
            TestWebp.File(TestWebp.Canvas(0x3D), TestWebp.Chunk("ICCP", TestProfile.Display(2)), TestWebp.Chunk("ALPH", TestWebp.Transparent.Alpha), TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy),
                TestWebp.Chunk("EXIF", DemoMetadata.Tiff(picture, [])), TestWebp.Chunk("XMP ", System.Text.Encoding.UTF8.GetBytes(DemoMetadata.XmpPacket(picture)))),
            TestWebp.File(TestWebp.Canvas(TestWebp.Exif), TestWebp.Chunk("VP8L", TestWebp.TransparentLossless), TestWebp.Chunk("EXIF", DemoMetadata.Exif(picture, []))),
            TestPng.Make(TestPng.Chunk("PLTE", new byte[48]), header: TestPng.Header(40, 30, 4, 3), packed: TestPng.Zlib(TestPng.Rows(30, 20))),
        ];
    }

    private static byte[] Damage(byte[] file, byte[] other, Random random)
    {
        var damaged = (byte[])file.Clone();
        for (var times = random.Next(1, 4); times > 0 && damaged.Length > 4; times--)
        {
            var at = random.Next(random.Next(2) == 0 ? Math.Min(damaged.Length, 700) : damaged.Length);
            switch (random.Next(7))
            {
                case 0: damaged[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: damaged[at] = (byte)random.Next(256); break;
                case 2: damaged[at] = 0xFF; break;
                case 3: damaged = damaged[..Math.Max(1, at)]; break;
                case 4: damaged = [.. damaged[..at], .. other[random.Next(other.Length)..]]; break;
                case 5: damaged = [.. damaged[..at], .. damaged[Math.Min(damaged.Length, at + random.Next(1, 40))..]]; break;
                default: damaged = Pictures.Insert(damaged, at, other.AsSpan(random.Next(other.Length / 2), Math.Min(other.Length / 2, random.Next(1, 60)))); break;
            }
        }
        if (damaged.AsSpan().StartsWith(TestPng.Signature) && random.Next(4) != 0) MendSums(damaged);
        return damaged;
    }

    // Without right checksums every damaged PNG would be refused at the first of them.
    private static void MendSums(byte[] png)
    {
        for (var at = 8; png.Length - at >= 12;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12) return;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(at + 8 + (int)length), TestPng.Crc(png.AsSpan(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
    }
}
