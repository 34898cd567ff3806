using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Tests.Workers.Sandbox.Drill;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox;

/// <summary>How a child ended says whose doing it was: that a picture is set aside depends on it.</summary>
public class LostChildTests
{
    // SIGKILL, SIGTERM, SIGHUP come from outside; SIGSEGV, SIGABRT, SIGSYS and an exit are its own doing.
    [Theory]
    [InlineData(137, LossReason.Killed)]
    [InlineData(143, LossReason.Killed)]
    [InlineData(129, LossReason.Killed)]
    [InlineData(139, LossReason.Died)]
    [InlineData(134, LossReason.Died)]
    [InlineData(159, LossReason.Died)]
    [InlineData(1, LossReason.Died)]
    [InlineData(0, LossReason.Died)]
    public async Task A_kill_from_outside_is_not_the_pictures_doing(int code, LossReason reason)
    {
        var settings = new DecoderSettings { Children = 1, Program = () => HostilePerl.Program("1", [], $"POSIX::_exit({code});") };
        await using var decoder = new Decoder(settings, NullLogger<Decoder>.Instance);

        var lost = await Assert.ThrowsAsync<DecoderLost>(
            () => decoder.RenderAsync(PaintedPicture.Jpeg(320, 240), PictureKind.Jpeg, [RenditionSpec.Thumb]));

        Assert.Equal(reason, lost.Reason);
        Assert.Empty(decoder.IdleProcessIds);
    }
}
