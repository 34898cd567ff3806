using System.Buffers.Binary;
using System.Text;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>The second look at a HEIC, which must not be content with what a scrubber that errs would write.</summary>
public sealed class HeicCheckTests
{
    private static byte[] Clean => Pictures.Clean(TestHeic.Tiles((TestHeic.Box("colr", [.. "nclx"u8, 0, 1, 0, 13, 0, 6, 0]), true), (TestHeic.Box("irot", [1]), true)).Make());

    private static void Fails(byte[] file)
    {
        var refused = Assert.Throws<PictureRefused>(() => PictureCheck.Verify(file));
        Assert.Equal("picture-check-failed", refused.Type);
    }

    [Fact]
    public void Not_one_bit_of_the_index_can_change_but_the_numbers_of_the_picture()
    {
        var clean = Clean;
        var free = new HashSet<int>();
        Free("nclx", 4, 7);
        Free("hvcC", 4, BinaryPrimitives.ReadInt32BigEndian(clean.AsSpan(clean.AsSpan().IndexOf("hvcC"u8) - 4)) - 8);
        Free("irot", 4, 1);
        for (var at = 0; at < clean.AsSpan().IndexOf("mdat"u8) + 4; at++)
            for (var bit = 0; bit < 8; bit++)
            {
                if (free.Contains(at)) continue;
                var changed = (byte[])clean.Clone();
                changed[at] ^= (byte)(1 << bit);
                try
                {
                    PictureCheck.Verify(changed);
                    // Only the size of the whole and its tiles may be another one that fits as well.
                    Assert.Contains(at, Sizes(clean));
                }
                catch (PictureRefused refused)
                {
                    Assert.Equal("picture-check-failed", refused.Type);
                }
            }

        void Free(string box, int from, int length)
        {
            var start = clean.AsSpan().IndexOf(Encoding.ASCII.GetBytes(box)) + from;
            for (var k = 0; k < length; k++) free.Add(start + k);
        }
    }

    [Fact]
    public void Nothing_stands_behind_or_between_the_parts()
    {
        var clean = Clean;
        var data = clean.AsSpan().IndexOf("mdat"u8) - 4;
        Fails([.. clean, 0]);
        Fails([.. clean, .. TestHeic.Box("free", [])]);
        Fails(Pictures.Insert(clean, data, TestHeic.Box("free", [])));
        Fails(Pictures.Insert(clean, 24, TestHeic.Box("uuid", new byte[16])));
        Fails(clean[..^1]);
        Fails([.. clean[..24], .. clean[data..]]);
    }

    [Fact]
    public void A_file_that_was_never_scrubbed_does_not_pass()
    {
        Fails(new TestHeic().Make());
        Fails(TestHeic.Tiles().WithMetadata().Make());
    }

    [Theory]
    [InlineData(39, "a supplement")]
    [InlineData(35, "a delimiter")]
    [InlineData(1, "a picture of a film")]
    [InlineData(20, "a second picture")]
    public void Every_unit_of_the_coded_data_is_looked_at(int type, string what)
    {
        Assert.NotEmpty(what);
        var clean = Pictures.Clean(new TestHeic().Make());
        byte[] unit = TestHeic.Unit(type, [0x80, 1, 2, 3]);
        var place = clean.AsSpan().IndexOf("iloc"u8) + 4 + 8 + 12;
        var data = clean.AsSpan().IndexOf("mdat"u8) - 4;
        byte[] more = [.. clean, .. unit];
        foreach (var at in (int[])[place, data])
            BinaryPrimitives.WriteInt32BigEndian(more.AsSpan(at), BinaryPrimitives.ReadInt32BigEndian(more.AsSpan(at)) + unit.Length);
        Fails(more);
    }

    private static IEnumerable<int> Sizes(byte[] clean)
    {
        for (var at = 0; at + 16 < clean.Length; at++)
            if (clean.AsSpan(at).StartsWith("ispe"u8) || clean.AsSpan(at).StartsWith("idat"u8))
                for (var k = 4; k < 16; k++) yield return at + k;
    }
}
