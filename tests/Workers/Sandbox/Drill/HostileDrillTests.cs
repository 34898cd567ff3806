using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Sandbox;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Workers.Sandbox.Drill;

/// <summary>
/// The decoder is replaced by a hostile program that tries, one after another, what such a program would try. Each attempt fails, and
/// the same decoder makes the next picture. <c>dotnet test tests --filter HostileDrill --logger "console;verbosity=detailed"</c> prints
/// the list of attempts with what became of each.
/// </summary>
public sealed partial class HostileDrillTests(ITestOutputHelper output) : IDisposable
{
    private const string Word = "nobody-shall-read-this-6f1c";
    private static readonly byte[] Small = PaintedPicture.Jpeg(320, 240);
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("photoguard-drill-");

    [Fact]
    public async Task Fault64_Every_attempt_to_get_out_is_refused_and_the_next_picture_is_made()
    {
        using var targets = new Targets(data.FullName);
        var hostile = new ConcurrentQueue<ConfinedProgram>();
        await using var decoder = new Decoder(Settings(hostile), NullLogger<Decoder>.Instance);
        var succeeded = new List<string>();
        foreach (var attempt in Attempts.All)
        {
            hostile.Enqueue(HostilePerl.Program(attempt.Perl, targets.Told));
            var lost = await Assert.ThrowsAsync<DecoderLost>(() => RenderAsync(decoder));
            output.WriteLine($"{attempt.Name}: {Outcome(lost)}");
            if (lost.Reason != LossReason.Answer || !Outcome(lost).StartsWith("refused", StringComparison.Ordinal))
                succeeded.Add($"{attempt.Name}: {lost.Message}");
            await RenderAsync(decoder);
        }
        Assert.True(succeeded.Count == 0, string.Join("\n", succeeded));
        Assert.Equal(0, targets.Reached);
        output.WriteLine($"{Attempts.All.Length} attempts, all refused; {Attempts.All.Length} pictures made in between.");
    }

    [Fact]
    public async Task Outside_the_sandbox_the_same_attempts_succeed()
    {
        using var targets = new Targets(data.FullName);
        var hostile = new ConcurrentQueue<ConfinedProgram>();
        await using var decoder = new Decoder(Settings(hostile) with { Bubblewrap = null, AllowUnsandboxed = true }, NullLogger<Decoder>.Instance);
        var refused = new List<string>();
        foreach (var attempt in Attempts.All.Where(attempt => attempt.Outside))
        {
            hostile.Enqueue(HostilePerl.Program(attempt.Perl, targets.Told));
            var lost = await Assert.ThrowsAsync<DecoderLost>(() => RenderAsync(decoder));
            output.WriteLine($"{attempt.Name}: {Outcome(lost)}");
            if (!lost.Message.Contains("SUCCEEDED", StringComparison.Ordinal)) refused.Add($"{attempt.Name}: {lost.Message}");
        }
        Assert.True(refused.Count == 0, string.Join("\n", refused));
    }

    public static TheoryData<string> Endless => [.. Ends.Select(end => end.Name)];

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Fault16_What_goes_on_for_ever_is_ended_and_the_next_picture_is_made(string name)
    {
        var (_, program, reasons) = Ends.Single(end => end.Name == name);
        var hostile = new ConcurrentQueue<ConfinedProgram>([program()]);
        // The limit that is to end it is near, the others are out of its way: where memory is slow to be had, filling it takes seconds.
        var settings = Settings(hostile) with
        {
            Cpu = TimeSpan.FromSeconds(reasons.Contains(LossReason.Cpu) ? 2 : 20),
            Wall = TimeSpan.FromSeconds(reasons.Contains(LossReason.Wall) ? 5 : 60),
        };
        await using var decoder = new Decoder(settings, NullLogger<Decoder>.Instance);

        var lost = await Assert.ThrowsAsync<DecoderLost>(() => RenderAsync(decoder));

        output.WriteLine($"{name}: ended ({lost.Reason}) {lost.Message}");
        Assert.Contains(lost.Reason, reasons);
        await RenderAsync(decoder);
    }

