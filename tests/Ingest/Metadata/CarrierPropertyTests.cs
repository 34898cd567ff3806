using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>
/// What holds whatever a file carries: any number of carriers, of any name, in any order, with any content and a word planted in it. The
/// word never comes out, the coded picture always does, and cleaning a clean file changes nothing.
/// </summary>
public sealed class CarrierPropertyTests
{
    private const int Tries = 1500;

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(Tries);

    /// <summary>How the contents of carriers begin that readers look into.</summary>
    private static readonly string[] Beginnings =
        ["", "Exif\0\0MM\0*", "Exif\0\0II*\0", "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>", "http://ns.adobe.com/xmp/extension/\0", "Photoshop 3.0\08BIM",
            "ICC_PROFILE\0\u0001\u0001", "JFXX\0\u0010", "MPF\0", "FPXR\0", "XML:com.adobe.xmp\0\0\0\0\0", "Raw profile type exif\0\0"];

    private static readonly Gen<byte[]> AnyContent =
        from beginning in Gen.Elements(Beginnings)
        from before in Gen.Choose(0, 255).ArrayOf().Resize(40)
        from behind in Gen.Choose(0, 255).ArrayOf().Resize(40)
        select (byte[])[.. Encoding.Latin1.GetBytes(beginning), .. Bytes(before), .. Encoding.ASCII.GetBytes(Pictures.Canary), .. Bytes(behind)];

    private static readonly Gen<char> AnyLetter = Gen.Elements("abcdefghijklmnopqrstuvwxyz".ToCharArray());

    /// <summary>Four letters; the first is small, as those of parts that a reader may pass over.</summary>
    private static readonly Gen<string> AnyName =
        from known in Gen.Elements("tEXt", "zTXt", "iTXt", "eXIf", "iCCP", "tIME", "pHYs", "EXIF", "XMP ", "ICCP", "free", "skip", "uuid", "udta", "")
        from letters in AnyLetter.ArrayOf(4)
        from capital in Gen.Elements(true, false)
        select known.Length > 0 ? known : new string([letters[0], letters[1], char.ToUpperInvariant(letters[2]), capital ? char.ToUpperInvariant(letters[3]) : letters[3]]);

    private int taken;

    private static Arbitrary<(byte[] Front, byte[] Back)> Carriers(Gen<byte[]> one) => (
        from front in one.ArrayOf().Resize(6)
        from back in one.ArrayOf().Resize(3)
        select (front.SelectMany(part => part).ToArray(), back.SelectMany(part => part).ToArray())).ToArbitrary();

    [Fact]
    public void Nothing_that_a_JPEG_carries_comes_out_with_it() => Hold(
        Carriers(
            from marker in Gen.Elements(Enumerable.Range(0xE0, 16).Append(0xFE).Select(code => (byte)code))
            from content in AnyContent
            select Pictures.Segment(marker, content)),
        carried => ComesOutAlone([.. Pictures.Bare[..2], .. carried.Front, .. Pictures.Bare[2..], .. carried.Back], Pictures.Bare));

    [Fact]
    public void Nothing_that_a_PNG_carries_comes_out_with_it() => Hold(
        Carriers(
            from name in AnyName
            from content in AnyContent
            select TestPng.Chunk(name, content)),
        carried => ComesOutAlone(TestPng.Make(carried.Front, carried.Back), TestPng.Make()));

    [Fact]
    public void Nothing_that_a_WebP_carries_comes_out_with_it() => Hold(
        Carriers(
            from name in AnyName
            from content in AnyContent
            select TestWebp.Chunk(name, content)),
        carried => ComesOutAlone(TestWebp.Make(0, carried.Front, carried.Back), TestWebp.Make()));

    [Fact]
    public void Nothing_behind_the_boxes_of_a_HEIC_comes_out_with_it()
    {
        var bare = TestHeic.Tiles().Make();
        Hold(
            Carriers(
                from name in AnyName
                from content in AnyContent
                select TestHeic.Box(name, content)),
            carried => ComesOutAlone([.. bare, .. carried.Front], bare));
    }

    private void Hold(Arbitrary<(byte[] Front, byte[] Back)> carriers, Func<(byte[] Front, byte[] Back), bool> holds)
    {
        Check.One(Thorough, Prop.ForAll(carriers, holds));
        // Refusing all of them would hold as well.
        Assert.InRange(taken, Tries / 10, Tries);
    }

    /// <summary>Refusing is always right; what is taken is the bare picture.</summary>
    private bool ComesOutAlone(byte[] file, byte[] bare)
    {
        byte[] clean;
        try
        {
            clean = Pictures.Clean(file);
        }
        catch (PictureRefused)
        {
            return true;
        }

        taken++;
        return !Pictures.Holds(clean, Pictures.Canary) && Coded(clean).SequenceEqual(Coded(bare)) && Pictures.Clean(clean).AsSpan().SequenceEqual(clean);
    }

    private static byte[] Coded(byte[] file)
    {
        using var picture = PictureScrubber.Scrub(file);
        var bytes = picture.Bytes;
        return [.. picture.CodedRanges.SelectMany(range => bytes[range].ToArray())];
    }

    private static byte[] Bytes(int[] values) => Array.ConvertAll(values, value => (byte)value);
}
