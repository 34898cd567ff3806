using System.Security.Cryptography;
using System.Text;
using PhotoGuard.Tests.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>A JPEG with a word of its own in every place where a JPEG can hold one, and what is left of that in a cleaned copy.</summary>
internal sealed class PlantedPicture
{
    private static readonly (double, double) Place = (12.345678, 98.765432);

    private readonly List<(string Carrier, byte[] Word)> words = [];
    private readonly byte[] before, profile;

    /// <param name="pixels">A JPEG of any size; what it carries is told apart from what is planted here.</param>
    internal PlantedPicture(byte[] pixels)
    {
        byte[] thumbnail = JpegPainter.Paint(160, 120, new DemoScene(3).PaintRow, 60, [(0xFE, Word("thumbnail"))]);
        byte[] second = JpegPainter.Paint(64, 48, new DemoScene(4).PaintRow, 60,
            [(0xE1, DemoMetadata.Exif(new DemoPicture { Model = Text("second picture"), Place = Place }, thumbnail))]);
        profile = TestProfile.Display(4);
        byte[] named = (byte[])profile.Clone();
        // All texts of that profile are the same word, so another of its length is put over them.
        var name = Word("colour profile");
        for (int at; (at = named.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Pictures.Canary))) >= 0;) name.AsSpan(0, Pictures.Canary.Length).CopyTo(named.AsSpan(at));
        words[^1] = ("colour profile", name[..Pictures.Canary.Length]);

        var file = pixels;
        foreach (var (marker, data) in Enumerable.Reverse(new (byte, byte[])[]
                 {
                     (0xE0, [.. "JFXX\0\u0010"u8, .. Word("JFXX")]),
                     (0xE1, DemoMetadata.Exif(new DemoPicture { Model = Text("Exif"), Orientation = 6, Place = Place }, thumbnail)),
                     (0xE1, DemoMetadata.Xmp(new DemoPicture { City = Text("XMP"), Place = Place })),
                     (0xE1, [.. "http://ns.adobe.com/xmp/extension/\0"u8, .. new byte[40], .. Word("extended XMP")]),
                     (0xED, DemoMetadata.Iptc(new DemoPicture { City = Text("IPTC") })),
                     (0xE2, [.. "ICC_PROFILE\0\u0001\u0001"u8, .. named]),
                     (0xE2, [.. "FPXR\0"u8, .. Word("FlashPix")]),
                     (0xE5, Word("APP5")),
                     (0xEB, [.. "JP\0\u0001\0\0\0\u0001"u8, .. Word("APP11 JUMBF")]),
                     (0xEC, [.. "Ducky\0"u8, .. Word("APP12")]),
                     (0xFE, Word("comment")),
                 }))
            file = Pictures.WithSegment(file, marker, data);
        File = [.. file, .. second, .. Word("trailer")];
        before = Pixels(File);
    }

    internal byte[] File { get; }

    /// <summary>Carriers whose words are still there, raw, as UTF-16 or in hexadecimal; and what of the display is lost.</summary>
    internal object Judge(string path)
    {
        if (!System.IO.File.Exists(path)) return "wrote nothing";
        var clean = System.IO.File.ReadAllBytes(path);
        string[] left = [.. words.Where(word => Pictures.Holds(clean, Encoding.ASCII.GetString(word.Word))).Select(word => word.Carrier).Distinct()];
        return new
        {
            left,
            leftCount = left.Length,
            samePixels = before.Length == 0 ? (bool?)null : before.AsSpan().SequenceEqual(Pixels(clean)),
            orientation = Tag(path, "-Orientation") == "6",
            colours = Tag(path, "-ICC_Profile:RedMatrixColumn").Length > 0,
        };
    }

    private static byte[] Pixels(byte[] jpeg)
    {
        if (!Programs.Has("djpeg")) return [];
        var path = Path.GetTempFileName();
        System.IO.File.WriteAllBytes(path, jpeg);
        var pixels = SHA256.HashData(Programs.Run("djpeg", "-pnm", path));
        System.IO.File.Delete(path);
        return pixels;
    }

    private static string Tag(string path, string tag) =>
        Programs.Has("exiftool") ? Encoding.ASCII.GetString(Programs.Run("exiftool", "-config", "", "-n", "-s3", tag, path)).Trim() : "";

    private string Text(string carrier) => Encoding.ASCII.GetString(Word(carrier));

    /// <summary>Sixteen letters that are in no other file.</summary>
    private byte[] Word(string carrier)
    {
        var word = Encoding.ASCII.GetBytes("QX" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(carrier + words.Count)))[..14]);
        words.Add((carrier, word));
        return word;
    }
}
