using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Workers.Sandbox;

/// <summary>A decoder that was taken over, in the decoder's place: written for bash, without other programs.</summary>
public class HostileChildTests
{
    private const string Hello = "printf 'PGa\\1\\0\\0\\0\\0'; read -r -n 3; ";
    // What is left of the picture, and then nothing more.
    private const string Wait = "; while read -r -d '' -n 65536 || :; do :; done";
    private static readonly byte[] Small = PaintedPicture.Jpeg(320, 240);

    [Theory]
    // Larger than asked for; longer than its pixels; another number of renditions; another version; no picture at all.
    [InlineData("printf 'PGa\\1\\1\\1\\0\\0\\1\\377\\1\\0\\1\\0\\0\\0'")]
    [InlineData("printf 'PGa\\1\\1\\1\\0\\0\\1\\0\\1\\0\\377\\377\\377\\377'")]
    [InlineData("printf 'PGa\\1\\1\\2\\0\\0'")]
    [InlineData("printf 'PGa\\2\\1\\1\\0\\0'")]
    [InlineData("printf 'PGa\\1\\1\\1\\0\\0\\1\\0\\1\\0\\4\\0\\0\\0text'")]
    [InlineData("printf 'PGa\\1\\20\\0\\377\\377'")]
    [InlineData("while :; do printf 'PGa\\1\\0\\0\\0\\0'; done")]
    public async Task An_answer_that_was_not_asked_for_is_not_taken(string answer)
    {
        Assert.Equal(LossReason.Answer, await LossAsync(Hello + answer + Wait));
    }

    [Fact]
    public async Task Computing_for_ever_is_ended() =>
        Assert.Equal(LossReason.Cpu, await LossAsync(Hello + "while :; do :; done"));

    [Fact]
    public async Task Saying_nothing_is_ended() =>
        Assert.Equal(LossReason.Wall, await LossAsync(Hello + "true" + Wait, cpuSeconds: 60));

    [Fact]
    public async Task Filling_memory_is_ended() =>
        Assert.Contains(await LossAsync(Hello + "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done", cpuSeconds: 60),
            (LossReason[])[LossReason.Memory, LossReason.Died]);

    // What a kill from outside looks like, told apart from an end of its own: SIGKILL, SIGTERM; SIGSEGV, SIGABRT, a full disk's exit.
    [Theory]
    [InlineData("137", LossReason.Killed)]
    [InlineData("143", LossReason.Killed)]
    [InlineData("139", LossReason.Died)]
    [InlineData("134", LossReason.Died)]
    [InlineData("1", LossReason.Died)]
    public async Task How_it_ended_says_whose_doing_it_was(string code, LossReason reason) =>
        Assert.Equal(reason, await LossAsync(Hello + $"exit {code}"));

    [Fact]
    public async Task Endless_errors_do_not_fill_the_parent() =>
        Assert.Contains(await LossAsync(Hello + "while :; do printf '%0999d' 1 >&2; done"), (LossReason[])[LossReason.Cpu, LossReason.Wall]);

    [Fact]
    public async Task Ending_is_noticed() => Assert.Equal(LossReason.Died, await LossAsync(Hello + "exit 0"));

    private static async Task<LossReason> LossAsync(string script, int cpuSeconds = 1)
    {
        var settings = new DecoderSettings
        {
            Children = 1,
            Wall = TimeSpan.FromSeconds(6),
            Cpu = TimeSpan.FromSeconds(cpuSeconds),
            ResidentBytes = 200 << 20,
            Program = () => new("/usr/bin/bash", "-c", script) { Reads = ["/usr/bin"] },
        };
        await using var decoder = new Decoder(settings, NullLogger<Decoder>.Instance);
        var lost = await Assert.ThrowsAsync<DecoderLost>(
            () => decoder.RenderAsync(Small, PictureKind.Jpeg, [RenditionSpec.Thumb]));
        Assert.Empty(decoder.IdleProcessIds);
        return lost.Reason;
    }
}
