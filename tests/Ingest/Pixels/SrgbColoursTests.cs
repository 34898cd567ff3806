using PhotoGuard.Ingest.Pixels.Colour;
using PhotoGuard.Tests.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>
/// Our own arithmetic against Little CMS, which knows nothing of it: the same profile once as curves and a matrix, and once asked of
/// the library.
/// </summary>
public unsafe class SrgbColoursTests
{
    private const uint RgbBytes = 4 << 16 | 3 << 3 | 1;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_tablets_colours_come_out_as_little_cms_makes_them(int version)
    {
        var profile = TestProfile.Display(version);
        var pixels = EveryColour();
        var theirs = pixels.ToArray();
        ByLittleCms(profile, theirs);
        Assert.NotEqual(pixels, theirs);

        using var colours = SrgbColours.Of(profile);
        colours.Convert(pixels);

        var off = pixels.Zip(theirs, (ours, other) => Math.Abs(ours - other)).ToArray();
        // Little CMS rounds to fourteen bits between the steps, which shows in the darkest bytes.
        Assert.True(off.Max() <= 2, $"{off.Max()} off");
        Assert.True(off.Average() < 0.1, $"{off.Average()} off on average");
    }

    [Fact]
    public void White_black_and_greys_stay_what_they_are()
    {
        byte[] greys = [.. Enumerable.Range(0, 256).SelectMany(value => Enumerable.Repeat((byte)value, 3))];
        var pixels = greys.ToArray();

        using var colours = SrgbColours.Of(TestProfile.Display(4));
        colours.Convert(pixels);

        Assert.All(pixels.Zip(greys), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(131)]
    [InlineData(int.MaxValue)]
    public void A_profile_that_is_cut_or_missing_changes_nothing(int length)
    {
        var profile = TestProfile.Display(4);
        var pixels = EveryColour();

        using var colours = SrgbColours.Of(length == int.MaxValue ? [] : profile.AsSpan(0, length));
        colours.Convert(pixels);

        Assert.Equal(EveryColour(), pixels);
    }

    [Fact]
    public void Whatever_a_damaged_profile_says_a_byte_stays_a_byte()
    {
        var random = new Random(7);
        for (var run = 0; run < 3000; run++)
        {
            var profile = TestProfile.Display(run % 2 == 0 ? 2 : 4);
            for (var hit = random.Next(1, 6); hit > 0; hit--)
                profile[random.Next(128, profile.Length)] = (byte)random.Next(256);
            var pixels = EveryColour();

            using var colours = SrgbColours.Of(profile);
            colours.Convert(pixels);
        }
    }

    private static byte[] EveryColour() =>
        [.. from r in Steps from g in Steps from b in Steps from value in new[] { r, g, b } select (byte)value];

    private static IEnumerable<int> Steps => Enumerable.Range(0, 18).Select(step => step * 15);

    private static void ByLittleCms(byte[] profile, byte[] pixels)
    {
        fixed (byte* data = profile, to = pixels)
        {
            using var from = LibLcms.cmsOpenProfileFromMem(data, (uint)profile.Length);
            using var srgb = LibLcms.cmsCreate_sRGBProfile();
            using var transform = LibLcms.cmsCreateTransform(from, RgbBytes, srgb, RgbBytes, 1, 0);
            LibLcms.cmsDoTransform(transform, to, to, (uint)(pixels.Length / 3));
        }
    }
}
