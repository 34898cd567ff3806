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

    [Fact]
    public async Task What_is_left_of_a_child_that_was_killed_while_it_started_is_ended_and_nobody_waits_for_it()
    {
        // As bubblewrap's inner process, where the outer one is killed before it was told to end with it: it holds the pipes and waits.
        var left = Directory.CreateTempSubdirectory("photoguard-left-");
        try
        {
            var id = Path.Combine(left.FullName, "id");
            var settings = new DecoderSettings
            {
                Children = 1,
                Bubblewrap = null,
                AllowUnsandboxed = true,
                Program = () => new ConfinedProgram("/bin/sh", "-c", $"exec 3<&0; sh -c 'echo $$ > {id}; exec sleep 60' <&3 & while [ ! -s {id} ]; do :; done; kill -KILL $$"),
            };
            await using (var decoder = new Decoder(settings, NullLogger<Decoder>.Instance))
            {
                var lost = await Assert.ThrowsAsync<DecoderLost>(
                    () => decoder.RenderAsync(PaintedPicture.Jpeg(320, 240), PictureKind.Jpeg, [RenditionSpec.Thumb]));
                Assert.Equal(LossReason.Killed, lost.Reason);
            }

            // Its end may still have to be heard by whoever took it over.
            var status = $"/proc/{(await File.ReadAllTextAsync(id)).Trim()}/status";
            var deadline = DateTime.UtcNow.AddSeconds(20);
            while (File.Exists(status) && !(await File.ReadAllTextAsync(status)).Contains("State:\tZ", StringComparison.Ordinal))
            {
                Assert.True(DateTime.UtcNow < deadline, "It is still there.");
                await Task.Delay(20);
            }
        }
        finally
        {
            left.Delete(recursive: true);
        }
    }
}
