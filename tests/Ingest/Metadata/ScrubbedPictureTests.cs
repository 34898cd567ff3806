using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Clean pictures hold rented buffers, which the next picture gets: no one may see that one's bytes through the one before it.</summary>
public sealed class ScrubbedPictureTests
{
    [Fact]
    public void The_bytes_cannot_be_had_after_disposal_not_even_when_the_next_picture_is_there()
    {
        var first = PictureScrubber.Scrub(Pictures.Ipad);
        var copy = first;
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Bytes);
        using var next = PictureScrubber.Scrub(Pictures.Ipad);
        Assert.Throws<ObjectDisposedException>(() => first.Bytes);
        Assert.Throws<ObjectDisposedException>(() => copy.Bytes);
        Assert.Throws<ObjectDisposedException>(() => default(ScrubbedPicture).Bytes);
    }

    [Fact]
    public void A_picture_disposed_twice_leaves_the_next_one_alone()
    {
        var first = PictureScrubber.Scrub(Pictures.Ipad);
        first.Dispose();
        using var next = PictureScrubber.Scrub(Pictures.Ipad);
        first.Dispose();
        default(ScrubbedPicture).Dispose();
        using var third = PictureScrubber.Scrub(TestPng.Make());
        PictureCheck.Verify(next.Bytes.Span);
        PictureCheck.Verify(third.Bytes.Span);
    }

    [Fact]
    public async Task Pictures_of_many_threads_do_not_mix()
    {
        byte[][] originals = [Pictures.Ipad, Pictures.Bare, TestPng.Make(), TestProfile.InJpeg(Pictures.Bare, TestProfile.Display(4))];
        byte[][] expected = [.. originals.Select(Pictures.Clean)];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var k = worker; k < worker + 200; k++)
            {
                using var picture = PictureScrubber.Scrub(originals[k % originals.Length]);
                await Task.Yield();
                Assert.True(picture.Bytes.Span.SequenceEqual(expected[k % originals.Length]));
            }
        })));
    }

    [Fact]
    public void What_was_removed_is_told_each_once_in_one_order()
    {
        using var picture = PictureScrubber.Scrub(Pictures.Ipad);
        Assert.Equal(Removed.All.Where(picture.Removed.Contains), picture.Removed);
        using var again = PictureScrubber.Scrub(Pictures.WithSegment(Pictures.Ipad, 0xFE, "twice"u8));
        Assert.Equal(picture.Removed, again.Removed);
    }
}
