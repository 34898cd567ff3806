using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Tests.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Photos;

public sealed class CodedDigestTests
{
    private static readonly byte[] School = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
    private static readonly byte[] OtherSchool = [.. Enumerable.Range(2, 32).Select(number => (byte)number)];

    [Fact]
    public void The_same_picture_has_the_same_digest_whatever_it_carries() =>
        Assert.Equal(Of(Pictures.Ipad), Of(Pictures.WithSegment(Pictures.Ipad, 0xFE, "another comment"u8)));

    [Fact]
    public void Nobody_without_the_schools_key_can_tell_a_picture_by_its_digest() => Assert.NotEqual(Of(Pictures.Ipad), Of(Pictures.Ipad, OtherSchool));

    [Fact]
    public void Every_bit_of_the_coded_picture_counts()
    {
        using var clean = PictureScrubber.Scrub(Pictures.Ipad);
        var digests = new HashSet<string> { Convert.ToHexString(CodedDigest.Of(clean, School)) };
        var flipped = 0;
        foreach (var range in clean.CodedRanges)
        {
            var part = clean.Bytes[range];
            for (var at = 0; at < part.Length; at += 97, flipped++)
            {
                part.Span[at] ^= 1;
                Assert.True(digests.Add(Convert.ToHexString(CodedDigest.Of(clean, School))));
                part.Span[at] ^= 1;
            }
        }

        Assert.True(flipped > 20);
        Assert.Contains(Convert.ToHexString(CodedDigest.Of(clean, School)), digests);
    }

    private static byte[] Of(byte[] file, byte[]? key = null)
    {
        using var clean = PictureScrubber.Scrub(file);
        return CodedDigest.Of(clean, key ?? School);
    }
}
