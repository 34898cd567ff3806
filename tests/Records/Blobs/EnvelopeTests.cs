using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Records.Blobs;

public sealed class EnvelopeTests
{
    private const int Header = 36, Segment = 65536, Sealed = Segment + 16;
    private const string Name = "photos/0b5f1c58-27a7-4d7a-9a45-3f0b5cf5e0aa/1/original";

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    public static TheoryData<int> Lengths => [0, 1, 15, 16, Segment - 1, Segment, Segment + 1, 2 * Segment, 3 * Segment + 17];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task What_was_encrypted_comes_back(int length)
    {
        var plain = Plain(length);
        var stored = Encrypt(plain);
        Assert.Equal(Envelope.EncryptedLength(length), stored.Length);
        Assert.Equal(plain, await DecryptAsync(stored));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Any_range_can_be_read_with_either_kind_of_read(int length)
    {
        var plain = Plain(length);
        var random = new Random(length);
        await using var stream = await Envelope.OpenReadAsync(new MemoryStream(Encrypt(plain)), Key, Name);
        Assert.Equal(length, stream.Length);
        for (var i = 0; i < 50; i++)
        {
            var from = random.Next(length + 1);
            var wanted = new byte[random.Next(length - from + 1)];
            stream.Seek(from, SeekOrigin.Begin);
            if (i % 2 == 0)
                await stream.ReadExactlyAsync(wanted);
            else
                stream.ReadExactly(wanted);
            Assert.Equal(plain[from..(from + wanted.Length)], wanted);
        }

        stream.Position = length;
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Every_flipped_bit_of_a_small_object_is_noticed()
    {
        var stored = Encrypt(Plain(20));
        for (var bit = 0; bit < stored.Length * 8; bit++)
        {
            stored[bit / 8] ^= (byte)(1 << bit % 8);
            await AssertBrokenAsync(stored);
            stored[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public async Task Fault35_A_flipped_bit_anywhere_in_a_large_object_is_noticed()
    {
        var stored = Encrypt(Plain(3 * Segment + 100));
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bit = random.Next(stored.Length * 8);
            stored[bit / 8] ^= (byte)(1 << bit % 8);
            await AssertBrokenAsync(stored);
            stored[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public async Task Bytes_before_a_broken_segment_are_right_and_none_of_it_comes_out()
    {
        var plain = Plain(3 * Segment);
        var stored = Encrypt(plain);
        stored[Header + Sealed + 5] ^= 1;
        await using var stream = await Envelope.OpenReadAsync(new MemoryStream(stored), Key, Name);
        var first = new byte[Segment];
        await stream.ReadExactlyAsync(first);
        Assert.Equal(plain[..Segment], first);
        await Assert.ThrowsAsync<EnvelopeBrokenException>(() => stream.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<EnvelopeBrokenException>(() => stream.ReadAsync(new byte[1]).AsTask());
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_shortened_object_does_not_even_open(int length)
    {
        var stored = Encrypt(Plain(length));
        var cuts = Enumerable.Range(1, Math.Min(100, stored.Length))
            .Concat([Sealed, Sealed + 1, 2 * Sealed, stored.Length - Header, stored.Length])
            .Where(cut => cut <= stored.Length);
        foreach (var cut in cuts)
            await Assert.ThrowsAsync<EnvelopeBrokenException>(() => OpenAsync(stored[..^cut]));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task A_lengthened_object_does_not_even_open(int length)
    {
        var stored = Encrypt(Plain(length));
        foreach (var more in new[] { 1, 16, 17, Sealed })
            await Assert.ThrowsAsync<EnvelopeBrokenException>(() => OpenAsync([.. stored, .. new byte[more]]));
    }

    [Fact]
    public async Task Swapped_or_repeated_segments_are_noticed()
    {
        var stored = Encrypt(Plain(4 * Segment));
        for (var from = 0; from < 4; from++)
        {
            for (var to = 0; to < 4; to++)
            {
                if (from == to)
                    continue;
                var changed = stored.ToArray();
                SegmentOf(stored, from).CopyTo(SegmentOf(changed, to));
                await AssertBrokenAsync(changed);
            }
        }
    }

    [Fact]
    public async Task A_segment_of_another_writing_under_the_same_name_is_noticed()
    {
        var plain = Plain(2 * Segment);
        var stored = Encrypt(plain);
        SegmentOf(Encrypt(plain), 0).CopyTo(SegmentOf(stored, 0));
        await AssertBrokenAsync(stored);
    }

    [Fact]
    public async Task Another_name_or_key_does_not_open()
    {
        var stored = Encrypt(Plain(10));
        byte[] other = [.. Key];
        other[31] ^= 1;
        await Assert.ThrowsAsync<EnvelopeBrokenException>(() => Envelope.OpenReadAsync(new MemoryStream(stored), other, Name));
        await Assert.ThrowsAsync<EnvelopeBrokenException>(
            () => Envelope.OpenReadAsync(new MemoryStream(stored), Key, Name.Replace("/1/", "/2/", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_picture_written_twice_shares_no_segment()
    {
        var first = Encrypt(new byte[2 * Segment]);
        var second = Encrypt(new byte[2 * Segment]);
        byte[][] segments = [.. new[] { first, second }.SelectMany(stored => new[] { 0, 1 }.Select(number => SegmentOf(stored, number).ToArray()))];
        Assert.Equal(4, segments.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task The_store_s_stream_is_closed_with_the_reader_and_where_opening_fails()
    {
        var good = new MemoryStream(Encrypt(Plain(10)));
        await (await Envelope.OpenReadAsync(good, Key, Name)).DisposeAsync();
        Assert.False(good.CanRead);
        var bad = new MemoryStream(new byte[100]);
        await Assert.ThrowsAsync<EnvelopeBrokenException>(() => Envelope.OpenReadAsync(bad, Key, Name));
        Assert.False(bad.CanRead);
    }

    [Fact]
    public void A_disposed_buffer_cannot_be_used()
    {
        var encrypted = Envelope.Encrypt(Plain(10), Key, Name);
        encrypted.Dispose();
        encrypted.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encrypted.Memory);
    }

    private static byte[] Plain(int length)
    {
        var plain = new byte[length];
        new Random(length).NextBytes(plain);
        return plain;
    }

    private static byte[] Encrypt(byte[] plain)
    {
        using var encrypted = Envelope.Encrypt(plain, Key, Name);
        return encrypted.Memory.ToArray();
    }

    private static Span<byte> SegmentOf(byte[] stored, int number) => stored.AsSpan(Header + number * Sealed, Sealed);

    private static Task<Stream> OpenAsync(byte[] stored) => Envelope.OpenReadAsync(new MemoryStream(stored), Key, Name);

    private static async Task<byte[]> DecryptAsync(byte[] stored)
    {
        await using var stream = await OpenAsync(stored);
        var plain = new MemoryStream();
        await stream.CopyToAsync(plain);
        return plain.ToArray();
    }

    private static async Task AssertBrokenAsync(byte[] stored) => await Assert.ThrowsAsync<EnvelopeBrokenException>(() => DecryptAsync(stored));
}