    [Fact]
    public async Task A_child_that_goes_on_computing_after_its_answer_is_ended()
    {
        var picture = PaintedPicture.Jpeg(64, 48);
        var made = Renditions.Make(picture, PictureKind.Jpeg, [RenditionSpec.Thumb])[0];
        var answer = Convert.ToHexString([.. DecodeFrames.WriteMade(1), .. DecodeFrames.WriteRenditionHeader(made), .. made.Bytes.Span]);
        var hostile = new ConcurrentQueue<ConfinedProgram>([HostilePerl.Program("return", [], $"say_out '{answer}'; 1 while 1;")]);
        await using var decoder = new Decoder(Settings(hostile) with { PicturesPerChild = 100 }, NullLogger<Decoder>.Instance);

        await RenderAsync(decoder);
        var child = Assert.Single(decoder.IdleProcessIds);

        await Until(() => !Directory.Exists($"/proc/{child}") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z "));
        await RenderAsync(decoder);
        Assert.NotEqual(child, Assert.Single(decoder.IdleProcessIds));
    }

    [Fact]
    public void The_threat_model_lists_the_attempts()
    {
        var listed = File.ReadLines(Path.Combine(PhotosFolder.ProjectRoot, "docs", "threat-model.md"))
            .Select(line => Row().Match(line)).Where(row => row.Success).Select(row => row.Groups["attempt"].Value).ToList();
        Assert.Equal(Attempts.All.Select(attempt => attempt.Name).Concat(Ends.Select(end => end.Name)).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    public void Dispose() => data.Delete(recursive: true);

    private static readonly LossReason[] ByLimit = [LossReason.Memory, LossReason.Died];

    private static readonly (string Name, Func<ConfinedProgram> Program, LossReason[] Reasons)[] Ends =
    [
        ("filling memory", () => Perl("my $x = 'x' x (1 << 20); $x .= $x while 1;"), ByLimit),
        ("filling memory in small pieces", () => Perl("my @all; push @all, 'x' x 4096 while 1;"), ByLimit),
        ("threads without bound", () => ConfinedTest.Program(HostileThreads.ManagedAsync), ByLimit),
        ("bare threads without bound", () => ConfinedTest.Program(HostileThreads.BareAsync), ByLimit),
        ("a bomb of processes", () => Perl("while (1) { fork }"), [LossReason.Cpu]),
        ("computing for ever", () => Perl("1 while 1;"), [LossReason.Cpu]),
        ("no answer", () => Perl("1;"), [LossReason.Wall]),
        ("an answer that begins and does not end", () => Perl("syswrite STDOUT, 'PG';"), [LossReason.Wall]),
        ("endless output", () => Perl($"while (1) {{ say_out '{Convert.ToHexString(DecodeFrames.WriteHello())}' }}"), [LossReason.Answer]),
        ("endless errors", () => Perl("while (1) { print STDERR 'x' x 4096 }"), [LossReason.Cpu, LossReason.Wall]),
        ("closing its output", () => Perl("close STDOUT; close STDERR;"), [LossReason.Wall]),
        ("ending", () => Perl("POSIX::_exit(0);"), [LossReason.Died]),
        ("crashing", () => Perl("unpack 'p', pack 'Q', 8;"), [LossReason.Died]),
        ("another version", () => Answer("5047610001010000"), [LossReason.Answer]),
        ("another number of renditions", () => Answer(Frame(1, 2, 0)), [LossReason.Answer]),
        ("no outcome that there is", () => Answer(Frame(9, 1, 0)), [LossReason.Answer]),
        ("a rendition larger than asked for", () => Answer(Frame(1, 1, 0) + "FFFF0100" + "10000000"), [LossReason.Answer]),
        ("a rendition longer than its pixels", () => Answer(Frame(1, 1, 0) + "00010001" + "FFFFFFFF"), [LossReason.Answer]),
        ("a rendition that is no picture", () => Answer(Frame(1, 1, 0) + "00010001" + "04000000" + "74657874"), [LossReason.Answer]),
        ("a hint longer than a hint", () => Answer(Frame(17, 0, 0xFFFF)), [LossReason.Answer]),
    ];

    private static ConfinedProgram Perl(string code) => HostilePerl.Program("return", [], code);

    private static ConfinedProgram Answer(string hex) => Perl($"say_out '{hex}';");

    // The version that is spoken, whichever it is.
    private static string Frame(byte outcome, byte count, ushort length) =>
        Convert.ToHexString([.. DecodeFrames.WriteHello().AsSpan(0, 4), outcome, count, (byte)length, (byte)(length >> 8)]);

    private static string Outcome(DecoderLost lost) => lost.Message[(lost.Message.IndexOf("). ", StringComparison.Ordinal) + 3)..];

    /// <summary>A child for each picture: the hostile ones in their turn, else the real one.</summary>
    private static DecoderSettings Settings(ConcurrentQueue<ConfinedProgram> hostile) => new()
    {
        Children = 1,
        PicturesPerChild = 1,
        Program = () => hostile.TryDequeue(out var program) ? program : Executables.DecodeChild,
    };

    private static async Task RenderAsync(Decoder decoder) =>
        Assert.Single(await decoder.RenderAsync(Small, PictureKind.Jpeg, [RenditionSpec.Thumb]));

    private static async Task Until(Func<bool> condition)
    {
        var deadline = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromMinutes(1));
            await Task.Delay(20);
        }
    }

    [GeneratedRegex(@"^\| (?<attempt>[^|]+?) \| (refused|ended)")]
    private static partial Regex Row();

    /// <summary>What is there to be reached, and by whom it was.</summary>
    private sealed class Targets : IDisposable
    {
        private readonly Socket[] sockets;
        private int reached;

        public Targets(string data)
        {
            var secret = Path.Combine(data, "secret");
            File.WriteAllText(secret, Word);
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var named = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            var unnamed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            sockets = [tcp, udp, named, unnamed];
            var name = $"photoguard-drill-{Environment.ProcessId}-{Path.GetFileName(data)}";
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            named.Bind(new UnixDomainSocketEndPoint(Path.Combine(data, "socket")));
            unnamed.Bind(new UnixDomainSocketEndPoint($"\0{name}"));
            foreach (var socket in (Socket[])[tcp, named, unnamed])
            {
                socket.Listen();
                _ = CountAsync(socket);
            }
            Told = new Dictionary<string, string>
            {
                ["tcp"] = $"{((IPEndPoint)tcp.LocalEndPoint!).Port}",
                ["udp"] = $"{((IPEndPoint)udp.LocalEndPoint!).Port}",
                ["socket"] = Path.Combine(data, "socket"),
                ["abstract"] = name,
                ["secret"] = secret,
                ["clone"] = PhotosFolder.ProjectRoot,
                ["app"] = Executables.AppFolder,
                ["dll"] = "PhotoGuard.Workers.dll",
                ["dotnet"] = Executables.DotnetRoot,
                ["word"] = new string([.. Word.Reverse()]),
                ["pid"] = $"{Environment.ProcessId}",
                ["allowed"] = string.Join(',', SystemCalls.AlwaysAllowed.Concat(
                    new[] { "mmap", "clone", "fcntl", "ioctl", "prctl", "prlimit64" }.Select(SystemCalls.Number))),
            };
            Environment.SetEnvironmentVariable("PHOTOGUARD_ROOT_KEY", Word);
        }

        public IReadOnlyDictionary<string, string> Told { get; }

        /// <summary>Connections and datagrams that came in.</summary>
        public int Reached => reached + (sockets[1].Available > 0 ? 1 : 0);

        public void Dispose()
        {
            foreach (var socket in sockets) socket.Dispose();
        }

        private async Task CountAsync(Socket socket)
        {
            try
            {
                while (true)
                {
                    (await socket.AcceptAsync()).Dispose();
                    Interlocked.Increment(ref reached);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The drill is over.
            }
        }
    }
}
