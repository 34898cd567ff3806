using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Tests.Ingest.Metadata;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>
/// Known patches of known colour spaces come out in sRGB within 2 of 255 of what their profile means, JPEG's own losses included. What is
/// expected is computed here from the spaces' definitions, by nobody's library.
/// </summary>
public sealed class ColoursTests(ITestOutputHelper output)
{
    private const int Side = 48, PerRow = 27, Steps = 9;
    private const double Tolerance = 2;

    public static TheoryData<string> Profiles => [.. Kinds.Keys];

    private static readonly Dictionary<string, (TestColours Colours, Func<byte[]> Profile)> Kinds = new()
    {
        ["Display P3, formula, version 4"] = (TestColours.DisplayP3, () => TestColours.DisplayP3.MatrixProfile(4, TestColours.SrgbFormula)),
        ["Display P3, 1024 samples, version 2"] = (TestColours.DisplayP3, () => TestColours.DisplayP3.MatrixProfile(2, TestColours.SampledCurve(1024))),
        // Within sRGB alone: lcms samples tables on a grid of its own, whose cells across the edge of sRGB are not exact.
        ["sRGB, by a table"] = (TestColours.Srgb, () => TestColours.Srgb.TableProfile(9)),
        ["Adobe RGB, gamma"] = (TestColours.AdobeRgb, () => TestColours.AdobeRgb.MatrixProfile(2, TestColours.GammaCurve(563.0 / 256))),
        ["sRGB, formula"] = (TestColours.Srgb, () => TestColours.Srgb.MatrixProfile(4, TestColours.SrgbFormula)),
        ["sRGB, 1024 samples"] = (TestColours.Srgb, () => TestColours.Srgb.MatrixProfile(2, TestColours.SampledCurve(1024))),
    };

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_cube_of_colours_comes_out_right_from_PNG(string kind)
    {
        var (colours, profile) = Kinds[kind];
        var patches = Cube();
        MustMatch(kind, Png(patches, profile()), PictureKind.Png, patches, patch => colours.InSrgb(patch[0] / 255.0, patch[1] / 255.0, patch[2] / 255.0));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_cube_of_colours_comes_out_right_from_JPEG(string kind)
    {
        var (colours, profile) = Kinds[kind];
        var patches = Cube();
        // The coding of the original costs something too: what is expected is computed from what is stored.
        var plain = PaintedPicture.JpegOf(Png(patches, null), "Q=100,subsample-mode=off");
        var stored = Patches(PaintedPicture.Decode(plain), patches.Length);
        MustMatch(kind, TestProfile.InJpeg(plain, profile()), PictureKind.Jpeg, patches.Length,
            nth => colours.InSrgb(stored[nth][0] / 255.0, stored[nth][1] / 255.0, stored[nth][2] / 255.0));
    }

    [Fact]
    public void Colours_of_Display_P3_that_sRGB_does_not_have_are_at_its_edge()
    {
        var expected = TestColours.DisplayP3.InSrgb(0, 1, 0);
        Assert.Equal((0, 255, 0), ((int)Math.Round(expected[0]), (int)Math.Round(expected[1]), (int)Math.Round(expected[2])));
        Assert.Equal(TestColours.DisplayP3.InSrgb(0.5, 0.5, 0.5), [127.5, 127.5, 127.5], (one, other) => Math.Abs(one - other) < 0.05);
    }

    [Fact]
    public void Greys_come_out_right_by_their_own_profile()
    {
        byte[][] patches = [.. Enumerable.Range(0, 256).Select(grey => (byte[])[(byte)grey])];
        MustMatch("grey, gamma 1.8", Png(patches, TestColours.GreyProfile(1.8)), PictureKind.Png, patches.Length,
            nth => [.. Enumerable.Repeat(TestColours.GreyInSrgb(nth / 255.0, 461 / 256.0), 3)]);
    }

    [Fact]
    public void Without_a_profile_colours_stay_as_they_are()
    {
        var patches = Cube();
        MustMatch("none", Png(patches, null), PictureKind.Png, patches, patch => [patch[0], patch[1], patch[2]]);
    }

    [Fact]
    public void A_profile_of_another_kind_of_picture_is_passed_over()
    {
        var patches = Cube();
        var grey = TestProfile.InJpeg(PaintedPicture.JpegOf(Png(patches, null), "Q=100,subsample-mode=off"), TestColours.GreyProfile(1.8));
        MustMatch("grey profile in colours", grey, PictureKind.Jpeg, patches.Length, nth => [patches[nth][0], patches[nth][1], patches[nth][2]], tolerance: 4);
    }

    [Fact]
    public void CMYK_without_a_profile_has_renditions()
    {
        var cmyk = WithoutProfile(PaintedPicture.JpegInProfile(640, 480, "cmyk"));
        var made = Renditions.Make(cmyk, PictureKind.Jpeg, [RenditionSpec.Web, RenditionSpec.Thumb]);
        Assert.Equal([(640, 480), (512, 384)], made.Select(one => (one.Width, one.Height)));
    }

    private static byte[] WithoutProfile(byte[] jpeg)
    {
        for (var at = 2; jpeg[at + 1] != 0xDA;)
        {
            var end = at + 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
            if (jpeg[at + 1] == 0xE2) jpeg = [.. jpeg[..at], .. jpeg[end..]];
            else at = end;
        }
        return jpeg;
    }

    private static byte[][] Cube()
    {
        var level = (int step) => (byte)Math.Round(step * 255.0 / (Steps - 1));
        return [.. Enumerable.Range(0, Steps * Steps * Steps).Select(nth => (byte[])[level(nth / (Steps * Steps)), level(nth / Steps % Steps), level(nth % Steps)])];
    }

    private void MustMatch(string what, byte[] picture, PictureKind kind, byte[][] patches, Func<byte[], double[]> expected) =>
        MustMatch(what, picture, kind, patches.Length, nth => expected(patches[nth]));

    private void MustMatch(string what, byte[] picture, PictureKind kind, int count, Func<int, double[]> expected, double tolerance = Tolerance)
    {
        var made = Renditions.Make(picture, kind, [RenditionSpec.Web])[0];
        var seen = Patches(PaintedPicture.Decode(made.Bytes.Span), count);
        var worst = Enumerable.Range(0, count).Select(nth => (Nth: nth, Off: expected(nth).Zip(seen[nth], (one, other) => Math.Abs(Math.Round(one) - other)).Max())).MaxBy(patch => patch.Off);
        output.WriteLine($"{what}: {count} patches, at most {worst.Off:F2} of 255 off.");
        Assert.True(worst.Off <= tolerance,
            $"Patch {worst.Nth}: expected {string.Join(' ', expected(worst.Nth).Select(value => $"{value:F1}"))}, found {string.Join(' ', seen[worst.Nth].Select(value => $"{value:F1}"))}");
    }

    /// <summary>The mean of the middle of each patch.</summary>
    private static double[][] Patches((int Width, int Height, byte[] Pixels) image, int count) =>
        [.. Enumerable.Range(0, count).Select(nth =>
        {
            var sum = new double[3];
            for (var y = Side / 3; y < Side * 2 / 3; y++)
                for (var x = Side / 3; x < Side * 2 / 3; x++)
                    for (var band = 0; band < 3; band++)
                        sum[band] += image.Pixels[((nth / PerRow * Side + y) * image.Width + nth % PerRow * Side + x) * 3 + band];
            return sum.Select(value => value / (Side / 3 * (Side / 3))).ToArray();
        })];

    private static byte[] Png(byte[][] patches, byte[]? profile)
    {
        var bands = patches[0].Length;
        var (width, height) = (PerRow * Side, (patches.Length + PerRow - 1) / PerRow * Side);
        var rows = new byte[height * (width * bands + 1)];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                if (y / Side * PerRow + x / Side is var nth && nth < patches.Length) patches[nth].CopyTo(rows, y * (width * bands + 1) + 1 + x * bands);
        return TestPng.Make(header: TestPng.Header(width, height, colour: bands == 3 ? 2 : 0), packed: TestPng.Zlib(rows),
            before: profile is null ? null : TestPng.Chunk("iCCP", [.. "test\0\0"u8, .. TestPng.Zlib(profile)]));
    }
}
